/* SPDX-License-Identifier: GPL-2.0-or-later */
/* code_x86.h - x86 code as it lies in an image: instructions, calls, where functions begin. Used inside src/stack. */
#ifndef AIRLOCK_STACK_CODE_X86_H
#define AIRLOCK_STACK_CODE_X86_H

#include <Zydis/Zydis.h>

#include "unwind.h"

typedef struct {
    const unwind_source *source;
    const image *img;
    const uint8_t *view;
    uint64_t base; /* where the guest has it */
    uint32_t size;
    ZydisDecoder decoder;
} x86_code;

typedef struct {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    uint32_t rva, next;
} x86_instruction;

x86_code x86_code_of(const unwind_source *source, const image *img, uint64_t base);
bool x86_decode(const x86_code *c, uint32_t rva, x86_instruction *out); /* false: no instruction is there */
bool x86_is_register(const ZydisDecodedOperand *o, ZydisRegister reg);
/* The RVA of a word named by its address alone ([401000h]); 0 = it is not that. */
uint32_t x86_slot_of(const x86_code *c, const ZydisDecodedOperand *o);
/* Where a direct jump, branch or call goes; false: it is not direct. */
bool x86_target_of(const x86_instruction *in, uint32_t *target);

/*
 * What was found out about a place in an image is remembered, in tables of X86_REMEMBERED: by the file's hash, as an
 * image of the same address may be another one.
 */
#define X86_REMEMBERED 4096u
typedef struct {
    char file[16];
    uint32_t start, rva;
    bool used;
} x86_place;
uint32_t x86_place_slot(const image *img, uint32_t start, uint32_t rva);
/* Is the entry of that place? If not, it is from now on. */
bool x86_place_known(x86_place *entry, const image *img, uint32_t start, uint32_t rva);

/* What an import slot holds now. */
uint64_t x86_slot(const unwind_source *source, uint64_t base, uint32_t slot);
/* Where a jump or call to `rva` leads in the end: through jumps, and through import slots as they are bound. */
uint64_t x86_destination(const unwind_source *source, const image *img, uint64_t base, uint32_t rva);

/* The function at `rva` or nearest below, else the label; "" = there is none. */
const char *x86_function(const image *img, uint32_t rva, uint32_t *start);
/* Where the function that holds `rva` begins, as symbols and exports know; 0 = they do not. */
uint32_t x86_start(const image *img, uint32_t rva);
/* Where the next function begins: going on to there from the one before means that its last call does not return. */
uint32_t x86_next_function(const image *img, uint32_t rva);

/* Does a call end right before `rva`? */
typedef enum { CALL_NONE, CALL_DIRECT, CALL_SLOT, CALL_COMPUTED } call_kind;
typedef struct {
    call_kind kind;
    uint32_t target; /* CALL_DIRECT: RVA; CALL_SLOT: RVA of the word that holds the address */
} call_site;
call_site x86_call_before(const image *img, uint32_t rva);

#endif
