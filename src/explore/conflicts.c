/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conflicts.c - which events of the path a step conflicts with, and its vector clock.
 *
 * Two events conflict if they belong to different threads and touch a common object that one of them writes.
 * happens-before is the order of conflicting events, of the events of one thread, and of a thread after its creator.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* What happens before the next step of the thread because it is that thread's: into base_clock. */
void conflicts_base(explorer *x, uint16_t thread)
{
    const thread_state *t = &x->threads[thread];
    uint32_t before = t->last != NONE ? t->last : t->creator;

    if (before != NONE)
        memcpy(x->base_clock, clock_of(x, before), x->stride * sizeof(uint32_t));
    else
        memset(x->base_clock, 0, x->stride * sizeof(uint32_t));
}

/* Event e, of the thread `by`. */
static bool add(explorer *x, uint32_t e, uint16_t by, uint16_t thread)
{
    if (by == thread || x->base_clock[by] > e)
        return true;
    if (!room_for(x, &x->conflicts, &x->conflict_room, x->conflict_count + 1, sizeof(uint32_t)))
        return false;
    x->conflicts[x->conflict_count++] = e;
    return true;
}

/* From access `a` to an object back: those that conflict with one more access, a write or not. */
bool conflicts_from(explorer *x, uint32_t a, bool write, uint16_t thread, bool all)
{
    while (a != NONE) {
        const access_record *r = &x->accesses[a];
        if (!add(x, r->event, r->thread, thread))
            return false;
        if (r->write && (!all || x->base_clock[r->thread] > r->event))
            break;
        a = r->before;
        if (!write && a != NONE)
            a = x->accesses[a].last_write;
    }
    return true;
}

/* A step that touches everything conflicts with the last event of each thread. */
bool conflicts_with_everything(explorer *x, uint16_t thread)
{
    for (uint32_t t = 0; t < x->thread_count; t++) {
        if (x->threads[t].born && x->threads[t].last != NONE && !add(x, x->threads[t].last, (uint16_t)t, thread))
            return false;
    }
    return true;
}

bool conflicts_add(explorer *x, uint32_t e, uint16_t thread) { return add(x, e, x->events[e].thread, thread); }

static int later_first(const void *a, const void *b)
{
    uint32_t left, right;

    memcpy(&left, a, sizeof(left));
    memcpy(&right, b, sizeof(right));
    return left < right ? 1 : left > right ? -1 : 0;
}

/* Latest first, each once. */
void conflicts_sort(explorer *x)
{
    size_t kept = 0;
    uint32_t *c = x->conflicts;

    if (x->conflict_count < 2)
        return;
    if (x->conflict_count > 16) {
        qsort(c, x->conflict_count, sizeof(*c), later_first);
    } else {
        for (size_t i = 1; i < x->conflict_count; i++) {
            uint32_t value = c[i];
            size_t j = i;
            for (; j > 0 && c[j - 1] < value; j--)
                c[j] = c[j - 1];
            c[j] = value;
        }
    }
    for (size_t i = 0; i < x->conflict_count; i++) {
        if (!kept || c[kept - 1] != c[i])
            c[kept++] = c[i];
    }
    x->conflict_count = kept;
}

/* The clock of a step so far, joined with that of an event it conflicts with. */
void conflicts_join(explorer *x, uint32_t e)
{
    const uint32_t *restrict other = clock_of(x, e);
    uint32_t *restrict clock = x->clock;

    for (uint32_t t = 0; t < x->thread_count; t += CLOCK_UNIT, clock += CLOCK_UNIT, other += CLOCK_UNIT) {
        for (uint32_t i = 0; i < CLOCK_UNIT; i++) /* at once */
            clock[i] = clock[i] < other[i] ? other[i] : clock[i];
    }
}
