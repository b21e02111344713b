/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - the report for people, in the shapes that WinDbg taught them. Parts are printed as they become known: the
 * plan before anything runs, then the results. All text is ASCII, at most 120 columns.
 */
#ifndef AIRLOCK_REPORT_TEXT_H
#define AIRLOCK_REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "finding.h"

typedef struct {
    bool verbose; /* every failure in full, the schedule with every row */
    bool quiet;   /* only the verdict, one line */
    bool colour;  /* see report_wants_colour */
} report_style;

/* A terminal, and neither NO_COLOR nor TERM=dumb in the environment. */
bool report_wants_colour(FILE *out);

/* Driver, Windows, scenario, bound, model: nothing of the results is read. */
void report_text_plan(FILE *out, const report_run *run, const report_style *style);

/* What was explored, the failures, the verdict, the files written. */
void report_text_results(FILE *out, const report_run *run, const report_style *style);

/* After the results of each of several runs: a line for each. `written`: the JSON file, NULL = none. */
void report_text_runs(FILE *out, const report_runs *runs, const char *written, const report_style *style);

/* Both. */
void report_text(FILE *out, const report_run *run, const report_style *style);

/* One failure in full, as the first one is in a report. */
void report_text_failure(FILE *out, const report_run *run, const report_failure *failure, const report_style *style);

/* The result of a replay: what it gave, the failure in full. */
void report_text_replay(FILE *out, const report_replay *replay, const report_style *style);

#endif
