/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "task.h"

#include <stdlib.h>

/* Writing ----------------------------------------------------------------------------------------------------------- */

static void put_sleeper(const explorer *x, wire_out *out, const sleeper *s)
{
    footprint_put_records(x, out, s->thread, s->all, s->footprint, s->footprint_end);
}

static void put_node(explorer *x, wire_out *out, const node *n, bool with_tree)
{
    wire_put8(out, n->loose);
    wire_put32(out, n->sleep_count - n->inherited);
    for (uint32_t i = n->inherited; i < n->sleep_count; i++)
        put_sleeper(x, out, &x->sleepers[n->sleep + i]);
    wire_put32(out, 0); /* covers */
    tree_put(x, out, with_tree ? n->tree : NONE);
}

static void put_event(const explorer *x, wire_out *out, uint32_t e)
{
    const event *ev = &x->events[e];

    footprint_put_records(x, out, ev->thread, ev->all, ev->access, ev->access + ev->access_count);
}

/* The shallowest node of the task's own where others can go on meanwhile. */
static uint32_t find_split(const explorer *x)
{
    for (uint32_t k = x->owned; k < x->depth && x->nodes[k].choices <= 1; k++) {
        if (x->nodes[k].tree != NONE)
            return k;
    }
    return NONE;
}

static void put_decision(const explorer *x, wire_out *out, uint32_t e)
{
    wire_put16(out, x->threads[x->events[e].thread].number);
    wire_put16(out, x->events[e].choice);
    wire_put8(out, x->events[e].halted);
}

static void put_rest(explorer *x, wire_out *out)
{
    uint32_t split = find_split(x);

    wire_put32(out, split);
    wire_put32(out, x->depth);
    put_decision(x, out, x->base);
    for (uint32_t k = x->owned; k <= x->depth; k++) {
        put_node(x, out, &x->nodes[k], k != split);
        if (k == x->depth)
            break;
        put_decision(x, out, k);
        if (split != NONE && k <= split)
            put_event(x, out, k);
    }
    if (split != NONE)
        tree_put(x, out, x->nodes[split].tree);
}

/* The step taken at the node where the task begins: what its thread's siblings have to know of it. */
static void put_root(const explorer *x, wire_out *out)
{
    const node *n = &x->nodes[x->base];

    wire_put8(out, x->owned > 0);
    if (!x->owned)
        return;
    if (x->depth == x->base && n->sleep_count > n->inherited)
        put_sleeper(x, out, &x->sleepers[n->sleep + n->sleep_count - 1]);
    else if (x->depth > x->base && n->choices <= 1)
        put_event(x, out, x->base);
    else
        footprint_put_records(x, out, n->current, true, 0, 0);
}

static void put_knowledge(const explorer *x, wire_out *out)
{
    size_t size = 0;
    void *bytes = x->options->take ? x->options->take(x->options->context, &size) : NULL;

    wire_put_block(out, bytes, size);
    free(bytes);
}

static void put_result(explorer *x, bool rest, wire_out *out)
{
    const explore_progress *t = &x->report->total;

    wire_put64(out, t->executions);
    wire_put64(out, t->blocked);
    wire_put64(out, t->steps);
    wire_put64(out, t->failing);
    wire_put64(out, t->depth);
    put_root(x, out);
    failures_put(x->report, out);
    put_knowledge(x, out);
    wire_put32(out, x->export_footprints);
    wire_put_block(out, x->export_dictionary.bytes, x->export_dictionary.size);
    wire_put32(out, x->export_count);
    wire_put_block(out, x->exports.bytes, x->exports.size);
    wire_put8(out, rest);
    if (rest)
        put_rest(x, out);
}

/* Reading ----------------------------------------------------------------------------------------------------------- */

static bool misfit(explorer *x)
{
    if (x->status == EXPLORE_OK)
        x->status = EXPLORE_PROGRAM_FAILED;
    x->stop = true;
    return false;
}

static bool get_sleepers(explorer *x, wire_in *in, node *n)
{
    uint32_t count = wire_get32(in);

    n->inherited = n->sleep_count;
    for (uint32_t i = 0; i < count; i++) {
        sleeper s;
        if (!footprint_get_records(x, in, &s) ||
            !room_for(x, &x->sleepers, &x->sleeper_room, (size_t)n->sleep + n->sleep_count + 1, sizeof(sleeper)))
            return false;
        x->sleepers[n->sleep + n->sleep_count++] = s;
        set_add(&n->done, s.thread);
        set_add(&n->listed, s.thread);
    }
    return !in->failed;
}

/* Other tasks' alternatives of a node: branches of which nothing is known but the thread. */
static bool get_covers(explorer *x, wire_in *in, node *n)
{
    uint32_t count = wire_get32(in);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = wire_get16(in), w;
        uint16_t thread;
        if (in->failed || !thread_dense(x, number, &thread) ||
            (w = wakeup_fresh(x, footprints_unknown(x, thread))) == NONE)
            return false;
        x->wakeups[w].next = n->covers;
        n->covers = w;
    }
    return !in->failed;
}

