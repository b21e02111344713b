/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.h - the finished path as a partial order: what every equivalent execution has in common. For linear.c (which of
 * them has the fewest preemptions) and timing.c (how long a thread must stall in all of them).
 *
 * An execution that ends by a step (a crash) is the trace up to that step, the goal; steps of other threads that are not
 * before it may be in it or not. Steps that were taken back because they end the execution are left out, but for the
 * goal. Threads are numbered as the program's are ordered, so that nothing depends on the order of exploration.
 */
#ifndef AIRLOCK_EXPLORE_TRACE_H
#define AIRLOCK_EXPLORE_TRACE_H

#include "internal.h"

typedef struct {
    uint32_t event;            /* of the path */
    uint32_t index;            /* which of its thread, from 0 */
    uint32_t edge, edge_count; /* steps of other threads that it conflicts with and that come before: the latest ones */
    uint16_t thread;           /* of the trace */
} trace_step;

typedef struct {
    uint32_t from; /* step */
    bool guard;    /* it writes what the later step waited for */
} trace_edge;

typedef struct {
    uint32_t stamp, write; /* latest write, a step; NONE */
    uint32_t readers;      /* since then: list of trace_reader, NONE */
} trace_object;

typedef struct {
    uint32_t step, next;
} trace_reader;

typedef struct {
    trace_step *steps; /* in the order of the path */
    size_t step_room;
    uint32_t count;
    uint32_t length; /* events of the path that are looked at */
    trace_edge *edges;
    size_t edge_room;
    uint32_t edge_count;
    uint32_t *clocks; /* per step and thread: how many steps of the thread come no later */
    size_t clock_room;
    uint16_t threads;
    uint16_t dense[EXPLORE_THREADS];    /* of the trace's threads */
    uint16_t of_dense[EXPLORE_THREADS]; /* the other way; NO_THREAD */
    uint32_t lengths[EXPLORE_THREADS];  /* steps of each thread */
    uint32_t starts[EXPLORE_THREADS];   /* where its steps begin in `order` */
    uint32_t *order;                    /* steps by thread */
    size_t order_room;
    uint32_t *step_of; /* by event, NONE */
    size_t step_of_room;
    uint32_t goal; /* step that ends the execution; NONE: it ends when nothing is left */
    trace_object *objects;
    size_t object_room;
    uint32_t stamp;
    trace_reader *readers;
    size_t reader_room;
    uint32_t reader_count;
} trace;

/* The trace of the first `length` events of the path. `goal`: event, NONE. False: out of memory. */
bool trace_build(explorer *x, trace *t, uint32_t length, uint32_t goal);
void trace_free(trace *t);

static inline const uint32_t *trace_clock(const trace *t, uint32_t step)
{
    return t->clocks + (size_t)step * t->threads;
}
static inline uint32_t trace_at(const trace *t, uint16_t thread, uint32_t index)
{
    return t->order[t->starts[thread] + index];
}
/* The step of the same thread before, NONE. */
static inline uint32_t trace_previous(const trace *t, uint32_t step)
{
    const trace_step *s = &t->steps[step];
    return s->index ? trace_at(t, s->thread, s->index - 1) : NONE;
}

#endif
