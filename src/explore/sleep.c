/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sleep.c - sleep sets (Godefroid): a thread whose next step was explored from a node is left alone after that node's
 * other alternatives, until a step conflicts with what it would do.
 */
#include "internal.h"

static bool disturbed(const explorer *x, const sleeper *s, const event *e)
{
    if (s->all || e->all)
        return true;
    for (uint32_t a = s->footprint; a < s->footprint_end; a++) {
        const object *o = &x->objects[x->accesses[a].object];
        if (o->stamp == x->stamp && (o->stamp_write || x->accesses[a].write))
            return true;
    }
    return false;
}

static void stamp(explorer *x, const event *e)
{
    x->stamp++;
    for (uint32_t a = e->access; a < e->access + e->access_count; a++) {
        object *o = &x->objects[x->accesses[a].object];
        o->stamp = x->stamp;
        o->stamp_write = x->accesses[a].write;
    }
}

/* Who still sleeps after event e, which led from one node to the next. */
bool sleep_inherit(explorer *x, const event *e, const node *from, node *to)
{
    to->sleep = from->sleep + from->sleep_count;
    to->sleep_count = 0;
    if (!from->sleep_count)
        return true;
    if (!room_for(x, &x->sleepers, &x->sleeper_room, (size_t)to->sleep + from->sleep_count, sizeof(sleeper)))
        return false;
    stamp(x, e);
    for (uint32_t i = 0; i < from->sleep_count; i++) {
        const sleeper *s = &x->sleepers[from->sleep + i];
        if (s->thread == e->thread || disturbed(x, s, e))
            continue;
        x->sleepers[to->sleep + to->sleep_count++] = *s;
        set_add(&to->done, s->thread);
        set_add(&to->listed, s->thread);
    }
    return true;
}

/* The current alternative of the node was explored: its thread sleeps from now on. */
bool sleep_add(explorer *x, node *n, uint16_t thread, bool all)
{
    if (!room_for(x, &x->sleepers, &x->sleeper_room, (size_t)n->sleep + n->sleep_count + 1, sizeof(sleeper)))
        return false;
    x->sleepers[n->sleep + n->sleep_count++] =
        (sleeper){.footprint = n->footprint, .footprint_end = x->access_top, .thread = thread, .all = all};
    return true;
}
