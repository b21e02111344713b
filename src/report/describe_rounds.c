/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_rounds.c - the failures of all rounds of an exploration, each once. A failure that happened with the other
 * side in different places is one failure with several moments; the simplest is shown, the others are listed, the one
 * with the deepest stack first.
 */
#include "describe_parts.h"
#include "meetings.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const explore_failure *best;
    const lab_schedule *schedule;
    uint32_t bound; /* of the first round that found it */
    uint64_t executions;
} finding;

typedef struct {
    finding *list; /* by (failure, moment), in the order of their discovery */
    size_t count;
    const describe_round *rounds;
    size_t round_count;
} findings;

/* Data races on which this failure turns are no mere notes. */
static void keep_turns(describe_round *round, const explore_critical *critical, const uint64_t *objects, size_t count)
{
    for (size_t i = 0; critical->turns && i < count; i++) {
        if (critical->turns[i]) {
            round->turns[round->turn_count++] = objects[i];
        }
    }
}

static lab_status find_critical(lab *l, describe_round *round, size_t i, const uint64_t *objects, size_t count)
{
    const explore_failure *failure = &round->report.failures[i];
    explore_critical *critical = &round->critical[i];
    lab_status status = lab_critical(l, failure->schedule, failure->length, objects, count, critical);
    keep_turns(round, critical, objects, count);
    if (status == LAB_OK && critical->found) {
        status = lab_schedule_from(l, critical->passing, critical->passing_length, &round->passing[i]);
    }
    return status;
}

/* Of each failure's best schedule: what decides. */
static lab_status keep_critical(lab *l, describe_round *round)
{
    const explore_report *report = &round->report;
    lab_status status = LAB_OK;
    round->critical = calloc(report->failure_count + 1, sizeof *round->critical);
    round->passing = calloc(report->failure_count + 1, sizeof *round->passing);
    uint64_t *objects;
    size_t count = lab_raced_objects(l, &objects);
    round->turns = calloc((report->failure_count + 1) * (count + 1), sizeof *round->turns);
    bool room = round->critical && round->passing && round->turns;
    for (size_t i = 0; room && i < report->failure_count && status == LAB_OK; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) {
            first &= report->failures[k].result.failure != report->failures[i].result.failure;
        }
        if (first) {
            status = find_critical(l, round, i, objects, count);
        }
    }
    free(objects);
    return room ? status : LAB_NO_MEMORY;
}

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
    return status == LAB_OK ? keep_critical(l, round) : status;
}

describe_round describe_sweep(lab_window *window, uint32_t bound)
{
    describe_round round = {.bound = bound, .sweep = true, .schedules = window->schedules};
    round.report.failures = window->failures;
    round.report.failure_count = window->failure_count;
    window->failures = NULL;
    window->schedules = NULL;
    window->failure_count = 0;
    return round;
}

void describe_round_free(describe_round *round)
{
    for (size_t i = 0; round->schedules && i < round->report.failure_count; i++) {
        lab_schedule_free(&round->schedules[i]);
        if (round->critical) {
            explore_critical_free(&round->critical[i]);
        }
        if (round->passing) {
            lab_schedule_free(&round->passing[i]);
        }
    }
    free(round->schedules);
    free(round->critical);
    free(round->passing);
    free(round->turns);
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

/* Fewer preemptions; as few, but a shorter schedule id. */
static bool is_simpler(const explore_failure *failure, const lab_schedule *schedule, const finding *known)
{
    if (failure->preemptions != known->best->preemptions) {
        return failure->preemptions < known->best->preemptions;
    }
    return schedule->count < known->schedule->count;
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
            if (is_simpler(failure, &rounds[i].schedules[k], known)) {
                known->best = failure;
                known->schedule = &rounds[i].schedules[k];
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

/* Failures --------------------------------------------------------------------------------------------------------- */

static lab_status describe_other_moments(describer *d, const findings *all, size_t first, const capture *c,
                                         report_failure *out)
{
    size_t count = 0;
    moment_source *sources = report_arena_alloc(d->arena, all->count + 1, sizeof *sources);
    for (size_t i = first + 1; i < all->count; i++) {
        const finding *f = &all->list[i];
        if (f->best->result.failure == all->list[first].best->result.failure) {
            sources[count++] = (moment_source){f->schedule, f->best->preemptions, f->executions};
        }
    }
    return describe_moments(d, c, all->list[first].schedule, sources, count, out);
}

/* What decides, of the latest round that knows; critical NULL: none does. */
static describe_pair pair_of(const findings *all, uint64_t failure)
{
    for (size_t i = all->round_count; i-- > 0;) {
        const describe_round *round = &all->rounds[i];
        for (size_t k = 0; round->critical && k < round->report.failure_count; k++) {
            if (round->report.failures[k].result.failure == failure) {
                return (describe_pair){&round->critical[k], &round->schedules[k], &round->passing[k]};
            }
        }
    }
    return (describe_pair){0};
}

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
        describe_race(d, c, f->schedule, out);
        out->id = f->best->result.failure;
        describe_pair pair = pair_of(all, out->id);
        out->decides = pair.critical ? describe_critical(d, c, &pair) : NULL;
        out->preemptions = f->best->preemptions;
        out->executions = 0;
        for (size_t i = index; i < all->count; i++) {
            bool same = all->list[i].best->result.failure == f->best->result.failure;
            out->executions += same ? all->list[i].executions : 0;
        }
        status = describe_other_moments(d, all, index, c, out);
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

static void note_stalls(report_run *run, const explore_report *report)
{
    run->evidence.stalled |= report->stalled;
    run->evidence.counted_out |= report->counted_out;
    run->evidence.ticked_out |= report->ticked_out;
    run->evidence.clock_seen |= report->clock_seen;
    if (report->stall_found && (!run->stall_found || report->smallest_stall < run->smallest_stall)) {
        run->stall_found = true;
        run->smallest_stall = report->smallest_stall;
    }
}

lab_status describe_rounds(describer *d, const describe_round *rounds, size_t count)
{
    report_run *run = d->run;
    findings all = {.rounds = rounds, .round_count = count};
    collect(d, &all, rounds, count);
    run->bounds = report_arena_alloc(d->arena, count + 1, sizeof *run->bounds);
    run->bound_count = 0;
    for (size_t i = 0; i < count; i++) {
        const explore_progress *total = &rounds[i].report.total;
        if (rounds[i].sweep) {
            continue;
        }
        run->bounds[run->bound_count++] = (report_bound){.bound = rounds[i].bound,
                                                         .complete = rounds[i].report.complete,
                                                         .executions = total->executions,
                                                         .blocked = total->blocked,
                                                         .failures = new_failures(&all, rounds[i].bound)};
        run->executions += total->executions;
        note_stalls(run, &rounds[i].report);
        run->blocked += total->blocked;
    }
    run->shared = lab_shared_words(d->l);
    run->points = describe_points(d);
    lab_status status = describe_findings(d, &all);
    if (status == LAB_OK) {
        describe_notes(d, rounds, count);
    }
    return status;
}
