/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reverse.c - where must another thread go first, so that the latest step of a thread comes before an event it races
 * with (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017)?
 *
 * Let i be the event, v the events after i that do not happen after it, then the step. Node i must explore v, or what is
 * equivalent (wakeup.c). Steps that wait need more care:
 *
 *   - It is enabled after v's other events iff its conditions hold on what these leave. If they do not, and nothing in v
 *     writes what decides, this race cannot be reversed, and those further back (see races.c) cover the rest.
 *   - If v's other events disabled it, or contents are unknown, everything that can go at node i is explored.
 *   - A thread that polls waits for any write, so that events only ever enable it.
 */
#include "internal.h"

static bool waits_since_before(const explorer *x, uint32_t i, uint16_t thread)
{
    const thread_state *t = &x->threads[thread];

    return t->last != NONE ? t->last < i : (t->creator == NONE || t->creator < i);
}

bool was_disabled(const explorer *x, uint32_t i, uint16_t thread)
{
    return waits_since_before(x, i, thread) && !set_has(&x->nodes[i].enabled, thread);
}

/* Whether an event of v writes the object. */
static bool touched(const explorer *x, uint32_t i, uint32_t o)
{
    for (uint32_t a = x->objects[o].head; a != NONE && x->accesses[a].event > i; a = x->accesses[a].before) {
        uint32_t e = x->accesses[a].event;
        if (x->accesses[a].write && !happens_before(x, i, clock_of(x, e)))
            return true;
    }
    return false;
}

/* Whether an event of v writes what the step waits for. */
static bool guard_touched(const explorer *x, uint32_t i, const guard *g)
{
    for (uint32_t r = g->first; r < g->first + g->count; r++) {
        if (touched(x, i, x->guards[r].object))
            return true;
    }
    return !g->known;
}

typedef enum { POSSIBLE, IMPOSSIBLE, UNCERTAIN } verdict;

/* Whether the step, which waits for something that event i writes, is enabled after the other events of v. */
static verdict without(const explorer *x, uint32_t i, uint16_t thread, const guard *g)
{
    bool waits = waits_since_before(x, i, thread), touched = guard_touched(x, i, g);
    bool enabled = waits && set_has(&x->nodes[i].enabled, thread);
    int held;

    if (g->polls)
        return touched || enabled ? POSSIBLE : IMPOSSIBLE;
    if (waits && !touched)
        return enabled ? POSSIBLE : IMPOSSIBLE;
    held = x->events[i].all || g->all || !g->known ? -1 : guard_holds_without(x, g, i);
    if (held > 0 || (held < 0 && g->single))
        return POSSIBLE;
    return held < 0 || touched ? UNCERTAIN : IMPOSSIBLE;
}

bool reverse_race(explorer *x, uint32_t i, uint32_t second, uint16_t thread, const guard *g, bool through_guard)
{
    uint32_t first = polls_first(x, i);
    verdict can;

    if (!happens_before(x, first, x->clock))
        i = first;
    can = through_guard ? without(x, i, thread, g) : POSSIBLE;

    if (can == UNCERTAIN)
        return wakeup_add_all(x, &x->nodes[i]);
    if (can == IMPOSSIBLE)
        return true;
    if (!room_for(x, &x->races, &x->race_room, x->race_count + 1, sizeof(race_record)))
        return false;
    x->races[x->race_count++] = (race_record){.first = i, .second = second, .until = NONE};
    return true;
}
