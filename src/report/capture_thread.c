/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_thread.c - a thread as a debugger's !thread sees it, read from the guest's own structures. */
#include "capture.h"

#include <stdio.h>
#include <string.h>

static uint8_t read_byte(lab *l, uint64_t address)
{
    uint8_t value = 0;
    return machine_read(lab_machine(l), address, &value, 1) ? value : 0;
}

static void read_kthread(lab *l, capture_thread *t)
{
    const struct nt_layout *layout = lab_layout(l);
    uint64_t at = t->kthread = lab_word(l, t->info.block + layout->pcr_current_thread);
    t->irql = read_byte(l, t->info.block + layout->pcr_irql);
    if (!at || machine_page_kind(lab_machine(l), at) != HV_PAGE_VALID) {
        t->kthread = 0; /* the thread has ended, its object is gone */
        return;
    }
    t->start = lab_word(l, at + layout->thread_start_routine);
    t->stack_base = lab_word(l, at + layout->thread_stack_base);
    t->stack_limit = lab_word(l, at + layout->thread_stack_limit);
    t->cid_process = (uint32_t)lab_word(l, at + layout->thread_cid);
    t->cid_thread = (uint32_t)lab_word(l, at + layout->thread_cid + (lab_is_wide(l) ? 8u : 4u));
}

uint64_t capture_start_of(lab *l, uint32_t number)
{
    capture_thread t = {.number = number};
    machine_thread_info(lab_machine(l), number, &t.info);
    read_kthread(l, &t);
    return t.start;
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
    out->object_type = read_byte(l, out->info.wait_object + lab_layout(l)->object_type);
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
