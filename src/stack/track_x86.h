/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track_x86.h - what a function does to ESP and EBP, instruction by instruction, in terms of what they were where the
 * walk through it began. Used inside src/stack.
 */
#ifndef AIRLOCK_STACK_TRACK_X86_H
#define AIRLOCK_STACK_TRACK_X86_H

#include "code_x86.h"
#include "recipe_x86.h"

/* What EBP holds, in terms of the registers where the walk began. */
typedef enum {
    EBP_START,
    EBP_STACK /* ESP + ebp_at */,
    EBP_SAVED /* what lies at ebp_base + ebp_at */,
    EBP_LOST
} ebp_kind;

typedef struct {
    uint32_t rva;
    recipe_base sp;
    int32_t at; /* ESP is `sp` + `at` */
    ebp_kind ebp;
    recipe_base ebp_base;
    int32_t ebp_at;
    bool kept; /* EBP_START was pushed at ESP + kept_at */
    int32_t kept_at;
} x86_track;

/* One instruction, neither a jump nor a return. */
void x86_track_over(const x86_code *c, const x86_instruction *in, x86_track *w);

#endif
