/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - wakeup trees as bytes, see task.h. A branch is read and passed on without the rest of its tree, so that it
 * brings the footprints that it needs itself.
 */
#include "task.h"

enum { FOOTPRINT_BYTES = 7, STEP_BYTES = 2 }; /* at least */

/* Writing ----------------------------------------------------------------------------------------------------------- */

static void begin(explorer *x)
{
    x->branch.dictionary.size = x->branch.steps.size = 0;
    x->branch.count = 0;
    x->branch.stamp++;
}

static void put_step(explorer *x, uint32_t step, uint32_t children)
{
    footprint *f = &x->footprints.entries[step];

    if (f->stamp != x->branch.stamp) {
        f->stamp = x->branch.stamp;
        f->place = x->branch.count++;
        footprint_put(x, &x->branch.dictionary, f);
    }
    wire_put_leb(&x->branch.steps, f->place);
    wire_put_leb(&x->branch.steps, children);
}

static void end(explorer *x, wire_out *out)
{
    wire_put_leb(out, x->branch.count);
    wire_put(out, x->branch.dictionary.bytes, x->branch.dictionary.size);
    wire_put(out, x->branch.steps.bytes, x->branch.steps.size);
    out->failed |= x->branch.dictionary.failed || x->branch.steps.failed;
}

void branch_put_unknown(wire_out *out, uint32_t number)
{
    wire_put_leb(out, 1);
    footprint_put_unknown(out, number);
    wire_put_leb(out, 0);
    wire_put_leb(out, 0);
}

static uint32_t count_of(const explorer *x, uint32_t tree)
{
    uint32_t count = 0;

    for (uint32_t w = tree; w != NONE; w = x->wakeups[w].next)
        count++;
    return count;
}

static void put_steps(explorer *x, uint32_t w)
{
    put_step(x, x->wakeups[w].footprint, count_of(x, x->wakeups[w].child));
    for (uint32_t c = x->wakeups[w].child; c != NONE; c = x->wakeups[c].next)
        put_steps(x, c);
}

void tree_put(explorer *x, wire_out *out, uint32_t tree)
{
    wire_put32(out, count_of(x, tree));
    for (uint32_t w = tree; w != NONE; w = x->wakeups[w].next) {
        begin(x);
        put_steps(x, w);
        end(x, out);
    }
}

/* Reading ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    wire_in dictionary, steps; /* what is still to be read */
    uint32_t used, unused;     /* footprints */
} branch_reader;

typedef struct {
    uint32_t place, children;
    bool fresh; /* its footprint is the next in the dictionary */
} branch_step;

static bool begin_reading(const wire_in *in, branch_reader *r)
{
    uint32_t count;
    size_t from;

    *r = (branch_reader){.steps = *in};
    count = r->unused = wire_get_leb(&r->steps);
    from = r->steps.at;
    if (count == 0 || count > wire_left(&r->steps) / FOOTPRINT_BYTES)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!footprint_skip(&r->steps))
            return false;
    }
    r->dictionary = wire_part(&r->steps, from);
    return true;
}

static bool get_step(branch_reader *r, branch_step *step)
{
    step->place = wire_get_leb(&r->steps);
    step->children = wire_get_leb(&r->steps);
    step->fresh = step->place == r->used;
    if (r->steps.failed || step->place > r->used || (step->fresh && r->unused == 0) ||
        step->children > wire_left(&r->steps) / STEP_BYTES)
        return false;
    r->used += step->fresh;
    r->unused -= step->fresh;
    return true;
}

bool branch_skip(wire_in *in)
{
    branch_reader r;
    branch_step step;

    if (!begin_reading(in, &r))
        return false;
    for (uint64_t left = 1; left > 0; left--) {
        if (!get_step(&r, &step))
            return false;
        left += step.children;
    }
    *in = r.steps;
    return r.unused == 0;
}

/* The next step of a branch, and all that follows it. */
static uint32_t get_steps(explorer *x, branch_reader *r, uint32_t deep)
{
    branch_step step;
    uint32_t w, last = NONE;

    if (deep == 0 || !get_step(r, &step))
        return NONE;
    if (step.fresh) {
        uint32_t f = footprint_get(x, &r->dictionary);
        if (f == NONE || !room_for(x, &x->dictionary, &x->dictionary_room, (size_t)step.place + 1, sizeof(uint32_t)))
            return NONE;
        x->dictionary[step.place] = f;
    }
    w = wakeup_fresh(x, x->dictionary[step.place]);
    for (uint32_t i = 0; i < step.children && w != NONE; i++) {
        uint32_t c = get_steps(x, r, deep - 1);
        if (c == NONE)
            return NONE;
        if (last == NONE)
            x->wakeups[w].child = c;
        else
            x->wakeups[last].next = c;
        last = c;
    }
    return w;
}

static uint32_t get_branch(explorer *x, wire_in *in)
{
    branch_reader r;
    uint32_t w = begin_reading(in, &r) ? get_steps(x, &r, TASK_DEEPEST_TREE) : NONE;

    *in = r.steps;
    return r.unused == 0 ? w : NONE;
}

bool tree_get(explorer *x, wire_in *in, uint32_t *tree)
{
    uint32_t count = wire_get32(in), last = NONE;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t w = get_branch(x, in);
        if (w == NONE)
            return false;
        if (last == NONE)
            *tree = w;
        else
            x->wakeups[last].next = w;
        last = w;
    }
    return !in->failed;
}
