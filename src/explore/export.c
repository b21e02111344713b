/* SPDX-License-Identifier: GPL-2.0-or-later */
/* export.c - what a race asks for at a node that the task does not own: written down, once, for who divides. */
#include "task.h"

#include <stdlib.h>
#include <string.h>

/* The place among the items of the one that created the thread of item k; NONE: it was there before, or k is not its first. */
static uint32_t creator_of(const explorer *x, uint32_t k)
{
    const thread_state *t = &x->threads[x->items[k].thread];

    if (x->first[x->items[k].thread] != k || t->creator == NONE)
        return NONE;
    for (uint32_t c = 0; c < x->item_count; c++) {
        if (x->items[c].event == t->creator)
            return c;
    }
    return NONE;
}

static bool seen(explorer *x, uint64_t hash)
{
    for (size_t i = 0; i < x->exported_count; i++) {
        if (x->exported[i] == hash)
            return true;
    }
    if (room_for(x, &x->exported, &x->exported_room, x->exported_count + 1, sizeof(uint64_t)))
        x->exported[x->exported_count++] = hash;
    return false;
}

static void put_place(const explorer *x, wire_out *out, const node *n, size_t race_items, size_t items)
{
    wire_put32(out, (uint64_t)(n - x->nodes));
    wire_put32(out, race_items);
    wire_put32(out, items);
}

/* What was written from `before` on is one more, if it is new. */
static bool exported(explorer *x, size_t before)
{
    wire_out *out = &x->exports;

    if (!out->failed && seen(x, wire_hash(out->bytes + before, out->size - before)))
        out->size = before;
    else
        x->export_count++;
    if (out->failed) {
        x->status = EXPLORE_NO_MEMORY;
        x->stop = true;
    }
    return !x->stop;
}

bool export_sequence(explorer *x, const node *n)
{
    wire_out *out = &x->exports;
    size_t before = out->size;

    put_place(x, out, n, x->race_items, x->item_count);
    for (uint32_t k = 0; k < x->item_count; k++)
        wire_put32(out, creator_of(x, k));
    for (uint32_t k = 0; k < x->item_count; k++) {
        const wakeup_item *item = &x->items[k];
        wire_put8(out, 1);
        task_put_footprint(x, out, item->thread, item->all, item->access, item->access + item->access_count);
        wire_put32(out, k + 1 < x->item_count);
    }
    return exported(x, before);
}

/* One that is to be tried, of which nothing is known. */
bool export_thread(explorer *x, node *n, uint16_t thread)
{
    wire_out *out = &x->exports;
    size_t before = out->size;

    set_add(&n->listed, thread);
    put_place(x, out, n, 1, 1);
    wire_put32(out, NONE);
    wire_put8(out, 0);
    task_put_footprint(x, out, thread, false, 0, 0);
    wire_put32(out, 0);
    return exported(x, before);
}

void export_forget(explorer *x)
{
    x->exports.size = 0;
    x->export_count = 0;
    x->exported_count = 0;
}
