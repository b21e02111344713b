/* SPDX-License-Identifier: GPL-2.0-or-later */
/* threads.c - dense thread numbers, and since when a thread exists. */
#include "internal.h"

#include <string.h>

/* Clocks get wider: lay out those of the path anew. */
static bool widen(explorer *x)
{
    uint32_t old = x->stride, wide = old * 2;

    if (!room_for(x, &x->clocks, &x->clock_room, ((size_t)x->depth + 2) * wide, sizeof(uint32_t)))
        return false;
    x->stride = wide;
    for (uint32_t e = x->depth; e-- > 0;) {
        memmove(x->clocks + (size_t)e * wide, x->clocks + (size_t)e * old, old * sizeof(uint32_t));
        memset(x->clocks + (size_t)e * wide + old, 0, old * sizeof(uint32_t));
    }
    return true;
}

/* A thread that was not seen so far gets a dense number. */
bool thread_enter(explorer *x, uint32_t number, uint16_t *dense)
{
    thread_state *t;

    if (number >= EXPLORE_THREADS) {
        x->status = EXPLORE_PROGRAM_FAILED;
        x->stop = true;
        return false;
    }
    if (x->thread_count == x->stride && !widen(x))
        return false;
    if (x->thread_count == x->set_words * 64u)
        nodes_clear_word(x, x->set_words++);
    t = &x->threads[x->thread_count];
    *t = (thread_state){.number = number, .last = NONE, .creator = NONE};
    x->dense[number] = (uint16_t)++x->thread_count;
    *dense = (uint16_t)(x->dense[number] - 1u);
    return true;
}

bool thread_appear(explorer *x, uint16_t dense)
{
    thread_state *t = &x->threads[dense];

    t->born = true;
    t->last = NONE;
    t->creator = x->depth ? x->depth - 1 : NONE;
    if (!room_for(x, &x->births, &x->birth_room, (size_t)x->birth_top + 1, sizeof(uint16_t)))
        return false;
    x->births[x->birth_top++] = dense;
    return guard_at_birth(x, dense);
}
