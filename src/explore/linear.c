/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linear.c - the schedule with the fewest preemptions among all that are equivalent to a failing one.
 *
 * Every order of a trace's steps that keeps the order of conflicting ones ends the same way, and the exploration runs but
 * one of them. The best is found by a search over what each thread has done so far and which ran last: going on with
 * another thread costs 1 if the last one could have gone on, else nothing. Three things keep that small:
 *
 *   - With 0 preemptions allowed, then 1, 2 ...: few are enough for almost every failure, and as soon as another trace is
 *     known to need fewer there is nothing to look for.
 *   - A thread whose step k comes after another's, which comes after its own step j < k, must be left in between. If it
 *     never waits there, that is a preemption: so many are needed at least, from each state on (`forced`).
 *   - The steps before the goal have to be taken: so many are needed at least.
 *
 * Whether a thread that waits could have gone on is known from the contents of what it waits for, if they are known.
 * Else it counts as ready where it goes on in the trace without a timeout, and elsewhere not: leaf.c runs what is found,
 * and where that shows that a thread could have gone on, the search is made again with what was learnt.
 */
#include "leaf.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINEAR_STATES = 1 << 14, /* of one search; beyond, it is given up, and the report says so */
    LINEAR_CHAINS = 1 << 12
};

typedef struct {
    explorer *x;
    struct leaf_work *w;
    const trace *t;
    const uint32_t *needed; /* by thread: steps that come no later than the goal */
} search;

/* What must happen -------------------------------------------------------------------------------------------------- */

static bool always_ready(const explorer *x, uint32_t e)
{
    const event *ev = &x->events[e];

    return ev->outcome == EXPLORE_RAN && !ev->wait.waits && ev->rounds < x->poll_limit;
}

/* The latest step of the thread that must come before another thread's step that must come before this one, NONE. */
static uint32_t must_be_left_after(const trace *t, const trace_step *step)
{
    uint32_t most = 0;

    for (uint32_t i = step->edge; i < step->edge + step->edge_count; i++) {
        uint32_t known = trace_clock(t, t->edges[i].from)[step->thread];
        most = most < known ? known : most;
    }
    return most ? most - 1 : NONE;
}

/* nearest: by step of a thread, the nearest later one before which the thread must be left, without waiting; NONE. */
static void find_pieces(const search *s, uint16_t thread, uint32_t needed)
{
    const trace *t = s->t;
    uint32_t *nearest = s->w->nearest + t->starts[thread], ready_since = 0;

    for (uint32_t k = 0; k < t->lengths[thread]; k++)
        nearest[k] = NONE;
    for (uint32_t k = 1; k < needed; k++) {
        uint32_t after = must_be_left_after(t, &t->steps[trace_at(t, thread, k)]);
        if (!always_ready(s->x, t->steps[trace_at(t, thread, k - 1)].event))
            ready_since = k;
        if (after != NONE && after >= ready_since && nearest[after] == NONE)
            nearest[after] = k;
    }
}

/* Such pieces that do not overlap take a preemption each. */
static void count_forced(const search *s, uint16_t thread)
{
    const trace *t = s->t;
    uint32_t *forced = s->w->forced + t->starts[thread] + thread, bound = UINT32_MAX, count = 0;

    forced[t->lengths[thread]] = 0;
    for (uint32_t k = t->lengths[thread]; k-- > 0;) {
        uint32_t end = s->w->nearest[t->starts[thread] + k];
        if (end != NONE && end <= bound) {
            bound = k;
            count++;
        }
        forced[k] = count;
    }
}

