/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timing.c - time as an adversary: for how long must a thread be left behind, for a trace to come about?
 *
 * Each thread has a processor of its own. t(e) is the time at which step e ends, c(e) what its instructions take. Then
 *
 *     t(e) >= t(p) + c(e)             p the step of the thread before, or its creator, or what fulfilled its wait
 *     t(e) >= t(p)                    p another thread's step before, with which e conflicts: accesses end steps
 *     t(e) >= t(p) + timeout + c(e)   its wait, which began after p, timed out
 *     t(e) <= r(e) + T + c(e)         T the stall, r(e) the time since which e could go on: t(p); t(p) + timeout; of a wait
 *                                     that was fulfilled, when that was, but not before t(p)
 *
 * are constraints on differences: edges of a graph, and times exist if it has no cycle of positive weight. Each cycle
 * goes through upper bounds, n of them, and needs T >= weight / n; the largest such demand is the trace's smallest stall.
 * It is found cycle by cycle (Newton's method, as for the cycle of maximum ratio).
 *
 * If nothing orders what fulfilled a wait and the thread's arrival at it, both orders are tried, and the better one counts.
 * Where something is not known it is left out, which makes more traces possible, never fewer: there is no upper bound
 *
 *   - for the first step of a thread that is there from the start: who gives the commands may take any time,
 *   - for a wait fulfilled by one of several steps that nothing orders, and for those beyond TIMING_ORDERS in a trace,
 *   - for a thread that polled in vain and was parked (polls.c): it has been polling since, nobody counts how often.
 *
 * Steps of other threads that crash too, but are not in this trace, have not come before its end.
 */
#include "leaf.h"

#include <string.h>

struct timing_edge {
    int64_t weight;
    uint32_t from, to;
    bool stall; /* an upper bound: the stall is taken off the weight */
};

enum { TIMING_ORDERS = 4 }; /* waits of a trace for which both orders are tried */

typedef struct {
    explorer *x;
    struct leaf_work *w;
    const trace *t;
    uint32_t orders; /* of so many waits both orders are possible, */
    uint32_t tried;  /*   these are tried now: a bit each */
} timing;

static int64_t cost(const timing *m, uint32_t e)
{
    return (int64_t)(m->x->events[e].instructions * m->x->instruction_time);
}

static bool add(const timing *m, uint32_t from, uint32_t to, int64_t weight, bool stall)
{
    struct leaf_work *w = m->w;

    if (!room_for(m->x, &w->bounds, &w->bound_room, (size_t)w->bound_count + 1, sizeof(struct timing_edge)))
        return false;
    w->bounds[w->bound_count++] = (struct timing_edge){.from = from, .to = to, .weight = weight, .stall = stall};
    return true;
}

/* The bounds -------------------------------------------------------------------------------------------------------- */

static uint32_t creator_of(const timing *m, uint16_t dense)
{
    uint32_t creator = m->x->threads[dense].creator;

    return creator == NONE ? NONE : m->t->step_of[creator];
}

static bool comes_before(const trace *t, uint32_t a, uint32_t b)
{
    return trace_clock(t, b)[t->steps[a].thread] > t->steps[a].index;
}

static bool is_timeout(const timing *m, uint32_t e) { return !set_has(&m->x->nodes[e].ready, m->x->events[e].thread); }

/* The step that fulfilled the wait of step s, or after which it began if that was later; NONE: not known. Nothing may
 * order it and *other: then the later of the two is meant; NONE: there is no such step. */
static uint32_t fulfilled_by(const timing *m, uint32_t s, uint32_t arrival, bool known, uint32_t *other)
{
    const trace *t = m->t;
    const trace_step *step = &t->steps[s];
    uint32_t latest = arrival;

    *other = NONE;
    for (uint32_t i = step->edge; i < step->edge + step->edge_count; i++) {
        uint32_t from = t->edges[i].from;
        if ((known && !t->edges[i].guard) || from == latest || from == *other || comes_before(t, from, latest) ||
            (*other != NONE && comes_before(t, from, *other)))
            continue;
        if (*other != NONE && comes_before(t, *other, from))
            *other = NONE;
        if (comes_before(t, latest, from))
            latest = from;
        else if (*other == NONE)
            *other = from;
        else
            return NONE;
    }
    return latest;
}

/* The later of two steps that nothing orders, as it is tried now; NONE: neither is. */
static bool enter_later(timing *m, uint32_t *one, uint32_t other)
{
    uint32_t first = *one;

    if (other == NONE)
        return true;
    if (m->orders == TIMING_ORDERS) {
        *one = NONE;
        return true;
    }
    if (m->tried >> m->orders++ & 1) {
        first = other;
        other = *one;
    }
    *one = other;
    return add(m, first, other, 0, false);
}

/* t(e) >= ... */
static bool enter_lower(const timing *m, uint32_t s, uint32_t before, uint32_t creator)
{
    const trace_step *step = &m->t->steps[s];
    int64_t takes = cost(m, step->event), timeout = 0;

    if (before != NONE) {
        const event *arrived = &m->x->events[m->t->steps[before].event];
        timeout = arrived->outcome == EXPLORE_BLOCKED && is_timeout(m, step->event) ? (int64_t)arrived->timeout : 0;
        if (!add(m, before, s, takes + timeout, false))
            return false;
    }
    for (uint32_t i = step->edge; i < step->edge + step->edge_count; i++) {
        const trace_edge *edge = &m->t->edges[i];
        bool begins = !timeout && (edge->guard || (before == NONE && edge->from == creator));
        if (!add(m, edge->from, s, begins ? takes : 0, false))
            return false;
    }
    m->w->times[s] = takes;
    return true;
}

/* t(e) <= ...; s: the step, NONE: not in the trace; node: what stands for it. */
static bool enter_upper(timing *m, uint32_t s, uint32_t e, uint32_t node, uint32_t before, uint32_t creator)
{
    const explorer *x = m->x;
    uint32_t since = before == NONE ? creator : before, other;
    const guard *g = before == NONE ? &x->threads[x->events[e].thread].start : NULL;
    int64_t takes = cost(m, e);

    if (since == NONE)
        return true;
    if (before != NONE) {
        const event *arrived = &x->events[m->t->steps[before].event];
        g = &arrived->wait;
        if (arrived->rounds >= x->poll_limit || g->all)
            return true;
        if (arrived->outcome != EXPLORE_BLOCKED)
            return add(m, node, since, -takes, true);
        if (is_timeout(m, e))
            return add(m, node, since, -takes - (int64_t)arrived->timeout, true);
    } else if (!g->waits) {
        return add(m, node, since, -takes, true);
    }
    if (s == NONE)
        return true;
    since = fulfilled_by(m, s, since, g->waits && g->known, &other);
    if (since != NONE && !enter_later(m, &since, other))
        return false;
    return since == NONE || add(m, node, since, -takes, true);
}

/* A step that would have ended the execution, had it come before the goal. */
static bool enter_halted(timing *m, uint32_t e, uint32_t node)
{
    uint16_t dense = m->x->events[e].thread, thread = m->t->of_dense[dense];
    uint32_t before = thread == NO_THREAD ? NONE : trace_at(m->t, thread, m->t->lengths[thread] - 1);

    m->w->times[node] = 0;
    return add(m, m->t->goal, node, 0, false) &&
           enter_upper(m, NONE, e, node, before, before == NONE ? creator_of(m, dense) : NONE);
}

/* Fills the bounds; returns how many nodes there are, 0: out of memory. */
static uint32_t enter_all(timing *m)
{
    uint32_t nodes = m->t->count;

    m->w->bound_count = m->orders = 0;
    if (!room_for(m->x, &m->w->times, &m->w->time_room, (size_t)nodes + m->x->halted_count, sizeof(int64_t)))
        return 0;
    for (uint32_t s = 0; s < m->t->count; s++) {
        const trace_step *step = &m->t->steps[s];
        uint32_t before = trace_previous(m->t, s);
        uint32_t creator = before == NONE ? creator_of(m, m->x->events[step->event].thread) : NONE;
        if (!enter_lower(m, s, before, creator) || !enter_upper(m, s, step->event, s, before, creator))
            return 0;
    }
    for (uint32_t e = 0; e < m->x->depth && m->t->goal != NONE; e++) {
        if (m->t->step_of[e] == NONE && !enter_halted(m, e, nodes++))
            return 0;
    }
    return nodes;
}

/* Times -------------------------------------------------------------------------------------------------------------- */

/* One pass over all bounds, forwards and backwards; whether a time was raised. */
static bool raise_times(struct leaf_work *w, int64_t stall)
{
    bool raised = false;

    for (uint32_t i = 0; i < w->bound_count; i++) {
        const struct timing_edge *e = &w->bounds[i];
        int64_t time = w->times[e->from] + e->weight - (e->stall ? stall : 0);
        if (time > w->times[e->to]) {
            w->times[e->to] = time;
            w->reasons[e->to] = i;
            raised = true;
        }
    }
    return raised;
}

/* A node on a cycle of reasons; NONE: there is none. */
static uint32_t find_cycle(struct leaf_work *w, uint32_t nodes)
{
    memset(w->marks, 0, nodes * sizeof(*w->marks));
    for (uint32_t start = 0; start < nodes; start++) {
        uint32_t at = start;
        while (w->marks[at] == 0 && w->reasons[at] != NONE) {
            w->marks[at] = start + 1;
            at = w->bounds[w->reasons[at]].from;
        }
        if (w->marks[at] == start + 1 && w->reasons[at] != NONE)
            return at;
        w->marks[at] = start + 1;
    }
    return NONE;
}

/* The stall that the cycle of reasons through a node asks for. */
static int64_t demand(const struct leaf_work *w, uint32_t node)
{
    int64_t weight = 0, bounds = 0;
    uint32_t at = node;

    do {
        const struct timing_edge *e = &w->bounds[w->reasons[at]];
        weight += e->weight;
        bounds += e->stall;
        at = e->from;
    } while (at != node);
    return bounds ? (weight + bounds - 1) / bounds : INT64_MAX;
}

/* The stall that a cycle asks for if `stall` is not enough; 0: it is. */
static int64_t contradiction(struct leaf_work *w, const int64_t *lowest, uint32_t nodes, int64_t stall)
{
    memcpy(w->times, lowest, nodes * sizeof(*lowest));
    for (uint32_t n = 0; n < nodes; n++)
        w->reasons[n] = NONE;
    while (raise_times(w, stall)) {
        uint32_t node = find_cycle(w, nodes);
        if (node != NONE)
            return demand(w, node);
    }
    return 0;
}

/* With the orders that are tried now. */
static bool smallest(timing *m, uint64_t below, uint64_t *stall)
{
    explorer *x = m->x;
    struct leaf_work *w = m->w;
    uint32_t nodes = enter_all(m);
    int64_t least = 0, more;

    if (nodes == 0 && x->stop)
        return false;
    if (!room_for(x, &w->reasons, &w->reason_room, nodes, sizeof(uint32_t)) ||
        !room_for(x, &w->marks, &w->mark_room, nodes, sizeof(uint32_t)) ||
        !room_for(x, &w->lowest, &w->lowest_room, nodes, sizeof(int64_t)))
        return false;
    memcpy(w->lowest, w->times, nodes * sizeof(*w->lowest));
    while ((uint64_t)least < below && (more = contradiction(w, w->lowest, nodes, least)) != 0)
        least = more;
    *stall = (uint64_t)least;
    return true;
}

bool timing_smallest(explorer *x, struct leaf_work *w, uint64_t below, uint64_t *stall)
{
    timing m = {.x = x, .w = w, .t = &w->t};
    uint64_t one;

    *stall = UINT64_MAX;
    do {
        if (!smallest(&m, below < *stall ? below : *stall, &one))
            return false;
        *stall = one < *stall ? one : *stall;
    } while (*stall && ++m.tried >> m.orders == 0);
    return true;
}
