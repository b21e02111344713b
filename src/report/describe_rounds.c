/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_rounds.c - the failures of all rounds of an exploration, each once. A failure that happened with the other
 * side in different places is one failure with several moments; the simplest is shown, the others are listed, the one
 * with the deepest stack first.
 */
#include "describe_parts.h"

#include <stdlib.h>
#include <string.h>

#define MOMENTS_MOST 64u    /* of one failure that are looked at */

typedef struct {
    const explore_failure *best;    /* of the first round that found it */
    const lab_schedule    *schedule;
    uint32_t               bound;   /* of that round */
    uint64_t               executions;
} finding;

typedef struct {
    finding *list;      /* by (failure, moment), in the order of their discovery */
    size_t   count;
} findings;

lab_status describe_keep(lab *l, describe_round *round)
{
    const explore_report *report = &round->report;
    lab_status status = LAB_OK;
    round->schedules = calloc(report->failure_count + 1, sizeof *round->schedules);
    if (!round->schedules) {
        return LAB_NO_MEMORY;
    }
    for (size_t i = 0; i < report->failure_count && status == LAB_OK; i++) {
        const explore_failure *failure = &report->failures[i];
        status = lab_schedule_from(l, failure->schedule, failure->length, &round->schedules[i]);
    }
    return status;
}

void describe_round_free(describe_round *round)
{
    for (size_t i = 0; round->schedules && i < round->report.failure_count; i++) {
        lab_schedule_free(&round->schedules[i]);
    }
    free(round->schedules);
    explore_report_free(&round->report);
    memset(round, 0, sizeof *round);
}

static finding *find(findings *all, const explore_result *result)
{
    for (size_t i = 0; i < all->count; i++) {
        const explore_result *known = &all->list[i].best->result;
        if (known->failure == result->failure && known->moment == result->moment) {
            return &all->list[i];
        }
    }
    return NULL;
}

static void collect(describer *d, findings *all, const describe_round *rounds, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += rounds[i].report.failure_count;
    }
    all->list = report_arena_alloc(d->arena, most + 1, sizeof *all->list);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < rounds[i].report.failure_count; k++) {
            const explore_failure *failure = &rounds[i].report.failures[k];
            finding *known = find(all, &failure->result);
            if (!known) {
                known = &all->list[all->count++];
                *known = (finding){.best = failure, .schedule = &rounds[i].schedules[k], .bound = rounds[i].bound};
            }
            known->executions = failure->executions; /* a later round repeats the earlier ones */
        }
    }
}

static bool is_first_of_failure(const findings *all, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (all->list[i].best->result.failure == all->list[index].best->result.failure) {
            return false;
        }
    }
    return true;
}

/* Moments ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    report_moment  moment;
    capture_thread other;
    size_t         driver_frames, frames_above;
} seen_moment;

static void measure_depth(const describer *d, seen_moment *seen)
{
    const lab_stack *stack = seen->other.stack;
    size_t innermost = stack->count;
    for (size_t i = stack->count; i > 0; i--) {
        if (is_drivers(d, &stack->frames[i - 1])) {
            seen->driver_frames++;
            innermost = i - 1;
        }
    }
    seen->frames_above = innermost < stack->count ? innermost : 0;
}

static lab_status see_moment(describer *d, const finding *f, seen_moment *seen)
{
    lab_ending ending;
    lab_status status = lab_schedule_run(d->l, f->schedule, NULL, NULL);
    if (status != LAB_OK) {
        return status;
    }
    lab_classify(d->l, &ending);
    char *id = lab_schedule_text(f->schedule);
    seen->moment = (report_moment){.schedule = report_arena_copy(d->arena, id),
                                   .preemptions = f->best->preemptions,
                                   .executions = f->executions};
    free(id);
    if (ending.other) {
        capture_thread_at(d->arena, d->l, ending.other, &seen->other);
        measure_depth(d, seen);
    }
    return LAB_OK;
}

/* "load in isolate!CreateWorkerQueue+0x31 calling nt!PsCreateSystemThread" */
static void name_moment(describer *d, seen_moment *seen)
{
    const capture_thread *other = &seen->other;
    if (!other->number || !other->stack->count) {
        seen->moment.text = "the other side had ended, or had not begun";
        return;
    }
    const unwind_frame *frames = other->stack->frames, *place = innermost_of_driver(d, other->stack);
    const char *role = describe_role(d, other->number, other->role);
    const char *callee = place && place > frames ? name_function(d, place - 1) : NULL;
    seen->moment.text = report_arena_printf(d->arena, "%s in %s%s%s", role, name_text(d, place ? place : frames),
                                            callee ? " calling " : "", callee ? callee : "");
    report_thread *thread = report_arena_alloc(d->arena, 1, sizeof *thread);
    describe_thread(d, other, thread);
    seen->moment.other = thread;
}

