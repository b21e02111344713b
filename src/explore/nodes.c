/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nodes.c - what can be done at a state of the path, what is to be explored of it, and in which order. */
#include "internal.h"

#include <string.h>

enum { POLL_PATIENCE = 32 }; /* rounds in vain, beyond poll_limit, when nothing else can run */

/* Leave out of a list the threads that are held before their end and those that poll in vain; all others exist. */
static bool filter(explorer *x, uint32_t *list, size_t *count, uint32_t rounds)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        uint16_t t;
        if (!thread_dense(x, list[i], &t) || !thread_born(x, t))
            return false;
        if (!x->threads[t].halted && !polls_in_vain(x, t, rounds))
            list[kept++] = list[i];
    }
    *count = kept;
    return true;
}

static bool enabled(explorer *x, size_t *ready, size_t *timed)
{
    const explore_program *p = x->program;

    for (uint32_t rounds = x->poll_limit;; rounds += POLL_PATIENCE) {
        p->enabled(p->self, x->ready_list, ready, x->timed_list, timed);
        size_t all = *ready + *timed;
        if (!filter(x, x->ready_list, ready, rounds) || !filter(x, x->timed_list, timed, rounds))
            return false;
        if (*ready + *timed > 0 || all == 0 || rounds > x->poll_limit)
            return true;
    }
}

static bool awake(const explorer *x, const node *n, uint32_t number, uint16_t *t)
{
    *t = (uint16_t)(x->dense[number] - 1u);
    return !set_has(&n->done, *t);
}

/* The first in the list that is awake, and goes last or does not. */
static uint16_t first_of(const explorer *x, const node *n, const uint32_t *list, size_t count, bool deferred)
{
    uint16_t t;

    for (size_t i = 0; i < count; i++) {
        if (awake(x, n, list[i], &t) && polls_deferred(x, t) == deferred)
            return t;
    }
    return NO_THREAD;
}

static bool goes_on(const explorer *x, const node *n)
{
    if (n->last == NO_THREAD || set_has(&n->done, n->last) || !set_has(&n->enabled, n->last))
        return false;
    return n->last_ready ? !polls_deferred(x, n->last) : polls_on(x, n->last);
}

/* What runs if nothing speaks against it: the same thread, then whoever is ready, then a timeout. */
static uint16_t usual(const explorer *x, const node *n, size_t ready, size_t timed)
{
    uint16_t t = goes_on(x, n) ? n->last : NO_THREAD;

    for (int deferred = 0; t == NO_THREAD && deferred <= 1; deferred++) {
        t = first_of(x, n, x->ready_list, ready, deferred);
        if (t == NO_THREAD)
            t = first_of(x, n, x->timed_list, timed, deferred);
    }
    return t;
}

static void note_enabled(explorer *x, node *n, size_t ready, size_t timed)
{
    for (size_t i = 0; i < ready; i++) {
        uint16_t t = (uint16_t)(x->dense[x->ready_list[i]] - 1u);
        set_add(&n->enabled, t);
        set_add(&n->ready, t);
        n->last_ready |= t == n->last;
    }
    for (size_t i = 0; i < timed; i++)
        set_add(&n->enabled, x->dense[x->timed_list[i]] - 1u);
}

static uint32_t price(const node *n, uint16_t t) { return n->last_ready && n->last != t; }

static void clear_word(node *n, uint32_t w)
{
    n->enabled.word[w] = n->ready.word[w] = n->listed.word[w] = n->done.word[w] = 0;
}

/* One more word of thread sets comes into use. */
void nodes_clear_word(explorer *x, uint32_t w)
{
    for (uint32_t i = 0; i <= x->depth; i++)
        clear_word(&x->nodes[i], w);
}

void node_clear(const explorer *x, node *n)
{
    for (uint32_t w = 0; w < x->set_words; w++)
        clear_word(n, w);
    memset(&n->tree, 0, sizeof(*n) - offsetof(node, tree));
    n->tree = n->subtree = n->covers = NONE;
    n->last = n->chosen = NO_THREAD;
    n->access_top = x->access_top;
    n->guard_top = x->guard_top;
    n->birth_top = x->birth_top;
}

/* The first alternative: what the tree says, if it guides here, else the usual one; all, if nothing is left out. */
static bool choose(explorer *x, node *n, size_t ready, size_t timed)
{
    bool guided;

    n->chosen = wakeup_take(x, n);
    guided = n->chosen != NO_THREAD;
    if (!guided)
        n->chosen = usual(x, n, ready, timed);
    if (x->walk)
        n->chosen = walk_choose(x, n, ready, timed);
    n->loose = n->sleep_count > 0 && (!guided || n[-1].loose);
    if (n->chosen == NO_THREAD) {
        n->leaf = true;
        return true;
    }
    set_add(&n->listed, n->chosen);
    return x->reduced || wakeup_add_all(x, n);
}

/* The path has come to a new node, where the program stands. */
bool node_open(explorer *x, uint16_t *first)
{
    node *n = &x->nodes[x->depth];
    size_t ready, timed;

    node_clear(x, n);
    if (x->depth) {
        node *before = n - 1;
        n->last = before->current;
        n->preemptions = before->preemptions + price(before, before->current);
        n->tree = before->subtree;
        before->subtree = NONE;
        if (!sleep_inherit(x, &x->events[x->depth - 1], before, n))
            return false;
        n->inherited = n->sleep_count;
    }
    if (!enabled(x, &ready, &timed))
        return false;
    n->guard_top = x->guard_top;
    note_enabled(x, n, ready, timed);
    wakeup_prune(x, n);
    if (!choose(x, n, ready, timed))
        return false;
    *first = n->chosen;
    return true;
}

void node_begin(explorer *x, node *n, uint16_t thread, uint32_t choices)
{
    n->chosen = NO_THREAD;
    n->current = thread;
    n->choice = 0;
    n->choices = (uint16_t)choices;
    n->footprint = x->access_top;
    n->begun = true;
    n->all = false;
}

/* The next alternative of the node, NO_THREAD if there is none left within the bound. */
uint16_t node_next(explorer *x, node *n)
{
    uint16_t t = n->chosen;

    while (t == NO_THREAD) {
        t = wakeup_take(x, n);
        if (t == NO_THREAD)
            return NO_THREAD;
        if (n->preemptions + price(n, t) > x->options->bound) {
            set_add(&n->done, t);
            t = NO_THREAD;
        }
    }
    return t;
}

/* Everything after the current alternative was explored. */
bool node_done(explorer *x, node *n)
{
    bool sleeps = x->reduced && !x->bounded, more = n->choice + 1u < n->choices;

    wakeup_forget(x, n->subtree);
    n->subtree = NONE;
    if (!sleeps)
        x->access_top = n->footprint;
    if (more) {
        n->choice++;
        return true;
    }
    n->begun = false;
    set_add(&n->done, n->current);
    return !sleeps || sleep_add(x, n, n->current, n->all);
}
