/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - one execution, run again and looked at from outside: where each thread ran, who called whom, how it
 * ended, how the threads stand then. Guest facts without names; describe.h turns them into what a report says. Used
 * inside src/report.
 */
#ifndef AIRLOCK_REPORT_CAPTURE_H
#define AIRLOCK_REPORT_CAPTURE_H

#include "arena.h"
#include "ending.h"
#include "schedule.h"
#include "stacks.h"

/* Control passed from the driver to the system or back, at the start of a function. */
typedef struct {
    unwind_frame function;
    bool callback; /* the system called the driver */
} capture_call;

/* A thread from one switch to the next. */
typedef struct {
    uint32_t thread;
    lab_role role;
    uint64_t instructions;
    bool preempted;
    machine_outcome outcome;
    unwind_frame place;  /* the driver's innermost frame, else where the thread stands */
    unwind_frame above;  /* the frame that `place` called; img NULL = none */
    capture_call *calls; /* in order */
    size_t call_count;
} capture_row;

/* A thread as it stands. Numbers of the kernel's own structures are 0 where they could not be read. */
typedef struct {
    uint32_t number;
    lab_role role; /* the last one that it played in this execution */
    machine_thread info;
    char label[32];
    uint64_t kthread, start, stack_base, stack_limit;
    uint32_t cid_process, cid_thread;
    uint8_t irql;
    bool dispatcher;     /* it waits in a KeWait… routine: for a dispatcher object */
    uint8_t object_type; /* of that object */
    lab_stack *stack;
} capture_thread;

typedef struct {
    lab_ending ending;
    capture_row *rows;
    size_t row_count;
    capture_thread *threads; /* the failing one, the other side, then others that matter */
    size_t thread_count;
    struct hv_note *notes;
    size_t note_count;
    uint64_t instructions;
    bool has_trap;
    uint8_t trap[0x190];    /* KTRAP_FRAME */
    enum hv_page_kind page; /* at ending.address */
    lab_stack *freed;       /* who freed, unmapped … that memory; NULL = not known */
    uint32_t freed_thread;
    lab_role freed_role;
    uint64_t *loop; /* program counters of one round, oldest first */
    size_t loop_count;
    const char **output; /* last lines of debugger output */
    size_t output_count;
} capture;

/* `trace` sees every instruction, before it is executed; NULL = nobody. The lab stands at the
 * execution's end afterwards. */
lab_status capture_run(report_arena *arena, lab *l, const lab_schedule *schedule, machine_tracer trace, void *context,
                       capture *out);

/* How one thread stands now. */
void capture_thread_at(report_arena *arena, lab *l, uint32_t number, capture_thread *out);

/* The routine that a thread was started with, 0 = not known, or the thread is gone. */
uint64_t capture_start_of(lab *l, uint32_t number);

/* The frame that names an address: its image and offset there. */
unwind_frame capture_frame_of(lab *l, uint64_t pc);

#endif
