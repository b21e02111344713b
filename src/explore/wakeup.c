/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wakeup.c - wakeup trees (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017): what is still to be explored from
 * a node, not just by which thread first, but how it goes on, so that no execution is begun that turns out redundant.
 *
 * At the end of an execution each of its races (event i, then step p) asks for the sequence v: the events after i that do
 * not happen after it, with p among them. A thread is a weak initial of v if v could begin with it: its first event in v
 * depends on nothing else in v, or it has none and its next step conflicts with nothing in v. If a sleeping thread is a
 * weak initial, what v asks for was explored. Otherwise v is followed down the tree of node i, through alternatives that
 * are weak initials of what is left of it; where there is none, the rest becomes a new branch. A leaf of the tree means:
 * anything that follows, so that nothing is added below it.
 *
 *     tree of a node        p --- q --- r        explored in this order: p q r, p r, r
 *                        |     `- r
 *                        `- r
 *
 * A race is looked at again at the end of every execution that contains it, because what comes after p decides who is a
 * weak initial; it is settled once that is a thread whose first event comes no later than p.
 *
 * All this holds as long as nobody sleeps where nothing guides. Where it is unknown whether a step can be taken in another
 * order, everything that can go is explored, and a branch that cannot be followed is dropped: what follows is "loose", and
 * so is the end of an execution that was given up. There only a thread whose first event is within the race counts, as
 * an initial, which is all that source sets need; redundant executions are begun instead.
 */
#include "task.h"

#include <stdlib.h>
#include <string.h>

/* Records ---------------------------------------------------------------------------------------------------------- */

uint32_t wakeup_fresh(explorer *x, uint32_t footprint)
{
    uint32_t w = x->wakeup_free;

    if (footprint == NONE)
        return NONE;
    if (w != NONE) {
        x->wakeup_free = x->wakeups[w].next;
    } else {
        if (!room_for(x, &x->wakeups, &x->wakeup_room, (size_t)x->wakeup_count + 1, sizeof(wakeup)))
            return NONE;
        w = x->wakeup_count++;
    }
    x->wakeups[w] = (wakeup){.child = NONE, .next = NONE, .footprint = footprint};
    return w;
}

static void give_back(explorer *x, uint32_t w)
{
    x->wakeups[w].next = x->wakeup_free;
    x->wakeup_free = w;
}

/* Drop alternatives, and all that was to follow them. */
void wakeup_forget(explorer *x, uint32_t tree)
{
    while (tree != NONE) {
        uint32_t next = x->wakeups[tree].next;
        wakeup_forget(x, x->wakeups[tree].child);
        give_back(x, tree);
        tree = next;
    }
}

static void append(explorer *x, node *n, uint32_t parent, uint32_t w)
{
    uint32_t *link = parent == NONE ? &n->tree : &x->wakeups[parent].child;

    while (*link != NONE)
        link = &x->wakeups[*link].next;
    *link = w;
}

uint32_t wakeup_add(explorer *x, node *n, uint16_t thread)
{
    uint32_t w = wakeup_fresh(x, footprints_unknown(x, thread));

    if (w != NONE) {
        append(x, n, NONE, w);
        set_add(&n->listed, thread);
    }
    return w;
}

/* Whatever can go at the node, in the program's order. */
bool wakeup_add_all(explorer *x, node *n)
{
    for (uint32_t number = 0; number < EXPLORE_THREADS; number++) {
        uint16_t t = (uint16_t)(x->dense[number] - 1u);
        if (!x->dense[number] || !set_has(&n->enabled, t) || set_has(&n->listed, t))
            continue;
        if (n < x->nodes + x->owned ? !export_thread(x, n, t) : wakeup_add(x, n, t) == NONE)
            return false;
    }
    return true;
}

/* Drop the alternatives of a new node that cannot be taken there: nobody may count on them. */
void wakeup_prune(explorer *x, node *n)
{
    uint32_t *link = &n->tree, w;

    while ((w = *link) != NONE) {
        uint16_t thread = wakeup_step(x, w)->thread;
        if (set_has(&n->enabled, thread) && !set_has(&n->done, thread)) {
            set_add(&n->listed, thread);
            link = &x->wakeups[w].next;
            continue;
        }
        *link = x->wakeups[w].next;
        wakeup_forget(x, x->wakeups[w].child);
        give_back(x, w);
    }
}

