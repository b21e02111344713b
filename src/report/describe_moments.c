/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_moments.c - one failure, the other side in other places. */
#include "describe_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOMENTS_MOST 96u /* of one failure */

typedef struct {
    uint64_t key; /* lab_ending.moment */
    report_moment moment;
    capture_thread other;
    size_t driver_frames;
    uint64_t weight; /* instructions of the call that it stands in, 0 = not known */
} seen_moment;

typedef struct {
    uint64_t failure; /* lab_ending.failure */
    uint64_t shown;   /* key of the execution that is shown in full */
    seen_moment list[MOMENTS_MOST];
    size_t count;
} moment_list;

static seen_moment *find(moment_list *all, uint64_t key)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].key == key) {
            return &all->list[i];
        }
    }
    return NULL;
}

static size_t count_driver_frames(const describer *d, const lab_stack *stack)
{
    size_t count = 0;
    for (size_t i = 0; i < stack->count; i++) {
        count += is_drivers(d, &stack->frames[i]);
    }
    return count;
}

/* The lab stands at the end of an execution by `schedule`. */
static void add_moment(describer *d, moment_list *all, const lab_ending *ending, const moment_source *source)
{
    seen_moment *seen = &all->list[all->count++];
    char *id = lab_schedule_text(source->schedule);
    seen->key = ending->moment;
    seen->moment = (report_moment){.schedule = report_arena_copy(d->arena, id),
                                   .preemptions = source->preemptions,
                                   .executions = source->executions};
    free(id);
    if (ending->other) {
        capture_thread_at(d->arena, d->l, ending->other, &seen->other);
        seen->driver_frames = count_driver_frames(d, seen->other.stack);
    }
}

static lab_status add_explored(describer *d, moment_list *all, const moment_source *source)
{
    lab_ending ending;
    lab_status status = lab_schedule_run(d->l, source->schedule, NULL, NULL);
    if (status == LAB_OK && all->count < MOMENTS_MOST) {
        lab_classify(d->l, &ending);
        add_moment(d, all, &ending, source);
    }
    return status;
}

/* The same switch, while the thread is in this call. Not every such place fails: that is found out. */
static void try_call(describer *d, moment_list *all, const lab_schedule *schedule, const system_call *call,
                     const report_failure *out)
{
    lab_schedule other = *schedule;
    lab_deviation *moved = report_arena_alloc(d->arena, schedule->count, sizeof *moved);
    memcpy(moved, schedule->deviations, schedule->count * sizeof *moved);
    lab_ending ending;
    unwind_frame frame = capture_frame_of(d->l, call->pc);
    char name[64] = "address";
    if (frame.img) {
        lab_service_name(frame.img, name, sizeof name);
    }
    moved->count = call->count;
    snprintf(moved->place, sizeof moved->place, "%s+%" PRIx64, name, frame.img ? frame.rva : call->pc);
    other.deviations = moved;
    if (lab_schedule_run(d->l, &other, NULL, NULL) != LAB_OK) {
        return;
    }
    lab_classify(d->l, &ending);
    seen_moment *known = ending.failure == all->failure ? find(all, ending.moment) : NULL;
    if (known) {
        known->weight = known->weight > call->instructions ? known->weight : call->instructions;
    } else if (ending.failure == all->failure && ending.moment != all->shown && all->count < MOMENTS_MOST) {
        const moment_source source = {&other, out->preemptions, 0};
        add_moment(d, all, &ending, &source);
        all->list[all->count - 1].weight = call->instructions;
    }
}

/* Its first switch is away from the other side, which is not switched away from later. */
static bool can_move(const capture *c, const lab_schedule *schedule)
{
    const lab_deviation *deviations = schedule->deviations;
    bool first =
        schedule->count && deviations[0].from && deviations[0].from == c->ending.other && !deviations[0].choice;
    for (size_t i = 1; i < schedule->count; i++) {
        first = first && deviations[i].from != c->ending.other;
    }
    return first;
}

/* Deepest in the driver first, then the longest stay; else the order of discovery. */
static void sort_moments(moment_list *all)
{
    for (size_t i = 1; i < all->count; i++) {
        seen_moment one = all->list[i];
        size_t k = i;
        for (; k > 0; k--) {
            const seen_moment *before = &all->list[k - 1];
            bool less = before->driver_frames != one.driver_frames ? before->driver_frames < one.driver_frames
                                                                   : before->weight < one.weight;
            if (!less) {
                break;
            }
            all->list[k] = *before;
        }
        all->list[k] = one;
    }
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

static void name_moments(describer *d, moment_list *all, report_failure *out)
{
    name_list names = {0};
    for (size_t i = 0; i < all->count; i++) {
        names_add_stack(&names, all->list[i].other.stack);
    }
    names_resolve(d, &names);
    out->moments = report_arena_alloc(d->arena, all->count + 1, sizeof *out->moments);
    out->moment_count = all->count;
    for (size_t i = 0; i < all->count; i++) {
        name_moment(d, &all->list[i]);
        out->moments[i] = all->list[i].moment;
    }
}

lab_status describe_moments(describer *d, const capture *c, const lab_schedule *schedule, const moment_source *sources,
                            size_t count, report_failure *out)
{
    moment_list *all = report_arena_alloc(d->arena, 1, sizeof *all);
    lab_status status = LAB_OK;
    all->failure = c->ending.failure;
    all->shown = c->ending.moment;
    for (size_t i = 0; i < count && status == LAB_OK; i++) {
        status = add_explored(d, all, &sources[i]);
    }
    if (status == LAB_OK && can_move(c, schedule)) {
        system_call *calls;
        size_t call_count = describe_calls_of(d, c->ending.other, &calls);
        for (size_t i = 0; i < call_count; i++) {
            try_call(d, all, schedule, &calls[i], out);
        }
    }
    sort_moments(all);
    name_moments(d, all, out);
    return status;
}