static bool prepare(const search *s)
{
    struct leaf_work *w = s->w;

    if (!room_for(s->x, &w->forced, &w->forced_room, (size_t)s->t->count + s->t->threads, sizeof(uint32_t)) ||
        !room_for(s->x, &w->nearest, &w->nearest_room, s->t->count, sizeof(uint32_t)) ||
        !room_for(s->x, &w->weights, &w->weight_room, s->t->threads, sizeof(uint64_t)))
        return false;
    for (uint16_t u = 0; u < s->t->threads; u++) {
        w->weights[u] = draw_mix(u + 1u);
        find_pieces(s, u, s->needed[u]);
        count_forced(s, u);
    }
    return true;
}

static uint32_t forced_from(const search *s, uint16_t thread, uint32_t count)
{
    return s->w->forced[s->t->starts[thread] + thread + count];
}

static linear_ahead ahead_of_start(const search *s)
{
    linear_ahead a = {0};

    for (uint16_t u = 0; u < s->t->threads; u++) {
        a.forced += forced_from(s, u, 0);
        a.steps += s->needed[u];
    }
    return a;
}

/* After one more step of a thread that has taken `count`. */
static linear_ahead ahead_after(const search *s, const linear_ahead *before, uint16_t thread, uint32_t count)
{
    return (linear_ahead){
        .forced = before->forced - forced_from(s, thread, count) + forced_from(s, thread, count + 1),
        .steps = before->steps - (s->needed[thread] > count),
    };
}

/* Who can go on ------------------------------------------------------------------------------------------------------ */

/* What comes before a step that was taken was taken: so only what comes directly before the next one is in question. */
static bool can_step(const trace *t, const uint16_t *counts, uint16_t thread)
{
    const trace_step *step;

    if (counts[thread] == t->lengths[thread])
        return false;
    step = &t->steps[trace_at(t, thread, counts[thread])];
    for (uint32_t i = step->edge; i < step->edge + step->edge_count; i++) {
        const trace_step *before = &t->steps[t->edges[i].from];
        if (before->index >= counts[before->thread])
            return false;
    }
    return true;
}

typedef struct {
    const search *s;
    const uint16_t *counts;
} cut;

/* What the object holds there: what the last of those wrote that have been. */
static bool content_at(const void *context, uint32_t o, uint64_t *content)
{
    const cut *c = context;
    const explorer *x = c->s->x;
    const trace *t = c->s->t;

    for (uint32_t a = x->objects[o].head; a != NONE; a = x->accesses[a].before) {
        const access_record *r = &x->accesses[a];
        uint32_t step = r->write && r->event < t->length ? t->step_of[r->event] : NONE;
        if (step != NONE && t->steps[step].index < c->counts[t->steps[step].thread]) {
            *content = r->content;
            return r->content_known;
        }
    }
    *content = x->objects[o].initial;
    return x->objects[o].initial_known;
}

static bool is_learnt(const search *s, const uint16_t *counts, uint16_t thread)
{
    size_t size = s->t->threads + 1u;

    for (uint32_t i = 0; i < s->w->fact_count; i++) {
        const uint16_t *fact = s->w->facts + i * size;
        if (fact[size - 1] == thread && memcmp(fact, counts, (size - 1) * sizeof(*fact)) == 0)
            return true;
    }
    return false;
}

/* Whether the thread, which ran last, could go on: then leaving it is a preemption. */
static bool is_ready(const search *s, const uint16_t *counts, uint16_t thread)
{
    const trace *t = s->t;
    const event *ev = &s->x->events[t->steps[trace_at(t, thread, counts[thread] - 1u)].event];
    int holds = -1;

    if (is_learnt(s, counts, thread))
        return true;
    if (ev->outcome == EXPLORE_ENDED || ev->outcome == EXPLORE_OVER)
        return false;
    if (ev->outcome == EXPLORE_RAN && !ev->wait.waits)
        return true;
    if (ev->wait.waits && ev->wait.known && !ev->wait.polls && !ev->wait.all)
        holds = guard_holds_with(s->x, &ev->wait, content_at, &(cut){.s = s, .counts = counts});
    if (holds >= 0)
        return holds;
    if (can_step(t, counts, thread)) {
        const event *next = &s->x->events[t->steps[trace_at(t, thread, counts[thread])].event];
        return set_has(&s->x->nodes[next - s->x->events].ready, next->thread);
    }
    return false;
}

