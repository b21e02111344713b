/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaf.c - what is done with a finished path.
 *
 * An execution that ends by a crash is looked at when the path has come to its end without the crashed thread (see
 * explore.c): only then is it known what the others could have done before the crash. For each failure of the path the
 * trace is built; the smallest stall is found (timing.c), which decides whether the failure counts at all; and the
 * schedule with the fewest preemptions (linear.c), which is run: it counts for the failure that it really leads to.
 */
#include "leaf.h"

#include <stdlib.h>
#include <string.h>

enum { LEAF_LESSONS = 64 }; /* most times that a search is made again with what running its result has taught */

static bool is_timed(const explorer *x) { return x->options->max_stall || x->options->find_stall; }

/* An execution has ended so. */
void leaf_note(explorer *x, const explore_result *result)
{
    event *last = x->depth ? &x->events[x->depth - 1] : NULL;

    if (last && last->outcome == EXPLORE_OVER && !last->halted)
        last->result = *result;
    else
        x->end = *result;
}

/* Stalls ------------------------------------------------------------------------------------------------------------- */

/* From which stall on nothing has to be known exactly. */
static uint64_t enough(const explorer *x)
{
    const explore_options *o = x->options;
    uint64_t limit = o->max_stall ? o->max_stall + 1 : 0;
    uint64_t best = x->report->stall_found ? x->report->smallest_stall : UINT64_MAX;

    return o->find_stall && best > limit ? best : limit;
}

/* Whether the failure counts. */
static bool is_possible(explorer *x, uint32_t goal, const explore_result *result, bool *counts)
{
    explore_report *r = x->report;
    uint64_t stall = 0, limit = x->options->max_stall;

    *counts = true;
    if (!is_timed(x))
        return true;
    if (!timing_smallest(x, x->leaf, enough(x), &stall))
        return false;
    if (x->options->find_stall && (!r->stall_found || stall < r->smallest_stall)) {
        r->stall_found = true;
        r->smallest_stall = stall;
    }
    *counts = !limit || stall <= limit;
    r->stalled |= !*counts;
    return !*counts || !limit || failures_record(x, result, goal);
}

/* Schedules ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    explore_outcome outcome;
} last_step;

static bool take_one(void *context, const explore_step *step)
{
    last_step *last = context;

    last->outcome = step->outcome;
    return false;
}

static bool is_listed(const uint32_t *list, size_t count, uint32_t thread)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == thread)
            return true;
    }
    return false;
}

typedef struct {
    uint32_t preemptions;
    bool fits;   /* the schedule can be followed */
    bool same;   /* and leads to the failure */
    bool learnt; /* some thread could have gone on where it was thought to wait */
} attempt;

/* Before decision i: whether it is a preemption. */
static bool count_switch(explorer *x, uint32_t i, attempt *a)
{
    const struct leaf_work *w = x->leaf;
    const explore_decision *d = &w->schedule[i], *before = d - 1;
    size_t ready, timed;

    x->program->enabled(x->program->self, x->ready_list, &ready, x->timed_list, &timed);
    a->fits = is_listed(x->ready_list, ready, d->thread) || is_listed(x->timed_list, timed, d->thread);
    if (i == 0 || d->thread == before->thread || w->switches[i] == LINEAR_PARKED ||
        !is_listed(x->ready_list, ready, before->thread))
        return true;
    a->preemptions++;
    if (w->switches[i] == LINEAR_PREEMPTION)
        return true;
    a->learnt = true;
    return linear_learn(x, x->leaf, i);
}

/* Runs the schedule that linear.c found, from the start. */
static bool run_found(explorer *x, attempt *a)
{
    const explore_program *p = x->program;
    last_step last = {.outcome = EXPLORE_RAN};

    p->restore(p->self, x->marks[0].mark);
    for (uint32_t i = 0; i < x->leaf->length; i++) {
        const explore_decision *d = &x->leaf->schedule[i];
        if (!count_switch(x, i, a))
            return false;
        a->fits = a->fits && last.outcome != EXPLORE_OVER;
        if (!a->fits || !p->run(p->self, d->thread, d->choice, take_one, &last))
            return !(a->fits = false);
    }
    return true;
}