static bool get_node(explorer *x, wire_in *in, node *n)
{
    wakeup_forget(x, n->tree);
    n->tree = NONE;
    n->chosen = NO_THREAD;
    n->leaf = false;
    n->listed = n->done;
    n->loose = wire_get8(in) != 0;
    if (!get_sleepers(x, in, n) || !get_covers(x, in, n) || !tree_get(x, in, &n->tree))
        return false;
    for (uint32_t w = n->tree; w != NONE; w = x->wakeups[w].next)
        set_add(&n->listed, wakeup_step(x, w)->thread);
    return true;
}

static bool enter_step(void *context, const explore_step *step)
{
    explorer *x = context;

    if (!path_push(x, step))
        x->stop = true;
    return false;
}

/* Take the path's next step again, as it was. */
static bool get_step(explorer *x, wire_in *in)
{
    const explore_program *p = x->program;
    node *n = &x->nodes[x->depth];
    uint32_t number = wire_get16(in), before = x->depth;
    uint16_t thread, choice = wire_get16(in), first;
    bool halted = wire_get8(in) != 0;

    if (in->failed || !thread_dense(x, number, &thread) || !set_has(&n->enabled, thread))
        return false;
    node_begin(x, n, thread, p->choices(p->self, number));
    n->choice = choice;
    set_add(&n->listed, thread);
    if (!p->run(p->self, number, choice, enter_step, x) || x->stop || x->depth != before + 1)
        return false;
    if (x->events[before].outcome == EXPLORE_OVER) {
        if (!halted)
            return false;
        path_halt(x);
        return path_go(x, x->depth) && node_open(x, &first);
    }
    x->at = x->depth;
    return !halted && node_open(x, &first) && (!save_due(x) || path_save(x));
}

bool task_start_again(explorer *x)
{
    uint16_t first;

    for (;;) {
        node *n = &x->nodes[x->depth];
        wakeup_forget(x, n->tree);
        wakeup_forget(x, n->subtree);
        wakeup_forget(x, n->covers);
        n->tree = n->subtree = n->covers = NONE;
        if (x->depth == 0)
            break;
        path_pop(x);
    }
    footprints_forget(x);
    x->race_count = 0;
    x->access_top = 0;
    x->mark_count = 1;
    x->program->restore(x->program->self, x->marks[0].mark);
    x->at = 0;
    export_forget(x);
    return node_open(x, &first);
}

bool task_load(explorer *x, wire_in *task)
{
    uint32_t owned = wire_get32(task), depth = wire_get32(task);

    if (!task_start_again(x))
        return misfit(x);
    x->owned = owned;
    x->base = owned ? owned - 1 : 0;
    if (x->base > depth)
        return misfit(x);
    for (uint32_t k = 0;; k++) {
        if (!get_node(x, task, &x->nodes[x->depth]))
            return misfit(x);
        if (k == depth)
            return true;
        if (!get_step(x, task))
            return misfit(x);
    }
}

/* Running ----------------------------------------------------------------------------------------------------------- */

/* Between two executions, at a node with something left. */
static bool can_stop(const explorer *x)
{
    return !x->nodes[x->depth].begun && x->nodes[x->depth].tree != NONE && x->depth >= x->owned;
}

bool task_run(explorer *x, uint64_t budget, wire_out *result)
{
    const explore_progress *t = &x->report->total;
    bool rest = false;

    while (!x->stop && !rest && explore_turn(x))
        rest = t->executions + t->blocked >= budget && can_stop(x);
    if (x->stop)
        return false;
    put_result(x, rest, result);
    return !result->failed;
}

/* Results ----------------------------------------------------------------------------------------------------------- */

bool task_skip_node(wire_in *in)
{
    wire_get8(in);
    for (uint32_t i = wire_get32(in); i > 0; i--) {
        if (!footprint_skip(in))
            return false;
    }
    wire_get(in, (size_t)wire_get32(in) * 2);
    for (uint32_t i = wire_get32(in); i > 0; i--) {
        if (!branch_skip(in))
            return false;
    }
    return !in->failed;
}

bool task_result_read(wire_in *in, task_result *r)
{
    size_t from;

    *r = (task_result){.executions = wire_get64(in)};
    r->blocked = wire_get64(in);
    r->steps = wire_get64(in);
    r->failing = wire_get64(in);
    r->depth = wire_get64(in);
    r->root_known = wire_get8(in) != 0;
    from = in->at;
    if (r->root_known && !footprint_skip(in))
        return false;
    r->root = wire_part(in, from);
    r->failures = wire_get_block(in);
    r->knowledge = wire_get_block(in);
    r->export_footprints = wire_get32(in);
    r->export_dictionary = wire_get_block(in);
    r->export_count = wire_get32(in);
    r->exports = wire_get_block(in);
    r->rest = wire_get8(in) != 0;
    r->remainder = (wire_in){.bytes = in->bytes + in->at, .size = in->size - in->at};
    return !in->failed;
}