/* States ------------------------------------------------------------------------------------------------------------- */

static uint64_t key_of(const search *s, const uint16_t *counts)
{
    uint64_t key = 0;

    for (uint16_t u = 0; u < s->t->threads; u++)
        key += s->w->weights[u] * counts[u];
    return key;
}

static uint32_t *chain_of(const struct leaf_work *w, uint64_t key, uint16_t last)
{
    return &w->chains[(key + last * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (LINEAR_CHAINS - 1)];
}

static void forget_states(struct leaf_work *w)
{
    while (w->state_count) {
        const linear_state *state = &w->states[--w->state_count];
        *chain_of(w, state->key, state->last) = NONE;
    }
}

static linear_state *find_state(const search *s, uint32_t chain, const uint16_t *counts, uint64_t key, uint16_t last)
{
    struct leaf_work *w = s->w;
    size_t size = s->t->threads * sizeof(*counts);

    for (uint32_t i = chain; i != NONE; i = w->states[i].next) {
        if (w->states[i].key == key && w->states[i].last == last &&
            memcmp(w->counts + w->states[i].counts, counts, size) == 0)
            return &w->states[i];
    }
    return NULL;
}

/* `state` but for its place. False: there are too many. */
static bool add_state(const search *s, const uint16_t *counts, const linear_state *state)
{
    struct leaf_work *w = s->w;
    uint32_t *chain = chain_of(w, state->key, state->last), at = w->state_count * s->t->threads;
    linear_state *known = find_state(s, *chain, counts, state->key, state->last);

    if (known) {
        known->preemptions = known->preemptions < state->preemptions ? known->preemptions : state->preemptions;
        return true;
    }
    if (w->state_count == LINEAR_STATES ||
        !room_for(s->x, &w->states, &w->state_room, (size_t)w->state_count + 1, sizeof(linear_state)) ||
        !room_for(s->x, &w->counts, &w->counts_room, (size_t)at + s->t->threads, sizeof(uint16_t)))
        return false;
    memcpy(w->counts + at, counts, s->t->threads * sizeof(*counts));
    w->states[w->state_count] = *state;
    w->states[w->state_count].failed = NONE;
    w->states[w->state_count].counts = at;
    w->states[w->state_count].next = *chain;
    *chain = w->state_count++;
    return true;
}

static bool is_end(const search *s, uint16_t thread, uint32_t index, uint32_t length)
{
    return s->t->goal == NONE ? length == s->t->count : trace_at(s->t, thread, index) == s->t->goal;
}

/* Searching ---------------------------------------------------------------------------------------------------------- */

/* Whether the goal can still be reached if the thread takes a step, with so many preemptions, the step being that long
 * after the start. */
static bool is_within(const search *s, const linear_state *from, const uint16_t *counts, uint16_t thread,
                      uint32_t preemptions, uint32_t length)
{
    uint32_t steps = from->ahead.steps - (s->needed[thread] > counts[thread]);

    return preemptions + from->ahead.forced <= s->w->most && length + steps <= s->w->length;
}

/* The states that follow a state of `length` steps. 1: the goal is among them; 0: not; -1: too many. */
static int expand(const search *s, uint32_t state, uint32_t length)
{
    struct leaf_work *w = s->w;
    const linear_state from = w->states[state];
    uint16_t counts[EXPLORE_THREADS];
    bool ready;

    memcpy(counts, w->counts + from.counts, s->t->threads * sizeof(*counts));
    ready = from.last != NO_THREAD && is_ready(s, counts, from.last);
    for (uint16_t u = 0; u < s->t->threads; u++) {
        uint32_t price = from.preemptions + (ready && u != from.last);
        if (price > w->most || !can_step(s->t, counts, u))
            continue;
        if (is_end(s, u, counts[u], length + 1))
            return 1;
        if (!is_within(s, &from, counts, u, price, length + 1))
            continue;
        linear_state next = {.preemptions = price,
                             .key = from.key + w->weights[u],
                             .last = u,
                             .ahead = ahead_after(s, &from.ahead, u, counts[u])};
        counts[u]++;
        bool added = add_state(s, counts, &next);
        counts[u]--;
        if (!added)
            return -1;
    }
    return 0;
}

/* The fewest steps to the goal with at most w->most preemptions. 1: found, w->length; 0: none; -1: too many states. */
static int find_length(const search *s)
{
    struct leaf_work *w = s->w;
    uint16_t counts[EXPLORE_THREADS] = {0};
    linear_state start = {.last = NO_THREAD, .ahead = ahead_of_start(s)};
    uint32_t from = 0, to;

    forget_states(w);
    if (start.ahead.forced <= w->most && start.ahead.steps <= w->length && !add_state(s, counts, &start))
        return -1;
    for (uint32_t length = 0; from < w->state_count; length++, from = to) {
        to = w->state_count;
        for (uint32_t i = from; i < to; i++) {
            int found = expand(s, i, length);
            if (found > 0)
                w->length = length + 1;
            if (found)
                return found;
        }
    }
    return 0;
}

/* Whether the thread of the decision before polled in vain. */
static bool is_parked(const search *s, const explore_decision *before, const uint16_t *counts)
{
    uint16_t thread = s->t->of_dense[s->x->dense[before->thread] - 1u];

    return s->x->events[s->t->steps[trace_at(s->t, thread, counts[thread] - 1u)].event].rounds >= s->x->poll_limit;
}

/* `left`: the thread before could not have gone on. */
static void enter_decision(const search *s, const uint16_t *counts, uint16_t thread, uint32_t at, bool left)
{
    const event *ev = &s->x->events[s->t->steps[trace_at(s->t, thread, counts[thread])].event];

    s->w->schedule[at] = (explore_decision){.thread = (uint16_t)s->x->threads[ev->thread].number, .choice = ev->choice};
    s->w->switches[at] = left ? LINEAR_WAITED : LINEAR_PREEMPTION;
    if (left && is_parked(s, &s->w->schedule[at - 1], counts))
        s->w->switches[at] = LINEAR_PARKED;
}

/* The smallest schedule from a state on, within w->most and w->length: depth first, smaller threads first. */
static bool walk(const search *s, uint16_t *counts, uint16_t last, uint32_t preemptions, uint32_t length)
{
    uint64_t key = key_of(s, counts);
    linear_state *state = find_state(s, *chain_of(s->w, key, last), counts, key, last);
    bool ready = last != NO_THREAD && is_ready(s, counts, last);

    if (!state || (state->failed != NONE && preemptions >= state->failed))
        return false;
    for (uint16_t u = 0; u < s->t->threads; u++) {
        uint32_t price = preemptions + (ready && u != last);
        if (price > s->w->most || !can_step(s->t, counts, u))
            continue;
        enter_decision(s, counts, u, length, last != NO_THREAD && u != last && !ready);
        if (is_end(s, u, counts[u], length + 1))
            return true;
        if (length + 1 >= s->w->length || !is_within(s, state, counts, u, price, length + 1))
            continue;
        counts[u]++;
        bool found = walk(s, counts, u, price, length + 1);
        counts[u]--;
        if (found)
            return true;
    }
    state->failed = preemptions;
    return false;
}

/* The latest event of the thread of event e that must come before another thread's that must come before e; NONE. */
static uint32_t find_left_after(const explorer *x, uint32_t e)
{
    const uint32_t *clock = clock_of(x, e);
    uint16_t thread = x->events[e].thread;
    uint32_t most = 0;

    for (uint16_t u = 0; u < x->thread_count; u++) {
        uint32_t known = u != thread && clock[u] ? clock_of(x, clock[u] - 1)[thread] : 0;
        most = most < known ? known : most;
    }
    return most ? most - 1 : NONE;
}

/* The same, found once for as long as the event is on the path. */
static uint32_t left_after(const explorer *x, uint32_t e)
{
    event *ev = &x->events[e];

    if (!ev->left_known)
        ev->left_after = find_left_after(x, e);
    ev->left_known = true;
    return ev->left_after;
}

/* As find_pieces and count_forced, for the whole path: from its clocks. */
static uint32_t forced_of_path(const explorer *x, uint32_t goal)
{
    uint32_t ready_since[EXPLORE_THREADS] = {0}, last_end[EXPLORE_THREADS] = {0}, count = 0;

    for (uint32_t e = 0; e < x->depth; e++) {
        const event *ev = &x->events[e];
        uint32_t after = NONE;
        if (goal != NONE && !happens_before(x, e, clock_of(x, goal)))
            continue;
        if (ev->previous != NONE) {
            after = left_after(x, e);
            if (!always_ready(x, ev->previous))
                ready_since[ev->thread] = e;
        }
        if (after != NONE && after >= ready_since[ev->thread] && after >= last_end[ev->thread]) {
            last_end[ev->thread] = e;
            count++;
        }
    }
    return count;
}

bool linear_is_hopeless(const explorer *x, uint32_t goal, const explore_failure *best)
{
    if (!best || x->halted_count > (goal != NONE && x->events[goal].halted))
        return false; /* the clocks know of events that are not in the trace */
    return forced_of_path(x, goal) > best->preemptions;
}

static bool make_room(const search *s)
{
    struct leaf_work *w = s->w;

    if (!w->chains && (w->chains = malloc(LINEAR_CHAINS * sizeof(*w->chains))))
        memset(w->chains, 0xff, LINEAR_CHAINS * sizeof(*w->chains));
    return w->chains && room_for(s->x, &w->schedule, &w->schedule_room, s->t->count, sizeof(explore_decision)) &&
           room_for(s->x, &w->switches, &w->switch_room, s->t->count, sizeof(linear_switch)) && prepare(s);
}

linear_outcome linear_search(explorer *x, struct leaf_work *w, const explore_failure *best)
{
    const trace *t = &w->t;
    search s = {.x = x, .w = w, .t = t, .needed = t->goal == NONE ? t->lengths : trace_clock(t, t->goal)};
    uint16_t counts[EXPLORE_THREADS] = {0};
    uint32_t most = best ? best->preemptions : x->options->bound;

    if (!make_room(&s))
        return LINEAR_NO_MEMORY;
    for (w->most = ahead_of_start(&s).forced; w->most <= most; w->most++) {
        w->length = best && w->most == most ? (uint32_t)best->length : UINT32_MAX / 2;
        int found = find_length(&s);
        if (found < 0)
            return x->stop ? LINEAR_NO_MEMORY : LINEAR_TOO_LARGE;
        if (found)
            return walk(&s, counts, NO_THREAD, 0, 0) ? LINEAR_FOUND : LINEAR_NOT_BETTER;
    }
    return LINEAR_NOT_BETTER;
}

bool linear_learn(explorer *x, struct leaf_work *w, uint32_t i)
{
    size_t size = w->t.threads + 1u, at = w->fact_count * size;
    uint16_t *fact;

    if (!room_for(x, &w->facts, &w->fact_room, at + size, sizeof(*fact)))
        return false;
    fact = w->facts + at;
    memset(fact, 0, size * sizeof(*fact));
    for (uint32_t k = 0; k < i; k++)
        fact[w->t.of_dense[x->dense[w->schedule[k].thread] - 1u]]++;
    fact[size - 1] = w->t.of_dense[x->dense[w->schedule[i - 1].thread] - 1u];
    w->fact_count++;
    return true;
}
