/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ending.c - how an execution ended.
 *
 * The failure number says what failed: kind, bug check, faulting place. The moment says where the other side stood: the
 * driver's call that was under way in the loading thread (or the unloading one, if the loading thread failed).
 */
#include "ending.h"

#include <stdio.h>
#include <string.h>

#include "lab_internal.h"
#include "stacks.h"

/* Which arguments of a bug check hold the instruction and the address referenced. */
typedef struct {
    uint32_t code;
    int pc, address; /* index of the argument, -1 = none */
} fault_arguments;

static const fault_arguments *arguments_of(uint32_t code)
{
    static const fault_arguments table[] = {
        {0x7e, 1, -1}, {0x3b, 1, -1}, {0x8e, 1, -1}, {0x1e, 1, -1}, {0x50, 2, 0}, {0xce, 2, 0}, {0xcc, 2, 0},
        {0xcd, 2, 0},  {0xd5, 2, 0},  {0xd6, 2, 0},  {0xd4, 3, 0},  {0xd1, 3, 0}, {0x0a, 3, 0}, {0xd3, 3, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code == code) {
            return &table[i];
        }
    }
    return NULL;
}

/* EXCEPTION_RECORD of an access violation: the address is its second parameter. */
static bool violation_address(lab *l, uint64_t record, uint64_t *address)
{
    uint32_t code = 0;
    size_t word = lab_is_wide(l) ? 8 : 4, at = lab_is_wide(l) ? 0x28 : 0x18;
    *address = 0;
    return machine_read(l->m, record, &code, sizeof code) == sizeof code && code == 0xc0000005u &&
           machine_read(l->m, record + at, address, word) == word;
}

/* What is known of an exception is its record, or (KERNEL_MODE_EXCEPTION_NOT_HANDLED) the trap frame. */
static bool referenced_address(lab *l, const struct hv_stop *stop, uint64_t *address)
{
    uint64_t frame = stop->parameter[2];
    *address = 0;
    if (stop->code != 0x8e) {
        return violation_address(l, frame, address);
    }
    return (uint32_t)stop->parameter[0] == 0xc0000005u &&
           machine_read(l->m, frame + X86_trap_fault_address, address, 4) == 4;
}

static void find_fault(lab *l, lab_ending *e)
{
    const fault_arguments *where = arguments_of(e->stop.code);
    if (!where) {
        return;
    }
    e->pc = e->stop.parameter[where->pc];
    if (where->address >= 0) {
        e->address = e->stop.parameter[where->address];
        e->has_address = true;
    } else {
        e->has_address = referenced_address(l, &e->stop, &e->address);
    }
}

static void set_class(lab_ending *e, const char *name) { snprintf(e->class_name, sizeof e->class_name, "%s", name); }

static bool pc_in_driver(lab *l, uint64_t pc)
{
    const machine_module *module = machine_module_at(l->m, pc);
    return module && !module->trusted;
}

/* Did the system, on a thread of its own, meet what a driver left behind (a timer, a DPC, a work item)? */
static bool met_leftover(lab *l, lab_role role, const lab_stack *stack)
{
    size_t outermost = stack->count;
    for (size_t i = 0; i < stack->count; i++) {
        outermost = lab_in_driver(l, &stack->frames[i]) ? i : outermost;
    }
    bool own_thread =
        outermost + 1 < stack->count && !strcmp(lab_function(&stack->frames[outermost + 1]), "PspSystemThreadStartup");
    return role == LAB_ROLE_OTHER && !own_thread;
}

/* nt-level meaning of a bug check: which of the known classes it is. */
static const char *class_of_bugcheck(lab *l, const lab_ending *e, lab_role role, const lab_stack *stack)
{
    const machine_module *at = e->pc ? machine_module_at(l->m, e->pc) : NULL;
    enum hv_page_kind kind = e->has_address ? machine_page_kind(l->m, e->address) : HV_PAGE_VALID;
    bool driver_on_stack = lab_driver_frame(l, stack) < stack->count;
    if (e->stop.code == 0x18) {
        return "F6";
    }
    if ((kind == HV_PAGE_UNLOADED || kind == HV_PAGE_FREED) && met_leftover(l, role, stack)) {
        return "F3";
    }
    if (at && !at->trusted && !at->loaded) {
        return "F4";
    }
    if (kind == HV_PAGE_UNLOADED) {
        return role == LAB_ROLE_LOAD && !driver_on_stack ? "F5" : "F4";
    }
    if (kind == HV_PAGE_FREED) {
        return role == LAB_ROLE_LOAD && !driver_on_stack ? "F5" : "F2";
    }
    if (e->has_address && lab_is_user_address(l, e->address) && role == LAB_ROLE_UNLOAD) {
        return "F1";
    }
    if (e->has_address && kind == HV_PAGE_NONE && role == LAB_ROLE_UNLOAD && pc_in_driver(l, e->pc)) {
        return "F1"; /* a poisoned or uninitialised pointer */
    }
    return "bugcheck";
}

static void other_side(lab *l, lab_ending *e, lab_role role)
{
    static lab_stack stack;
    lab_role wanted = role == LAB_ROLE_LOAD ? LAB_ROLE_UNLOAD : LAB_ROLE_LOAD;
    e->other = lab_find_role(l, wanted, &stack);
    size_t frame = lab_driver_frame(l, &stack);
    if (!e->other) {
        e->moment = 0;
    } else if (frame == stack.count) {
        e->moment = lab_mix_text(1, lab_function(&stack.frames[0]));
    } else {
        e->moment = lab_place(&stack.frames[frame]);
        e->moment = frame ? lab_mix_text(e->moment, lab_function(&stack.frames[frame - 1])) : lab_mix(1, frame);
    }
}