/* If it leads to that failure it is entered, if it is better than what is known. */
static bool try_found(explorer *x, const explore_result *result, attempt *a)
{
    explore_result end = {0};
    bool done = run_found(x, a);

    if (done && a->fits) {
        end = x->program->result(x->program->self);
        a->same = end.failure == result->failure;
    }
    x->program->restore(x->program->self, x->marks[0].mark);
    x->mark_count = 1;
    x->at = 0;
    if (!done || !a->same || a->preemptions > x->options->bound)
        return done;
    return failures_enter(x, &end, x->leaf->schedule, x->leaf->length, a->preemptions);
}

static const explore_failure *best_of(const explore_report *r, uint64_t failure)
{
    const explore_failure *best = NULL;

    for (size_t i = 0; i < r->failure_count; i++) {
        const explore_failure *f = &r->failures[i];
        if (f->result.failure == failure && (!best || failures_better(f->schedule, f->length, f->preemptions, best)))
            best = f;
    }
    return best;
}

/* The best schedule of the trace, if it is better than the best known. *same: it leads to that failure. */
static bool shorten(explorer *x, const explore_result *result, bool *same)
{
    struct leaf_work *w = x->leaf;

    *same = true;
    w->fact_count = 0;
    for (uint32_t lessons = 0; lessons < LEAF_LESSONS; lessons++) {
        const explore_failure *best = best_of(x->report, result->failure);
        attempt a = {0};
        switch (linear_search(x, w, best)) {
        case LINEAR_NO_MEMORY: return false;
        case LINEAR_NOT_BETTER: return true;
        case LINEAR_TOO_LARGE: return failures_doubt(x, result, w->most);
        case LINEAR_FOUND: break;
        }
        if (best && !failures_better(w->schedule, w->length, w->most, best))
            return true;
        if (!try_found(x, result, &a))
            return false;
        *same = a.same;
        if (!a.learnt)
            return true;
    }
    return failures_doubt(x, result, w->most);
}

static bool examine(explorer *x, uint32_t goal, const explore_result *result)
{
    bool counts, same;

    if (!is_timed(x) && linear_is_hopeless(x, goal, best_of(x->report, result->failure)))
        return true;
    if (!x->leaf && !(x->leaf = calloc(1, sizeof(*x->leaf)))) {
        x->status = EXPLORE_NO_MEMORY;
        return false;
    }
    if (!trace_build(x, &x->leaf->t, x->depth, goal) || !is_possible(x, goal, result, &counts))
        return false;
    if (!counts || !x->reduced)
        return true;
    if (!shorten(x, result, &same))
        return false;
    if (same || goal == NONE)
        return true;
    /* With other steps of other threads it is another failure: with exactly those of the path, then. */
    return trace_build(x, &x->leaf->t, goal + 1, goal) && shorten(x, result, &same);
}

/* The path has come to its end. */
bool leaf_examine(explorer *x)
{
    const node *end = &x->nodes[x->depth];
    explore_result result = x->end;

    x->end = (explore_result){0};
    if (!end->leaf || !set_is_empty(x, &end->enabled))
        return true; /* given up, or there is more */
    if (!x->reduced && !is_timed(x))
        return true;
    for (uint32_t e = x->halted_count ? 0 : x->depth - 1; e < x->depth; e++) { /* who is not halted comes last */
        const event *ev = &x->events[e];
        if (ev->outcome == EXPLORE_OVER && ev->result.failure && !examine(x, e, &ev->result))
            return false;
    }
    return !result.failure || examine(x, NONE, &result);
}

void leaf_free(explorer *x)
{
    struct leaf_work *w = x->leaf;

    if (!w)
        return;
    trace_free(&w->t);
    free(w->states);
    free(w->counts);
    free(w->chains);
    free(w->weights);
    free(w->forced);
    free(w->nearest);
    free(w->schedule);
    free(w->switches);
    free(w->facts);
    free(w->times);
    free(w->lowest);
    free(w->reasons);
    free(w->bounds);
    free(w->marks);
    free(w);
}
