/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked.c - what a task's races ask for elsewhere, as it comes with the task's result (export.c). */
#include "asked.h"

#include <stdlib.h>

static bool get_step(wire_in *in, asked_step *s)
{
    size_t from = in->at;

    if (!footprint_skip(in))
        return false;
    s->bytes = s->accesses = wire_part(in, from);
    s->thread = wire_get16(&s->accesses);
    s->all = wire_get8(&s->accesses) & FOOTPRINT_ALL;
    s->count = wire_get32(&s->accesses);
    return true;
}

bool asked_open(asked *a, const task_result *r)
{
    wire_in in = r->export_dictionary;

    *a = (asked){.step_count = r->export_footprints};
    if (a->step_count > in.size || !(a->steps = calloc((size_t)a->step_count + 1, sizeof(asked_step))))
        return false;
    for (uint32_t i = 0; i < a->step_count; i++) {
        if (!get_step(&in, &a->steps[i]))
            return false;
    }
    return true;
}

void asked_close(asked *a)
{
    free(a->steps);
    a->steps = NULL;
}

bool asked_next(asked *a, wire_in *exports)
{
    size_t from;

    a->node = wire_get32(exports);
    a->race_items = wire_get32(exports);
    a->count = wire_get32(exports);
    from = exports->at;
    if (!a->race_items || a->race_items > a->count || a->count > wire_left(exports))
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (wire_get_leb(exports) >> 1 >= a->step_count)
            return false;
    }
    a->items = wire_part(exports, from);
    return !exports->failed;
}

static bool conflict(const asked_step *a, const asked_step *b)
{
    wire_in left = a->accesses;

    if (a->all || b->all || a->thread == b->thread)
        return true;
    for (uint32_t i = 0; i < a->count; i++) {
        uint64_t key = wire_get64(&left);
        bool write = wire_get8(&left) != 0;
        wire_in right = b->accesses;
        for (uint32_t k = 0; k < b->count; k++) {
            bool same = wire_get64(&right) == key;
            if ((wire_get8(&right) || write) && same)
                return true;
        }
    }
    return false;
}

bool asked_begins(const asked *a, uint16_t thread)
{
    enum { MOST = 64 };
    const asked_step *before[MOST];
    wire_in items = a->items;
    uint32_t count = 0;

    for (uint32_t k = 0; k < a->race_items; k++) {
        uint32_t item = wire_get_leb(&items);
        const asked_step *mine = &a->steps[item >> 1];
        if (mine->thread != thread) {
            if (count == MOST)
                return false; /* not known to be: one more alternative does no harm */
            before[count++] = mine;
            continue;
        }
        if (item & 1u)
            return false; /* created */
        for (uint32_t i = 0; i < count; i++) {
            if (conflict(before[i], mine))
                return false;
        }
        return true;
    }
    return false;
}

wire_out asked_branch(asked *a)
{
    wire_out dictionary = {0}, steps = {0}, branch = {0};
    wire_in items = a->items;
    uint32_t places = 0;

    a->branches++;
    for (uint32_t k = 0; k < a->count; k++) {
        asked_step *s = &a->steps[wire_get_leb(&items) >> 1];
        if (s->branch != a->branches) {
            s->branch = a->branches;
            s->place = places++;
            wire_put(&dictionary, s->bytes.bytes, s->bytes.size);
        }
        wire_put_leb(&steps, s->place);
        wire_put_leb(&steps, k + 1 < a->count);
    }
    wire_put_leb(&branch, places);
    wire_put(&branch, dictionary.bytes, dictionary.size);
    wire_put(&branch, steps.bytes, steps.size);
    branch.failed |= dictionary.failed || steps.failed;
    free(dictionary.bytes);
    free(steps.bytes);
    return branch;
}
