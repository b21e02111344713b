/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * share.c - the nodes of an exploration that no task owns.
 *
 * When a task has used up its budget, the shallowest node of its path with something left is shared: its alternatives
 * become tasks, and the task goes on below it. Nodes above it are shared too, because races may ask for more there.
 *
 *      start ----- k ----- split ---- ... ---- path        tasks: what is left of the path, below the split;
 *                   \          \                                  each alternative of a shared node
 *                    task       task
 *
 * The alternatives of a shared node sleep in their order, as if each had been explored before the next. So the footprint
 * of an alternative's first step must be known before the next becomes a task: it comes with its task's first result.
 * Results are merged in an order of their own (divide.c), so that nothing depends on which one is finished first.
 */
#include "divide.h"

#include "asked.h"

#include <stdlib.h>
#include <string.h>

void share_release(shared *s)
{
    while (s && --s->references == 0) {
        shared *parent = s->parent;
        for (size_t i = 0; i < s->child_count; i++)
            free(s->children[i].footprint);
        for (size_t i = 0; i < s->pending_count; i++)
            free(s->pending[i].branch);
        free(s->children);
        free(s->pending);
        free(s);
        s = parent;
    }
}

static uint8_t *copy(const uint8_t *bytes, size_t size)
{
    uint8_t *c = malloc(size ? size : 1);

    if (c && size)
        memcpy(c, bytes, size);
    return c;
}

static bool add_child(division *d, shared *s, uint16_t thread, const uint8_t *footprint, size_t size)
{
    shared_child c = {.thread = thread, .size = size, .footprint = footprint ? copy(footprint, size) : NULL};

    if ((footprint && !c.footprint) ||
        !room_for(d->x, &s->children, &s->child_room, s->child_count + 1, sizeof(shared_child)))
        return false;
    s->children[s->child_count++] = c;
    return true;
}

static uint16_t thread_of(const uint8_t *footprint) { return (uint16_t)(footprint[0] | footprint[1] << 8); }

/* Of the first step of a branch that was read without fault. */
static uint16_t first_thread(const wire_in *branch)
{
    wire_in in = *branch;

    wire_get_leb(&in);
    return wire_get16(&in);
}

/* Tasks ------------------------------------------------------------------------------------------------------------- */

static void put_children(wire_out *out, const shared *s, uint32_t from, uint32_t to)
{
    size_t at = out->size;
    uint32_t count = 0;

    wire_put32(out, 0);
    for (uint32_t i = from; i < to; i++) {
        if (!s->children[i].footprint)
            continue;
        size_t begin = out->size;
        wire_put(out, s->children[i].footprint, s->children[i].size);
        if (i >= s->complete && !out->failed)
            out->bytes[begin + 2] |= FOOTPRINT_OPEN;
        count++;
    }
    wire_set32(out, at, count);
}

/* The path to the node, up to it but without its own record. */
static void put_path(wire_out *out, const shared *s)
{
    const shared *p = s->parent;

    if (!p)
        return;
    put_path(out, p);
    wire_put8(out, p->loose);
    put_children(out, p, 0, s->edge);
    put_children(out, p, s->edge + 1, (uint32_t)p->child_count);
    wire_put32(out, 0);
    wire_put16(out, p->children[s->edge].thread);
    wire_put16(out, s->choice);
    wire_put8(out, s->halted);
}

static bool begin_alternative(division *d, shared *s, const shared_branch *b)
{
    wire_out out = {0};

    wire_put32(&out, s->depth + 1);
    wire_put32(&out, s->depth);
    put_path(&out, s);
    wire_put8(&out, s->loose || b->loose);
    put_children(&out, s, 0, (uint32_t)s->child_count);
    wire_put32(&out, 0);
    wire_put32(&out, 1);
    wire_put(&out, b->branch, b->size);
    if (!add_child(d, s, b->thread, NULL, 0) || !division_add(d, &out, s, (uint32_t)s->child_count - 1)) {
        free(out.bytes);
        return false;
    }
    return true;
}

