/* SPDX-License-Identifier: MIT */
/*
 * register-last - "do registration at the end of DriverEntry": an unload that comes then finds the work queues.
 *
 * Leaves: what FltRegisterFilter does after the filter can be found (the handle is still NULL), FltStartFiltering, and
 * everything up to the end of the load.
 */
#define RemedyRegistersLast TRUE
