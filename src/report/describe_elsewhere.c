/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_elsewhere.c - where else a thread could have been caught. An exploration runs one of many equivalent
 * schedules; people look for the one in their crash dump, which is any of them. The places that they see are calls into
 * the system.
 *
 * Not every instruction will do: within an atomic section nothing can be switched. The first instruction of a call can,
 * and so can the points, of which there are made as many as there is shared memory.
 */
#include "describe_parts.h"

#include <stdlib.h>

enum { CALLS_MOST = 256, PLACES_MOST = 4096, OBJECTS_MOST = 4096 };

typedef struct {
    uint64_t count, pc;
} switch_place;

typedef struct {
    describer *d;
    uint32_t thread;
    uint64_t count; /* its instructions so far */
    bool in_driver, in_call;
    uint64_t call_count, call_pc;     /* at the start of the call under way */
    switch_place places[PLACES_MOST]; /* in it, where a switch can be */
    size_t place_count;
    uint64_t objects[OBJECTS_MOST]; /* shared words that the thread touched */
    size_t object_count;
    system_call *calls;
    size_t found;
} follower;

/* The place nearest to the middle of the call. */
static void end_call(follower *f)
{
    switch_place best = {f->call_count, f->call_pc};
    uint64_t length = f->count - f->call_count, middle = f->call_count + length / 2, away = length;
    for (size_t i = 0; i < f->place_count; i++) {
        uint64_t count = f->places[i].count, far = count > middle ? count - middle : middle - count;
        if (far < away) {
            best = f->places[i];
            away = far;
        }
    }
    if (f->in_call && f->found < CALLS_MOST) {
        f->calls[f->found++] = (system_call){best.count, best.pc, length};
    }
    f->in_call = false;
    f->place_count = 0;
}

static void on_instruction(void *context, uint32_t thread, uint64_t pc)
{
    follower *f = context;
    if (thread != f->thread) {
        return;
    }
    unwind_frame frame = capture_frame_of(f->d->l, pc);
    bool in_driver = is_drivers(f->d, &frame);
    if (in_driver) {
        end_call(f);
    } else if (f->in_driver) {
        f->in_call = true;
        f->call_count = f->count;
        f->call_pc = pc;
    }
    f->in_driver = in_driver;
    f->count++;
}

static bool on_step(void *context, const machine_step *step)
{
    follower *f = context;
    bool mine = step->thread == f->thread;
    for (size_t i = 0; mine && i < step->access_count && f->object_count < OBJECTS_MOST; i++) {
        f->objects[f->object_count++] = step->accesses[i].object;
    }
    if (mine && f->in_call && step->outcome == MACHINE_RAN && f->place_count < PLACES_MOST) {
        f->places[f->place_count++] = (switch_place){f->count, step->end_pc};
    }
    return step->outcome == MACHINE_RAN;
}

static void run_default(follower *f)
{
    machine *m = lab_machine(f->d->l);
    machine_thread info;
    machine_end end = {0};
    lab_rewind(f->d->l);
    machine_thread_info(m, f->thread, &info);
    f->count = info.instructions;
    f->in_driver = f->in_call = false;
    f->place_count = f->found = 0;
    machine_set_tracer(m, on_instruction, f);
    for (uint32_t thread = 0; (thread = lab_default_thread(f->d->l, thread)) != 0;) {
        machine_ending(m, &end);
        if (end.kind != MACHINE_RUNNING || machine_run(m, thread, 0, on_step, f) != MACHINE_OK) {
            break;
        }
    }
    machine_set_tracer(m, NULL, NULL);
    lab_rewind(f->d->l);
}

size_t describe_calls_of(describer *d, uint32_t thread, system_call **calls)
{
    follower *f = report_arena_alloc(d->arena, 1, sizeof *f);
    f->d = d;
    f->thread = thread;
    *calls = f->calls = report_arena_alloc(d->arena, CALLS_MOST, sizeof *f->calls);
    run_default(f);
    for (size_t i = 0; i < f->object_count; i++) {
        machine_make_point(lab_machine(d->l), f->objects[i]);
    }
    run_default(f);
    return f->found;
}
