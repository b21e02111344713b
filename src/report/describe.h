/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - from what the lab did to what a report says (finding.h). Everything is allocated from the run's arena.
 */
#ifndef AIRLOCK_REPORT_DESCRIBE_H
#define AIRLOCK_REPORT_DESCRIBE_H

#include "arena.h"
#include "explore.h"
#include "finding.h"
#include "lab.h"
#include "probe.h"
#include "schedule.h"
#include "symbols.h"
#include "window.h"

typedef struct {
    report_arena *arena;
    symbols *names;
    lab *l;
    report_run *run; /* its plan is filled in: the replay lines need it */
} describer;

/* Driver, Windows, scenario, model switches, approximated APIs: what is known before anything runs. */
void describe_plan(report_arena *arena, const lab_scenario *scenario, const probe *needs, const char *file,
                   report_run *run);

/* After describe_plan, for each companion of the scenario in their order. */
void describe_companion(report_arena *arena, const image *img, const probe *needs, const char *file, report_run *run);

/* What one exploration covered. */
typedef struct {
    uint32_t bound; /* EXPLORE_UNBOUNDED */
    explore_report report;
    lab_schedule *schedules;    /* of the report's failures, in their order */
    explore_critical *critical; /* the same, of the first of each failure; NULL: of none */
    lab_schedule *passing;      /* the same: with the two steps swapped */
    uint64_t *turns;            /* words that raced, and on which one of the failures turns */
    size_t turn_count;
    bool sweep; /* no exploration, but an unload from each point of the load: finds the simplest first */
} describe_round;

/* What a measured window found, as a round; takes it out of the window. */
describe_round describe_sweep(lab_window *window, uint32_t bound);

/* Fills round->schedules. At once after the exploration: the next one may find more points, and decisions are
 * counted in points. */
lab_status describe_keep(lab *l, describe_round *round);
void describe_round_free(describe_round *round);

/*
 * The whole: bounds, counts, failures with their schedules. Call it last: it makes more points in the lab. Runs each
 * failing schedule again on the describer's lab, which must be one that has explored. Failures that are in
 * run->failures already (from describe_sequential) stay if no round found them.
 */
lab_status describe_rounds(describer *d, const describe_round *rounds, size_t count);

/* Load, then unload, nothing at the same time: statuses, and the failure if there is one. `d->l`: a sequential lab. */
lab_status describe_sequential(describer *d);

void describe_window(describer *d, const lab_window *window);

/* Last: what follows from it all. `finished`: no budget ended first. */
void describe_verdict(report_run *run, bool finished);

/* One schedule, run now. `trace` as in machine_set_tracer, may be NULL. *failure is NULL if the execution passed. */
typedef struct {
    const report_failure *failure;
    uint64_t rows;
    uint64_t instructions;
} describe_replayed;
lab_status describe_replay(describer *d, const lab_schedule *schedule, machine_tracer trace, void *context,
                           describe_replayed *out);

/* After describe_replay: how to see this schedule's failure with a kernel debugger; or why that cannot be told. */
lab_status describe_windbg(describer *d, const lab_schedule *schedule, report_recipe *out);

#endif
