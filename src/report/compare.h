/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.h - drivers side by side, as plain data, and the three ways to show it: a table, JSON, a picture. None of them
 * depends on time, on the number of jobs or on where the files lie.
 */
#ifndef AIRLOCK_REPORT_COMPARE_H
#define AIRLOCK_REPORT_COMPARE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "finding.h"
#include "text.h"

#define COMPARE_COLUMNS 100u /* of a window's bar */
#define COMPARE_UNKNOWN UINT64_MAX

/* ns. What fails only if a thread that could run stands still for longer is closed by timing: that takes a debugger, the
 * host of a virtual machine, or much else to do for the processors. */
#define COMPARE_LONG_STALL UINT64_C(100000000)

/* What one exploration came to. Nothing in it points anywhere: rows are sent from process to process. */
typedef struct {
    lab_verdict verdict;
    bool complete; /* every interleaving was covered */
    uint64_t executions;
    bool window_measured;
    uint64_t window; /* instructions of the loading thread from which an unload fails */
    uint64_t window_of;
    char bar[COMPARE_COLUMNS +
             1];      /* the load from left to right, '#' where it fails, '.' where not; "" = not measured */
    uint64_t stall;   /* ns, the shortest that leads to a failure; COMPARE_UNKNOWN = none does, or not known */
    uint64_t latency; /* ns of virtual time that an unload takes, when nothing else happens */
} compare_result;

typedef struct {
    const char *driver; /* "isolate.sys" */
    const char *with;   /* "gate.sys", the driver that loads it; NULL = none */
    const char *os;     /* "win7" */
    const char *load;   /* "sc" */
    const char *unload; /* "fltmc" */
    compare_result result;
} compare_row;

typedef struct {
    const report_switch *switches; /* those of all rows */
    size_t switch_count;
    const compare_row *rows;
    size_t row_count;
} compare_matrix;

void compare_text(FILE *out, const compare_matrix *matrix, const report_style *style);
bool compare_json(FILE *out, const compare_matrix *matrix); /* "airlock.compare/1" */
bool compare_svg(FILE *out, const compare_matrix *matrix);

/* The bar of a measured window: a column is '#' as soon as one of its instructions fails. */
void compare_bar(const report_segment *segments, size_t count, uint64_t of, char bar[COMPARE_COLUMNS + 1]);

/* "isolate, gate": without the ends of the files' names. Fills and returns `out`. */
#define COMPARE_NAME 160
const char *compare_name(const compare_row *row, char out[COMPARE_NAME]);

#endif
