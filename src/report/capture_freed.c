/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_freed.c - the memory that a fault met was there once: runs the schedule again, to see when it went, then
 * again up to that moment, to see the stack. */
#include "capture_freed.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    lab *l;
    const lab_schedule *schedule;
    uint64_t address;
    enum hv_page_kind wanted;
    bool was_there, gone;
    uint32_t row_thread;
    uint64_t executed; /* in this row */
    size_t next;       /* deviation */
    uint32_t thread;   /* found: where it went */
    uint64_t count, pc;
} watch;

static void watch_instruction(void *context, uint32_t thread, uint64_t pc)
{
    watch *w = context;
    if (w->gone) {
        return;
    }
    enum hv_page_kind kind = machine_page_kind(lab_machine(w->l), w->address);
    w->gone = w->was_there && kind == w->wanted;
    w->was_there |= kind == HV_PAGE_VALID || kind == HV_PAGE_READ_ONLY;
    if (w->gone) {
        machine_thread info;
        machine_thread_info(lab_machine(w->l), thread, &info); /* as it stood at the row's start */
        w->thread = thread;
        w->count = info.instructions + w->executed;
        w->pc = pc;
    }
    w->executed++;
}

/* Counts the deviations that were taken, as lab_schedule_run takes them. */
static void watch_row(void *context, const lab_row *row)
{
    watch *w = context;
    const lab_schedule *s = w->schedule;
    w->executed = 0;
    if (!w->gone && w->next < s->count && s->deviations[w->next].from == row->thread &&
        s->deviations[w->next].count == row->last) {
        w->next++;
    }
}

/* The stack at that moment ----------------------------------------------------------------------------------------- */

typedef struct {
    report_arena *arena;
    lab *l;
    uint32_t thread;
    uint64_t count;
    lab_stack *stack;
} moment;

static void stop_row(void *context, const lab_row *row)
{
    moment *m = context;
    if (!m->stack && row->thread == m->thread && row->last == m->count) {
        m->stack = report_arena_alloc(m->arena, 1, sizeof *m->stack);
        lab_walk(m->l, m->thread, m->stack);
    }
}

/* The schedule, and at the moment in question a switch to a thread that is none: the row ends there, and so does the
 * run. The moment may lie inside an atomic section, so that nothing could go on from it. */
static lab_stack *stack_at(report_arena *arena, lab *l, const lab_schedule *schedule, const watch *w)
{
    uint64_t pc = w->pc, count = w->count;
    uint32_t thread = w->thread;
    size_t next = w->next;
    moment m = {.arena = arena, .l = l, .thread = thread, .count = count};
    lab_schedule cut = *schedule;
    cut.count = next + 1;
    cut.deviations = report_arena_alloc(arena, cut.count, sizeof *cut.deviations);
    if (next) {
        memcpy(cut.deviations, schedule->deviations, next * sizeof *cut.deviations);
    }
    lab_deviation *stop = &cut.deviations[next];
    const machine_module *module = machine_module_at(lab_machine(l), pc);
    char name[64] = "address";
    if (module) {
        lab_service_name(module->img, name, sizeof name);
    }
    *stop = (lab_deviation){.from = thread, .to = MACHINE_THREADS - 1, .count = count};
    snprintf(stop->place, sizeof stop->place, "%s+%lx", name, module ? pc - module->base : pc);
    lab_schedule_run(l, &cut, stop_row, &m); /* fails, on purpose */
    return m.stack;
}

void capture_freed(report_arena *arena, lab *l, const lab_schedule *schedule, capture *out)
{
    watch w = {.l = l, .schedule = schedule, .address = out->ending.address, .wanted = out->page};
    w.next = schedule->count && schedule->deviations[0].from == 0;
    machine_set_tracer(lab_machine(l), watch_instruction, &w);
    lab_status status = lab_schedule_run(l, schedule, watch_row, &w);
    machine_set_tracer(lab_machine(l), NULL, NULL);
    if (status == LAB_OK && w.gone) {
        out->freed = stack_at(arena, l, schedule, &w);
        out->freed_thread = w.thread;
        out->freed_role = out->freed ? lab_stack_role(out->freed) : LAB_ROLE_OTHER;
    }
    lab_schedule_run(l, schedule, NULL, NULL); /* stand at the end again */
}
