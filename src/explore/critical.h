/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * critical.h - why a schedule fails: the two steps whose order decides. Of all pairs of steps that conflict and could be
 * the other way round, the one nearest to the failure whose swap alone makes the schedule pass; what happens after the
 * failing step, were it held back, counts too, as what came too late.
 */
#ifndef AIRLOCK_EXPLORE_CRITICAL_H
#define AIRLOCK_EXPLORE_CRITICAL_H

#include "explore.h"

typedef struct {
    uint32_t thread;
    uint32_t step;  /* which of its thread's steps, from 0 */
    uint32_t since; /* when in its thread's life the step first accessed the object (program.h) */
    uint64_t place; /* where the thread stands after it (program.h) */
    bool write;
    bool came; /* it was part of the schedule; else it would have come after its end */
} explore_side;

typedef struct {
    bool found;         /* else no single pair decides */
    uint64_t object;    /* over which they conflict */
    explore_side first; /* came before the other in the failing schedule */
    explore_side second;
    explore_decision *passing; /* the schedule with the two swapped, which was run, and passes */
    size_t passing_length;
    uint32_t tries; /* pairs that were swapped and run */
} explore_critical;

/* Two steps may conflict over several objects: those that tell people more have higher ranks. */
typedef int (*explore_rank)(void *context, uint64_t object);

/* The program stands at its start, and does so again afterwards. `rank` is called after an execution, with the program's
 * `self`; NULL: all objects tell the same. */
explore_status explore_find_critical(const explore_program *program, const explore_decision *schedule, size_t length,
                                     explore_rank rank, explore_critical *out);
void explore_critical_free(explore_critical *critical);

#endif
