/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.c - runs a schedule and writes down what happens.
 *
 *   lab_schedule_run ── every instruction ──> on_instruction: calls, roles, watched memory
 *                    ── every row ──────────> on_row: where the thread stands
 *   at the end: lab_classify, threads, notes, trap frame, loop; if the failure is an access to memory that is gone, the
 *   schedule is run again to see who made it go.
 */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_calls.h"
#include "capture_freed.h"
#include "layout.h"

#define OUTPUT_LINES 20u /* of debugger output that are kept */
#define THREADS_MOST 16u /* shown of one execution */

_Static_assert(sizeof((capture *)0)->trap == X64_trap_size, "KTRAP_FRAME");

typedef struct {
    report_arena *arena;
    lab *l;
    const lab_schedule *schedule;
    capture *out;
    size_t row_capacity;
    capture_calls calls;
    lab_role roles[MACHINE_THREADS]; /* last known */
    machine_tracer trace;
    void *trace_context;
    uint32_t thread; /* of the row under way, 0 = none */
    char line[512];  /* of debugger output, unfinished */
    size_t line_length;
} recorder;

/* Rows ------------------------------------------------------------------------------------------------------------- */

static capture_row *new_row(recorder *r)
{
    capture *out = r->out;
    if (out->row_count == r->row_capacity) {
        size_t capacity = r->row_capacity ? r->row_capacity * 2 : 16;
        capture_row *grown = report_arena_alloc(r->arena, capacity, sizeof *grown);
        if (out->row_count) {
            memcpy(grown, out->rows, out->row_count * sizeof *grown);
        }
        out->rows = grown;
        r->row_capacity = capacity;
    }
    return &out->rows[out->row_count++];
}

/* Where a thread stands that is not in the driver: beneath the routines by which every thread waits. */
static const unwind_frame *waiting_place(const lab_stack *stack)
{
    size_t i = 0;
    while (i + 1 < stack->count && (!strncmp(lab_function(&stack->frames[i]), "Ki", 2) ||
                                    !strncmp(lab_function(&stack->frames[i]), "KeWait", 6))) {
        i++;
    }
    return &stack->frames[i];
}

static void set_place(recorder *r, capture_row *row)
{
    static lab_stack stack;
    lab_walk(r->l, row->thread, &stack);
    size_t driver = lab_driver_frame(r->l, &stack);
    memset(&row->place, 0, sizeof row->place);
    memset(&row->above, 0, sizeof row->above);
    if (driver < stack.count) {
        row->place = stack.frames[driver];
        if (driver) {
            row->above = stack.frames[driver - 1];
        }
    } else if (stack.count) {
        row->place = *waiting_place(&stack);
    }
    lab_role role = lab_stack_role(&stack);
    row->role = role != LAB_ROLE_OTHER ? role : r->calls.entered != LAB_ROLE_OTHER ? r->calls.entered : row->role;
}

static void set_calls(recorder *r, capture_row *row)
{
    size_t before = row->call_count, more = r->calls.call_count;
    if (!more) {
        return;
    }
    capture_call *all = report_arena_alloc(r->arena, before + more, sizeof *all);
    if (before) {
        memcpy(all, row->calls, before * sizeof *all);
    }
    memcpy(all + before, r->calls.calls, more * sizeof *all);
    row->calls = all;
    row->call_count = before + more;
}

/* Pieces of one thread that follow each other are one row. */
static void on_row(void *context, const lab_row *piece)
{
    recorder *r = context;
    capture_row *row = r->out->row_count ? &r->out->rows[r->out->row_count - 1] : NULL;
    if (!row || row->thread != piece->thread) {
        row = new_row(r);
        memset(row, 0, sizeof *row);
        row->thread = piece->thread;
        row->role = r->roles[piece->thread];
    }
    row->instructions += piece->last - piece->first;
    row->preempted = piece->preempted;
    row->outcome = piece->outcome;
    set_place(r, row);
    set_calls(r, row);
    r->roles[row->thread] = row->role;
    r->out->instructions += piece->last - piece->first;
    capture_calls_row(&r->calls);
}

static void on_instruction(void *context, uint32_t thread, uint64_t pc)
{
    recorder *r = context;
    capture_calls_at(&r->calls, thread, pc);
    if (r->trace) {
        r->trace(r->trace_context, thread, pc);
    }
}

/* Output ----------------------------------------------------------------------------------------------------------- */

static void finish_line(recorder *r)
{
    capture *out = r->out;
    if (!r->line_length) {
        return;
    }
    if (!out->output) {
        out->output = report_arena_alloc(r->arena, OUTPUT_LINES, sizeof *out->output);
    }
    if (out->output_count == OUTPUT_LINES) {
        memmove(out->output, out->output + 1, (OUTPUT_LINES - 1) * sizeof *out->output);
        out->output_count--;
    }
    out->output[out->output_count++] = report_arena_printf(r->arena, "%.*s", (int)r->line_length, r->line);
    r->line_length = 0;
}

/* What a driver prints may be anything: only printable ASCII is kept. */
static void on_print(void *context, uint32_t thread, const char *text, size_t size)
{
    recorder *r = context;
    (void)thread;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' || r->line_length == sizeof r->line) {
            finish_line(r);
        }
        if (text[i] >= ' ' && text[i] <= '~' && r->line_length < sizeof r->line) {
            r->line[r->line_length++] = text[i];
        }
    }
}

