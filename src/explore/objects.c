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

/* Enter access records from .. to-1 as the latest of their objects. */
void object_link(explorer *x, uint16_t thread, uint32_t from, uint32_t to)
{
    const explore_program *p = x->program;

    for (uint32_t a = from; a < to; a++) {
        access_record *r = &x->accesses[a];
        object *o = &x->objects[r->object];
        r->thread = thread;
        r->before = o->head;
        o->head = a;
        if (r->write) {
            r->last_write = a;
            r->content_known = p->content != NULL;
            r->content = r->content_known ? p->content(p->self, o->key) : 0;
        } else {
            r->last_write = r->before == NONE ? NONE : x->accesses[r->before].last_write;
        }
    }
}

/* Take back the records from .. to-1, which are the latest ones. */
void object_undo(explorer *x, uint32_t from, uint32_t to)
{
    while (to-- > from)
        x->objects[x->accesses[to].object].head = x->accesses[to].before;
}
