/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore.c - depth-first search over the schedules of a program.
 *
 * The program runs for as long as the same thread goes on; the explorer looks on (see on_step). At the end of an
 * execution the path is taken back, step by step, to the deepest node that has an alternative left.
 *
 * A step that ends the whole execution (a crash) hides what the other threads would have done, and with it the races
 * that would have prevented it. So after such an end the path goes on without the thread: its last step stays in the
 * path as an event, with its footprint ("halted"), the program is put back before it, and the others continue. What
 * comes out of that is an execution in which the thread is stalled just before its crash; it counts only if it fails.
 */
#include "leaf.h"

#include <stdlib.h>
#include <string.h>

static void tell_progress(explorer *x)
{
    explore_progress *now = &x->report->total;

    if (x->running)
        *x->running = now->executions;
    if (x->options->task_executions && x->reduced && !x->bounded)
        return; /* who divides, tells */
    if (x->options->max_executions && now->executions >= x->options->max_executions)
        x->stop = true;
    if (x->options->enough && x->options->enough(x->options->context, now->executions))
        x->stop = true;
    if (!x->options->progress || now->executions + now->blocked < x->next_progress)
        return;
    x->next_progress = now->executions + now->blocked + 1000;
    if (!x->options->progress(x->options->context, now))
        x->stop = true;
}

/* The execution is complete. */
static bool finished(explorer *x)
{
    explore_result result = x->program->result(x->program->self);

    x->report->total.executions++;
    if (x->report->total.depth < x->depth)
        x->report->total.depth = x->depth;
    if (x->options->finished)
        x->options->finished(x->options->context, &result);
    if (x->options->trace && !result.failure)
        x->options->trace(x->options->context, walk_trace(x));
    leaf_note(x, &result);
    if (result.failure == 0 || x->options->max_stall)
        return true; /* with a limit on stalls, leaf.c decides what counts */
    return failures_record(x, &result, NONE);
}

/* Nothing can be taken at the node just opened. */
static bool leaf(explorer *x)
{
    if (!set_is_empty(x, &x->nodes[x->depth].enabled)) { /* all asleep */
        x->report->total.blocked += x->halted_count == 0;
        return races_at_end(x, true);
    }
    return (x->halted_count > 0 || finished(x)) && races_at_end(x, false);
}

static bool others_enabled(const explorer *x, uint16_t thread)
{
    thread_set others = x->nodes[x->depth - 1].enabled;

    set_remove(&others, thread);
    return !set_is_empty(x, &others);
}

static bool open(explorer *x, uint16_t *first) { return node_open(x, first) && (*first != NO_THREAD || leaf(x)); }

/* The last event ended the execution: go on without its thread. */
static bool go_on_without(explorer *x)
{
    event *ev = &x->events[x->depth - 1];
    node *n = &x->nodes[x->depth];
    uint16_t first;

    if (!x->reduced || !others_enabled(x, ev->thread)) {
        node_clear(x, n);
        n->leaf = true;
        return races_at_end(x, false);
    }
    path_halt(x);
    return path_go(x, x->depth) && open(x, &first);
}

bool save_due(const explorer *x) { return x->at - x->marks[x->mark_count - 1].node >= x->interval; }

/* After each step: enter it, see what can follow, and say whether the same thread simply goes on. */
static bool on_step(void *context, const explore_step *step)
{
    explorer *x = context;
    uint16_t first = NO_THREAD;

    x->report->total.steps++;
    if (!path_push(x, step)) {
        x->stop = true;
        return false;
    }
    if (step->outcome == EXPLORE_OVER)
        return false;
    x->at = x->depth;
    if (!open(x, &first) || x->stop || (save_due(x) && !path_save(x))) {
        x->stop = true;
        return false;
    }
    if (first == NO_THREAD || step->outcome != EXPLORE_RAN || first != x->nodes[x->depth].last || step->choices > 1)
        return false;
    node_begin(x, &x->nodes[x->depth], first, step->choices);
    return true;
}

/* Take the alternative that was begun at the last node, and what follows. */
bool explore_advance(explorer *x)
{
    const explore_program *p = x->program;
    node *n = &x->nodes[x->depth];
    uint32_t number = x->threads[n->current].number, before = x->depth;

    if (!p->run(p->self, number, n->choice, on_step, x) || x->depth == before) {
        x->status = x->status == EXPLORE_OK ? EXPLORE_PROGRAM_FAILED : x->status;
        return false;
    }
    if (!x->stop && x->events[x->depth - 1].outcome == EXPLORE_OVER && !x->events[x->depth - 1].halted)
        return finished(x) && go_on_without(x);
    return !x->stop;
}

