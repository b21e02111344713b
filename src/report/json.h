/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - the report for programs. Keys come in a fixed order; addresses and every value that may exceed 2^53 are
 * strings "0x…". What is not known is left out, except the keys that the schema promises: those are null.
 *
 * airlock.explore/1: everything in report_run. The same seed and input give the same bytes, except for the last key,
 * "seconds", which has a line of its own.
 */
#ifndef AIRLOCK_REPORT_JSON_H
#define AIRLOCK_REPORT_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "finding.h"

/* Each writes one JSON document and a newline. False: writing failed (see errno). */
bool report_json(FILE *out, const report_run *run);
bool report_json_runs(FILE *out, const report_runs *runs); /* airlock.explore-each/1 */
bool report_json_replay(FILE *out, const report_replay *replay);

#endif
