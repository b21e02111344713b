/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * divide.c - one exploration as many tasks (task.h, share.c). Those that are left lie on a stack: the result of the one on
 * top is merged next, and what it makes new comes on top. So tasks, their numbers and results are the same whoever runs
 * them and when; and as a task lies deeper in the tree than those below it, there are never more than the tree is deep and
 * wide, however many executions it has.
 */
#include "divide.h"

#include <stdlib.h>
#include <string.h>

/* The first tasks are small, so that there soon is work for everyone. */
uint64_t task_budget(const explorer *x, uint64_t number)
{
    uint64_t most = x->options->task_executions, small = number < 4 ? 16 : number < 16 ? 64 : most;

    return small < most ? small : most;
}

/* Its result may be known from before. */
static void recall(const explore_options *o, task *t)
{
    t->result = o->recall ? o->recall(o->context, t->number, &t->result_size) : NULL;
    t->taken = t->result != NULL;
}

bool division_add(division *d, wire_out *bytes, shared *at, uint32_t child)
{
    task t = {.number = d->next_number, .at = at, .child = child};

    if (bytes->failed || !room_for(d->x, &d->tasks, &d->task_room, d->task_count + 1, sizeof(task)))
        return false;
    failures_put(d->x->report, bytes); /* so that nobody looks for what is known */
    if (bytes->failed)
        return false;
    if (at)
        at->references++;
    t.bytes = bytes->bytes;
    t.size = bytes->size;
    recall(d->x->options, &t);
    d->tasks[d->task_count++] = t;
    d->next_number++;
    if (d->x->report->total.waiting < d->task_count)
        d->x->report->total.waiting = d->task_count;
    return true;
}

static bool add_whole(division *d)
{
    wire_out out = {0};

    wire_put32(&out, 0);
    wire_put32(&out, 0);
    wire_put8(&out, 0);
    wire_put32(&out, 0);
    wire_put32(&out, 0);
    wire_put32(&out, 1); /* the tree: whatever comes first */
    branch_put_unknown(&out, d->x->threads[d->x->nodes[0].chosen].number);
    return division_add(d, &out, NULL, 0);
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

static task *top(const division *d) { return &d->tasks[d->task_count - 1]; }

/* The result of the task on top counts. */
static bool merge(division *d, explorer *total)
{
    task done = *top(d);
    wire_in in = {.bytes = done.result, .size = done.result_size};
    const explore_options *o = total->options;
    task_result r;
    bool fine = task_result_read(&in, &r);

    d->task_count--;
    if (fine) {
        count(&total->report->total, &r);
        fine = failures_merge(total, &r.failures);
        if (o->give && r.knowledge.size)
            o->give(o->context, r.knowledge.bytes, r.knowledge.size);
    }
    fine = fine && share_result(d, &done, &r);
    share_release(done.at);
    free(done.bytes);
    free(done.result);
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

    if (known.failed || !failures_merge(x, &known))
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

static bool run_top(division *d, explorer *x)
{
    task *t = top(d);
    wire_out result = {0};

    if (!t->result && !task_here(x, t->bytes, t->size, task_budget(x, t->number), &result)) {
        free(result.bytes);
        return false;
    }
    if (!t->result) {
        t->result = result.bytes;
        t->result_size = result.size;
        if (x->options->remember)
            x->options->remember(x->options->context, t->number, result.bytes, result.size);
    }
    return true;
}

static void release(division *d)
{
    for (size_t i = 0; i < d->task_count; i++) {
        share_release(d->tasks[i].at);
        free(d->tasks[i].bytes);
        free(d->tasks[i].result);
    }
    free(d->tasks);
}

static bool fail(explorer *x)
{
    if (x->status == EXPLORE_OK)
        x->status = EXPLORE_PROGRAM_FAILED;
    return false;
}

/* One task further. */
static bool advance(division *d, explorer *x, workers *w)
{
    if (!w && !run_top(d, x))
        return fail(x);
    while (!top(d)->result) {
        if (!workers_turn(w, d, 500))
            return fail(x);
        if (!tell(x, workers_running(w))) {
            x->stop = true;
            return true;
        }
    }
    return merge(d, x) || fail(x);
}

void explore_divided(explorer *x)
{
    const explore_options *o = x->options;
    division d = {.x = x};
    workers *w = NULL;
    bool fine = add_whole(&d) && (o->jobs <= 1 || (w = workers_start(x, o->jobs)) != NULL);

    while (fine && d.task_count && !x->stop) {
        fine = advance(&d, x, w);
        if (o->max_executions && x->report->total.executions >= o->max_executions && d.task_count)
            x->stop = true;
        if (fine && o->enough && d.task_count && o->enough(o->context, x->report->total.executions))
            x->stop = true;
        if (fine && !x->stop && !tell(x, w ? workers_running(w) : 0))
            x->stop = true;
    }
    if (!fine) {
        fail(x);
        x->stop = true;
    }
    if (w)
        workers_stop(w);
    release(&d);
}