/* The end ---------------------------------------------------------------------------------------------------------- */

static bool is_listed(const capture *out, uint32_t number)
{
    for (size_t i = 0; i < out->thread_count; i++) {
        if (out->threads[i].number == number) {
            return true;
        }
    }
    return false;
}

static void add_thread(recorder *r, uint32_t number)
{
    capture *out = r->out;
    if (!number || out->thread_count == THREADS_MOST || is_listed(out, number)) {
        return;
    }
    capture_thread *t = &out->threads[out->thread_count++];
    capture_thread_at(r->arena, r->l, number, t);
    t->role = t->role != LAB_ROLE_OTHER ? t->role : r->roles[number];
}

/* Alive, doing something, and in the driver's code or at its loading or unloading. */
static bool matters(lab *l, uint32_t number)
{
    static lab_stack stack;
    machine_thread info;
    if (machine_thread_info(lab_machine(l), number, &info) != MACHINE_OK || info.state == MACHINE_THREAD_NONE ||
        info.state == MACHINE_THREAD_GONE || info.idle) {
        return false;
    }
    lab_walk(l, number, &stack);
    return lab_stack_role(&stack) != LAB_ROLE_OTHER || lab_driver_frame(l, &stack) < stack.count;
}

static void set_threads(recorder *r)
{
    lab_ending *e = &r->out->ending;
    r->out->threads = report_arena_alloc(r->arena, THREADS_MOST, sizeof *r->out->threads);
    add_thread(r, e->thread);
    add_thread(r, e->other);
    bool stopped = e->kind == LAB_BUGCHECK || e->kind == LAB_DOUBLE_FAULT || e->kind == LAB_PASSED;
    for (uint32_t i = 1; i < MACHINE_THREADS && !stopped; i++) {
        if (matters(r->l, i)) {
            add_thread(r, i);
        }
    }
}

static void set_notes(recorder *r)
{
    const struct hv_note *notes;
    size_t count = machine_notes(lab_machine(r->l), &notes);
    if (count) {
        r->out->notes = report_arena_alloc(r->arena, count, sizeof *notes);
        memcpy(r->out->notes, notes, count * sizeof *notes);
    }
    r->out->note_count = count;
}

static void set_trap(recorder *r)
{
    capture *out = r->out;
    uint64_t at = out->ending.stop.trap_frame;
    out->has_trap = at && machine_read(lab_machine(r->l), at, out->trap, sizeof out->trap) == sizeof out->trap;
    out->page = out->ending.has_address ? machine_page_kind(lab_machine(r->l), out->ending.address) : HV_PAGE_VALID;
}

/* The shortest tail of the recent program counters that repeats. */
static void set_loop(recorder *r)
{
    uint64_t pcs[64];
    size_t count = machine_recent(lab_machine(r->l), pcs, 64), round = 1;
    while (round * 2 <= count && memcmp(pcs + count - round, pcs + count - 2 * round, round * sizeof *pcs) != 0) {
        round++;
    }
    if (round * 2 > count) {
        round = count;
    }
    r->out->loop = report_arena_alloc(r->arena, count + 1, sizeof *pcs);
    memcpy(r->out->loop, pcs + count - round, round * sizeof *pcs);
    r->out->loop_count = round;
}

static bool is_gone(enum hv_page_kind kind)
{
    return kind == HV_PAGE_FREED || kind == HV_PAGE_UNLOADED || kind == HV_PAGE_STACK_FREED;
}

/* The whole -------------------------------------------------------------------------------------------------------- */

static lab_status run_recorded(recorder *r)
{
    machine *m = lab_machine(r->l);
    lab_rewind(r->l);
    capture_calls_begin(&r->calls, r->l);
    machine_set_tracer(m, on_instruction, r);
    machine_set_printer(m, on_print, r);
    lab_status status = lab_schedule_run(r->l, r->schedule, on_row, r);
    machine_set_tracer(m, NULL, NULL);
    machine_set_printer(m, NULL, NULL);
    finish_line(r);
    return status;
}

lab_status capture_run(report_arena *arena, lab *l, const lab_schedule *schedule, machine_tracer trace, void *context,
                       capture *out)
{
    recorder *r = calloc(1, sizeof *r);
    memset(out, 0, sizeof *out);
    if (!r) {
        return LAB_NO_MEMORY;
    }
    *r = (recorder){.arena = arena, .l = l, .schedule = schedule, .out = out, .trace = trace, .trace_context = context};
    lab_status status = run_recorded(r);
    if (status == LAB_OK) {
        lab_classify(l, &out->ending);
        if (out->row_count) {
            out->rows[out->row_count - 1].preempted = false; /* nothing runs after it */
        }
        set_threads(r);
        set_notes(r);
        set_trap(r);
        if (out->ending.kind == LAB_LIVELOCK) {
            set_loop(r);
        }
        if (out->ending.has_address && is_gone(out->page)) {
            capture_freed(arena, l, schedule, out);
        }
    }
    free(r);
    return status;
}