uint16_t wakeup_take(explorer *x, node *n)
{
    while (n->tree != NONE) {
        uint32_t w = n->tree;
        uint16_t thread = wakeup_step(x, w)->thread;
        bool possible = set_has(&n->enabled, thread) && !set_has(&n->done, thread);

        n->tree = x->wakeups[w].next;
        if (possible)
            n->subtree = x->wakeups[w].child;
        else
            wakeup_forget(x, x->wakeups[w].child);
        give_back(x, w);
        if (possible)
            return thread;
    }
    return NO_THREAD;
}

/* Footprints of what is left of the sequence ------------------------------------------------------------------------ */

static void mark(explorer *x, uint32_t o, bool write)
{
    object *ob = &x->objects[o];

    if (ob->stamp != x->stamp)
        ob->stamp_write = false;
    ob->stamp = x->stamp;
    ob->stamp_write |= write;
}

static bool marked(const explorer *x, uint32_t o, bool write)
{
    return x->objects[o].stamp == x->stamp && (write || x->objects[o].stamp_write);
}

/* Mark what the rest of the sequence touches. */
static void mark_items(explorer *x)
{
    x->stamp++;
    x->items_all = false;
    for (size_t k = 0; k < x->item_count; k++) {
        const wakeup_item *item = &x->items[k];
        if (item->removed)
            continue;
        for (uint32_t a = item->access; a < item->access + item->access_count; a++)
            mark(x, x->accesses[a].object, x->accesses[a].write);
        x->items_all |= item->all;
    }
    x->items_marked = true;
}

static bool branch_independent(explorer *x, const footprint *step)
{
    const uint32_t *accesses = x->footprints.accesses + step->first;

    if (!step->known || step->all)
        return false;
    if (!x->items_marked)
        mark_items(x);
    for (uint32_t i = 0; i < step->count; i++) {
        if (marked(x, accesses[i] >> 1, accesses[i] & 1u))
            return false;
    }
    return !x->items_all;
}

/* The sequence ------------------------------------------------------------------------------------------------------ */

/* The step that a thread waits for ever to take is no event. */
static const uint32_t *item_clock(const explorer *x, const wakeup_item *item)
{
    return item->event == NONE ? x->clock : clock_of(x, item->event);
}

static bool comes_before(const explorer *x, uint32_t i, const uint32_t *clock)
{
    return clock[x->items[i].thread] > x->items[i].event;
}

/* Whether item k, the first of its thread, depends on nothing that is left: that would come before it. Of each other
 * thread the first item decides, for it comes before its others. */
static bool is_initial(const explorer *x, uint32_t k)
{
    const uint32_t *clock = item_clock(x, &x->items[k]);

    for (uint32_t i = 0; k <= x->thread_count && i < k; i++) {
        if (!x->items[i].removed && comes_before(x, i, clock))
            return false;
    }
    for (uint32_t t = 0; k > x->thread_count && t < x->thread_count; t++) {
        if (x->first[t] < k && comes_before(x, x->first[t], clock))
            return false;
    }
    return true;
}

static bool weak_initial_branch(explorer *x, uint32_t w)
{
    const footprint *step = wakeup_step(x, w);
    uint32_t k = x->first[step->thread];

    return k != NONE ? is_initial(x, k) : !x->careful && branch_independent(x, step);
}

/* Whether the thread's first event in the sequence is one of the race or between its two steps. */
static bool within_race(const explorer *x, uint16_t thread) { return x->first[thread] < x->race_items; }

/* Take the first item of a thread out of the sequence. */
static void remove_first(explorer *x, uint16_t thread)
{
    uint32_t k = x->first[thread];

    if (k == NONE)
        return;
    x->items[k].removed = true;
    x->item_left--;
    x->items_marked = false;
    x->first[thread] = x->items[k].next;
}

/* What is left of the sequence becomes a branch below `parent` (NONE: of the node). */
static bool grow(explorer *x, node *n, uint32_t parent)
{
    bool first = parent == NONE;

    for (size_t k = 0; k < x->item_count; k++) {
        const wakeup_item *item = &x->items[k];
        uint32_t w;
        if (item->removed)
            continue;
        if (first && !set_has(&n->enabled, item->thread))
            return wakeup_add_all(x, n);
        w = wakeup_fresh(x, footprints_of_step(x, item->thread, item->all, item->access, item->access_count));
        if (w == NONE)
            return false;
        append(x, n, parent, w);
        if (first)
            set_add(&n->listed, item->thread);
        first = false;
        parent = w;
    }
    return true;
}

