/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schedule.h"

#include <ctype.h>
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

static bool add(lab_schedule *schedule, const lab_deviation *deviation)
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
    snprintf(out->system, sizeof out->system, "%s", lab_version());
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
    return add(schedule, &deviation) ? LAB_OK : LAB_NO_MEMORY;
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

/* Text --------------------------------------------------------------------------------------------------------------- */

char *lab_schedule_text(const lab_schedule *schedule)
{
    char *text = NULL, value[32];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    const lab_scenario *s = &schedule->scenario;
    fprintf(out, "a1:%s:%s:%s:%s:%s", lab_os_name(s->os), lab_load_name(s->load), lab_unload_name(s->unload),
            schedule->driver, schedule->system);
    for (size_t i = 0; i < lab_switch_count; i++) {
        if (!lab_scenario_is_default(s, i)) {
            fprintf(out, ":%s=%s", lab_switches[i].name, lab_switch_value(i, s->model[i], value, sizeof value));
        }
    }
    fprintf(out, ":%s", schedule->count ? "" : "default");
    for (size_t i = 0; i < schedule->count; i++) {
        const lab_deviation *d = &schedule->deviations[i];
        fprintf(out, "%s%u", i ? "," : "", d->from);
        if (d->from) {
            fprintf(out, "@%s.%lu", d->place, d->count);
        }
        fprintf(out, "-%u", d->to);
        if (d->choice) {
            fprintf(out, "=%u", d->choice);
        }
    }
    fclose(out);
    return text;
}

static bool take_number(const char **text, uint64_t *number)
{
    char *end;
    if (!isdigit((unsigned char)**text)) {
        return false;
    }
    *number = strtoull(*text, &end, 10);
    *text = end;
    return true;
}

/* "6@isolate-x+1a2c.5012-4=1", the whole of `text`. */
static bool parse_deviation(const char *text, lab_deviation *d)
{
    uint64_t number;
    memset(d, 0, sizeof *d);
    if (!take_number(&text, &number) || number >= MACHINE_THREADS) {
        return false;
    }
    d->from = (uint32_t)number;
    if (d->from) {
        const char *plus = strrchr(text, '+'), *dot = plus ? strchr(plus, '.') : NULL;
        if (*text != '@' || !dot || (size_t)(dot - text) > sizeof d->place) {
            return false;
        }
        memcpy(d->place, text + 1, (size_t)(dot - text) - 1);
        text = dot + 1;
        if (!take_number(&text, &d->count)) {
            return false;
        }
    }
    if (*text++ != '-' || !take_number(&text, &number) || number == 0 || number >= MACHINE_THREADS) {
        return false;
    }
    d->to = (uint32_t)number;
    if (*text == '=') {
        text++;
        if (!take_number(&text, &number) || number > UINT16_MAX) {
            return false;
        }
        d->choice = (uint32_t)number;
    }
    return *text == 0;
}

static bool parse_switch(char *field, lab_scenario *scenario)
{
    char *equals = strchr(field, '=');
    int index = equals ? lab_switch_find(field, (size_t)(equals - field)) : -1;
    int choice = index >= 0 ? lab_switch_choice((size_t)index, equals + 1) : -1;
    if (choice >= 0) {
        scenario->model[index] = (uint8_t)choice;
    }
    return choice >= 0;
}

static bool parse_deviations(char *list, lab_schedule *out)
{
    if (!strcmp(list, "default")) {
        return true;
    }
    for (char *item; (item = strsep(&list, ",")) != NULL;) {
        lab_deviation deviation;
        if (!parse_deviation(item, &deviation) || !add(out, &deviation)) {
            return false;
        }
    }
    return true;
}

static const char *parse_fields(char *text, lab_schedule *out)
{
    char *next = text, *version = strsep(&next, ":");
    if (strcmp(version, "a1")) {
        return "it does not begin with \"a1:\"";
    }
    char *os = strsep(&next, ":"), *load = strsep(&next, ":"), *unload = strsep(&next, ":");
    char *driver = strsep(&next, ":"), *system = strsep(&next, ":");
    if (!system || !next || strlen(driver) != 8 || strlen(system) != 8) {
        return "it is cut off or not a schedule id";
    }
    int o = lab_os_parse(os), ld = lab_load_parse(load), u = lab_unload_parse(unload);
    if (o < 0 || ld < 0 || u < 0) {
        return "its scenario is unknown";
    }
    lab_scenario_defaults(&out->scenario, NULL);
    out->scenario.os = (lab_os)o;
    out->scenario.load = (lab_load)ld;
    out->scenario.unload = (lab_unload)u;
    memcpy(out->driver, driver, 9);
    memcpy(out->system, system, 9);
    for (char *field; (field = strsep(&next, ":")) != NULL;) {
        bool is_last = next == NULL;
        if (is_last && !parse_deviations(field, out)) {
            return "its switches of threads cannot be read";
        }
        if (!is_last && !parse_switch(field, &out->scenario)) {
            return "it names an unknown model switch";
        }
    }
    return NULL;
}

lab_status lab_schedule_parse(const char *text, lab_schedule *out, char *error)
{
    memset(out, 0, sizeof *out);
    size_t length = strcspn(text, " \t\r\n");
    char *copy = strndup(text, length);
    if (!copy) {
        return LAB_NO_MEMORY;
    }
    const char *wrong = parse_fields(copy, out);
    free(copy);
    if (wrong) {
        snprintf(error, 256, "%s", wrong);
        lab_schedule_free(out);
        return LAB_BAD_SCHEDULE;
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
