/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pdata.h - the function table of an x64 image (.pdata) and what it says of an address. Everything is read from the
 * image as laid out from its file: what a guest did to its copy, or that it is no longer mapped, does not matter.
 * Source: Microsoft, "x64 exception handling".
 */
#ifndef AIRLOCK_STACK_PDATA_H
#define AIRLOCK_STACK_PDATA_H

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

typedef struct {
    uint32_t begin, end; /* RVAs; end is exclusive */
    uint32_t unwind;     /* RVA of UNWIND_INFO */
} pdata_function;

/* One UNWIND_CODE of 2 bytes; its operands are the slots after it. */
typedef struct {
    uint8_t offset, operation, info;
} pdata_code;

enum {
    PDATA_CHAINED = 4, /* in `flags` */

    UWOP_PUSH_NONVOL = 0,
    UWOP_ALLOC_LARGE = 1,
    UWOP_ALLOC_SMALL = 2,
    UWOP_SET_FPREG = 3,
    UWOP_SAVE_NONVOL = 4,
    UWOP_SAVE_NONVOL_FAR = 5,
    UWOP_EPILOG = 6, /* version 2; version 1 had UWOP_SAVE_XMM there, of the same length */
    UWOP_SPARE = 7,
    UWOP_SAVE_XMM128 = 8,
    UWOP_SAVE_XMM128_FAR = 9,
    UWOP_PUSH_MACHFRAME = 10
};

typedef struct {
    uint8_t flags, prologue, count;
    uint8_t frame_register; /* 0 = none */
    uint32_t frame_offset;  /* bytes */
    const uint8_t *codes;   /* `count` slots of 2 bytes, all inside the image */
    pdata_function chained; /* PDATA_CHAINED */
} pdata_info;

/* The entry that covers `rva`; false: none does (a leaf function, or no code at all). */
bool pdata_find(const image *img, uint32_t rva, pdata_function *function);

/* Where the last function that ends at `rva` or before ends; 0 = there is none. */
uint32_t pdata_end_before(const image *img, uint32_t rva);

/* Its UNWIND_INFO; false: malformed. */
bool pdata_read(const image *img, const pdata_function *function, pdata_info *info);

/* Follows the chain to the entry of the function proper: parts that were split off have one of their own. */
bool pdata_primary(const image *img, pdata_function *function);

pdata_code pdata_code_at(const pdata_info *info, unsigned slot);
uint16_t pdata_slot(const pdata_info *info, unsigned slot); /* an operand; 0 beyond the last */
unsigned pdata_slots(const pdata_code *code);               /* that the operation takes; 0 = unknown operation */

#endif
