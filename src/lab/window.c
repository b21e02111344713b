/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "lab_internal.h"

typedef struct {
    machine_step step;
    bool ended;
} last_step;

static bool take_one(void *context, const machine_step *step)
{
    last_step *last = context;
    last->step = *step;
    return false;
}

/* Threads that stand still while an unload runs. */
typedef struct {
    bool loads[MACHINE_THREADS];
} loading_side;

/* A ready thread that is none of the loading side's, nor `but`; the running one first, else the lowest. 0 = none. */
static uint32_t ready_besides(lab *l, uint32_t running, const loading_side *side, uint32_t but)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS], first = 0;
    size_t ready_count, timed_count;
    machine_enabled(l->m, ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count; i++) {
        if (ready[i] != but && !(side && side->loads[ready[i]])) {
            if (ready[i] == running) {
                return running;
            }
            first = first ? first : ready[i];
        }
    }
    return first;
}

static bool go_on(void *context, const machine_step *step)
{
    (void)context;
    return step->outcome == MACHINE_RAN;
}

static lab_status run_noted(lab *l, lab_schedule *notes, uint32_t before, uint32_t thread)
{
    lab_status status = lab_schedule_note(l, notes, before, thread, 0);
    return status == LAB_OK && machine_run(l->m, thread, 0, go_on, NULL) != MACHINE_OK ? LAB_BROKEN : status;
}

static lab_status keep_failure(lab_window *window, const lab_ending *ending, const lab_schedule *notes)
{
    for (size_t i = 0; i < window->failure_count; i++) {
        explore_failure *known = &window->failures[i];
        if (known->result.failure == ending->failure && known->result.moment == ending->moment) {
            known->executions++;
            return LAB_OK;
        }
    }
    size_t count = window->failure_count + 1;
    explore_failure *failures = realloc(window->failures, count * sizeof *failures);
    window->failures = failures ? failures : window->failures;
    lab_schedule *schedules = realloc(window->schedules, count * sizeof *schedules);
    window->schedules = schedules ? schedules : window->schedules;
    if (!failures || !schedules || lab_schedule_copy(notes, &schedules[count - 1]) != LAB_OK) {
        return LAB_NO_MEMORY;
    }
    failures[count - 1] =
        (explore_failure){.result = {ending->failure, ending->moment, ending->hang}, .preemptions = 1, .executions = 1};
    window->failure_count = count;
    return LAB_OK;
}

/* The unload starts now and runs as far as it can while the loader stands still; then everything runs to the end. */
static lab_status try_unload(lab *l, lab_window *window, const loading_side *side, uint32_t loader, uint32_t before,
                             lab_schedule *notes, bool *failing)
{
    uint32_t running = l->unload_client;
    size_t noted = notes->count;
    lab_status status = LAB_OK;
    while (running && status == LAB_OK) {
        status = run_noted(l, notes, before, running);
        before = running;
        running = ready_besides(l, running, side, l->load_client);
    }
    for (running = loader; status == LAB_OK && (running = lab_default_thread(l, running)) != 0; before = running) {
        status = run_noted(l, notes, before, running);
    }
    lab_ending ending;
    lab_classify(l, &ending);
    *failing = ending.kind != LAB_PASSED;
    window->executions++;
    if (status == LAB_OK && *failing) {
        status = keep_failure(window, &ending, notes);
    }
    notes->count = noted;
    return status;
}

static bool add_segment(lab_window *window, const lab_segment *segment)
{
    lab_segment *last = window->count ? &window->segments[window->count - 1] : NULL;
    window->of += segment->instructions;
    window->instructions += segment->failing ? segment->instructions : 0;
    if (last && last->failing == segment->failing) {
        last->instructions += segment->instructions;
        return true;
    }
    lab_segment *grown = realloc(window->segments, (window->count + 1) * sizeof *grown);
    if (grown) {
        window->segments = grown;
        window->segments[window->count++] = *segment;
    }
    return grown != NULL;
}

