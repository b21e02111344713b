/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * races.c - finds the events whose order with a step could be the other way round.
 *
 * Unbounded: the immediate races (no event between the two in happens-before). A step that waited gets also those
 * events further back that decide whether it is enabled: where an event enables the step (release, then acquire) that
 * race cannot be reversed, but an earlier one that had disabled it (acquire) can.
 * Bounded: every conflicting event that is not ordered before the thread's own past (Coons et al.: the last of each
 * thread, at each moment since the thread came to its step).
 */
#include "internal.h"

#include <string.h>

/* Whether event e writes something that the step waits for. */
static bool writes_guard(const explorer *x, const guard *g, uint32_t e)
{
    const event *ev = &x->events[e];

    if (!g->waits)
        return false;
    if (ev->all || g->all)
        return true;
    for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
        if (x->accesses[a].write && guard_contains(x, g, x->accesses[a].object))
            return true;
    }
    return false;
}

/* Whether the step could have come before event e at all: one that waits until nobody is ready, only if e is a timeout. */
static bool reversible(const explorer *x, const guard *g, uint32_t e)
{
    return !g->all || !set_has(&x->nodes[e].ready, x->events[e].thread);
}

/* Conflicts of the accesses from .. to-1 and of what the thread waits for. */
static bool collect(explorer *x, uint16_t thread, uint32_t from, uint32_t to, bool all, bool deep)
{
    if (x->barrier != NONE && !conflicts_add(x, x->barrier, thread))
        return false;
    if (all && !conflicts_with_everything(x, thread))
        return false;
    for (uint32_t a = from; a < to; a++) {
        if (!conflicts_with(x, x->accesses[a].object, x->accesses[a].write, thread, deep))
            return false;
    }
    return true;
}

/* Everything, as far back as happens-before leaves it open, that decides whether the thread's step is enabled. */
static bool collect_guard(explorer *x, uint16_t thread, const guard *g)
{
    if (g->waits && (!g->known || g->all)) {
        for (uint32_t e = 0; e < x->depth; e++) {
            if ((x->events[e].writes || g->all) && !conflicts_add(x, e, thread))
                return false;
        }
        return true;
    }
    for (uint32_t i = g->first; i < g->first + g->count; i++) {
        if (!conflicts_with(x, x->guards[i].object, false, thread, true))
            return false;
    }
    return true;
}

static bool conflict(const access_record *a, const access_record *b)
{
    return a->object == b->object && (a->write || b->write);
}

typedef struct {
    const access_record *first, *second;
} access_pair;

enum { FRONT_MOST = 64 }; /* of two steps; were there more, those would be told that need not be */

/* Whether a pair is ordered through another one: later in the first step, earlier in the second. */
static bool ordered_through(const explorer *x, const access_pair *pair, const access_pair *by)
{
    if (by->first->last < pair->first->last || by->second->first > pair->second->first)
        return false;
    if (by->first->last != pair->first->last || by->second->first != pair->second->first)
        return true;
    return x->objects[by->first->object].key > x->objects[pair->first->object].key; /* at once: one is for all */
}

static void tell_pair(explorer *x, const access_pair *pair)
{
    if (pair->first->early || pair->second->early)
        x->options->race(x->options->context, x->objects[pair->first->object].key);
}

/* One more conflicting pair. In the front are those that are not ordered through any other. */
static void enter_pair(explorer *x, access_pair *front, size_t *count, const access_pair *pair)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        if (ordered_through(x, pair, &front[i]))
            return;
    }
    for (size_t i = 0; i < *count; i++) {
        if (!ordered_through(x, &front[i], pair))
            front[kept++] = front[i];
    }
    *count = kept;
    if (kept < FRONT_MOST)
        front[(*count)++] = *pair;
    else
        tell_pair(x, pair);
}

/*
 * Of the pairs of accesses that race those count that are not ordered through another one. The race is covered by
 * switching before and after the steps if these accesses are what ended them. If not, a switch inside a step is missing:
 * the program is told on which objects.
 */
static void tell_race(explorer *x, uint32_t e, uint32_t from, uint32_t to)
{
    const event *ev = &x->events[e];
    access_pair front[FRONT_MOST];
    size_t count = 0;

    for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
        for (uint32_t b = from; b < to; b++) {
            access_pair pair = {&x->accesses[a], &x->accesses[b]};
            if (conflict(pair.first, pair.second) && !pair.first->absent && !pair.second->absent)
                enter_pair(x, front, &count, &pair);
        }
    }
    for (size_t i = 0; i < count; i++)
        tell_pair(x, &front[i]);
}

/*
 * Both steps were ended by accesses that synchronise nothing. Those to the same object are a data race: were they ordered
 * by anything else, that would be between the two steps, and the race not an immediate one. What else the two steps
 * touch comes before these accesses, so that it does not order them.
 */