bool explore_turn(explorer *x)
{
    node *n = &x->nodes[x->depth];
    uint16_t thread = n->begun ? n->current : n->leaf ? NO_THREAD : node_next(x, n);

    if (thread == NO_THREAD) {
        if (x->depth == x->base)
            return false;
        path_pop(x);
        if (!node_done(x, &x->nodes[x->depth]))
            x->stop = true;
        return true;
    }
    if (!path_go(x, x->depth))
        return false;
    if (!n->begun)
        node_begin(x, n, thread, x->program->choices(x->program->self, x->threads[thread].number));
    if (!explore_advance(x) || !leaf_examine(x))
        x->stop = true;
    tell_progress(x);
    return true;
}

/* Threads that are there from the start and wait. */
static bool observe_waiting(explorer *x)
{
    const explore_program *p = x->program;

    for (uint32_t number = 1; p->awaits && number < EXPLORE_THREADS; number++) {
        uint16_t t;
        if (!p->awaits(p->self, number, x->conditions, GUARD_CONDITIONS))
            continue;
        if (!thread_dense(x, number, &t) || !thread_born(x, t))
            return false;
    }
    return true;
}

static bool prepare(explorer *x)
{
    uint16_t first;

    x->at = 0;
    x->barrier = NONE;
    x->stride = CLOCK_UNIT;
    x->wakeup_free = NONE;
    if (!room_for_step(x, 0) || !path_save(x) || !observe_waiting(x))
        return false;
    return open(x, &first);
}

static void release(explorer *x)
{
    if (x->mark_count)
        x->program->drop(x->program->self, x->marks[0].mark);
    free(x->wakeups);
    footprints_free(x);
    free(x->branch.dictionary.bytes);
    free(x->branch.steps.bytes);
    free(x->dictionary);
    free(x->races);
    free(x->exports.bytes);
    free(x->export_dictionary.bytes);
    free(x->exported);
    free(x->items);
    free(x->nodes);
    free(x->events);
    free(x->clocks);
    free(x->accesses);
    free(x->guards);
    free(x->sleepers);
    free(x->births);
    free(x->conflicts);
    free(x->marks);
    free(x->objects);
    free(x->slots);
    free(x->schedule);
    leaf_free(x);
    free(x);
}

static explorer *create(const explore_program *program, const explore_options *options, explore_report *report)
{
    explorer *x = malloc(sizeof(*x));

    memset(report, 0, sizeof(*report));
    if (!x)
        return NULL;
    memset(x, 0, offsetof(explorer, threads));
    x->program = program;
    x->options = options;
    x->report = report;
    x->reduced = options->reduction == EXPLORE_REDUCED;
    x->bounded = options->bound != EXPLORE_UNBOUNDED;
    x->interval = options->mark_interval ? options->mark_interval : 4;
    x->instruction_time = options->instruction_time ? options->instruction_time : EXPLORE_INSTRUCTION_TIME;
    x->poll_limit = options->poll_limit ? options->poll_limit : 2;
    report->total.bound = options->bound;
    return x;
}

explore_status explore_run(const explore_program *program, const explore_options *options, explore_report *report)
{
    explorer *x = create(program, options, report);
    explore_status status;

    if (!x)
        return EXPLORE_NO_MEMORY;
    if (prepare(x)) {
        if (options->task_executions && x->reduced && !x->bounded)
            explore_divided(x);
        else
            while (!x->stop && explore_turn(x))
                ;
        report->complete = !x->stop && !report->counted_out;
    }
    status = x->status;
    failures_sort(report);
    release(x);
    return status;
}

explore_status explore_walk(const explore_program *program, const explore_options *options, uint64_t seed,
                            uint64_t walks)
{
    explore_options every = *options;
    explore_report report;
    explore_status status;
    explorer *x;

    every.reduction = EXPLORE_EVERY;
    every.bound = EXPLORE_UNBOUNDED;
    x = create(program, &every, &report);
    if (!x)
        return EXPLORE_NO_MEMORY;
    x->walk = seed * 2 + 1;
    if (prepare(x))
        walk_many(x, walks);
    status = x->status;
    explore_report_free(&report);
    release(x);
    return status;
}

void explore_report_free(explore_report *report)
{
    for (size_t i = 0; i < report->failure_count; i++)
        free(report->failures[i].schedule);
    free(report->failures);
    *report = (explore_report){0};
}
