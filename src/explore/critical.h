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
    bool *turns;    /* of each object that was asked for: it passes too if steps that conflict over it are swapped */
} explore_critical;

typedef struct {
    /* Two steps may conflict over several objects: those that tell people more have higher ranks. Called after an
     * execution, with the program's `self`; NULL: all tell the same. */
    int (*rank)(void *self, uint64_t object);
    const uint64_t *objects; /* of which it is asked whether the failure turns on them, too */
    size_t count;
} explore_question;

/* The program stands at its start, and does so again afterwards. `question`: NULL = none. */
explore_status explore_find_critical(const explore_program *program, const explore_decision *schedule, size_t length,
                                     const explore_question *question, explore_critical *out);
void explore_critical_free(explore_critical *critical);

#endif
