/* SPDX-License-Identifier: GPL-2.0-or-later */
/* objects.c - who accessed which object, latest first: a hash table of objects, each the head of a list of accesses. */
#include "internal.h"

#include <string.h>

static bool rehash(explorer *x)
{
    size_t room = x->slots ? (size_t)x->slot_mask + 1 : 0, wanted = room ? room * 2 : 256;

    if (!room_for(x, &x->slots, &room, wanted, sizeof(uint32_t)))
        return false;
    memset(x->slots, 0, room * sizeof(uint32_t));
    x->slot_mask = (uint32_t)(room - 1);
    for (uint32_t o = 0; o < x->object_count; o++) {
        uint32_t s = object_slot(x, x->objects[o].key);
        while (x->slots[s])
            s = (s + 1) & x->slot_mask;
        x->slots[s] = o + 1;
    }
    return true;
}

/* One that nobody accessed so far. */
uint32_t object_enter(explorer *x, uint64_t key)
{
    uint32_t s;

    if ((!x->slots || x->object_count * 2 > x->slot_mask) && !rehash(x))
        return NONE;
    if (!room_for(x, &x->objects, &x->object_room, (size_t)x->object_count + 1, sizeof(object)))
        return NONE;
    for (s = object_slot(x, key); x->slots[s]; s = (s + 1) & x->slot_mask)
        ;
    x->objects[x->object_count] = (object){.key = key, .head = NONE};
    x->slots[s] = ++x->object_count;
    return x->object_count - 1;
}

/* Enter access record `a` as the latest of its object. */
void object_link(explorer *x, uint32_t a)
{
    access_record *r = &x->accesses[a];
    object *o = &x->objects[r->object];

    r->thread = x->events[r->event].thread;
    r->before = o->head;
    r->last_write = r->write ? a : o->head == NONE ? NONE : x->accesses[o->head].last_write;
    r->content_known = false;
    if (r->write && x->program->content) {
        r->content = x->program->content(x->program->self, o->key);
        r->content_known = true;
    }
    o->head = a;
}

/* Take back the records from .. to-1, which are the latest ones. */
void object_undo(explorer *x, uint32_t from, uint32_t to)
{
    while (to-- > from)
        x->objects[x->accesses[to].object].head = x->accesses[to].before;
}
