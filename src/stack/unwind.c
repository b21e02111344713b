/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unwind.c - the walk itself; the step from frame to frame is the architecture's. */
#include "unwind_step.h"

#include <string.h>

static const unwind_stepper steppers[] = {[MACHINE_X64] = unwind_step_x64, [MACHINE_X86] = unwind_step_x86};

const char *unwind_end_text(unwind_end end)
{
    switch (end) {
    case UNWIND_COMPLETE: return "complete";
    case UNWIND_FULL: return "more frames follow";
    case UNWIND_UNREADABLE: return "the stack cannot be read beyond this frame";
    case UNWIND_NO_MODULE: return "the return address lies in no module";
    case UNWIND_NO_DATA: return "this function has no unwind data";
    case UNWIND_BAD_DATA: return "this function's unwind data is malformed";
    case UNWIND_BAD_STACK: return "the stack pointer does not move towards the stack's base";
    }
    return "unknown end";
}

static unwind_state state_of(const machine_registers *r)
{
    return (unwind_state){.pc = r->rip,
                          .registers = {r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi, r->r8, r->r9,
                                        r->r10, r->r11, r->r12, r->r13, r->r14, r->r15}};
}

/* A return address may be the first byte after its function (the call does not return): its module is the call's. */
static void describe(const unwind_source *source, const unwind_state *state, bool call, unwind_frame *frame)
{
    unwind_module module = {0};
    memset(frame, 0, sizeof *frame);
    frame->pc = state->pc;
    frame->child_sp = state->registers[UNWIND_SP];
    frame->call = call;
    if (source->module(source->context, state->pc - call, &module)) {
        frame->img = module.img;
        frame->base = module.base;
        frame->rva = (uint32_t)(state->pc - module.base);
    }
}

/* One frame: describe it, step to its caller. Sets `end` and returns false when the walk is over. */
static bool walk_frame(const unwind_source *source, bool call, unwind_state *state, unwind_frame *frame,
                       unwind_end *end)
{
    describe(source, state, call, frame);
    if (frame->img == NULL && call) {
        *end = UNWIND_NO_MODULE;
        return false;
    }
    *end = steppers[source->arch](source, frame, !call, state);
    if (*end != UNWIND_COMPLETE)
        return false;
    frame->return_address = state->pc;
    if (state->pc == 0)
        return false;
    /* A trap may have come from another stack; a call never does. */
    if (frame->trap_frame == 0 && state->registers[UNWIND_SP] <= frame->child_sp) {
        *end = UNWIND_BAD_STACK;
        return false;
    }
    return true;
}

unwind_end unwind_walk(const unwind_source *source, const machine_registers *start, unwind_frame *frames,
                       size_t capacity, size_t *count)
{
    unwind_state state = state_of(start);
    unwind_end end = UNWIND_FULL;
    bool call = false;
    *count = 0;
    if ((size_t)source->arch >= sizeof steppers / sizeof *steppers)
        return UNWIND_NO_DATA;
    while (*count < capacity) {
        unwind_frame *frame = &frames[(*count)++];
        if (!walk_frame(source, call, &state, frame, &end))
            return end;
        call = frame->trap_frame == 0;
    }
    return UNWIND_FULL;
}
