/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_run.c - the plan, the run without concurrency, the window's text, the verdict. */
#include "describe_parts.h"

#include <string.h>

static void describe_driver(report_arena *arena, const image *img, const probe *needs, const char *file,
                            report_driver *out)
{
    *out = (report_driver){
        .file = report_arena_copy(arena, file),
        .name = report_arena_copy(arena, image_name(img)),
        .sha256 = report_arena_copy(arena, image_sha256(img)),
        .machine = lab_machine_name(image_arch(img)),
        .kind = probe_kind_name(needs->kind),
        .timestamp = image_timestamp(img),
    };
}

static void describe_switches(report_arena *arena, const lab_scenario *scenario, report_run *run)
{
    char value[32];
    run->switches = report_arena_alloc(arena, lab_switch_count + 1, sizeof *run->switches);
    run->switch_count = lab_switch_count;
    for (size_t i = 0; i < lab_switch_count; i++) {
        const lab_switch *known = &lab_switches[i];
        run->switches[i] = (report_switch){
            .name = known->name,
            .value = report_arena_copy(arena, lab_switch_value(i, scenario->model[i], value, sizeof value)),
            .fallback = report_arena_copy(arena, lab_switch_value(i, known->fallback, value, sizeof value)),
            .text = known->text,
        };
    }
}

/* "nt" of "ntoskrnl.exe", as stacks have it. */
static const char *debugger_name(report_arena *arena, const char *module)
{
    return !strcmp(module, "ntoskrnl.exe") ? "nt"
                                           : report_arena_printf(arena, "%.*s", (int)strcspn(module, "."), module);
}

static bool has_text(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(texts[i], text)) {
            return true;
        }
    }
    return false;
}

/* Adds to those of other drivers. */
static void describe_approximated(report_arena *arena, const probe *needs, report_run *run)
{
    const char **known = run->approximated;
    size_t most = run->approximated_count + needs->counts[PROBE_APPROXIMATED];
    run->approximated = report_arena_alloc(arena, most + 1, sizeof *run->approximated);
    for (size_t i = 0; i < run->approximated_count; i++) {
        run->approximated[i] = known[i];
    }
    for (size_t i = 0; i < needs->module_count; i++) {
        const probe_module *module = &needs->modules[i];
        for (size_t k = 0; k < module->import_count; k++) {
            const probe_import *import = &module->imports[k];
            if (import->fidelity != PROBE_APPROXIMATED || run->approximated_count == most) {
                continue;
            }
            const char *text = report_arena_printf(arena, "%s!%s: %s", debugger_name(arena, module->name), import->name,
                                                   import->note ? import->note : "in part");
            if (!has_text(run->approximated, run->approximated_count, text)) {
                run->approximated[run->approximated_count++] = text;
            }
        }
    }
}

/* Which service is loaded and which unloaded, if the scenario has more than one driver. */
static void describe_services(report_arena *arena, const lab_scenario *scenario, report_run *run)
{
    char name[LAB_NAME_SIZE];
    if (!scenario->companion_count) {
        return;
    }
    run->start = report_arena_copy(arena, lab_started_service(scenario, name));
    run->stop = report_arena_copy(arena, lab_stopped_service(scenario, name));
    run->values = report_arena_alloc(arena, scenario->value_count + 1, sizeof *run->values);
    for (size_t i = 0; i < scenario->value_count; i++) {
        run->values[run->value_count++] = report_arena_copy(arena, scenario->values[i]);
    }
    run->with = report_arena_alloc(arena, scenario->companion_count, sizeof *run->with);
}

void describe_companion(report_arena *arena, const image *img, const probe *needs, const char *file, report_run *run)
{
    describe_driver(arena, img, needs, file, &run->with[run->with_count++]);
    describe_approximated(arena, needs, run);
}

