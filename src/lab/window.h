/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - how wide the race is: for each point of the loading thread, does an unload that starts there, and runs as
 * far as it can, lead to a failure? In a scenario with several drivers all threads count that load the driver under
 * test, or run on behalf of another one.
 */
#ifndef AIRLOCK_LAB_WINDOW_H
#define AIRLOCK_LAB_WINDOW_H

#include "lab.h"
#include "schedule.h"

typedef struct {
    uint64_t instructions; /* of the loading thread, until the next segment */
    uint64_t pc;           /* its first instruction */
    bool failing;
} lab_segment;

typedef struct {
    lab_segment *segments; /* in order */
    size_t count;
    uint64_t instructions;     /* failing */
    uint64_t of;               /* in all: from the first of the load request to its end */
    uint32_t loader;           /* the thread that runs a driver's code first */
    uint64_t executions;       /* one for each point of the loader */
    explore_failure *failures; /* distinct ones, in the order of the points; without decisions, 1 preemption */
    lab_schedule *schedules;   /* of the failures */
    size_t failure_count;
} lab_window;

/* Call after lab_explore, so that sharing is known. */
lab_status lab_window_measure(lab *l, lab_window *out);
void lab_window_free(lab_window *window);

#endif
