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
 * A result makes tasks as soon as it is there: what they are follows from it, and from what was so when its own task was
 * made. What its races ask for at nodes of others waits until it is merged (divide.c). So nothing depends on which result
 * is there first.
 */
#include "asked.h"
#include "divide.h"

#include <stdlib.h>
#include <string.h>

void share_release(shared *s)
{
    while (s && --s->references == 0) {
        shared *parent = s->parent;
        for (size_t i = 0; i < s->child_count; i++) {
            free(s->children[i].footprint);
            free(s->children[i].branch);
        }
        free(s->children);
        free(s->known);
        free(s);
        s = parent;
    }
}

static bool copy(uint8_t **to, size_t *size, const wire_in *from)
{
    if (!(*to = malloc(from->size ? from->size : 1)))
        return false;
    memcpy(*to, from->bytes, from->size);
    *size = from->size;
    return true;
}

/* NULL: no memory */
static shared_child *add_child(division *d, shared *s, uint16_t thread)
{
    if (!room_for(d->x, &s->children, &s->child_room, s->child_count + 1, sizeof(shared_child)))
        return NULL;
    s->children[s->child_count] = (shared_child){.thread = thread};
    return &s->children[s->child_count++];
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

/* The alternatives that were there before: their first steps are known. */
static void put_children(wire_out *out, const shared *s, uint32_t count)
{
    wire_put32(out, count);
    for (uint32_t i = 0; i < count; i++) {
        size_t begin = out->size;
        wire_put(out, s->children[i].footprint, s->children[i].size);
        if (i >= s->complete && !out->failed)
            out->bytes[begin + 2] |= FOOTPRINT_OPEN;
    }
}

/* The alternatives that come later, as far as that was known from the beginning. */
static void put_later(wire_out *out, const shared *s, uint32_t child)
{
    wire_put32(out, s->planned > child ? s->planned - child - 1 : 0);
    for (uint32_t i = child + 1; i < s->planned; i++)
        wire_put16(out, s->children[i].thread);
}

static void put_shared(wire_out *out, const shared *s, uint32_t child, bool loose)
{
    wire_put8(out, loose);
    put_children(out, s, child);
    put_later(out, s, child);
}

/* The path to the node, up to it but without its own record. */
static void put_path(wire_out *out, const shared *s)
{
    const shared *p = s->parent;

    if (!p)
        return;
    put_path(out, p);
    put_shared(out, p, s->edge, p->loose);
    wire_put32(out, 0);
    wire_put16(out, p->children[s->edge].thread);
    wire_put16(out, s->choice);
    wire_put8(out, s->halted);
}

/* The node's next alternative becomes a task, in its place, and leaves a place to the one after it. */
static bool begin_child(division *d, shared *s)
{
    shared_child *c = &s->children[s->begun];
    task *t = s->place ? s->place : order_place(d, NULL, s);
    wire_out out = {0};

    if (!t || !(s->place = order_place(d, t, s)))
        return false;
    wire_put32(&out, s->depth + 1);
    wire_put32(&out, s->depth);
    put_path(&out, s);
    put_shared(&out, s, s->begun, s->loose || c->loose);
    wire_put32(&out, 1);
    wire_put(&out, c->branch, c->branch_size);
    free(c->branch);
    c->branch = NULL;
    t->child = s->begun++;
    return division_add(d, t, &out, &(wire_in){.bytes = s->known, .size = s->known_size}, s->generation);
}

/* It does if the first step of the one before it is known. */
static bool pump(division *d, shared *s)
{
    while (s->begun < s->child_count && s->children[s->begun - 1].footprint) {
        if (!begin_child(d, s))
            return false;
    }
    return true;
}

static bool add_branch(division *d, shared *s, const wire_in *branch, bool loose)
{
    shared_child *c = add_child(d, s, first_thread(branch));

    if (!c || !copy(&c->branch, &c->branch_size, branch))
        return false;
    c->loose = loose;
    return true;
}

/* What races ask for ------------------------------------------------------------------------------------------------ */

static bool covered(const shared *s, const asked *a)
{
    for (size_t i = 0; i < s->child_count; i++) {
        if (asked_begins(a, s->children[i].thread))
            return true;
    }
    return false;
}

/* Somebody has to explore it. */
static bool add_asked(division *d, shared *s, asked *a)
{
    wire_out branch = asked_branch(a);
    wire_in in = wire_from(&branch);
    bool fine = !branch.failed && add_branch(d, s, &in, true) && pump(d, s);

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

bool share_asked(division *d, task *done, task_result *r)
{
    asked a;
    bool fine = asked_open(&a, r) && enter_asked(d, done->at, &a, r);

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
    n->record = wire_part(in, from);
    if (last)
        return true;
    get_decision(in, n);
    from = in->at;
    if (to_split && !footprint_skip(in))
        return false;
    n->footprint = wire_part(in, from);
    return !in->failed;
}

static bool get_children(division *d, shared *s, wire_in *record)
{
    uint32_t sleepers = wire_get32(record);

    for (uint32_t i = 0; i < sleepers; i++) {
        size_t from = record->at;
        shared_child *c;
        wire_in footprint;
        if (!footprint_skip(record))
            return false;
        footprint = wire_part(record, from);
        if (!(c = add_child(d, s, thread_of(footprint.bytes))) || !copy(&c->footprint, &c->size, &footprint))
            return false;
    }
    s->complete = sleepers;
    return !record->failed;
}

/* Where a task goes on that has a result with a rest. */
typedef struct {
    task *done;
    const task_result *result;
    shared *at; /* as in a task */
    uint32_t child;
} beginning;

/* A node of the path that others may ask for something from now on. */
static shared *share_node(division *d, const beginning *b, const rest_node *decision, const rest_node *n)
{
    shared *s = calloc(1, sizeof(*s));
    wire_in in = n->record;
    shared_child *c;

    if (!s)
        return NULL;
    s->references = 1;
    s->parent = b->at;
    s->edge = b->child;
    s->generation = b->done->generation + 1;
    if (s->parent) {
        s->parent->references++;
        s->depth = s->parent->depth + 1;
        s->choice = decision->choice;
        s->halted = decision->halted;
    }
    s->loose = wire_get8(&in) != 0;
    if (get_children(d, s, &in) && (c = add_child(d, s, n->thread)) && copy(&c->footprint, &c->size, &n->footprint) &&
        copy(&s->known, &s->known_size, &b->result->failures)) {
        s->planned = s->begun = (uint32_t)s->child_count;
        return s;
    }
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

/* The nodes are those from `from` on. */
static bool go_on(division *d, const beginning *b, const rest_node *decision, const rest_node *nodes, uint32_t from,
                  uint32_t depth)
{
    task *t = order_place(d, b->done, b->at);
    shared edge = {.parent = b->at, .edge = b->child};
    wire_out out = {0};

    if (!t)
        return false;
    t->child = b->child;
    wire_put32(&out, from);
    wire_put32(&out, depth);
    if (b->at) {
        edge.choice = decision->choice;
        edge.halted = decision->halted;
        put_path(&out, &edge);
    }
    put_rest_nodes(&out, nodes, from, depth);
    return division_add(d, t, &out, &b->result->failures, b->done->generation + 1);
}

static bool get_alternatives(division *d, shared *s, wire_in *in)
{
    uint32_t count = wire_get32(in);

    for (uint32_t i = 0; i < count; i++) {
        size_t from = in->at;
        wire_in branch;
        if (!branch_skip(in))
            return false;
        branch = wire_part(in, from);
        if (!add_branch(d, s, &branch, false))
            return false;
    }
    s->planned = (uint32_t)s->child_count;
    return !in->failed;
}

/* At the last of the nodes up to the split, others take what is left there. */
static bool share_nodes(division *d, beginning *b, const rest_node *decision, const rest_node *nodes, uint32_t from,
                        uint32_t split)
{
    shared *before = NULL;

    for (uint32_t k = from; k <= split; k++) {
        b->at = share_node(d, b, k == from ? decision : &nodes[k - 1], &nodes[k]);
        share_release(before); /* the new one holds it */
        before = b->at;
        if (!b->at)
            return false;
        b->child = b->at->begun - 1;
    }
    return true;
}

static bool divide_at(division *d, beginning *b, const rest_node *decision, const rest_node *nodes, uint32_t from,
                      uint32_t split, uint32_t depth, wire_in *in)
{
    bool fine = share_nodes(d, b, decision, nodes, from, split) && get_alternatives(d, b->at, in) &&
                go_on(d, b, &nodes[split], nodes, split + 1, depth) &&
                (b->at->place = order_place(d, b->done, b->at)) != NULL && pump(d, b->at);

    share_release(b->at);
    return fine;
}

static bool divide_rest(division *d, beginning *b, wire_in *in)
{
    uint32_t owned = b->at ? b->at->depth + 1 : 0, split = wire_get32(in), depth = wire_get32(in);
    rest_node *nodes, decision;
    bool fine = true;

    get_decision(in, &decision);
    if (in->failed || depth < owned || depth > in->size || (split != NONE && (split < owned || split >= depth)) ||
        !(nodes = calloc((size_t)depth + 1, sizeof(*nodes))))
        return false;
    for (uint32_t k = owned; fine && k <= depth; k++)
        fine = get_rest_node(in, k == depth, split != NONE && k <= split, &nodes[k]);
    if (split == NONE)
        fine = fine && go_on(d, b, &decision, nodes, owned, depth);
    else
        fine = fine && divide_at(d, b, &decision, nodes, owned, split, depth, in);
    free(nodes);
    return fine;
}

/* Who comes after the task's alternative has to know its first step. */
static bool know_root(division *d, task *done, const task_result *r)
{
    shared *at = done->at;
    shared_child *c = &at->children[done->child];

    if (!r->root_known)
        return false;
    if (c->footprint)
        return true;
    free(at->known);
    return copy(&at->known, &at->known_size, &r->failures) && copy(&c->footprint, &c->size, &r->root) && pump(d, at);
}

bool share_expand(division *d, task *done, task_result *r)
{
    beginning b = {.done = done, .result = r, .at = done->at, .child = done->child};

    if (done->at && !know_root(d, done, r))
        return false;
    return !r->rest || divide_rest(d, &b, &r->remainder);
}
