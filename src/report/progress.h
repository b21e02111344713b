/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - where a long run stands. On a terminal one line of at most 100 columns, rewritten in place; piped, one
 * summary line per phase, and a line every few seconds, so that it is never silent for long. The only part of a report
 * that knows the time; it goes to standard error and is never compared.
 */
#ifndef AIRLOCK_REPORT_PROGRESS_H
#define AIRLOCK_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "finding.h"

typedef struct report_progress report_progress;

typedef struct {
    const char *phase;   /* "bound", "window", "minimise": any other text than before begins a new phase */
    uint32_t bound;      /* preemptions; REPORT_UNBOUNDED. Another bound is another phase */
    bool bounded;        /* the bound means something in this phase */
    uint64_t executions; /* schedules done in this phase */
    uint64_t estimate;   /* schedules expected in it, 0 = not known */
    uint64_t failures;   /* distinct, so far */
} report_progress_now;

/* Seconds, never going back. NULL in report_progress_create: the system's monotonic clock. */
typedef double (*report_progress_clock)(void *context);

/* `out` may be NULL: silent (-q). Out of memory gives NULL, which every function here takes as silent. */
report_progress *report_progress_create(FILE *out, bool terminal, report_progress_clock clock, void *context);

/* Call as often as convenient, at least every second or two. */
void report_progress_update(report_progress *progress, const report_progress_now *now);

/* Ends the last phase with its summary line. NULL is allowed. */
void report_progress_destroy(report_progress *progress);

#endif