/* Does the thread stand in, or come from, the image? */
static bool belongs_to(lab *l, uint64_t pc, const image *img)
{
    const machine_module *module = machine_module_at(l->m, pc);
    return module && module->img == img;
}

static bool starts_in_companion(lab *l, uint32_t thread)
{
    machine_thread info;
    machine_thread_info(l->m, thread, &info);
    for (size_t i = 0; i < l->scenario.companion_count; i++) {
        if (belongs_to(l, info.start_pc, l->scenario.companions[i])) {
            return true;
        }
    }
    return false;
}

/*
 * The thread that runs a driver's code first. With companions, also whoever runs the code of the driver under test first,
 * and threads that a companion has created: found in a load beside which no unload is.
 */
static lab_status find_loaders(lab *l, lab_window *window, loading_side *side)
{
    last_step last = {0};
    bool found = false;
    lab_rewind(l);
    for (uint32_t running = 0; !found && (running = ready_besides(l, running, NULL, l->unload_client)) != 0;) {
        if (machine_run(l->m, running, 0, take_one, &last) != MACHINE_OK) {
            return LAB_BROKEN;
        }
        bool first = last.step.driver_instructions && !window->loader;
        bool tested = belongs_to(l, last.step.start_pc, l->scenario.driver) ||
                      belongs_to(l, last.step.end_pc, l->scenario.driver);
        window->loader = first ? running : window->loader;
        side->loads[running] |= first || tested || starts_in_companion(l, running);
        found = window->loader && (tested || !l->scenario.companion_count);
    }
    lab_rewind(l);
    return LAB_OK;
}

static lab_status try_here(lab *l, lab_window *window, const loading_side *side, uint32_t before, uint32_t loader,
                           lab_schedule *notes, lab_segment *segment)
{
    machine_thread info;
    machine_mark mark = machine_save(l->m);
    machine_thread_info(l->m, loader, &info);
    segment->pc = info.pc;
    lab_status status = try_unload(l, window, side, loader, before, notes, &segment->failing);
    machine_restore(l->m, mark);
    machine_drop(l->m, mark);
    return status;
}

static lab_status measure(lab *l, lab_window *window, const loading_side *side)
{
    lab_segment segment = {0};
    lab_schedule notes;
    lab_status status = LAB_OK;
    lab_schedule_begin(l, &notes);
    for (uint32_t before = 0, running = 0; status == LAB_OK; before = running) {
        last_step last = {0};
        running = ready_besides(l, running, NULL, l->unload_client);
        if (!running) {
            break;
        }
        bool loads = side->loads[running];
        status = loads ? try_here(l, window, side, before, running, &notes, &segment) : LAB_OK;
        if (status == LAB_OK) {
            status = lab_schedule_note(l, &notes, before, running, 0);
        }
        if (status == LAB_OK && machine_run(l->m, running, 0, take_one, &last) != MACHINE_OK) {
            status = LAB_BROKEN;
        }
        segment.instructions = last.step.instructions;
        if (loads && !add_segment(window, &segment)) {
            status = LAB_NO_MEMORY;
        }
        if (last.step.outcome == MACHINE_OVER) {
            break;
        }
    }
    lab_schedule_free(&notes);
    return status;
}

lab_status lab_window_measure(lab *l, lab_window *out)
{
    loading_side side = {0};
    memset(out, 0, sizeof *out);
    lab_status status = find_loaders(l, out, &side);
    if (status == LAB_OK && out->loader) {
        status = measure(l, out, &side);
    }
    lab_rewind(l);
    return status;
}

void lab_window_free(lab_window *window)
{
    free(window->segments);
    for (size_t i = 0; i < window->failure_count; i++) {
        lab_schedule_free(&window->schedules[i]);
    }
    free(window->schedules);
    free(window->failures);
    memset(window, 0, sizeof *window);
}
