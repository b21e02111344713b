/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind.h - from a thread's registers to the frames of its stack, as a debugger lists them. Reads the guest's stack
 * through a callback and everything else (unwind data, code) from the image files, so that a stack which passes through
 * an unloaded driver is walked as well as any other. Never loops for ever, whatever the stack holds.
 */
#ifndef AIRLOCK_STACK_UNWIND_H
#define AIRLOCK_STACK_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine.h"

typedef struct {
    const image *img;
    uint64_t base;
} unwind_module;

/* Where the walk reads. */
typedef struct {
    machine_arch arch;
    /* Returns the number of bytes read; never faults. */
    size_t (*read)(void *context, uint64_t address, void *buffer, size_t size);
    /* Which image lies at `address`, or lay there before it was unloaded? */
    bool (*module)(void *context, uint64_t address, unwind_module *module);
    void *context;
} unwind_source;

typedef struct {
    uint64_t pc;
    uint64_t child_sp;       /* stack pointer at pc */
    uint64_t return_address; /* 0: the thread's first frame, or the walk ended here */
    const image *img;        /* NULL: pc is in no module */
    uint64_t base;
    uint32_t rva;           /* of pc in img */
    bool call;              /* pc is a return address: the call itself is before it, look its line up at pc-1 */
    uint64_t trap_frame;    /* this is a trap handler: address of its KTRAP_FRAME; 0 = it is not */
    uint64_t frame_pointer; /* x86: just below the return address, where debuggers say the frame is; 0 = not known */
    bool doubtful;          /* x86: its return address was searched for; this caller may not be one */
} unwind_frame;

typedef enum {
    UNWIND_COMPLETE,   /* reached the thread's first frame */
    UNWIND_FULL,       /* more frames than asked for */
    UNWIND_UNREADABLE, /* the stack cannot be read here */
    UNWIND_NO_MODULE,  /* a return address in no module */
    UNWIND_NO_DATA,    /* a function that called another but has no unwind data; x86: no return address was found */
    UNWIND_BAD_DATA,   /* malformed unwind data */
    UNWIND_BAD_STACK   /* the stack pointer went the wrong way */
} unwind_end;

const char *unwind_end_text(unwind_end end); /* a sentence without full stop */

/* Fills `frames`, innermost first. At least one frame is given (if capacity allows): where the thread stands. */
unwind_end unwind_walk(const unwind_source *source, const machine_registers *start, unwind_frame *frames,
                       size_t capacity, size_t *count);

#endif
