/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - random executions whose equivalence class is known, so that a test can see whether an exploration left one
 * out: two executions are equivalent if their threads take the same steps and conflicting steps come in the same order.
 */
#include "internal.h"

enum { KEEP_ON = 8 }; /* in so many of 8 cases less one the running thread goes on */

static uint32_t draw(explorer *x, uint32_t below) { return (uint32_t)(draw_number(&x->walk) % below); }

/* The place of event e among those of its thread, from 1. */
static uint32_t index_of(const explorer *x, uint32_t e)
{
    uint32_t index = 0;

    for (; e != NONE; e = x->events[e].previous)
        index++;
    return index;
}

/* Of the step: its thread, its place there, the choice it was given, and the last step of each thread before it. */
static uint64_t number_of(const explorer *x, uint32_t e)
{
    const event *ev = &x->events[e];
    uint64_t h = draw_mix((uint64_t)x->threads[ev->thread].number << 40 | (uint64_t)ev->choice << 24 | index_of(x, e));

    for (uint32_t t = 0; t < x->thread_count; t++) {
        uint32_t last = clock_of(x, e)[t];
        if (t != ev->thread && last)
            h += draw_mix((uint64_t)x->threads[t].number << 32 | index_of(x, last - 1));
    }
    return draw_mix(h);
}

uint64_t walk_trace(const explorer *x)
{
    uint64_t sum = 0;

    for (uint32_t e = 0; e < x->depth; e++)
        sum += number_of(x, e);
    return sum;
}

uint16_t walk_choose(explorer *x, const node *n, size_t ready, size_t timed)
{
    if (ready + timed == 0)
        return NO_THREAD;
    if (n->last_ready && draw(x, KEEP_ON))
        return n->last;
    uint32_t k = draw(x, (uint32_t)(ready + timed));
    return (uint16_t)(x->dense[k < ready ? x->ready_list[k] : x->timed_list[k - ready]] - 1u);
}

static void walk(explorer *x)
{
    uint64_t before = x->report->total.executions;

    while (!x->stop && x->report->total.executions == before) {
        node *n = &x->nodes[x->depth];
        uint16_t thread = n->chosen;
        uint32_t choices;
        if (n->leaf || thread == NO_THREAD || !path_go(x, x->depth))
            return;
        choices = x->program->choices(x->program->self, x->threads[thread].number);
        node_begin(x, n, thread, choices);
        n->choice = choices > 1 ? (uint16_t)draw(x, choices) : 0;
        if (!explore_advance(x))
            return;
    }
}

void walk_many(explorer *x, uint64_t walks)
{
    while (walks-- && !x->stop && task_start_again(x))
        walk(x);
}
