/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * divide.c - one exploration as many tasks (task.h, share.c). A result makes new tasks at once; it counts when it is merged,
 * and results are merged from the top (order.c), each before those of the tasks that it made. So tasks and results are the
 * same whoever runs them and when; and as the tasks above lie deeper in the tree than those below, there are never more than
 * the tree is deep and wide for each process, however many executions it has.
 */
#include "divide.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_AHEAD = 256 }; /* results that wait for others above them, before no more are made */

/* The first tasks are small, so that there soon is work for everyone. */
uint64_t task_budget(const explorer *x, uint32_t generation)
{
    uint64_t most = x->options->task_executions, small = generation < 2 ? 16 : generation < 6 ? 64 : most;

    return small < most ? small : most;
}

bool division_add(division *d, task *place, wire_out *bytes, const wire_in *known, uint32_t generation)
{
    explore_progress *total = &d->x->report->total;

    wire_put_block(bytes, known->bytes, known->size); /* so that nobody looks for what is known */
    if (bytes->failed) {
        free(bytes->bytes);
        return false;
    }
    place->place = false;
    place->generation = generation;
    place->bytes = bytes->bytes;
    place->size = bytes->size;
    place->number = wire_hash(bytes->bytes, bytes->size);
    if (total->waiting < ++d->task_count)
        total->waiting = d->task_count;
    return true;
}

/* Takes the bytes. */
static bool enter_result(division *d, task *t, uint8_t *bytes, size_t size)
{
    wire_in in = {.bytes = bytes, .size = size};
    task_result r;
    uint8_t *shorter;

    free(t->bytes);
    t->bytes = NULL;
    t->taken = true;
    t->result = bytes;
    if (!task_result_read(&in, &r) || !share_expand(d, t, &r))
        return false;
    t->result_size = size - r.remainder.size;
    if ((shorter = realloc(bytes, t->result_size)) != NULL)
        t->result = shorter;
    d->ahead++;
    return true;
}

/* The task's result may be known from before. False: it is a bad one. */
static bool recall(division *d, task *t)
{
    const explore_options *o = d->x->options;
    size_t size;
    uint8_t *bytes = o->recall ? o->recall(o->context, t->number, &size) : NULL;

    return !bytes || enter_result(d, t, bytes, size);
}

/* The one that is merged first of those that nobody has taken. Here, nothing is run whose result may never count: the
 * program would have learnt from it. */
bool division_next(division *d, task **next)
{
    task *t = d->top;

    for (*next = NULL; t && (t == d->top || d->ahead < d->most_ahead); t = t->below) {
        if (t->place || t->taken)
            continue;
        if (!recall(d, t))
            return false;
        if (t->taken)
            continue;
        *next = t;
        return true;
    }
    return true;
}

/* Run here or elsewhere; takes the bytes. */
bool division_enter(division *d, task *t, uint8_t *bytes, size_t size)
{
    const explore_options *o = d->x->options;

    if (o->remember)
        o->remember(o->context, t->number, bytes, size);
    return enter_result(d, t, bytes, size);
}

static bool add_whole(division *d)
{
    task *t = order_place(d, NULL, NULL);
    wire_out out = {0};

    if (!t)
        return false;
    wire_put32(&out, 0);
    wire_put32(&out, 0);
    wire_put8(&out, 0);
    wire_put32(&out, 0);
    wire_put32(&out, 0);
    wire_put32(&out, 1); /* the tree: whatever comes first */
    branch_put_unknown(&out, d->x->threads[d->x->nodes[0].chosen].number);
    return division_add(d, t, &out, &(wire_in){0}, 0);
}

static void count(explore_progress *total, const task_result *r)
{
    total->executions += r->executions;
    total->blocked += r->blocked;
    total->steps += r->steps;
    total->failing += r->failing;
    if (total->depth < r->depth)
        total->depth = (size_t)r->depth;
}

/* The result of the task on top counts. */
static bool merge(division *d, explorer *total)
{
    task *done = d->top;
    wire_in in = {.bytes = done->result, .size = done->result_size};
    const explore_options *o = total->options;
    task_result r;
    bool fine = task_result_read(&in, &r) && failures_merge(total, &r.failures);

    if (fine) {
        count(&total->report->total, &r);
        if (o->give && r.knowledge.size)
            o->give(o->context, r.knowledge.bytes, r.knowledge.size);
        fine = share_asked(d, done, &r);
    }
    d->ahead--;
    order_drop(d, done);
    return fine;
}

static bool tell(explorer *total, uint64_t running)
{
    explore_progress now = total->report->total;
    const explore_options *o = total->options;

    now.executions += running;
    return !o->progress || o->progress(o->context, &now);
}

/* The failures that were known when the task was made; its own counts begin at 0. */
static bool get_known(explorer *x, wire_in *in)
{
    wire_in known = wire_get_block(in);

    if (known.failed || (known.size && !failures_merge(x, &known)))
        return false;
    for (size_t i = 0; i < x->report->failure_count; i++)
        x->report->failures[i].executions = 0;
    return true;
}

/* Run a task here. Its counts are its own, like in another process. */
bool task_here(explorer *x, const uint8_t *bytes, size_t size, uint64_t budget, wire_out *result)
{
    explore_report *whole = x->report, report = {0};
    wire_in in = {.bytes = bytes, .size = size};
    bool fine;

    x->report = &report;
    fine = task_load(x, &in) && get_known(x, &in) && task_run(x, budget, result);
    x->report = whole;
    explore_report_free(&report);
    return fine;
}

static bool run_here(division *d, explorer *x, task *t)
{
    wire_out result = {0};

    if (!task_here(x, t->bytes, t->size, task_budget(x, t->generation), &result)) {
        free(result.bytes);
        return false;
    }
    return division_enter(d, t, result.bytes, result.size);
}

static bool fail(explorer *x)
{
    if (x->status == EXPLORE_OK)
        x->status = EXPLORE_PROGRAM_FAILED;
    return false;
}

/* Until the task on top has a result. False: stop. */
static bool wait_for_top(division *d, explorer *x, workers *w)
{
    while (!d->top->result) {
        task *t;
        if (w ? !workers_turn(w, d, 500) : !division_next(d, &t) || (t && !run_here(d, x, t)))
            return fail(x);
        if (w && !tell(x, workers_running(w)))
            return false;
    }
    return true;
}

/* One task further. */
static bool advance(division *d, explorer *x, workers *w)
{
    const explore_options *o = x->options;

    if (!wait_for_top(d, x, w))
        return false;
    if (!merge(d, x))
        return fail(x);
    while (d->top && d->top->place)
        order_drop(d, d->top);
    if (!d->top)
        return true;
    if ((o->max_executions && x->report->total.executions >= o->max_executions) ||
        (o->enough && o->enough(o->context, x->report->total.executions)))
        return false;
    return tell(x, w ? workers_running(w) : 0);
}

void explore_divided(explorer *x)
{
    bool alone = x->options->jobs <= 1;
    division d = {.x = x, .most_ahead = alone ? 0 : MOST_AHEAD};
    workers *w = NULL;
    bool fine = add_whole(&d) && (alone || (w = workers_start(x, x->options->jobs)) != NULL);

    if (!fine)
        fail(x);
    while (fine && d.top)
        fine = advance(&d, x, w);
    x->stop |= !fine;
    if (w)
        workers_stop(w);
    order_release(&d);
}
