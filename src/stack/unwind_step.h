/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unwind_step.h - what each architecture brings to the walk: from one frame to its caller's. Used inside src/stack. */
#ifndef AIRLOCK_STACK_UNWIND_STEP_H
#define AIRLOCK_STACK_UNWIND_STEP_H

#include "unwind.h"

enum { UNWIND_SP = 4 }; /* both architectures number it so */

typedef struct {
    uint64_t pc;
    uint64_t registers[16]; /* in the order of instruction encodings: rax, rcx, rdx, rbx, rsp … */
    bool sp_unsure;         /* x86: the stack pointer is not above the true one, and may be below */
} unwind_state;

/*
 * Replaces `state` by the caller's. `frame` is the present one: its module is filled in, and the step sets trap_frame.
 * UNWIND_COMPLETE means "stepped". `leaf_allowed`: the function may be one without unwind data, since it called nobody.
 */
typedef unwind_end (*unwind_stepper)(const unwind_source *source, unwind_frame *frame, bool leaf_allowed,
                                     unwind_state *state);

unwind_end unwind_step_x64(const unwind_source *source, unwind_frame *frame, bool leaf_allowed, unwind_state *state);
unwind_end unwind_step_x86(const unwind_source *source, unwind_frame *frame, bool leaf_allowed, unwind_state *state);

#endif
