/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * footprints.c - what steps in wakeup trees touch. A tree has many steps, but few that differ: each footprint is kept
 * once, and known by its number. So there are never more than the program has distinct steps, however many executions.
 *
 * Numbers hold until the explorer begins another task, when all trees are gone.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(const footprint *f, const uint32_t *accesses)
{
    uint64_t h = (uint64_t)f->count << 32 | (uint64_t)f->thread << 2 | (uint64_t)f->all << 1 | f->known;

    for (uint32_t i = 0; i < f->count; i++)
        h = (h ^ accesses[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(draw_mix(h) >> 32);
}

static bool equal(const footprint_set *s, const footprint *a, const footprint *b)
{
    return a->hash == b->hash && a->thread == b->thread && a->all == b->all && a->known == b->known &&
           a->count == b->count &&
           memcmp(s->accesses + a->first, s->accesses + b->first, a->count * sizeof(uint32_t)) == 0;
}

static bool rehash(explorer *x)
{
    footprint_set *s = &x->footprints;
    size_t room = s->slots ? (size_t)s->slot_mask + 1 : 0;

    if (!room_for(x, &s->slots, &room, room ? room * 2 : 64, sizeof(uint32_t)))
        return false;
    memset(s->slots, 0, room * sizeof(uint32_t));
    s->slot_mask = (uint32_t)(room - 1);
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t at = s->entries[i].hash & s->slot_mask;
        while (s->slots[at])
            at = (at + 1) & s->slot_mask;
        s->slots[at] = i + 1;
    }
    return true;
}

uint32_t *footprints_room(explorer *x, uint32_t count)
{
    footprint_set *s = &x->footprints;

    if (!room_for(x, &s->accesses, &s->access_room, (size_t)s->access_count + count + 1, sizeof(uint32_t)))
        return NULL;
    return s->accesses + s->access_count;
}

uint32_t footprints_enter(explorer *x, footprint f)
{
    footprint_set *s = &x->footprints;
    uint32_t at;

    if ((!s->slots || s->count * 2 > s->slot_mask) && !rehash(x))
        return NONE;
    f.first = s->access_count;
    f.hash = hash_of(&f, s->accesses + f.first);
    f.stamp = f.exported = 0;
    for (at = f.hash & s->slot_mask; s->slots[at]; at = (at + 1) & s->slot_mask) {
        if (equal(s, &f, &s->entries[s->slots[at] - 1]))
            return s->slots[at] - 1;
    }
    if (!room_for(x, &s->entries, &s->room, (size_t)s->count + 1, sizeof(footprint)))
        return NONE;
    s->entries[s->count] = f;
    s->access_count += f.count;
    s->slots[at] = ++s->count;
    return s->count - 1;
}

uint32_t footprints_unknown(explorer *x, uint16_t thread)
{
    return footprints_room(x, 0) ? footprints_enter(x, (footprint){.thread = thread}) : NONE;
}

uint32_t footprints_of_step(explorer *x, uint16_t thread, bool all, uint32_t access, uint32_t count)
{
    uint32_t *to = footprints_room(x, count);

    if (!to)
        return NONE;
    for (uint32_t i = 0; i < count; i++) {
        const access_record *a = &x->accesses[access + i];
        to[i] = a->object << 1 | a->write;
    }
    return footprints_enter(x, (footprint){.thread = thread, .all = all, .known = true, .count = count});
}

void footprints_forget(explorer *x)
{
    footprint_set *s = &x->footprints;

    if (s->count)
        memset(s->slots, 0, ((size_t)s->slot_mask + 1) * sizeof(uint32_t));
    s->count = s->access_count = 0;
}

void footprints_free(explorer *x)
{
    free(x->footprints.entries);
    free(x->footprints.accesses);
    free(x->footprints.slots);
}