/* The next alternative of the node becomes a task, if those before it are known. */
static bool pump(division *d, shared *s)
{
    while (s->pending_count && (!s->child_count || s->children[s->child_count - 1].footprint)) {
        shared_branch b = s->pending[0];
        bool done = begin_alternative(d, s, &b);
        free(b.branch);
        s->pending_count--;
        memmove(s->pending, s->pending + 1, s->pending_count * sizeof(shared_branch));
        if (!done)
            return false;
    }
    return true;
}

static bool add_pending(division *d, shared *s, const wire_in *branch, bool loose)
{
    shared_branch b = {.size = branch->size, .loose = loose};

    if (!room_for(d->x, &s->pending, &s->pending_room, s->pending_count + 1, sizeof(b)) ||
        !(b.branch = copy(branch->bytes, branch->size)))
        return false;
    b.thread = first_thread(branch);
    s->pending[s->pending_count++] = b;
    return true;
}

/* What races ask for ------------------------------------------------------------------------------------------------ */

static bool covered(const shared *s, const asked *a)
{
    for (size_t i = 0; i < s->child_count; i++) {
        if (asked_begins(a, s->children[i].thread))
            return true;
    }
    for (size_t i = 0; i < s->pending_count; i++) {
        if (asked_begins(a, s->pending[i].thread))
            return true;
    }
    return false;
}

/* Somebody has to explore it. */
static bool add_asked(division *d, shared *s, asked *a)
{
    wire_out branch = asked_branch(a);
    wire_in in = wire_from(&branch);
    bool fine = !branch.failed && add_pending(d, s, &in, true) && pump(d, s);

    free(branch.bytes);
    return fine;
}

static bool enter_asked(division *d, shared *at, asked *a, task_result *r)
{
    for (uint32_t i = 0; i < r->export_count; i++) {
        shared *s = at;
        if (!asked_next(a, &r->exports))
            return false;
        while (s && s->depth > a->node)
            s = s->parent;
        if (!s || s->depth != a->node)
            return false;
        if (!covered(s, a) && !add_asked(d, s, a))
            return false;
    }
    return true;
}

static bool enter_exports(division *d, shared *at, task_result *r)
{
    asked a;
    bool fine = asked_open(&a, r) && enter_asked(d, at, &a, r);

    asked_close(&a);
    return fine;
}

/* What is left of a task --------------------------------------------------------------------------------------------- */

typedef struct {
    wire_in record;
    uint16_t thread, choice;
    bool halted;
    wire_in footprint; /* of the step, up to the split */
} rest_node;

static wire_in bytes_from(const wire_in *in, size_t from)
{
    return (wire_in){.bytes = in->bytes + from, .size = in->at - from};
}

static void get_decision(wire_in *in, rest_node *n)
{
    n->thread = wire_get16(in);
    n->choice = wire_get16(in);
    n->halted = wire_get8(in) != 0;
}

static bool get_rest_node(wire_in *in, bool last, bool to_split, rest_node *n)
{
    size_t from = in->at;

    if (!task_skip_node(in))
        return false;
    n->record = bytes_from(in, from);
    if (last)
        return true;
    get_decision(in, n);
    from = in->at;
    if (to_split && !footprint_skip(in))
        return false;
    n->footprint = bytes_from(in, from);
    return !in->failed;
}

/* A node of the path that others may ask for something from now on. */
static shared *share_node(division *d, shared *parent, uint32_t edge, const rest_node *decision, const rest_node *n)
{
    shared *s = calloc(1, sizeof(*s));
    wire_in in = n->record;
    uint32_t sleepers;

    if (!s)
        return NULL;
    s->references = 1;
    s->parent = parent;
    s->edge = edge;
    s->depth = parent ? parent->depth + 1 : 0;
    if (parent) {
        parent->references++;
        s->choice = decision->choice;
        s->halted = decision->halted;
    }
    s->loose = wire_get8(&in) != 0;
    sleepers = wire_get32(&in);
    for (uint32_t i = 0; i < sleepers; i++) {
        size_t from = in.at;
        if (!footprint_skip(&in) || !add_child(d, s, thread_of(in.bytes + from), in.bytes + from, in.at - from))
            goto fail;
    }
    s->complete = sleepers;
    if (add_child(d, s, n->thread, n->footprint.bytes, n->footprint.size))
        return s;
fail:
    share_release(s);
    return NULL;
}

