/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bugchecks.h - what the stop codes and their arguments mean. Source: Microsoft, "Bug check code reference" and the
 * page of each code; texts are ours.
 */
#ifndef AIRLOCK_REPORT_BUGCHECKS_H
#define AIRLOCK_REPORT_BUGCHECKS_H

#include <stddef.h>
#include <stdint.h>

/* Name of a stop code, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"; "BUGCHECK" if it is not in the table. The minidump
 * variant (0x1000007E) has the name of the plain one, with WinDbg's suffix _M. */
const char *report_bugcheck_name(uint32_t code);

/* One to three sentences on what it says; lines are separated by '\n'. NULL if the code is not in the table. */
const char *report_bugcheck_explanation(uint32_t code);

#define REPORT_ARGUMENT_SIZE 200

/* Meaning of argument `index` (0 to 3), with its value decoded where it is a status, an access, an IRQL or a kind of
 * violation. Fills `buffer` of REPORT_ARGUMENT_SIZE bytes and returns it. */
const char *report_bugcheck_argument(uint32_t code, const uint64_t args[4], size_t index, char *buffer);

/* "PASSIVE_LEVEL" … ; NULL for levels without a common name. */
const char *report_irql_name(uint64_t irql);

#endif