/* What is not covered. *settled: it is explored, or will be, whatever comes after its second step. */
static bool enter(explorer *x, node *n, bool *settled)
{
    uint32_t parent = NONE, w;

    *settled = true;
    if (n < x->nodes + x->owned)
        return set_has(&n->enabled, x->items[0].thread) ? export_sequence(x, n) : wakeup_add_all(x, n);
    for (;;) {
        for (w = parent == NONE ? n->tree : x->wakeups[parent].child; w != NONE; w = x->wakeups[w].next) {
            if (weak_initial_branch(x, w))
                break;
        }
        if (w == NONE)
            return grow(x, n, parent);
        if (parent == NONE)
            *settled = within_race(x, wakeup_step(x, w)->thread);
        remove_first(x, wakeup_step(x, w)->thread);
        if (x->wakeups[w].child == NONE || x->item_left == 0)
            return true;
        parent = w;
    }
}

/* Races ------------------------------------------------------------------------------------------------------------- */

/* There is room. */
static void add_item(explorer *x, const wakeup_item *item)
{
    uint32_t k = (uint32_t)x->item_count++, *link = &x->first[item->thread];

    if (*link != NONE)
        link = &x->items[x->latest[item->thread]].next;
    *link = x->latest[item->thread] = k;
    x->items[k] = *item;
    x->items[k].next = NONE;
}

static wakeup_item item_of(const explorer *x, uint32_t e)
{
    const event *ev = &x->events[e];

    return (wakeup_item){
        .event = e, .thread = ev->thread, .access = ev->access, .access_count = ev->access_count, .all = ev->all};
}

/* The events from .. to-1 that do not happen after event i. */
static void add_independent(explorer *x, uint32_t i, uint32_t from, uint32_t to)
{
    const uint32_t *known = x->clocks + x->events[i].thread; /* the clocks' entries for its thread */

    for (uint32_t e = from; e < to; e++) {
        if (known[(size_t)e * x->stride] <= i) {
            wakeup_item item = item_of(x, e);
            add_item(x, &item);
        }
    }
}

/* What the race asks for, its second step before all that comes after it. */
static bool sequence(explorer *x, const race_record *r, const wakeup_item *step)
{
    uint32_t end = r->second == NONE ? x->depth : r->second;

    if (!room_for(x, &x->items, &x->item_room, (size_t)x->depth + 1, sizeof(wakeup_item)))
        return false;
    memset(x->first, 0xff, x->thread_count * sizeof(x->first[0])); /* NONE */
    x->item_count = 0;
    add_independent(x, r->first, r->first + 1, end);
    add_item(x, step);
    x->race_items = x->item_count;
    if (!x->careful)
        add_independent(x, r->first, end + 1, x->depth);
    x->item_left = x->item_count;
    x->items_marked = false;
    return true;
}

static bool enter_race(explorer *x, race_record *r, const wakeup_item *step, bool *settled)
{
    covering how;

    x->careful = x->path_blocked || x->nodes[r->first].loose;
    how = race_covered(x, r, step, &r->until);
    *settled = how == COVERED_FOR_GOOD;
    return how != NOT_COVERED || (sequence(x, r, step) && enter(x, &x->nodes[r->first], settled));
}

bool wakeup_enter_waiting(explorer *x, size_t from, const wakeup_item *step)
{
    bool settled;

    for (size_t i = from; i < x->race_count; i++) {
        if (!enter_race(x, &x->races[i], step, &settled))
            return false;
    }
    x->race_count = from;
    return true;
}

bool wakeup_enter_races(explorer *x)
{
    size_t kept = 0;

    for (size_t i = 0; i < x->race_count; i++) {
        race_record r = x->races[i];
        bool settled = false;
        if (r.until >= x->changed || x->path_blocked) {
            wakeup_item step = item_of(x, r.second);
            if (!enter_race(x, &r, &step, &settled))
                return false;
        }
        if (!settled)
            x->races[kept++] = r;
    }
    x->race_count = kept;
    x->changed = x->depth;
    return true;
}