static void tell_meetings(explorer *x, uint32_t e)
{
    const event *one = &x->events[e], *other = &x->events[x->depth];

    for (uint32_t a = one->access; a < one->access + one->own_count; a++) {
        for (uint32_t b = other->access; b < other->access + other->own_count; b++) {
            const access_record *first = &x->accesses[a], *second = &x->accesses[b];
            if (first->early || second->early || first->absent || second->absent || !conflict(first, second))
                continue;
            explore_meeting meeting = {
                .object = x->objects[first->object].key,
                .first = {x->threads[one->thread].number, one->site, first->write},
                .second = {x->threads[other->thread].number, other->site, second->write},
            };
            x->options->meet(x->options->context, &meeting);
        }
    }
}

static bool reverse_immediate(explorer *x, uint16_t thread, uint32_t from, uint32_t to, bool all, const guard *g)
{
    x->conflict_count = 0;
    if (!collect(x, thread, from, to, all, false))
        return false;
    conflicts_sort(x);
    for (size_t i = 0; i < x->conflict_count; i++) {
        uint32_t e = x->conflicts[i];
        if (happens_before(x, e, x->clock))
            continue;
        if (x->options->race)
            tell_race(x, e, from, to);
        if (x->options->meet && x->events[e].site && x->events[x->depth].site)
            tell_meetings(x, e);
        if (x->reduced && !x->bounded && reversible(x, g, e) &&
            !reverse_race(x, e, x->depth, thread, g, writes_guard(x, g, e)))
            return false;
        conflicts_join(x, e);
    }
    return true;
}

/* `second`: the step, NONE if it waits for ever. */
static bool reverse_deep(explorer *x, uint32_t second, uint16_t thread, const guard *g)
{
    size_t immediate = x->conflict_count;

    if (!g->waits || !collect_guard(x, thread, g))
        return !x->stop;
    for (size_t i = immediate; i < x->conflict_count; i++) {
        if (reversible(x, g, x->conflicts[i]) && !reverse_race(x, x->conflicts[i], second, thread, g, true))
            return false;
    }
    x->conflict_count = immediate;
    return true;
}

static bool bounded_all(explorer *x, uint16_t thread, uint32_t from, uint32_t to, bool all, const guard *g)
{
    x->conflict_count = 0;
    if (!collect(x, thread, from, to, all, true) || (g->waits && !collect_guard(x, thread, g)))
        return false;
    conflicts_sort(x);
    for (size_t i = 0; i < x->conflict_count; i++) {
        if (reversible(x, g, x->conflicts[i]) &&
            !bounded_race(x, x->conflicts[i], thread, g, writes_guard(x, g, x->conflicts[i])))
            return false;
    }
    return true;
}

bool races_of_step(explorer *x, uint16_t thread, uint32_t from, uint32_t to, bool all)
{
    guard g = guard_of(x, thread);

    conflicts_base(x, thread);
    memcpy(x->clock, x->base_clock, x->stride * sizeof(uint32_t));
    if (!reverse_immediate(x, thread, from, to, all, &g))
        return false;
    if (!x->reduced)
        return true;
    if (x->bounded)
        return bounded_all(x, thread, from, to, all, &g);
    return reverse_deep(x, x->depth, thread, &g);
}

/* The step that a thread waits for ever to take, as far as it is known: it reads what it waits for, as access records
 * that are not linked, and comes after who wrote that last. */
static bool step_of_waiting(explorer *x, uint16_t thread, const guard *g, wakeup_item *step)
{
    *step = (wakeup_item){.event = NONE, .thread = thread, .access = x->access_top, .all = g->all || !g->known};
    if (!room_for(x, &x->accesses, &x->access_room, (size_t)x->access_top + g->count, sizeof(access_record)))
        return false;
    conflicts_base(x, thread);
    memcpy(x->clock, x->base_clock, x->stride * sizeof(uint32_t));
    for (uint32_t r = g->first; r < g->first + g->count; r++) {
        uint32_t o = x->guards[r].object, head = x->objects[o].head;
        uint32_t write = head == NONE ? NONE : x->accesses[head].last_write;
        x->accesses[step->access + step->access_count++] = (access_record){.object = o, .event = NONE};
        if (write != NONE)
            conflicts_join(x, x->accesses[write].event);
    }
    return true;
}

/* What the thread waits for ever for could have come about in another order. */
static bool races_of_waiting(explorer *x, uint16_t thread, const guard *g)
{
    size_t before = x->race_count;
    wakeup_item step;

    if (!step_of_waiting(x, thread, g, &step))
        return false;
    x->conflict_count = 0;
    if (x->bounded)
        return bounded_all(x, thread, 0, 0, false, g);
    return reverse_deep(x, NONE, thread, g) && wakeup_enter_waiting(x, before, &step);
}

/* The execution has ended, or was given up (`blocked`): what its races ask for is entered. */
bool races_at_end(explorer *x, bool blocked)
{
    const node *end = &x->nodes[x->depth];

    if (!x->reduced)
        return true;
    x->path_blocked = blocked;
    for (uint16_t t = 0; t < x->thread_count; t++) {
        guard g = guard_of(x, t);
        if (!x->threads[t].born || !g.waits || set_has(&end->enabled, t) || x->threads[t].halted)
            continue;
        if (!races_of_waiting(x, t, &g))
            return false;
    }
    return wakeup_enter_races(x);
}