/* Deepest in the driver first, then deepest in the system; else the order of discovery. */
static void sort_moments(seen_moment *seen, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        seen_moment one = seen[i];
        size_t k = i;
        for (; k > 0 && (seen[k - 1].driver_frames < one.driver_frames ||
                         (seen[k - 1].driver_frames == one.driver_frames &&
                          seen[k - 1].frames_above < one.frames_above));
             k--) {
            seen[k] = seen[k - 1];
        }
        seen[k] = one;
    }
}

static lab_status describe_moments(describer *d, const findings *all, size_t first, report_failure *out)
{
    seen_moment *seen = report_arena_alloc(d->arena, MOMENTS_MOST, sizeof *seen);
    name_list names = {0};
    size_t count = 0;
    lab_status status = LAB_OK;
    for (size_t i = first + 1; i < all->count && count < MOMENTS_MOST && status == LAB_OK; i++) {
        if (all->list[i].best->result.failure == all->list[first].best->result.failure) {
            status = see_moment(d, &all->list[i], &seen[count]);
            names_add_stack(&names, seen[count].other.stack);
            count += status == LAB_OK;
        }
    }
    names_resolve(d, &names);
    sort_moments(seen, count);
    out->moments = report_arena_alloc(d->arena, count + 1, sizeof *out->moments);
    out->moment_count = count;
    for (size_t i = 0; i < count; i++) {
        name_moment(d, &seen[i]);
        out->moments[i] = seen[i].moment;
    }
    return status;
}

/* Failures ----------------------------------------------------------------------------------------------------------- */

static lab_status describe_finding(describer *d, const findings *all, size_t index, report_failure *out)
{
    const finding *f = &all->list[index];
    capture *c = report_arena_alloc(d->arena, 1, sizeof *c);
    name_list names = {0};
    lab_status status = capture_run(d->arena, d->l, f->schedule, NULL, NULL, c);
    if (status == LAB_OK) {
        names_add_capture(&names, d->l, c);
        names_resolve(d, &names);
        describe_failure(d, c, f->schedule, out);
        out->race = describe_race(d, c, f->schedule);
        out->id = f->best->result.failure;
        out->preemptions = f->best->preemptions;
        out->executions = 0;
        for (size_t i = index; i < all->count; i++) {
            bool same = all->list[i].best->result.failure == f->best->result.failure;
            out->executions += same ? all->list[i].executions : 0;
        }
        status = describe_moments(d, all, index, out);
    }
    return status;
}

static lab_status describe_findings(describer *d, const findings *all)
{
    report_run *run = d->run;
    report_failure *before = run->failures;
    size_t before_count = run->failure_count;
    run->failures = report_arena_alloc(d->arena, all->count + before_count + 1, sizeof *run->failures);
    run->failure_count = 0;
    lab_status status = LAB_OK;
    for (size_t i = 0; i < all->count && status == LAB_OK; i++) {
        if (is_first_of_failure(all, i)) {
            status = describe_finding(d, all, i, &run->failures[run->failure_count++]);
        }
    }
    for (size_t i = 0; i < before_count; i++) {
        bool known = false;
        for (size_t k = 0; k < all->count; k++) {
            known |= all->list[k].best->result.failure == before[i].id;
        }
        if (!known) {
            run->failures[run->failure_count++] = before[i];
        }
    }
    return status;
}

static size_t new_failures(const findings *all, uint32_t bound)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        count += all->list[i].bound == bound && is_first_of_failure(all, i);
    }
    return count;
}

lab_status describe_rounds(describer *d, const describe_round *rounds, size_t count)
{
    report_run *run = d->run;
    findings all = {0};
    collect(d, &all, rounds, count);
    run->bounds = report_arena_alloc(d->arena, count + 1, sizeof *run->bounds);
    run->bound_count = count;
    for (size_t i = 0; i < count; i++) {
        const explore_progress *total = &rounds[i].report.total;
        run->bounds[i] = (report_bound){.bound = rounds[i].bound,
                                        .complete = rounds[i].report.complete,
                                        .executions = total->executions,
                                        .blocked = total->blocked,
                                        .failures = new_failures(&all, rounds[i].bound)};
        run->executions += total->executions;
        run->blocked += total->blocked;
    }
    run->shared = lab_shared_words(d->l);
    run->points = describe_points(d);
    return describe_findings(d, &all);
}
