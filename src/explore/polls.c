/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * polls.c - threads that look again and again at what does not change.
 *
 * A loop around a timed wait, or a spinning read, would make the exploration infinite. A round is the part of a thread's
 * steps between two visits of the same place (the same wait that began anew, or the same place as told by the program).
 * A round is in vain if it wrote nothing, has the same footprints as the round before, and nobody wrote what the two
 * have read in between: the thread has learnt nothing. After `poll_limit` rounds in vain (default 2) the thread is not
 * taken again until something that it read was written: it waits for that, and its next step is treated as one that
 * waits. When only such threads are left they go on for POLL_PATIENCE rounds more each (nodes.c); then the execution is
 * over and the program says whether that is a hang.
 *
 * A thread whose own state changes from round to round (it counts them) is about to give up, sooner or later. It is not
 * held, but goes last; and once it goes, it goes on until it has given up, or something has changed:
 *
 *     round  round | others ...                       it sees what they have changed, in its third round
 *            limit | round round round ... gives up | others ...
 *
 * In which of the rounds on its way it would have seen a change makes no difference but to what it counts. So a race with
 * one of these rounds asks for no more than the other order with the first of them. After EXPLORE_COUNTED_ROUNDS of them it
 * is taken for one that never gives up, and held; the exploration is not complete then.
 */
#include "internal.h"

enum { POLL_SPAN = 64 }; /* steps in the longest round that is recognised */

static bool same_place(const event *a, const event *b)
{
    return a->outcome == b->outcome && a->place == b->place && (a->place != 0 || a->outcome == EXPLORE_BLOCKED);
}

/* The event at which the round that ends with `e` began, NONE. */
static uint32_t round_start(const explorer *x, uint32_t e, uint32_t *length)
{
    uint32_t at = x->events[e].previous;

    for (*length = 1; at != NONE && *length <= POLL_SPAN; at = x->events[at].previous, ++*length) {
        if (same_place(&x->events[at], &x->events[e]))
            return at;
        if (x->events[at].writes)
            return NONE;
    }
    return NONE;
}

static bool same_footprint(const explorer *x, const event *a, const event *b)
{
    if (a->own_count != b->own_count || a->instructions != b->instructions)
        return false;
    for (uint32_t i = 0; i < a->own_count; i++) {
        if (x->accesses[a->access + i].object != x->accesses[b->access + i].object)
            return false;
    }
    return true;
}

/* Whether somebody wrote what the event touched, at or after event `since`. */
static bool changed(const explorer *x, const event *ev, uint32_t since)
{
    for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
        uint32_t head = x->objects[x->accesses[a].object].head;
        uint32_t write = head == NONE ? NONE : x->accesses[head].last_write;
        if (write != NONE && x->accesses[write].event >= since)
            return true;
    }
    return false;
}

/* Whether the thread still counts its rounds after so many identical ones, with e the last. */
static void observe_own(explorer *x, uint32_t e, const event *before)
{
    const explore_program *p = x->program;
    event *ev = &x->events[e];

    if (!x->reduced || !p->own_state)
        return;
    ev->own = p->own_state(p->self, x->threads[ev->thread].number);
    ev->counts = before->rounds && ev->own != before->own;
    if (ev->counts && ev->rounds >= x->poll_limit + EXPLORE_COUNTED_ROUNDS)
        x->report->counted_out = true;
}

/* Event e was entered: does it end a round in vain? */
void polls_observe(explorer *x, uint32_t e)
{
    uint32_t length, start, now = e, then, oldest;

    x->events[e].rounds = 0;
    if (x->events[e].writes || (x->events[e].place == 0 && x->events[e].outcome != EXPLORE_BLOCKED))
        return;
    start = then = round_start(x, e, &length);
    if (start == NONE)
        return;
    oldest = start;
    for (uint32_t i = 0; i < length; i++) {
        if (then == NONE || x->events[then].writes || !same_footprint(x, &x->events[now], &x->events[then]))
            return;
        oldest = then;
        now = x->events[now].previous;
        then = x->events[then].previous;
    }
    for (uint32_t i = 0, at = e; i < length; i++, at = x->events[at].previous) {
        if (changed(x, &x->events[at], oldest))
            return;
    }
    x->events[e].rounds = x->events[start].rounds + 1;
    x->events[e].round = length;
    observe_own(x, e, &x->events[start]);
}

/* Whether nothing has changed that the rounds up to event e read. */
static bool unchanged(const explorer *x, uint32_t e)
{
    uint32_t at = e;

    for (uint32_t i = 0; i < x->events[e].round; i++, at = x->events[at].previous) {
        if (changed(x, &x->events[at], e + 1))
            return false;
    }
    return true;
}

/* How many rounds more a thread is not held that counts them. */
static uint32_t patience(const event *ev) { return ev->counts ? EXPLORE_COUNTED_ROUNDS : 0; }

/* Whether the rounds up to event e are enough to hold the thread. */
bool polls_enough(const explorer *x, uint32_t e, uint32_t rounds)
{
    return x->events[e].rounds >= rounds + patience(&x->events[e]) && unchanged(x, e);
}

/* It counts, and has seen enough rounds to be held if it did not. */
static bool counts(const explorer *x, uint32_t e)
{
    return e != NONE && x->events[e].counts && x->events[e].rounds >= x->poll_limit;
}

bool polls_deferred(const explorer *x, uint16_t thread)
{
    uint32_t e = x->threads[thread].last;

    return counts(x, e) && !counts(x, x->events[e].previous) && unchanged(x, e);
}

bool polls_on(const explorer *x, uint16_t thread)
{
    uint32_t e = x->threads[thread].last;

    return counts(x, e) && counts(x, x->events[e].previous) && unchanged(x, e);
}

uint32_t polls_first(const explorer *x, uint32_t e)
{
    uint32_t before;

    while (counts(x, e) && counts(x, before = x->events[e].previous) && counts(x, x->events[before].previous))
        e = before;
    return e;
}

/* Event e ended a round in vain: its thread waits for a change of what the round read. */
bool polls_wait(explorer *x, uint32_t e)
{
    guard *g = &x->events[e].wait;
    uint32_t at = e;

    if (x->events[e].rounds < x->poll_limit + patience(&x->events[e]))
        return true;
    if (!g->waits)
        *g = (guard){.first = x->guard_top, .waits = true, .known = true, .polls = true};
    for (uint32_t i = 0; i < x->events[e].round; i++, at = x->events[at].previous) {
        const event *ev = &x->events[at];
        for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
            explore_condition c = {.object = x->objects[x->accesses[a].object].key, .compare = EXPLORE_UNKNOWN};
            if (guard_contains(x, g, x->accesses[a].object))
                continue;
            if (!room_for(x, &x->guards, &x->guard_room, (size_t)x->guard_top + 1, sizeof(guard_record)))
                return false;
            x->guards[x->guard_top++] = (guard_record){.object = x->accesses[a].object, .condition = c};
            g->count++;
        }
    }
    g->single = false;
    return true;
}
