/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_race.c - the two accesses that must not have come in this order.
 *
 * Memory that is gone: who uses it, who freed it. A variable of the driver that is not set yet (F1): the last one that
 * the failing thread read, if nobody had written it and the load, when nothing disturbs it, writes it. Else
 * nothing is said.
 */
#include "describe_parts.h"

#include <string.h>

#define LOAD_STEPS_MOST 1000000u /* of the undisturbed load */
#define WRITTEN_MOST    4096u    /* words of the driver that others wrote */
#define READ_MOST       256u

typedef struct {
    lab *l;
    const lab_schedule *schedule; /* NULL: the load alone */
    size_t next;                  /* deviation */
    uint32_t thread;              /* that runs */
    uint64_t count;               /* its instructions */
    uint64_t last_pc;             /* of the instruction before the point */
    uint32_t failing;             /* whose reads are of interest */
    uint64_t object;              /* searched: a word; 0 = none */
    uint64_t read[READ_MOST];     /* words of the driver that the failing thread read */
    size_t read_count;
    uint64_t read_pc;               /* the last read of a word of the driver by the failing thread */
    uint64_t written[WRITTEN_MOST]; /* words of the driver that other threads wrote */
    size_t written_count;
    uint64_t written_pc; /* the first write of `object` */
    uint32_t writer;
} search;

static void remember_pc(void *context, uint32_t thread, uint64_t pc)
{
    (void)thread;
    ((search *)context)->last_pc = pc;
}

static bool is_driver_word(lab *l, uint64_t object)
{
    const machine_module *module = machine_module_at(lab_machine(l), object);
    return module && !module->trusted;
}

static void look_at(search *s, const machine_access *access)
{
    bool failing = s->failing && s->thread == s->failing;
    bool upper_half = s->read_pc == s->last_pc && access->object == s->object + 4;
    if (failing && !access->write && !upper_half && is_driver_word(s->l, access->object)) {
        s->object = access->object;
        s->read_pc = s->last_pc;
        if (s->read_count < READ_MOST) {
            s->read[s->read_count++] = access->object;
        }
    }
    if (s->failing && !failing && access->write && s->written_count < WRITTEN_MOST &&
        is_driver_word(s->l, access->object)) {
        s->written[s->written_count++] = access->object;
    }
    if (!s->failing && access->write && access->object == s->object && !s->written_pc) {
        s->written_pc = s->last_pc;
        s->writer = s->thread;
    }
}

static bool at_switch(const search *s)
{
    const lab_schedule *schedule = s->schedule;
    return schedule && s->next < schedule->count && schedule->deviations[s->next].from == s->thread;
}

static bool on_step(void *context, const machine_step *step)
{
    search *s = context;
    for (size_t i = 0; i < step->access_count; i++) {
        look_at(s, &step->accesses[i]);
    }
    return step->outcome == MACHINE_RAN;
}

/* Up to the schedule's next switch, which may lie at no point of this lab: what is accessed until then is not seen. */
static bool run_unseen(search *s, uint32_t choice)
{
    machine_step step;
    machine_status status =
        machine_run_to(lab_machine(s->l), s->thread, choice, s->schedule->deviations[s->next].count, &step);
    if (s->thread == s->failing) {
        s->object = 0;
    }
    return status == MACHINE_OK;
}

static bool run_thread(search *s, uint32_t thread, uint32_t choice)
{
    machine_thread info;
    s->thread = thread;
    bool done =
        at_switch(s) ? run_unseen(s, choice) : machine_run(lab_machine(s->l), thread, choice, on_step, s) == MACHINE_OK;
    machine_thread_info(lab_machine(s->l), thread, &info);
    s->count = info.instructions;
    return done;
}

/* As lab_schedule_run, but seeing what is accessed. */
static bool run_schedule(search *s)
{
    lab_rewind(s->l);
    for (s->thread = 0;;) {
        uint32_t thread = lab_default_thread(s->l, s->thread), choice = 0;
        if (at_switch(s) && (!s->thread || s->count == s->schedule->deviations[s->next].count)) {
            thread = s->schedule->deviations[s->next].to;
            choice = s->schedule->deviations[s->next++].choice;
        }
        machine_end end;
        machine_ending(lab_machine(s->l), &end);
        if (!thread || end.kind != MACHINE_RUNNING) {
            return s->next == s->schedule->count;
        }
        if (!run_thread(s, thread, choice)) {
            return false;
        }
    }
}

/* The default scheduler, without the thread that asks for the unload. */
static uint32_t next_of_load(lab *l, uint32_t running)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS], first = 0;
    size_t ready_count, timed_count;
    machine_enabled(lab_machine(l), ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count; i++) {
        if (ready[i] == running) {
            return running;
        }
        if (ready[i] != lab_unload_client(l) && !first) {
            first = ready[i];
        }
    }
    return first;
}

