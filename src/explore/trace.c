/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

static bool is_in(const explorer *x, uint32_t e, uint32_t goal) { return !x->events[e].halted || e == goal; }

/* The threads that take steps, by the program's numbers. */
static void number_threads(const explorer *x, trace *t, uint32_t length, uint32_t goal)
{
    memset(t->of_dense, 0xff, sizeof(t->of_dense[0]) * x->thread_count);
    t->threads = 0;
    for (uint32_t e = 0; e < length; e++) {
        uint16_t d = x->events[e].thread, at;
        if (!is_in(x, e, goal) || t->of_dense[d] != NO_THREAD)
            continue;
        for (at = t->threads++; at > 0 && x->threads[t->dense[at - 1]].number > x->threads[d].number; at--)
            t->dense[at] = t->dense[at - 1];
        t->dense[at] = d;
        t->of_dense[d] = 0;
    }
    for (uint16_t i = 0; i < t->threads; i++)
        t->of_dense[t->dense[i]] = i;
}

/* The steps, and those of each thread in a row. */
static void number_steps(const explorer *x, trace *t, uint32_t length, uint32_t goal)
{
    uint32_t start = 0;

    memset(t->lengths, 0, sizeof(t->lengths[0]) * t->threads);
    t->count = 0;
    t->length = length;
    t->goal = NONE;
    for (uint32_t e = 0; e < length; e++) {
        uint16_t thread = t->of_dense[x->events[e].thread];
        t->step_of[e] = is_in(x, e, goal) ? t->count : NONE;
        if (t->step_of[e] == NONE)
            continue;
        t->goal = e == goal ? t->count : t->goal;
        t->steps[t->count++] = (trace_step){.event = e, .thread = thread, .index = t->lengths[thread]++};
    }
    for (uint16_t i = 0; i < t->threads; i++) {
        t->starts[i] = start;
        start += t->lengths[i];
    }
    for (uint32_t s = 0; s < t->count; s++)
        t->order[t->starts[t->steps[s].thread] + t->steps[s].index] = s;
}

static bool add_edge(explorer *x, trace *t, uint32_t to, uint32_t from, bool guard)
{
    trace_step *step = &t->steps[to];

    if (from == NONE || t->steps[from].thread == step->thread)
        return true;
    for (uint32_t i = step->edge; i < t->edge_count; i++) {
        if (t->edges[i].from == from) {
            t->edges[i].guard |= guard;
            return true;
        }
    }
    if (!room_for(x, &t->edges, &t->edge_room, (size_t)t->edge_count + 1, sizeof(trace_edge)))
        return false;
    t->edges[t->edge_count++] = (trace_edge){.from = from, .guard = guard};
    return true;
}

static trace_object *object_of(trace *t, uint32_t o)
{
    trace_object *object = &t->objects[o];

    if (object->stamp != t->stamp)
        *object = (trace_object){.stamp = t->stamp, .write = NONE, .readers = NONE};
    return object;
}

/* One access of step s: what it conflicts with comes before. */
static bool enter_access(explorer *x, trace *t, uint32_t s, const access_record *a, const guard *g)
{
    trace_object *object = object_of(t, a->object);
    bool guarded = g->waits && guard_contains(x, g, a->object);

    if (!add_edge(x, t, s, object->write, guarded))
        return false;
    if (a->write) {
        for (uint32_t r = object->readers; r != NONE; r = t->readers[r].next) {
            if (!add_edge(x, t, s, t->readers[r].step, false))
                return false;
        }
        object->write = s;
        object->readers = NONE;
        return true;
    }
    if (!room_for(x, &t->readers, &t->reader_room, (size_t)t->reader_count + 1, sizeof(trace_reader)))
        return false;
    t->readers[t->reader_count] = (trace_reader){.step = s, .next = object->readers};
    object->readers = t->reader_count++;
    return true;
}

static guard guard_before(const explorer *x, const trace *t, uint32_t s)
{
    uint32_t before = trace_previous(t, s);

    return before == NONE ? x->threads[t->dense[t->steps[s].thread]].start : x->events[t->steps[before].event].wait;
}

/* What must come before a thread's first step, and before or after what conflicts with everything. */
static bool enter_order(explorer *x, trace *t, uint32_t s, uint32_t barrier)
{
    const event *ev = &x->events[t->steps[s].event];
    uint32_t creator = x->threads[ev->thread].creator;

    if (t->steps[s].index == 0 && creator != NONE && creator < ev - x->events &&
        !add_edge(x, t, s, t->step_of[creator], false))
        return false;
    if (!add_edge(x, t, s, barrier, false))
        return false;
    for (uint32_t before = s; ev->all && before-- > 0;) {
        if (!add_edge(x, t, s, before, false))
            return false;
    }
    return true;
}

static void join_clocks(trace *t, uint32_t s)
{
    uint32_t *clock = t->clocks + (size_t)s * t->threads, before = trace_previous(t, s);
    const trace_step *step = &t->steps[s];

    memset(clock, 0, sizeof(*clock) * t->threads);
    if (before != NONE)
        memcpy(clock, trace_clock(t, before), sizeof(*clock) * t->threads);
    for (uint32_t i = step->edge; i < step->edge + step->edge_count; i++) {
        const uint32_t *other = trace_clock(t, t->edges[i].from);
        for (uint16_t u = 0; u < t->threads; u++)
            clock[u] = clock[u] < other[u] ? other[u] : clock[u];
    }
    clock[step->thread] = step->index + 1;
}

static bool enter_step(explorer *x, trace *t, uint32_t s, uint32_t barrier)
{
    const event *ev = &x->events[t->steps[s].event];
    guard g = guard_before(x, t, s);

    t->steps[s].edge = t->edge_count;
    if (!enter_order(x, t, s, barrier))
        return false;
    for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
        if (!enter_access(x, t, s, &x->accesses[a], &g))
            return false;
    }
    t->steps[s].edge_count = t->edge_count - t->steps[s].edge;
    join_clocks(t, s);
    return true;
}

static bool make_room(explorer *x, trace *t, uint32_t length)
{
    size_t known = t->object_room;

    if (!room_for(x, &t->steps, &t->step_room, length, sizeof(trace_step)) ||
        !room_for(x, &t->order, &t->order_room, length, sizeof(uint32_t)) ||
        !room_for(x, &t->step_of, &t->step_of_room, length, sizeof(uint32_t)) ||
        !room_for(x, &t->clocks, &t->clock_room, (size_t)length * t->threads, sizeof(uint32_t)) ||
        !room_for(x, &t->objects, &t->object_room, x->object_count, sizeof(trace_object)))
        return false;
    memset(t->objects + known, 0, (t->object_room - known) * sizeof(trace_object));
    return true;
}

bool trace_build(explorer *x, trace *t, uint32_t length, uint32_t goal)
{
    uint32_t barrier = NONE;

    number_threads(x, t, length, goal);
    if (!make_room(x, t, length))
        return false;
    number_steps(x, t, length, goal);
    t->edge_count = t->reader_count = 0;
    t->stamp++;
    for (uint32_t s = 0; s < t->count; s++) {
        if (!enter_step(x, t, s, barrier))
            return false;
        if (x->events[t->steps[s].event].all)
            barrier = s;
    }
    return true;
}

void trace_free(trace *t)
{
    free(t->steps);
    free(t->edges);
    free(t->clocks);
    free(t->order);
    free(t->step_of);
    free(t->objects);
    free(t->readers);
}