static void put_rest_nodes(wire_out *out, const rest_node *nodes, uint32_t from, uint32_t depth)
{
    for (uint32_t k = from; k <= depth; k++) {
        wire_put(out, nodes[k].record.bytes, nodes[k].record.size);
        if (k == depth)
            break;
        wire_put16(out, nodes[k].thread);
        wire_put16(out, nodes[k].choice);
        wire_put8(out, nodes[k].halted);
    }
}

/* The task goes on below node `at`, by its child; nodes are those from there on. */
static bool go_on(division *d, shared *at, uint32_t child, const rest_node *decision, const rest_node *nodes,
                  uint32_t from, uint32_t depth)
{
    wire_out out = {0};
    shared edge = {.parent = at, .edge = child};

    wire_put32(&out, from);
    wire_put32(&out, depth);
    if (at) {
        edge.choice = decision->choice;
        edge.halted = decision->halted;
        put_path(&out, &edge);
    }
    put_rest_nodes(&out, nodes, from, depth);
    if (out.failed || !division_add(d, &out, at, child)) {
        free(out.bytes);
        return false;
    }
    return true;
}

static bool begin_alternatives(division *d, shared *s, wire_in *in)
{
    uint32_t count = wire_get32(in);

    for (uint32_t i = 0; i < count; i++) {
        size_t from = in->at;
        wire_in branch;
        if (!branch_skip(in))
            return false;
        branch = bytes_from(in, from);
        if (!add_pending(d, s, &branch, false))
            return false;
    }
    return !in->failed && pump(d, s);
}

static bool divide_rest(division *d, task *done, wire_in *in, uint32_t owned)
{
    uint32_t split = wire_get32(in), depth = wire_get32(in);
    shared *at = done->at, *held = NULL;
    uint32_t child = done->child;
    rest_node *nodes, decision;
    bool fine = false;

    get_decision(in, &decision);
    if (in->failed || depth < owned || depth > in->size || (split != NONE && (split < owned || split >= depth)) ||
        !(nodes = calloc((size_t)depth + 1, sizeof(*nodes))))
        return false;
    for (uint32_t k = owned; k <= depth; k++) {
        if (!get_rest_node(in, k == depth, split != NONE && k <= split, &nodes[k]))
            goto end;
    }
    for (uint32_t k = owned; split != NONE && k <= split; k++) {
        shared *s = share_node(d, at, child, k == owned ? &decision : &nodes[k - 1], &nodes[k]);
        share_release(held);
        held = at = s;
        if (!s)
            goto end;
        child = (uint32_t)s->child_count - 1;
    }
    if (split == NONE)
        fine = go_on(d, at, child, &decision, nodes, owned, depth);
    else
        fine = go_on(d, at, child, &nodes[split], nodes, split + 1, depth) && begin_alternatives(d, at, in);
end:
    share_release(held);
    free(nodes);
    return fine;
}

bool share_result(division *d, task *done, task_result *r)
{
    shared *at = done->at;
    uint32_t owned = at ? at->depth + 1 : 0;

    if (at && r->root_known && !at->children[done->child].footprint) {
        shared_child *c = &at->children[done->child];
        c->footprint = copy(r->root.bytes, r->root.size);
        c->size = r->root.size;
        if (!c->footprint || !pump(d, at))
            return false;
    }
    if (!enter_exports(d, at, r))
        return false;
    return !r->rest || divide_rest(d, done, &r->remainder, owned);
}
