/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guards.c - what waiting threads wait for. */
#include "internal.h"

/* Remember a condition, and what its object held at first. */
static bool remember(explorer *x, const explore_condition *c)
{
    uint32_t o = object_find(x, c->object);
    object *ob;

    if (o == NONE)
        return false;
    if (!room_for(x, &x->guards, &x->guard_room, (size_t)x->guard_top + 1, sizeof(guard_record)))
        return false;
    ob = &x->objects[o];
    if (!ob->initial_known && x->program->initial && c->object != EXPLORE_ALL) {
        ob->initial = x->program->initial(x->program->self, c->object);
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
    case EXPLORE_HIGH:
    case EXPLORE_UNKNOWN: break;
    }
    return -1;
}

typedef struct {
    const explorer *x;
    uint32_t event;
} without;

/* What the object holds now if an event and all that happens after it are left out: who wrote it is ordered, so that the
 * others leave the same as they did. False: unknown. */
static bool content_without(const void *context, uint32_t o, uint64_t *content)
{
    const explorer *x = ((const without *)context)->x;
    const object *ob = &x->objects[o];
    uint32_t write = ob->head == NONE ? NONE : x->accesses[ob->head].last_write, i = ((const without *)context)->event;

    while (write != NONE) {
        const access_record *r = &x->accesses[write];
        if (r->event < i || (r->event > i && !happens_before(x, i, clock_of(x, r->event)))) {
            *content = r->content;
            return r->content_known;
        }
        write = r->before == NONE ? NONE : x->accesses[r->before].last_write;
    }
    *content = ob->initial;
    return ob->initial_known;
}

static int held_with(const guard_record *r, bool wide, content_reader read, const void *context)
{
    uint64_t low, high = 0;

    if (!read(context, r->object, &low) || (wide && !read(context, r[1].object, &high)))
        return -1;
    return holds(&r->condition, low | high << 32);
}

int guard_holds_with(const explorer *x, const guard *g, content_reader read, const void *context)
{
    const guard_record *end = x->guards + g->first + g->count, *r = end - g->count;
    bool unknown = false, some = false, one = false, failed = false;

    for (; r < end; r++) {
        bool wide = r + 1 < end && r[1].condition.compare == EXPLORE_HIGH;
        int held = held_with(r, wide, read, context);
        unknown |= held < 0;
        some |= r->condition.any;
        one |= r->condition.any && held > 0;
        failed |= !r->condition.any && held == 0;
        r += wide;
    }
    if (failed)
        return 0;
    return one || !unknown ? !some || one : -1;
}

int guard_holds_without(const explorer *x, const guard *g, uint32_t i)
{
    return guard_holds_with(x, g, content_without, &(without){.x = x, .event = i});
}
