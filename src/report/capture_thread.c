/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_thread.c - a thread as a debugger's !thread sees it, read from the guest's own structures. */
#include "capture.h"

#include <stdio.h>
#include <string.h>

#include "layout.h"

static uint64_t read_word(lab *l, uint64_t address, size_t size)
{
    uint64_t value = 0;
    return machine_read(lab_machine(l), address, &value, size) == size ? value : 0;
}

static void read_kthread(lab *l, capture_thread *t)
{
    uint64_t at = t->kthread = read_word(l, t->info.gs_base + X64_pcr_current_thread, 8);
    t->irql = (uint8_t)read_word(l, t->info.gs_base + X64_pcr_irql, 1);
    if (!at || machine_page_kind(lab_machine(l), at) != HV_PAGE_VALID) {
        t->kthread = 0; /* the thread has ended, its object is gone */
        return;
    }
    t->start = read_word(l, at + X64_thread_start_routine, 8);
    t->stack_base = read_word(l, at + X64_thread_stack_base, 8);
    t->stack_limit = read_word(l, at + X64_thread_stack_limit, 8);
    t->cid_process = (uint32_t)read_word(l, at + X64_thread_cid, 8);
    t->cid_thread = (uint32_t)read_word(l, at + X64_thread_cid + 8, 8);
}

/* Does it wait by one of the KeWait… routines? Then what it waits for is a dispatcher object. */
static bool waits_for_dispatcher(const lab_stack *stack)
{
    for (size_t i = 0; i < stack->count && i < 6; i++) {
        if (!strncmp(lab_function(&stack->frames[i]), "KeWaitFor", 9)) {
            return true;
        }
    }
    return false;
}

void capture_thread_at(report_arena *arena, lab *l, uint32_t number, capture_thread *out)
{
    memset(out, 0, sizeof *out);
    out->number = number;
    machine_thread_info(lab_machine(l), number, &out->info);
    snprintf(out->label, sizeof out->label, "%s", out->info.label ? out->info.label : "");
    out->info.label = out->label;
    out->stack = report_arena_alloc(arena, 1, sizeof *out->stack);
    lab_walk(l, number, out->stack);
    out->role = lab_stack_role(out->stack);
    read_kthread(l, out);
    out->dispatcher = out->info.wait_object && waits_for_dispatcher(out->stack);
    out->object_type = (uint8_t)read_word(l, out->info.wait_object + X64_object_type, 1);
}

unwind_frame capture_frame_of(lab *l, uint64_t pc)
{
    const machine_module *module = pc ? machine_module_at(lab_machine(l), pc) : NULL;
    unwind_frame frame = {.pc = pc};
    if (module) {
        frame.img = module->img;
        frame.base = module->base;
        frame.rva = (uint32_t)(pc - module->base);
    }
    return frame;
}
