/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leaf.h - what is done with a finished path, once all that could follow a crash in it is known: see leaf.c. */
#ifndef AIRLOCK_EXPLORE_LEAF_H
#define AIRLOCK_EXPLORE_LEAF_H

#include "trace.h"

/* Preemptions, and steps, that are needed at least from a state on. For the preemptions it makes no difference whether one
 * more step of a thread is taken first. */
typedef struct {
    uint32_t forced, steps;
} linear_ahead;

/* A state of linear.c's search: how many steps each thread has taken, and which was last. */
typedef struct {
    uint32_t preemptions; /* fewest that lead here */
    uint32_t failed;      /* fewest with which the goal could not be reached from here; NONE: not tried */
    uint32_t counts;      /* in leaf_work.counts */
    uint64_t key;         /* of the counts: a weighted sum */
    uint32_t next;        /* in its hash chain, NONE */
    uint16_t last;        /* thread of the trace, NO_THREAD at the start */
    linear_ahead ahead;
} linear_state;

/* Leaving a thread: it could have gone on; it waits, as far as is known; it polled in vain. */
typedef enum { LINEAR_PREEMPTION, LINEAR_WAITED, LINEAR_PARKED } linear_switch;

struct leaf_work {
    trace t;

    /* linear.c */
    linear_state *states;
    size_t state_room;
    uint32_t state_count;
    uint16_t *counts;
    size_t counts_room;
    uint32_t *chains;  /* of the hash table */
    uint64_t *weights; /* by thread: of its count in keys */
    size_t weight_room;
    uint32_t *forced; /* by step: preemptions that its thread cannot do without from after it on */
    size_t forced_room;
    uint32_t *nearest; /* by step, while `forced` is computed */
    size_t nearest_room;
    uint32_t most;              /* preemptions allowed in this search */
    uint32_t length;            /* steps to the goal, once known */
    explore_decision *schedule; /* found */
    size_t schedule_room;
    linear_switch *switches; /* by decision: how the thread before it was left */
    size_t switch_room;
    uint16_t *facts; /* states, as counts and the last thread, in which it could have gone on: learnt by running */
    size_t fact_room;
    uint32_t fact_count;

    /* timing.c */
    int64_t *times;
    size_t time_room;
    int64_t *lowest;
    size_t lowest_room;
    uint32_t *reasons; /* by node: the edge that gave its time */
    size_t reason_room;
    struct timing_edge *bounds;
    size_t bound_room;
    uint32_t bound_count;
    uint32_t *marks;
    size_t mark_room;
};

/* leaf.c */
void leaf_note(explorer *x, const explore_result *result);
bool leaf_examine(explorer *x);
void leaf_free(explorer *x);

/* linear.c: the schedule of the trace with the fewest preemptions, then the fewest steps, then the smallest, if it is
 * better than `best`, or NULL: any. */
typedef enum { LINEAR_FOUND, LINEAR_NOT_BETTER, LINEAR_TOO_LARGE, LINEAR_NO_MEMORY } linear_outcome;
linear_outcome linear_search(explorer *x, struct leaf_work *w, const explore_failure *best);
/* Before the trace is built: whether the path's clocks tell that each of its schedules takes more preemptions than `best`. */
bool linear_is_hopeless(const explorer *x, uint32_t goal, const explore_failure *best);
/* It was found wrong: the thread of decision i-1 could have gone on before decision i. For the searches that follow. */
bool linear_learn(explorer *x, struct leaf_work *w, uint32_t i);

/* timing.c: the smallest stall with which the trace is possible, in nanoseconds; anything from `below` on if that is not
 * below it. */
bool timing_smallest(explorer *x, struct leaf_work *w, uint64_t below, uint64_t *stall);

#endif
