/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - what differs between the processors: where things lie in the address space, which registers play which part,
 * how a thread begins, how a trap enters its handler. Each has one table, in arch_x64.c and arch_x86.c.
 */
#ifndef AIRLOCK_MACHINE_ARCH_H
#define AIRLOCK_MACHINE_ARCH_H

#include <unicorn/unicorn.h>

#include "image.h"
#include "operation.h"

struct machine;

enum { CALL_NUMBER, CALL_A, CALL_B, CALL_C, CALL_D, CALL_REGISTERS };

typedef struct arch {
    uc_mode mode;
    image_machine image;
    uint32_t word;      /* bytes of an address */
    const int *general; /* Unicorn's names, in the order of instruction encodings: AX, CX, DX, BX, SP, BP, SI, DI … */
    uint32_t general_count;
    int pc;
    uint8_t call[CALL_REGISTERS]; /* registers of a hypercall, in the order of `general` */

    /* The address space (tunables.h): `window_shift` is one of *_WINDOW_SHIFT. */
    uint32_t window_shift;
    uint64_t clock_page, system_base, system_size, driver_base, driver_size, pool_base;
    uint64_t stack_first, arena_size, arena_system;
    uint64_t system_first;  /* the system image; libraries behind it, */
    uint64_t library_first; /*   but not below this */
    uint64_t trusted_first, image_first;
    uint64_t image_slot;  /* one image's generations lie in one slot; a large image has a larger one */
    uint64_t image_space; /* of all slots */
    bool slots_descend;

    bool (*start)(struct machine *m); /* the state that a boot loader leaves; memory is there */
    /* A new thread's processor block: `context` holds the creator's registers, the processor too. */
    void (*birth)(struct machine *m, uc_context *context, uint64_t block);
    void (*resume)(struct machine *m, uint64_t block); /* a thread's registers are back in the processor */
    /* Between Unicorn's segments and r[BLOCK_REGISTER], flat: see core.h. */
    void (*take_segments)(struct machine *m);
    void (*lend_segments)(struct machine *m);
    operation_run (*operation)(const operation *op);
    uint64_t (*handler)(struct machine *m, int vector); /* of the guest's gate, 0 = no such gate */
    /* Pushes the frame of a trap; false: there is no stack, or no way to go on. */
    bool (*push_frame)(struct machine *m, uint64_t pc, bool has_error, uint64_t error);
} arch;

extern const arch arch_x64, arch_x86;

#endif
