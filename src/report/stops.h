/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stops.h - where threads have to stand still so that a schedule's failure comes about: places that the driver's code on a
 * real machine has too. Used inside src/report.
 */
#ifndef AIRLOCK_REPORT_STOPS_H
#define AIRLOCK_REPORT_STOPS_H

#include "capture.h"
#include "freeze.h"

#define STOPS_MOST 2u

typedef enum {
    STOP_EXACT,  /* the schedule's own place, in a driver */
    STOP_AFTER,  /* in the driver, when the call has returned in which the schedule switches */
    STOP_BEFORE, /* in the driver, at that call */
    STOP_ENTRY,  /* at the entry of the system's function in which it switches */
    STOP_RETURN, /* in the system, where DriverEntry returns to */
    STOP_LEFT    /* at the driver's last instruction, before it goes back to the system, in which it switches */
} stop_kind;

typedef struct {
    stop_kind kind;
    lab_freeze freeze;
    lab_role role; /* of the thread */
    uint64_t pc;
    unwind_frame frame;  /* of pc */
    unwind_frame inside; /* the system's function in which the schedule switches; img NULL = none */
    uint8_t bytes[2];    /* at pc */
    unsigned pass;       /* the thread comes to pc for this time, from 1 */
} stop_place;

typedef struct {
    lab_ending wanted;  /* of the schedule */
    size_t preemptions; /* of the schedule */
    size_t count;       /* of stops; 0 = none lead to such a failure */
    stop_place stops[STOPS_MOST];
    lab_frozen ending; /* of the execution with these stops */
} stop_plan;

/* Runs the schedule, and then some more executions. */
lab_status stops_find(lab *l, const lab_schedule *schedule, stop_plan *out);

#endif
