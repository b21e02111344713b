/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab_internal.h"

static void place_text(lab *l, uint64_t pc, char *out, size_t size)
{
    const machine_module *module = machine_module_at(l->m, pc);
    char name[64] = "";
    if (module) {
        lab_service_name(module->img, name, sizeof name);
    }
    snprintf(out, size, "%s+%lx", module ? name : "address", module ? pc - module->base : pc);
}

bool lab_schedule_add(lab_schedule *schedule, const lab_deviation *deviation)
{
    lab_deviation *grown = realloc(schedule->deviations, (schedule->count + 1) * sizeof *grown);
    if (!grown) {
        return false;
    }
    grown[schedule->count++] = *deviation;
    schedule->deviations = grown;
    return true;
}

static void identify(lab *l, lab_schedule *out)
{
    memset(out, 0, sizeof *out);
    out->scenario = l->scenario;
    snprintf(out->driver, sizeof out->driver, "%.8s", image_sha256(l->scenario.driver));
    snprintf(out->system, sizeof out->system, "%s", lab_version(image_arch(l->scenario.driver)));
    for (size_t i = 0; i < l->scenario.companion_count; i++) {
        const image *img = l->scenario.companions[i];
        lab_service_name(img, out->companions[i].name, sizeof out->companions[i].name);
        snprintf(out->companions[i].hash, sizeof out->companions[i].hash, "%.8s", image_sha256(img));
    }
}

static bool stop_here(void *context, const machine_step *step)
{
    (void)context;
    (void)step;
    return false;
}

static uint64_t instructions_of(lab *l, uint32_t thread, uint64_t *pc)
{
    machine_thread info = {0};
    if (thread) {
        machine_thread_info(l->m, thread, &info);
    }
    *pc = info.pc;
    return info.instructions;
}

void lab_schedule_begin(lab *l, lab_schedule *out) { identify(l, out); }

lab_status lab_schedule_note(lab *l, lab_schedule *schedule, uint32_t running, uint32_t thread, uint32_t choice)
{
    if (lab_default_thread(l, running) == thread && !choice) {
        return LAB_OK;
    }
    lab_deviation deviation = {.from = running, .to = thread, .choice = choice};
    uint64_t pc;
    deviation.count = instructions_of(l, running, &pc);
    if (running) {
        place_text(l, pc, deviation.place, sizeof deviation.place);
    }
    return lab_schedule_add(schedule, &deviation) ? LAB_OK : LAB_NO_MEMORY;
}

lab_status lab_schedule_copy(const lab_schedule *schedule, lab_schedule *out)
{
    *out = *schedule;
    out->deviations = malloc((schedule->count + 1) * sizeof *out->deviations);
    if (!out->deviations) {
        return LAB_NO_MEMORY;
    }
    for (size_t i = 0; i < schedule->count; i++) {
        out->deviations[i] = schedule->deviations[i];
    }
    return LAB_OK;
}

lab_status lab_schedule_from(lab *l, const explore_decision *decisions, size_t count, lab_schedule *out)
{
    uint32_t running = 0;
    identify(l, out);
    lab_rewind(l);
    for (size_t i = 0; i < count; i++) {
        uint32_t thread = decisions[i].thread;
        if (lab_schedule_note(l, out, running, thread, decisions[i].choice) != LAB_OK) {
            return LAB_NO_MEMORY;
        }
        if (machine_run(l->m, thread, decisions[i].choice, stop_here, NULL) != MACHINE_OK) {
            return lab_fail(l, LAB_BROKEN, "%s", machine_error(l->m));
        }
        running = thread;
    }
    return LAB_OK;
}

void lab_schedule_free(lab_schedule *schedule)
{
    free(schedule->deviations);
    schedule->deviations = NULL;
    schedule->count = 0;
}

/* Running ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    lab *l;
    const lab_schedule *schedule;
    size_t next; /* deviation */
    uint32_t running;
    uint64_t count, pc; /* of the running thread */
} run_state;

static bool deviates(const run_state *s, uint32_t thread)
{
    return s->next < s->schedule->count && s->schedule->deviations[s->next].from == thread;
}

/* Which thread runs next; 0 = the end. */
static lab_status choose(run_state *s, uint32_t *thread, uint32_t *choice)
{
    *choice = 0;
    *thread = lab_default_thread(s->l, s->running);
    if (!deviates(s, s->running)) {
        return LAB_OK;
    }
    const lab_deviation *d = &s->schedule->deviations[s->next];
    if (s->running && s->count != d->count) {
        return LAB_OK;
    }
    char here[80] = "";
    if (s->running) {
        place_text(s->l, s->pc, here, sizeof here);
    }
    if (strcmp(here, d->place)) {
        return lab_fail(s->l, LAB_BAD_SCHEDULE, "switch %zu: thread %u is at %s, the schedule says %s", s->next + 1,
                        d->from, here, d->place);
    }
    s->next++;
    *thread = d->to;
    *choice = d->choice;
    return LAB_OK;
}

static bool can_run(lab *l, uint32_t thread)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    size_t ready_count, timed_count;
    machine_enabled(l->m, ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count + timed_count; i++) {
        if ((i < ready_count ? ready[i] : timed[i - ready_count]) == thread) {
            return true;
        }
    }
    return false;
}

static lab_status run_one(run_state *s, uint32_t thread, uint32_t choice, lab_row_visitor visit, void *context)
{
    uint64_t pc, first = instructions_of(s->l, thread, &pc), limit = UINT64_MAX;
    machine_step step;
    machine_thread info;
    if (!can_run(s->l, thread)) {
        return lab_fail(s->l, LAB_BAD_SCHEDULE, "switch %zu: thread %u cannot run there", s->next, thread);
    }
    if (deviates(s, thread)) {
        limit = s->schedule->deviations[s->next].count;
        if (limit <= first) {
            return lab_fail(s->l, LAB_BAD_SCHEDULE, "switch %zu: thread %u is past it", s->next + 1, thread);
        }
    }
    if (machine_run_to(s->l->m, thread, choice, limit, &step) != MACHINE_OK) {
        return lab_fail(s->l, LAB_BROKEN, "%s", machine_error(s->l->m));
    }
    s->running = thread;
    s->count = instructions_of(s->l, thread, &s->pc);
    machine_thread_info(s->l->m, thread, &info);
    lab_row row = {thread, first, s->count, s->pc, step.outcome, info.state == MACHINE_THREAD_READY};
    if (visit) {
        visit(context, &row);
    }
    return LAB_OK;
}

lab_status lab_schedule_run(lab *l, const lab_schedule *schedule, lab_row_visitor visit, void *context)
{
    run_state s = {.l = l, .schedule = schedule};
    lab_rewind(l);
    for (;;) {
        uint32_t thread, choice;
        lab_status status = choose(&s, &thread, &choice);
        if (status == LAB_OK && thread) {
            status = run_one(&s, thread, choice, visit, context);
        }
        if (status != LAB_OK) {
            return status;
        }
        machine_end end;
        machine_ending(l->m, &end);
        if (!thread || end.kind != MACHINE_RUNNING) {
            break;
        }
    }
    if (s.next < schedule->count) {
        return lab_fail(l, LAB_BAD_SCHEDULE, "the execution ended before switch %zu of %zu", s.next + 1,
                        schedule->count);
    }
    return LAB_OK;
}
