/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "lab_internal.h"

typedef struct {
    machine_step step;
    bool         ended;
} last_step;

static bool take_one(void *context, const machine_step *step)
{
    last_step *last = context;
    last->step = *step;
    return false;
}

/* A ready thread that is neither of the two; the running one first, else the lowest. 0 = none. */
static uint32_t ready_besides(lab *l, uint32_t running, uint32_t but, uint32_t nor)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS], first = 0;
    size_t ready_count, timed_count;
    machine_enabled(l->m, ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count; i++) {
        if (ready[i] != but && ready[i] != nor) {
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

/* The unload starts now and runs as far as it can while the loader stands still; then everything runs to the end. */
static lab_status try_unload(lab *l, uint32_t loader, bool *failing)
{
    uint32_t running = l->unload_client;
    lab_status status = LAB_OK;
    while (running && status == LAB_OK) {
        status = machine_run(l->m, running, 0, go_on, NULL) == MACHINE_OK ? LAB_OK : LAB_BROKEN;
        running = ready_besides(l, running, loader, l->load_client);
    }
    for (running = loader; status == LAB_OK && (running = lab_default_thread(l, running)) != 0;) {
        status = machine_run(l->m, running, 0, go_on, NULL) == MACHINE_OK ? LAB_OK : LAB_BROKEN;
    }
    lab_ending ending;
    lab_classify(l, &ending);
    *failing = ending.kind != LAB_PASSED;
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

/* The thread that runs the driver's code first. */
static lab_status find_loader(lab *l, uint32_t *loader)
{
    last_step last = {0};
    *loader = 0;
    lab_rewind(l);
    for (uint32_t running = 0; !*loader && (running = ready_besides(l, running, l->unload_client, 0)) != 0;) {
        if (machine_run(l->m, running, 0, take_one, &last) != MACHINE_OK) {
            return LAB_BROKEN;
        }
        *loader = last.step.driver_instructions ? running : 0;
    }
    lab_rewind(l);
    return LAB_OK;
}

static lab_status measure(lab *l, lab_window *window)
{
    lab_segment segment = {0};
    for (uint32_t running = 0; (running = ready_besides(l, running, l->unload_client, 0)) != 0;) {
        last_step last = {0};
        bool      is_loader = running == window->loader;
        machine_thread info;
        machine_thread_info(l->m, running, &info);
        if (is_loader) {
            machine_mark mark = machine_save(l->m);
            segment.pc = info.pc;
            lab_status status = try_unload(l, window->loader, &segment.failing);
            machine_restore(l->m, mark);
            machine_drop(l->m, mark);
            if (status != LAB_OK) {
                return status;
            }
        }
        if (machine_run(l->m, running, 0, take_one, &last) != MACHINE_OK) {
            return LAB_BROKEN;
        }
        segment.instructions = last.step.instructions;
        if (is_loader && !add_segment(window, &segment)) {
            return LAB_NO_MEMORY;
        }
        if (last.step.outcome == MACHINE_OVER) {
            break;
        }
    }
    return LAB_OK;
}

lab_status lab_window_measure(lab *l, lab_window *out)
{
    memset(out, 0, sizeof *out);
    lab_status status = find_loader(l, &out->loader);
    if (status == LAB_OK && out->loader) {
        status = measure(l, out);
    }
    lab_rewind(l);
    return status;
}

void lab_window_free(lab_window *window)
{
    free(window->segments);
    memset(window, 0, sizeof *window);
}
