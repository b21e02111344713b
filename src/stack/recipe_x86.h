/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recipe_x86.h - how to leave an x86 function from one of its instructions: where its return address lies, and where its
 * caller's EBP. Found in the code itself, which is followed forward to a return; 32-bit images have no unwind data.
 */
#ifndef AIRLOCK_STACK_RECIPE_X86_H
#define AIRLOCK_STACK_RECIPE_X86_H

#include <stdbool.h>
#include <stdint.h>

#include "unwind.h"

typedef enum { BASE_ESP, BASE_EBP, BASE_UNKNOWN } recipe_base;

typedef struct {
    recipe_base base;     /* of the return address: BASE_UNKNOWN = the code does not tell */
    int32_t offset;       /* from the register's present value */
    recipe_base ebp_base; /* of the caller's EBP; BASE_UNKNOWN: EBP has it still, unless ebp_lost */
    int32_t ebp_offset;
    bool ebp_lost;
    uint16_t removed; /* bytes of arguments that its return takes off the stack */
} recipe_x86;

/* From the instruction at `rva` of the image at `base`. Remembered per image and address. */
recipe_x86 recipe_x86_at(const unwind_source *source, const image *img, uint64_t base, uint32_t rva);

/* The bytes of arguments that the function at `address` takes off the stack. */
uint16_t recipe_x86_removed(const unwind_source *source, uint64_t address);

#endif