static uint64_t place_of_pc(lab *l, uint64_t pc)
{
    const machine_module *module = machine_module_at(l->m, pc);
    unwind_frame frame = {.img = module ? module->img : NULL, .rva = (uint32_t)(module ? pc - module->base : 0)};
    return lab_place(&frame);
}

static void classify_bugcheck(lab *l, lab_ending *e)
{
    static lab_stack stack;
    lab_walk(l, e->thread, &stack);
    lab_role role = lab_stack_role(&stack);
    find_fault(l, e);
    set_class(e, class_of_bugcheck(l, e, role, &stack));
    other_side(l, e, role);
    e->failure = lab_mix(lab_mix_text(e->stop.code, e->class_name), (uint64_t)role);
    e->failure = lab_mix(e->failure, e->pc ? place_of_pc(l, e->pc) : 0);
    if (!e->pc) {
        size_t frame = lab_driver_frame(l, &stack);
        e->failure = lab_mix(e->failure, frame < stack.count ? lab_place(&stack.frames[frame]) : e->stop.parameter[0]);
    }
}

/* Every thread that has not ended and is no idle service. */
static void classify_hang(lab *l, lab_ending *e)
{
    static lab_stack stack;
    unsigned in_driver = 0;
    e->kind = LAB_DEADLOCK;
    e->hang = true;
    e->failure = LAB_DEADLOCK;
    for (uint32_t i = 1; i < MACHINE_THREADS; i++) {
        machine_thread info;
        if (machine_thread_info(l->m, i, &info) != MACHINE_OK || info.state == MACHINE_THREAD_NONE ||
            info.state == MACHINE_THREAD_GONE || info.idle) {
            continue;
        }
        lab_walk(l, i, &stack);
        lab_role role = lab_stack_role(&stack);
        size_t frame = lab_driver_frame(l, &stack);
        if (role == LAB_ROLE_OTHER && frame == stack.count) {
            continue;
        }
        if (info.spinning) {
            e->kind = LAB_LIVELOCK;
        }
        in_driver += frame < stack.count;
        e->thread = e->thread ? e->thread : i;
        e->other = e->other || e->thread == i ? e->other : i;
        e->failure = lab_mix(e->failure, frame < stack.count ? lab_place(&stack.frames[frame]) : (uint64_t)role);
    }
    /* Two threads that stopped inside the driver hold each other up; one waits for what never comes. */
    set_class(e, e->kind == LAB_LIVELOCK ? "livelock" : in_driver > 1 ? "deadlock" : "F7");
}

static bool is_finding(const struct hv_note *note) { return note->kind < HV_NOTE_RESULT; }

static void classify_notes(lab *l, lab_ending *e)
{
    const struct hv_note *notes;
    size_t count = machine_notes(l->m, &notes);
    for (size_t i = 0; i < count; i++) {
        if (!is_finding(&notes[i])) {
            continue;
        }
        lab_ending_kind kind = notes[i].kind == HV_NOTE_STATE    ? LAB_STATE
                               : notes[i].kind == HV_NOTE_MISUSE ? LAB_MISUSE
                                                                 : LAB_LEFT_BEHIND;
        if (e->kind == LAB_PASSED || kind < e->kind) {
            e->kind = kind;
            set_class(e, kind == LAB_STATE ? "F8" : kind == LAB_MISUSE ? "misuse" : "leak");
        }
        if (notes[i].kind == HV_NOTE_LEFT_THREAD || notes[i].kind == HV_NOTE_LEFT_TIMER) {
            set_class(e, "F3"); /* it will run code that is gone */
        }
        e->failure += lab_mix_text(notes[i].kind, notes[i].text); /* whatever their order */
    }
    e->failure |= e->kind != LAB_PASSED;
}

static void classify_loop(lab *l, lab_ending *e)
{
    static lab_stack stack;
    lab_walk(l, e->thread, &stack);
    size_t frame = lab_driver_frame(l, &stack);
    e->kind = LAB_LIVELOCK;
    set_class(e, "livelock");
    e->failure = lab_mix_text(LAB_LIVELOCK, frame < stack.count ? lab_function(&stack.frames[frame]) : "");
    e->pc = frame < stack.count ? stack.frames[frame].pc : 0;
}

/* Nt asked the machine for nonsense: what it works with is not what it was. Windows would notice sooner or later. */
static void classify_corruption(lab *l, lab_ending *e)
{
    machine_thread info = {0};
    machine_thread_info(l->m, e->thread, &info);
    e->kind = LAB_BUGCHECK;
    e->stop = (struct hv_stop){.code = 0x109, .parameter = {0, 0, info.pc, 0}};
    classify_bugcheck(l, e);
}

void lab_classify(lab *l, lab_ending *e)
{
    machine_end end;
    machine_ending(l->m, &end);
    memset(e, 0, sizeof *e);
    e->thread = end.thread;
    switch (end.kind) {
    case MACHINE_STOPPED:
        e->kind = LAB_BUGCHECK;
        e->stop = end.stop;
        classify_bugcheck(l, e);
        break;
    case MACHINE_DOUBLE_FAULT:
        e->kind = LAB_DOUBLE_FAULT;
        e->stop = (struct hv_stop){.code = 0x7f, .parameter = {8}};
        classify_bugcheck(l, e);
        break;
    case MACHINE_SHUT_DOWN:
        e->thread = 0;
        classify_notes(l, e);
        break;
    case MACHINE_BUDGET: classify_loop(l, e); break;
    case MACHINE_BROKEN: classify_corruption(l, e); break;
    case MACHINE_RUNNING:
        e->thread = 0;
        classify_hang(l, e);
        break;
    default:
        e->kind = LAB_INTERNAL;
        e->failure = 1;
        break;
    }
}
