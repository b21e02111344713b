/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guards.c - what waiting threads wait for. */
#include "internal.h"

/* Remember a condition, and watch the contents of its object from now on. */
static bool remember(explorer *x, const explore_condition *c)
{
    uint32_t o = object_find(x, c->object);
    object *ob;

    if (o == NONE)
        return false;
    if (!room_for(x, &x->guards, &x->guard_room, (size_t)x->guard_top + 1, sizeof(guard_record)))
        return false;
    ob = &x->objects[o];
    ob->waited_for = true;
    if (!ob->initial_known && x->program->content && c->object != EXPLORE_ALL &&
        (ob->head == NONE || x->accesses[ob->head].last_write == NONE)) {
        ob->initial = x->program->content(x->program->self, c->object);
        ob->initial_known = true;
    }
    x->guards[x->guard_top++] = (guard_record){.object = o, .condition = *c};
    return true;
}

bool guard_observe(explorer *x, uint16_t thread, guard *g)
{
    const explore_program *p = x->program;
    size_t count = GUARD_CONDITIONS + 1;

    *g = (guard){.first = x->guard_top, .waits = true};
    if (p->awaits)
        count = p->awaits(p->self, x->threads[thread].number, x->conditions, GUARD_CONDITIONS);
    if (count > GUARD_CONDITIONS)
        return true;
    g->known = true;
    g->waits = count > 0;
    for (size_t i = 0; i < count; i++) {
        if (!remember(x, &x->conditions[i]))
            return false;
    }
    g->count = x->guard_top - g->first;
    g->single = g->count == 1;
    for (size_t i = 0; i < count; i++)
        g->all |= x->conditions[i].object == EXPLORE_ALL;
    return true;
}

/* The same for a thread that has just appeared and may be born waiting. */
bool guard_at_birth(explorer *x, uint16_t thread)
{
    thread_state *t = &x->threads[thread];

    return guard_observe(x, thread, &t->start);
}

guard guard_of(const explorer *x, uint16_t thread)
{
    const thread_state *t = &x->threads[thread];

    return t->last == NONE ? t->start : x->events[t->last].wait;
}

bool guard_contains(const explorer *x, const guard *g, uint32_t o)
{
    if (g->waits && !g->known)
        return true;
    for (uint32_t i = g->first; i < g->first + g->count; i++) {
        if (x->guards[i].object == o)
            return true;
    }
    return false;
}

static int holds(const explore_condition *c, uint64_t content)
{
    unsigned bits = c->bytes * 8u;
    uint64_t mask = bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1, sign = (mask >> 1) + 1;
    uint64_t have = (content >> c->shift) & mask, want = c->value & mask;

    switch ((explore_compare)c->compare) {
    case EXPLORE_EQ: return have == want;
    case EXPLORE_NE: return have != want;
    case EXPLORE_GT: return (have ^ sign) > (want ^ sign);
    case EXPLORE_AND_ZERO: return (have & want) == 0;
    case EXPLORE_AND_NONZERO: return (have & want) != 0;
    case EXPLORE_UNKNOWN: break;
    }
    return -1;
}

/* The access of event e to object o. */
static const access_record *access_of(const explorer *x, uint32_t e, uint32_t o)
{
    const event *ev = &x->events[e];

    for (uint32_t a = ev->access; a < ev->access + ev->access_count; a++) {
        if (x->accesses[a].object == o)
            return &x->accesses[a];
    }
    return NULL;
}

int guard_held_before(const explorer *x, const guard *g, uint32_t e)
{
    const guard_record *c = &x->guards[g->first];
    const access_record *r = access_of(x, e, c->object);
    uint32_t write;

    if (!r)
        return -1;
    write = r->before == NONE ? NONE : x->accesses[r->before].last_write;
    if (write == NONE)
        return x->objects[c->object].initial_known ? holds(&c->condition, x->objects[c->object].initial) : -1;
    return x->accesses[write].content_known ? holds(&c->condition, x->accesses[write].content) : -1;
}
