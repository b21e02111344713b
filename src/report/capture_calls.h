/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture_calls.h - follows an execution instruction by instruction: the calls between driver and system, and which
 * thread takes up loading or unloading. Used by capture.c.
 */
#ifndef AIRLOCK_REPORT_CAPTURE_CALLS_H
#define AIRLOCK_REPORT_CAPTURE_CALLS_H

#include "capture.h"

#define CAPTURE_CALLS_MAX 64u /* of one row; later ones are dropped */
#define CAPTURE_ENTRIES   8u

typedef enum { CAPTURE_NOWHERE, CAPTURE_SYSTEM, CAPTURE_DRIVER } capture_side;

typedef struct {
    uint64_t pc;
    lab_role role;
    bool weak;
} capture_entry;

typedef struct {
    lab *l;
    uint64_t pages[256]; /* cache: page + 1 -> side */
    uint8_t page_sides[256];
    uint8_t sides[MACHINE_THREADS];         /* where each thread was last */
    capture_entry entries[CAPTURE_ENTRIES]; /* functions that begin a role */
    size_t entry_count;
    capture_call calls[CAPTURE_CALLS_MAX]; /* of the row */
    size_t call_count;
    lab_role entered; /* role taken up in the row; LAB_ROLE_OTHER = none */
} capture_calls;

void capture_calls_begin(capture_calls *c, lab *l);
void capture_calls_row(capture_calls *c); /* a new row begins */
void capture_calls_at(capture_calls *c, uint32_t thread, uint64_t pc);

#endif
