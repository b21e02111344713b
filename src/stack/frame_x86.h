/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_x86.h - what a function's first instructions, up to one of its addresses, have made of its stack. */
#ifndef AIRLOCK_STACK_FRAME_X86_H
#define AIRLOCK_STACK_FRAME_X86_H

#include "code_x86.h"

typedef struct {
    bool framed;      /* EBP points into the frame */
    bool aligned;     /* the stack was aligned, with a copy of the return address below the gap */
    bool saved;       /* the caller's EBP was pushed */
    int32_t saved_at; /* how far below the return address (or its copy) */
    int32_t ebp_at;   /* framed: how far below it EBP points */
    bool cfa_saved;   /* aligned: what points just above the true return address lies at EBP + cfa_at; else ECX does */
    int32_t cfa_at;
} frame_x86;

/* Of the function that begins at `start`, when the instruction at `rva` comes next. */
frame_x86 frame_x86_at(const image *img, uint32_t start, uint32_t rva);

#endif
