/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.c - random walks.
 *
 * Probabilistic concurrency testing: threads get random priorities, and the highest one that can run does. At depth - 1
 * steps, drawn beforehand among as many as the longest walk so far had, the running thread falls below all others. Each
 * time that a thread stands at a wait which can time out, the timeout is one more thread of one step, with a priority of
 * its own, the lower the more often the thread has timed out: a loop that waits for a short time again and again does not
 * keep the others from running.
 */
#include "random.h"
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    RANDOM_STEPS = 1 << 16, /* in a walk; a longer one is given up */
    RANDOM_TIMEOUTS = 16,   /* of a thread, before its timeouts come last of all */
    RANDOM_DEPTH = 64       /* the largest that makes sense */
};

typedef struct {
    const explore_program *program;
    const explore_random_options *options;
    explore_walks *out;
    uint64_t state;                         /* of the generator */
    uint64_t priority[2 * EXPLORE_THREADS]; /* of threads, then of their timeouts; 0 = not drawn */
    uint32_t timeouts[EXPLORE_THREADS];     /* in this walk */
    uint32_t change[RANDOM_DEPTH];
    uint32_t threads; /* in this walk */
    uint32_t ready[EXPLORE_THREADS], timed[EXPLORE_THREADS];
    size_t ready_count, timed_count;
    explore_decision *path;
    size_t room;
    uint32_t length, preemptions;
    explore_step last;
} walker;

static uint32_t draw_below(walker *w, uint64_t limit) { return (uint32_t)(draw_number(&w->state) % limit); }

static uint64_t priority_of(walker *w, uint32_t slot)
{
    if (!w->priority[slot]) {
        uint32_t times = slot < EXPLORE_THREADS ? 0 : w->timeouts[slot - EXPLORE_THREADS];
        w->priority[slot] = times < RANDOM_TIMEOUTS ? (draw_number(&w->state) >> (1 + times)) + RANDOM_DEPTH + 1 : 1;
        w->threads++;
    }
    return w->priority[slot];
}

static uint32_t highest(walker *w)
{
    uint32_t best = 0;
    uint64_t most = 0;

    for (size_t i = 0; i < w->ready_count + w->timed_count; i++) {
        bool times_out = i >= w->ready_count;
        uint32_t thread = times_out ? w->timed[i - w->ready_count] : w->ready[i];
        uint64_t priority = priority_of(w, thread + (times_out ? EXPLORE_THREADS : 0));
        if (priority > most) {
            most = priority;
            best = thread;
        }
    }
    return best;
}

static uint32_t any(walker *w)
{
    uint32_t i = draw_below(w, w->ready_count + w->timed_count);

    return i < w->ready_count ? w->ready[i] : w->timed[i - w->ready_count];
}

static bool is_ready(const walker *w, uint32_t thread)
{
    for (size_t i = 0; i < w->ready_count; i++) {
        if (w->ready[i] == thread)
            return true;
    }
    return false;
}

static bool take_one(void *context, const explore_step *step)
{
    ((walker *)context)->last = *step;
    return false;
}

/* A step of the thread. */
static bool take(walker *w, uint32_t thread)
{
    const explore_program *p = w->program;
    uint32_t before = w->length ? w->path[w->length - 1].thread : 0, choices = p->choices(p->self, thread);
    uint32_t choice = choices > 1 ? draw_below(w, choices) : 0;

    w->preemptions += before && before != thread && is_ready(w, before);
    w->path[w->length++] = (explore_decision){.thread = (uint16_t)thread, .choice = (uint16_t)choice};
    w->priority[EXPLORE_THREADS + thread] = 0;
    w->timeouts[thread] += !is_ready(w, thread);
    if (!p->run(p->self, thread, choice, take_one, w))
        return false;
    for (uint32_t i = 0; i + 1 < w->options->depth; i++) {
        if (w->length == w->change[i])
            w->priority[thread] = i + 1;
    }
    return true;
}

static void begin_walk(walker *w, uint64_t number)
{
    w->state = w->options->seed * UINT64_C(0x2545f4914f6cdd1d) + number;
    w->threads = w->length = w->preemptions = 0;
    w->last = (explore_step){0};
    memset(w->priority, 0, sizeof(w->priority));
    memset(w->timeouts, 0, sizeof(w->timeouts));
    for (uint32_t i = 0; i + 1 < w->options->depth; i++)
        w->change[i] = w->out->steps ? 1 + draw_below(w, w->out->steps) : 0; /* the first walk measures */
}

/* From the start to the end; *ended: not given up. */
static bool walk(walker *w, bool *ended)
{
    const explore_program *p = w->program;

    while ((*ended = w->length < RANDOM_STEPS)) {
        p->enabled(p->self, w->ready, &w->ready_count, w->timed, &w->timed_count);
        if (w->last.outcome == EXPLORE_OVER || w->ready_count + w->timed_count == 0)
            return true;
        if (!take(w, w->options->depth ? highest(w) : any(w)))
            return false;
    }
    return true;
}

static bool note_end(walker *w, bool ended)
{
    explore_report *r = &w->out->report;
    explore_result result;

    w->out->threads = w->threads > w->out->threads ? w->threads : w->out->threads;
    w->out->steps = w->length > w->out->steps ? w->length : w->out->steps;
    r->total.steps += w->length;
    r->total.depth = w->out->steps;
    if (!ended) {
        r->total.blocked++;
        return true;
    }
    r->total.executions++;
    result = w->program->result(w->program->self);
    if (!result.failure)
        return true;
    r->total.failing++;
    explore_failure *f = failures_find(r, &result);
    if (f)
        f->executions++;
    return f && failures_keep(f, w->path, w->length, w->preemptions);
}

static bool is_over(const walker *w)
{
    const explore_progress *now = &w->out->report.total;
    uint64_t walks = now->executions + now->blocked;

    return (w->options->max_walks && walks >= w->options->max_walks) ||
           (w->options->progress && !w->options->progress(w->options->context, now));
}

static double chance(const explore_walks *walks, uint32_t depth)
{
    double result = walks->threads ? 1.0 / walks->threads : 1;

    for (uint32_t i = 1; i < depth; i++)
        result /= walks->steps;
    return result;
}

static explore_status walk_all(walker *w)
{
    const explore_program *p = w->program;
    uint32_t start = p->save(p->self);
    explore_status status = EXPLORE_OK;
    bool ended;

    for (uint64_t number = 0; status == EXPLORE_OK && !is_over(w); number++) {
        begin_walk(w, number);
        if (!walk(w, &ended))
            status = EXPLORE_PROGRAM_FAILED;
        else if (!note_end(w, ended))
            status = EXPLORE_NO_MEMORY;
        p->restore(p->self, start);
    }
    p->drop(p->self, start);
    return status;
}

explore_status explore_random(const explore_program *program, const explore_random_options *options,
                              explore_walks *walks)
{
    walker *w = calloc(1, sizeof(*w));
    explore_random_options own = *options;
    explore_status status = EXPLORE_NO_MEMORY;

    *walks = (explore_walks){0};
    own.depth = own.depth > RANDOM_DEPTH ? RANDOM_DEPTH : own.depth;
    if (w && (w->path = malloc(RANDOM_STEPS * sizeof(*w->path)))) {
        w->program = program;
        w->options = &own;
        w->out = walks;
        walks->report.total.bound = EXPLORE_UNBOUNDED;
        status = walk_all(w);
        failures_sort(&walks->report);
        walks->chance = chance(walks, own.depth);
    }
    if (w)
        free(w->path);
    free(w);
    return status;
}

void explore_walks_free(explore_walks *walks) { explore_report_free(&walks->report); }
