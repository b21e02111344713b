/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_x86.c - prologues, as compilers order them: instructions of the body may stand in between.
 *
 *   push ebp; mov ebp, esp                                      a frame
 *   lea ecx, [esp+4]; and esp, -8; push [ecx-4]; push ebp;      a frame with an aligned stack; `push ecx` keeps the way
 *     mov ebp, esp; push ecx                                      back to where the stack was
 *   push ebp; push edi …                                        no frame: EBP is a register like the others
 */
#include "frame_x86.h"

enum { PROLOGUE = 24 };

typedef struct {
    frame_x86 f;
    int32_t depth; /* bytes below the return address or its copy */
} prologue;

static void pushed(prologue *p, const x86_instruction *in)
{
    if (p->f.aligned && !p->f.framed && in->o[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
        p->depth = 0; /* the copy */
        return;
    }
    p->depth += 4;
    if (x86_is_register(&in->o[0], ZYDIS_REGISTER_EBP) && !p->f.saved && !p->f.framed) {
        p->f.saved = true;
        p->f.saved_at = p->depth;
    }
    if (x86_is_register(&in->o[0], ZYDIS_REGISTER_ECX) && p->f.aligned && p->f.framed && !p->f.cfa_saved) {
        p->f.cfa_saved = true;
        p->f.cfa_at = p->f.ebp_at - p->depth;
    }
}

/* One instruction of the prologue; false: it is over. */
static bool one(prologue *p, const x86_instruction *in)
{
    const ZydisDecodedOperand *to = &in->o[0];
    bool esp = to->type == ZYDIS_OPERAND_TYPE_REGISTER && to->reg.value == ZYDIS_REGISTER_ESP;
    switch (in->i.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH: pushed(p, in); return true;
    case ZYDIS_MNEMONIC_SUB:
        p->depth += esp && in->o[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE ? (int32_t)in->o[1].imm.value.s : 0;
        return true;
    case ZYDIS_MNEMONIC_AND: p->f.aligned |= esp; return true;
    case ZYDIS_MNEMONIC_MOV:
        if (x86_is_register(to, ZYDIS_REGISTER_EBP) && x86_is_register(&in->o[1], ZYDIS_REGISTER_ESP)) {
            p->f.framed = p->f.saved;
            p->f.ebp_at = p->depth;
        }
        return true;
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_RET: return false;
    default: return in->i.meta.category != ZYDIS_CATEGORY_COND_BR;
    }
}

static frame_x86 follow(const image *img, uint32_t start, uint32_t rva)
{
    prologue p = {0};
    x86_code c = x86_code_of(NULL, img, 0);
    x86_instruction in;
    for (int i = 0; start && i < PROLOGUE && start < rva && x86_decode(&c, start, &in) && in.next <= rva; i++) {
        if (!one(&p, &in))
            break;
        start = in.next;
    }
    return p.f;
}

frame_x86 frame_x86_at(const image *img, uint32_t start, uint32_t rva)
{
    static struct {
        x86_place place;
        frame_x86 f;
    } known[X86_REMEMBERED];
    uint32_t slot = x86_place_slot(img, start, rva);
    if (!x86_place_known(&known[slot].place, img, start, rva)) {
        known[slot].f = follow(img, start, rva);
    }
    return known[slot].f;
}
