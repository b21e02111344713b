/* SPDX-License-Identifier: GPL-2.0-or-later */
/* export.c - what a race asks for at a node that the task does not own: written down, once, for who divides. */
#include "task.h"

#include <stdlib.h>
#include <string.h>

/* Whether item k is the first of a thread that one of the items created. */
static bool is_created(const explorer *x, uint32_t k)
{
    const thread_state *t = &x->threads[x->items[k].thread];

    if (x->first[x->items[k].thread] != k || t->creator == NONE)
        return false;
    for (uint32_t c = 0; c < x->item_count; c++) {
        if (x->items[c].event == t->creator)
            return true;
    }
    return false;
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

static void put_place(explorer *x, const node *n, size_t race_items, size_t items)
{
    wire_put32(&x->exports, (uint64_t)(n - x->nodes));
    wire_put32(&x->exports, race_items);
    wire_put32(&x->exports, items);
}

/* What was written from `before` on is one more, if it is new. */
static bool exported(explorer *x, size_t before)
{
    wire_out *out = &x->exports;

    if (!out->failed && seen(x, wire_hash(out->bytes + before, out->size - before)))
        out->size = before;
    else
        x->export_count++;
    if (out->failed || x->export_dictionary.failed) {
        x->status = EXPLORE_NO_MEMORY;
        x->stop = true;
    }
    return !x->stop;
}

static bool put_item(explorer *x, uint32_t step, bool created)
{
    footprint *f;

    if (step == NONE)
        return false;
    f = &x->footprints.entries[step];
    if (!f->exported) {
        footprint_put(x, &x->export_dictionary, f);
        f->exported = ++x->export_footprints;
    }
    wire_put_leb(&x->exports, (f->exported - 1) << 1 | created);
    return true;
}

bool export_sequence(explorer *x, const node *n)
{
    size_t before = x->exports.size;

    put_place(x, n, x->race_items, x->item_count);
    for (uint32_t k = 0; k < x->item_count; k++) {
        const wakeup_item *item = &x->items[k];
        uint32_t step = footprints_of_step(x, item->thread, item->all, item->access, item->access_count);
        if (!put_item(x, step, is_created(x, k)))
            return false;
    }
    return exported(x, before);
}

/* One that is to be tried, of which nothing is known. */
bool export_thread(explorer *x, node *n, uint16_t thread)
{
    size_t before = x->exports.size;

    set_add(&n->listed, thread);
    put_place(x, n, 1, 1);
    return put_item(x, footprints_unknown(x, thread), false) && exported(x, before);
}

void export_forget(explorer *x)
{
    x->exports.size = x->export_dictionary.size = 0;
    x->export_count = x->export_footprints = 0;
    x->exported_count = 0;
}
