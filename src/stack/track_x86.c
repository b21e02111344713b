/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "track_x86.h"

static void lose(x86_track *w) { w->sp = BASE_UNKNOWN; }

static void call(const x86_code *c, const x86_instruction *in, x86_track *w)
{
    uint32_t target, slot = x86_slot_of(c, &in->o[0]);
    if (x86_target_of(in, &target)) {
        w->at += recipe_x86_removed(c->source, x86_destination(c->source, c->img, c->base, target));
    } else if (slot) {
        w->at += recipe_x86_removed(c->source, x86_slot(c->source, c->base, slot));
    } else {
        lose(w);
    }
}

/* EBP is loaded from ESP + `offset`. */
static void load_ebp(x86_track *w, int32_t offset)
{
    int32_t at = w->at + offset;
    if (w->sp == BASE_ESP && w->kept && at == w->kept_at)
        w->ebp = EBP_START;
    else if (w->sp == BASE_UNKNOWN || (w->sp == BASE_ESP && at < 0)) /* something that was pushed on the way here */
        w->ebp = EBP_LOST;
    else
        w->ebp = EBP_SAVED;
    w->ebp_base = w->sp;
    w->ebp_at = at;
}

/* ESP becomes EBP + `offset`. */
static void esp_from_ebp(x86_track *w, int32_t offset)
{
    if (w->ebp == EBP_START) {
        w->sp = BASE_EBP;
        w->at = offset;
    } else if (w->ebp == EBP_STACK) {
        w->sp = BASE_ESP;
        w->at = w->ebp_at + offset;
    } else {
        lose(w);
    }
}

/* EBP becomes ESP + `offset`. */
static void ebp_from_esp(x86_track *w, int32_t offset)
{
    w->ebp = w->sp == BASE_ESP ? EBP_STACK : EBP_LOST;
    w->ebp_at = w->at + offset;
}

static void push(const x86_instruction *in, x86_track *w)
{
    w->at -= 4;
    if (x86_is_register(&in->o[0], ZYDIS_REGISTER_EBP) && w->ebp == EBP_START && w->sp == BASE_ESP) {
        w->kept = true;
        w->kept_at = w->at;
    }
}

static void pop(const x86_instruction *in, x86_track *w)
{
    if (x86_is_register(&in->o[0], ZYDIS_REGISTER_EBP))
        load_ebp(w, 0);
    w->at += 4;
}

static bool writes(const x86_instruction *in, ZydisRegister reg)
{
    for (uint32_t i = 0; i < in->i.operand_count; i++) {
        if ((in->o[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) && x86_is_register(&in->o[i], reg))
            return true;
    }
    return false;
}

/* mov or lea, to ESP or EBP */
static void move(const x86_instruction *in, x86_track *w)
{
    const ZydisDecodedOperand *from = &in->o[1];
    bool to_esp = x86_is_register(&in->o[0], ZYDIS_REGISTER_ESP), loads = in->i.mnemonic == ZYDIS_MNEMONIC_MOV;
    bool in_memory = from->type == ZYDIS_OPERAND_TYPE_MEMORY && from->mem.index == ZYDIS_REGISTER_NONE;
    ZydisRegister base = in_memory ? from->mem.base : ZYDIS_REGISTER_NONE;
    int32_t offset = in_memory ? (int32_t)from->mem.disp.value : 0;
    if (loads && !in_memory && from->type == ZYDIS_OPERAND_TYPE_REGISTER) {
        base = from->reg.value;
        loads = false;
    }
    if (to_esp && !loads && base == ZYDIS_REGISTER_EBP)
        esp_from_ebp(w, offset);
    else if (to_esp && !loads && base == ZYDIS_REGISTER_ESP)
        w->at += offset;
    else if (to_esp)
        lose(w);
    else if (base == ZYDIS_REGISTER_ESP)
        loads ? load_ebp(w, offset) : ebp_from_esp(w, offset);
    else
        w->ebp = EBP_LOST;
}

static void add_to_esp(const x86_instruction *in, x86_track *w, int32_t sign)
{
    if (in->o[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        w->at += sign * (int32_t)in->o[1].imm.value.s;
    else
        lose(w);
}

void x86_track_over(const x86_code *c, const x86_instruction *in, x86_track *w)
{
    switch (in->i.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH: push(in, w); return;
    case ZYDIS_MNEMONIC_PUSHFD: w->at -= 4; return;
    case ZYDIS_MNEMONIC_POPFD: w->at += 4; return;
    case ZYDIS_MNEMONIC_POP: pop(in, w); return;
    case ZYDIS_MNEMONIC_PUSHAD: w->at -= 32; return;
    case ZYDIS_MNEMONIC_POPAD:
        load_ebp(w, 8);
        w->at += 32;
        return;
    case ZYDIS_MNEMONIC_LEAVE:
        esp_from_ebp(w, 0);
        load_ebp(w, 0);
        w->at += 4;
        return;
    case ZYDIS_MNEMONIC_CALL: call(c, in, w); return;
    default: break;
    }
    bool esp = writes(in, ZYDIS_REGISTER_ESP), ebp = writes(in, ZYDIS_REGISTER_EBP);
    if (esp && (in->i.mnemonic == ZYDIS_MNEMONIC_ADD || in->i.mnemonic == ZYDIS_MNEMONIC_SUB)) {
        add_to_esp(in, w, in->i.mnemonic == ZYDIS_MNEMONIC_ADD ? 1 : -1);
    } else if ((esp || ebp) && (in->i.mnemonic == ZYDIS_MNEMONIC_MOV || in->i.mnemonic == ZYDIS_MNEMONIC_LEA)) {
        move(in, w);
    } else if (esp) {
        lose(w);
    } else if (ebp) {
        w->ebp = EBP_LOST;
    }
}
