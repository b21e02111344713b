/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_run.c - load and unload in order, which tells what an unload takes; every interleaving; the window.
 */
#include "compare_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ending.h"
#include "schedule.h"
#include "verdict.h"
#include "window.h"

typedef struct {
    const compare_budget *budget;
    double began; /* seconds */
    lab_evidence evidence;
    compare_result *result;
    char *error;
} row_run;

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static lab_status note_error(const row_run *r, const lab *l, lab_status status)
{
    if (status != LAB_OK)
        snprintf(r->error, 256, "%s", status == LAB_NO_MEMORY ? "not enough memory" : lab_error(l));
    return status;
}

/* What the unload client noted: value[1] is how long it took, in units of 100 ns. */
static uint64_t unload_latency(lab *l)
{
    const struct hv_note *notes;
    size_t count = machine_notes(lab_machine(l), &notes);
    for (size_t i = 0; i < count; i++)
        if (notes[i].kind == HV_NOTE_RESULT && !strcmp(notes[i].text, "unload"))
            return notes[i].value[1] * 100;
    return COMPARE_UNKNOWN;
}

/* A driver that fails even so has failed. */
static lab_status run_in_order(row_run *r, const lab_scenario *scenario)
{
    const lab_schedule nothing = {0};
    lab_scenario in_order = *scenario;
    lab_ending ending;
    lab *l;
    in_order.sequential = true;
    lab_status status = lab_create(&in_order, &l, r->error);
    if (status != LAB_OK)
        return status;
    status = lab_schedule_run(l, &nothing, NULL, NULL);
    if (status == LAB_OK) {
        lab_classify(l, &ending);
        r->evidence.failures += ending.kind != LAB_PASSED;
        r->result->latency = unload_latency(l);
    }
    note_error(r, l, status);
    lab_destroy(l);
    return status;
}

static bool on_progress(void *context, const explore_progress *now)
{
    const row_run *r = context;
    (void)now;
    return r->budget->max_seconds <= 0 || now_seconds() - r->began < r->budget->max_seconds;
}

static lab_status explore(row_run *r, lab *l)
{
    explore_options options = {.bound = r->budget->bound,
                               .max_executions = r->budget->max_executions,
                               .find_stall = true,
                               .progress = on_progress,
                               .context = r};
    explore_report report;
    lab_status status = lab_explore(l, &options, &report);
    if (status == LAB_OK) {
        bool late = report.stall_found && report.smallest_stall > COMPARE_LONG_STALL;
        r->evidence.failures += late ? 0 : report.failure_count;
        r->evidence.stalled = late;
        r->evidence.complete = report.complete;
        r->evidence.counted_out |= report.counted_out;
        r->evidence.ticked_out |= report.ticked_out;
        r->evidence.clock_seen |= report.clock_seen;
        r->result->stall = report.stall_found ? report.smallest_stall : COMPARE_UNKNOWN;
        r->result->executions = report.total.executions;
        explore_report_free(&report);
    }
    return status;
}

static lab_status draw_window(const lab_window *window, char bar[COMPARE_COLUMNS + 1])
{
    report_segment *segments = calloc(window->count + 1, sizeof *segments);
    if (!segments)
        return LAB_NO_MEMORY;
    for (size_t i = 0; i < window->count; i++)
        segments[i] = (report_segment){window->segments[i].instructions, window->segments[i].failing, NULL};
    compare_bar(segments, window->count, window->of, bar);
    free(segments);
    return LAB_OK;
}

static lab_status measure(row_run *r, lab *l)
{
    lab_window window;
    lab_status status = lab_window_measure(l, &window);
    if (status != LAB_OK)
        return status;
    r->evidence.failures += r->evidence.complete ? 0 : window.failure_count; /* else they have been counted */
    r->evidence.window_measured = r->result->window_measured = window.of != 0;
    r->evidence.window = r->result->window = window.instructions;
    r->evidence.window_of = r->result->window_of = window.of;
    status = draw_window(&window, r->result->bar);
    lab_window_free(&window);
    return status;
}

lab_status compare_run(const lab_scenario *scenario, const compare_budget *budget, compare_result *out, char *error)
{
    lab *l;
    *out = (compare_result){.stall = COMPARE_UNKNOWN, .latency = COMPARE_UNKNOWN};
    row_run r = {.budget = budget, .began = now_seconds(), .result = out, .error = error};
    r.evidence.bound = budget->bound;
    r.evidence.max_stall = COMPARE_LONG_STALL;
    lab_status status = run_in_order(&r, scenario);
    if (status == LAB_OK)
        status = lab_create(scenario, &l, error);
    if (status != LAB_OK)
        return status;
    status = explore(&r, l);
    if (status == LAB_OK)
        status = measure(&r, l);
    note_error(&r, l, status);
    lab_destroy(l);
    out->complete = r.evidence.complete;
    out->verdict = lab_judge(&r.evidence);
    return status;
}
