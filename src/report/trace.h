/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace.h - every instruction of one replay: its digest, and the whole as text. */
#ifndef AIRLOCK_REPORT_TRACE_H
#define AIRLOCK_REPORT_TRACE_H

#include <stdio.h>

#include "describe.h"

typedef struct report_trace report_trace;

/* `keep`: the instructions are kept for report_trace_print; else there is only the digest. NULL: out of memory. */
report_trace *report_trace_create(bool keep);
void report_trace_destroy(report_trace *trace); /* NULL is allowed */

/* A machine_tracer; `context` is the trace. */
void report_trace_add(void *context, uint32_t thread, uint64_t pc);

/* SHA-256 over (thread, program counter) of every instruction, 64 hex digits in `text`. Call once, at the end. */
void report_trace_digest(report_trace *trace, char text[65]);

/* One line for each source line (or function, without lines) that a thread runs through: number of the thread,
 * instructions, symbol, source. The lab must stand where the traced execution ended. */
void report_trace_print(FILE *out, const report_trace *trace, describer *d);

#endif
