/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * covered.c - whether what a race asks for was explored, or is by others: whether a thread that sleeps is a weak initial
 * of the sequence (wakeup.c). Most races are covered; so the sequence is not written down for that, the clocks tell:
 *
 *   - Of a thread's events after the race's first one, those that happen after it come last. So the earliest is in the
 *     sequence, or none is (but the second step, which is in it always).
 *   - What comes before an event of the sequence is in the sequence, if it comes after event i: else i would happen before
 *     that event too. Only before the second step there may be others.
 */
#include "internal.h"

typedef struct {
    const explorer *x;
    uint32_t first, second; /* the second step; a step that a thread waits for ever to take counts as event `depth` */
    uint16_t by;            /* thread of the first */
    const uint32_t *known;  /* by event, `stride` apart: how much of that thread comes before */
    const wakeup_item *step;
} asked;

static const uint32_t *clock_at(const asked *a, uint32_t e)
{
    return e == a->x->depth ? a->x->clock : clock_of(a->x, e);
}

static bool is_in(const asked *a, uint32_t e)
{
    return e == a->second || a->known[(size_t)e * a->x->stride] <= a->first;
}

/* The earliest event after the race's first one from e back to its thread's events before; NONE. */
static uint32_t earliest(const asked *a, uint32_t e)
{
    uint32_t found = NONE;

    for (; e != NONE && e > a->first; e = a->x->events[e].previous)
        found = e;
    return found;
}

/* The thread's first event in the sequence, NONE. */
static uint32_t first_of(const asked *a, uint16_t thread)
{
    uint32_t e = a->x->threads[thread].last;

    if (e != NONE)
        e = e > a->first ? earliest(a, e) : NONE;
    if (e == NONE || !is_in(a, e))
        e = thread == a->step->thread ? a->second : NONE;
    return e != NONE && e > a->second && a->x->careful ? NONE : e;
}

/* Whether e, the first of its thread, depends on nothing in the sequence. */
static bool is_initial(const asked *a, uint16_t thread, uint32_t e)
{
    const uint32_t *clock = clock_at(a, e);

    for (uint32_t t = 0; t < a->x->thread_count; t++) {
        if (clock[t] <= a->first + 1 || t == thread || t == a->by)
            continue;
        if (e != a->second || is_in(a, earliest(a, clock[t] - 1)))
            return false;
    }
    return true;
}

/* Whether something in the sequence accesses the object so that it conflicts with one more access. */
static bool is_touched(const asked *a, uint32_t o, bool write)
{
    const explorer *x = a->x;
    uint32_t at = x->objects[o].head;

    if (!write && at != NONE)
        at = x->accesses[at].last_write;
    while (at != NONE && x->accesses[at].event > a->first) {
        if (is_in(a, x->accesses[at].event))
            return true;
        at = x->accesses[at].before;
        if (!write && at != NONE)
            at = x->accesses[at].last_write;
    }
    return false;
}

/* The same for the step that a thread waits for ever to take: it reads. */
static bool is_waited_for(const asked *a, uint32_t o, bool write)
{
    if (a->step->event != NONE || !write)
        return false;
    for (uint32_t i = a->step->access; i < a->step->access + a->step->access_count; i++) {
        if (a->x->accesses[i].object == o)
            return true;
    }
    return false;
}

/* Of a thread without an event in the sequence: whether what it would do is independent of all of it. Of what conflicts
 * with everything only the second step can be in the sequence, for all else would happen after the first. */
static bool is_independent(const asked *a, const sleeper *s)
{
    if (s->all || a->step->all)
        return false;
    for (uint32_t i = s->footprint; i < s->footprint_end; i++) {
        const access_record *r = &a->x->accesses[i];
        if (is_touched(a, r->object, r->write) || is_waited_for(a, r->object, r->write))
            return false;
    }
    return true;
}

/* By one that sleeps at the node; rather by one whose event stays the first of the sequence for long. */
static covering by_sleepers(const asked *a, const node *n, uint32_t *until)
{
    covering how = NOT_COVERED;

    *until = NONE;
    for (uint32_t i = 0; i < n->sleep_count; i++) {
        const sleeper *s = &a->x->sleepers[n->sleep + i];
        uint32_t e = first_of(a, s->thread);
        if (e != NONE && e <= a->second) {
            if (is_initial(a, s->thread, e))
                return COVERED_FOR_GOOD;
        } else if (s->open || a->x->careful || *until != NONE) {
            continue;
        } else if (e != NONE && is_initial(a, s->thread, e)) {
            *until = e;
            how = COVERED_SO_FAR;
        } else if (e == NONE && how == NOT_COVERED && is_independent(a, s)) {
            how = COVERED_SO_FAR;
        }
    }
    return how;
}

covering race_covered(const explorer *x, const race_record *r, const wakeup_item *step, uint32_t *until)
{
    const node *n = &x->nodes[r->first];
    asked a = {.x = x,
               .first = r->first,
               .second = r->second == NONE ? x->depth : r->second,
               .by = x->events[r->first].thread,
               .step = step};
    covering how;

    a.known = x->clocks + a.by;
    how = by_sleepers(&a, n, until);

    for (uint32_t w = n->covers; how == NOT_COVERED && w != NONE; w = x->wakeups[w].next) {
        uint16_t thread = wakeup_step(x, w)->thread;
        uint32_t e = first_of(&a, thread);
        if (e != NONE && e <= a.second && is_initial(&a, thread, e))
            how = COVERED_FOR_GOOD;
    }
    return how;
}