static bool run_load(search *s)
{
    machine_end end = {0};
    lab_rewind(s->l);
    uint32_t thread = 0;
    for (unsigned i = 0; i < LOAD_STEPS_MOST && (thread = next_of_load(s->l, thread)) != 0; i++) {
        machine_ending(lab_machine(s->l), &end);
        if (end.kind != MACHINE_RUNNING) {
            break;
        }
        if (!run_thread(s, thread, 0)) {
            return false;
        }
    }
    return true;
}

/* Puts what is shared, in this execution and in undisturbed ones, into footprints: a lab that has not explored knows
 * nothing of it. */
static void learn_sharing(lab *l, const lab_schedule *schedule)
{
    const lab_schedule nothing = {0};
    search load = {.l = l};
    run_load(&load);
    lab_schedule_run(l, &nothing, NULL, NULL);
    lab_schedule_run(l, schedule, NULL, NULL);
    lab_rewind(l);
    machine_share_discovered(lab_machine(l));
}

/* The word holds what the image brought: nobody but the failing thread can have written it. */
static bool is_untouched(const search *s)
{
    unwind_frame at = capture_frame_of(s->l, s->object);
    uint32_t now = 0, fresh = 1;
    if (at.img && at.rva + sizeof fresh <= image_size(at.img)) {
        memcpy(&fresh, (const uint8_t *)image_view(at.img) + at.rva, sizeof fresh);
        machine_read(lab_machine(s->l), s->object, &now, sizeof now);
    }
    if (now != fresh) {
        return false;
    }
    for (size_t i = 0; i < s->written_count; i++) {
        if (s->written[i] == s->object) {
            return false;
        }
    }
    return s->object && s->written_count < WRITTEN_MOST;
}

/* A step ends at each read of the driver's words from now on, so that the instruction that reads is known. */
static void make_points(lab *l, const lab_schedule *schedule, uint32_t failing)
{
    search coarse = {.l = l, .schedule = schedule, .failing = failing};
    run_schedule(&coarse);
    lab_rewind(l);
    for (size_t i = 0; i < coarse.read_count; i++) {
        machine_make_point(lab_machine(l), coarse.read[i]);
    }
}

static void variable_race(describer *d, const capture *c, const lab_schedule *schedule, report_failure *out)
{
    search read = {.l = d->l, .schedule = schedule, .failing = c->ending.thread};
    if (!lab_shared_words(d->l)) {
        learn_sharing(d->l, schedule);
    }
    make_points(d->l, schedule, c->ending.thread);
    machine_set_tracer(lab_machine(d->l), remember_pc, &read);
    bool found = run_schedule(&read) && is_untouched(&read);
    search write = {.l = d->l, .object = read.object};
    machine_set_tracer(lab_machine(d->l), remember_pc, &write);
    found = found && run_load(&write) && write.written_pc;
    machine_set_tracer(lab_machine(d->l), NULL, NULL);
    if (!found) {
        return;
    }
    unwind_frame reader = capture_frame_of(d->l, read.read_pc), writer = capture_frame_of(d->l, write.written_pc);
    out->race_object = name_data(d, read.object);
    out->race = report_arena_printf(d->arena, "%s (%s) reads %s before %s (load) writes it", name_text(d, &reader),
                                    describe_role(d, c->ending.thread, c->threads[0].role), out->race_object,
                                    name_text(d, &writer));
}

static const char *freed_race(describer *d, const capture *c)
{
    unwind_frame user = capture_frame_of(d->l, c->ending.pc);
    const unwind_frame *freeing = innermost_of_driver(d, c->freed);
    bool image = c->page == HV_PAGE_UNLOADED;
    if (!c->freed->count) {
        return NULL;
    }
    return report_arena_printf(d->arena, "%s (%s) %s after %s (%s) has %s it", name_text(d, &user),
                               describe_role(d, c->ending.thread, c->threads[0].role),
                               c->ending.address == c->ending.pc ? "is executed"
                               : image                           ? "uses the image"
                                                                 : "uses the memory",
                               name_text(d, freeing ? freeing : &c->freed->frames[0]),
                               describe_role(d, c->freed_thread, c->freed_role), image ? "unmapped" : "freed");
}

void describe_race(describer *d, const capture *c, const lab_schedule *schedule, report_failure *out)
{
    if (c->ending.kind != LAB_BUGCHECK || !c->thread_count) {
        return;
    }
    if (c->freed) {
        out->race = freed_race(d, c);
    } else if (!strcmp(c->ending.class_name, "F1")) {
        variable_race(d, c, schedule, out);
    }
}