void describe_plan(report_arena *arena, const lab_scenario *scenario, const probe *needs, const char *file,
                   report_run *run)
{
    describe_driver(arena, scenario->driver, needs, file, &run->driver);
    run->os = lab_os_name(scenario->os);
    run->load = lab_load_name(scenario->load);
    run->unload = lab_unload_name(scenario->unload);
    run->failing.number = scenario->fail;
    describe_services(arena, scenario, run);
    describe_switches(arena, scenario, run);
    describe_approximated(arena, needs, run);
}

static void describe_results(describer *d, const capture *c)
{
    report_run *run = d->run;
    run->results = report_arena_alloc(d->arena, c->note_count + 1, sizeof *run->results);
    for (size_t i = 0; i < c->note_count; i++) {
        if (c->notes[i].kind == HV_NOTE_RESULT) {
            run->results[run->result_count++] = (report_result){
                report_arena_printf(d->arena, "%.127s", c->notes[i].text), (uint32_t)c->notes[i].value[0]};
        }
    }
}

lab_status describe_sequential(describer *d)
{
    lab_schedule schedule;
    capture *c = report_arena_alloc(d->arena, 1, sizeof *c);
    name_list names = {0};
    lab_status status = lab_schedule_from(d->l, NULL, 0, &schedule); /* no decisions: the default schedule */
    if (status == LAB_OK) {
        status = capture_run(d->arena, d->l, &schedule, NULL, NULL, c);
    }
    if (status == LAB_OK) {
        describe_results(d, c);
    }
    if (status == LAB_OK && c->ending.kind != LAB_PASSED) {
        d->run->failures = report_arena_alloc(d->arena, 1, sizeof *d->run->failures);
        d->run->failure_count = 1;
        names_add_capture(&names, d->l, c);
        names_resolve(d, &names);
        describe_failure(d, c, &schedule, &d->run->failures[0]);
        d->run->failures[0].id = c->ending.failure;
    }
    lab_schedule_free(&schedule);
    return status;
}

/* Window ----------------------------------------------------------------------------------------------------------- */

static const char *place_text(describer *d, uint64_t pc)
{
    unwind_frame frame = capture_frame_of(d->l, pc);
    return name_text(d, &frame);
}

void describe_window(describer *d, const lab_window *window)
{
    report_window *out = &d->run->window;
    const lab_schedule nothing = {0};
    name_list names = {0};
    lab_schedule_run(d->l, &nothing, NULL, NULL); /* the driver's image was there once: its addresses have names */
    *out = (report_window){.measured = window->of != 0, .instructions = window->instructions, .of = window->of};
    out->segments = report_arena_alloc(d->arena, window->count + 1, sizeof *out->segments);
    out->segment_count = window->count;
    for (size_t i = 0; i < window->count; i++) {
        unwind_frame frame = capture_frame_of(d->l, window->segments[i].pc);
        names_add(&names, &frame);
    }
    names_resolve(d, &names);
    for (size_t i = 0; i < window->count; i++) {
        const lab_segment *segment = &window->segments[i];
        bool closes = i > 0 && window->segments[i - 1].failing;
        const char *place = place_text(d, segment->pc);
        out->segments[i] = (report_segment){segment->instructions, segment->failing, place};
        out->first = segment->failing && !out->first ? place : out->first;
        out->last = !segment->failing && closes ? place : out->last;
    }
}

/* Verdict ---------------------------------------------------------------------------------------------------------- */

void describe_verdict(report_run *run, bool finished)
{
    run->complete = finished && run->bound_count && run->bounds[run->bound_count - 1].bound == run->bound &&
                    run->bounds[run->bound_count - 1].complete;
    run->evidence.failures = run->failure_count;
    run->evidence.complete = run->complete;
    run->evidence.bound = run->bound;
    run->evidence.window_measured = run->window.measured;
    run->evidence.window = run->window.instructions;
    run->evidence.window_of = run->window.of;
    run->verdict = lab_judge(&run->evidence);
}
