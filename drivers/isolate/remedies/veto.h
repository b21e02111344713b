/* SPDX-License-Identifier: MIT */
/*
 * veto - the unload callback refuses until DriverEntry is done. A service stop cannot be refused, so it is not supported
 * at all: the driver can be unloaded by `fltmc unload` only.
 *
 * Leaves: DriverEntry's return and the rest of the load, from the moment in which the variable is set.
 */
static volatile LONG DriverEntryDone;

#define RemedyLeave(DriverObject, Status) InterlockedExchange(&DriverEntryDone, NT_SUCCESS(Status))
#define RemedyRegistrationFlags           FLTFL_REGISTRATION_DO_NOT_SUPPORT_SERVICE_STOP
#define RemedyUnload(Flags)               (DriverEntryDone ? STATUS_SUCCESS : STATUS_FLT_DO_NOT_DETACH)
