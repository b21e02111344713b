/* SPDX-License-Identifier: GPL-2.0-or-later */
/* room.c - arenas that grow by doubling and keep their size; the only place of the explorer that allocates. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

bool room_grow(explorer *x, void *array, size_t *room, size_t needed, size_t size)
{
    void *old, *grown;
    size_t wanted = *room < 64 ? 64 : *room;

    while (wanted < needed)
        wanted *= 2;
    memcpy(&old, array, sizeof(old)); /* `array` points to a pointer of some type */
    grown = realloc(old, wanted * size);
    if (!grown) {
        x->status = EXPLORE_NO_MEMORY;
        x->stop = true;
        return false;
    }
    memcpy(array, &grown, sizeof(grown));
    *room = wanted;
    return true;
}

/* Room for one more event and its node, with that many accesses. */
bool room_for_step(explorer *x, size_t accesses)
{
    size_t depth = (size_t)x->depth;

    return room_for(x, &x->events, &x->event_room, depth + 1, sizeof(event)) &&
           room_for(x, &x->nodes, &x->node_room, depth + 2, sizeof(node)) &&
           room_for(x, &x->clocks, &x->clock_room, (depth + 1) * x->stride, sizeof(uint32_t)) &&
           room_for(x, &x->accesses, &x->access_room, x->access_top + accesses, sizeof(access_record));
}
