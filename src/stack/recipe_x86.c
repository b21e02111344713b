/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recipe_x86.c - follows a function's code to one of its returns, and counts what happens to the stack on the way.
 *
 *   at a branch      both ways are tried, the one straight on first
 *   at a call        the callee removes its arguments (stdcall): how many bytes, its own return instruction says
 *   at a computed    nobody knows what it removes; a later `leave` or `mov esp, ebp` settles it all the same
 *      call
 */
#include "track_x86.h"

enum { STEPS = 1500, CALLEE_STEPS = 300, BRANCHES = 64 };

typedef struct {
    x86_track list[BRANCHES];
    uint32_t seen[BRANCHES];
    size_t count, seen_count;
} branches;

static void add_branch(branches *b, const x86_track *w, uint32_t rva)
{
    for (size_t i = 0; i < b->seen_count; i++) {
        if (b->seen[i] == rva)
            return;
    }
    if (b->seen_count < BRANCHES) {
        b->seen[b->seen_count++] = rva;
        b->list[b->count] = *w;
        b->list[b->count++].rva = rva;
    }
}

static uint16_t return_operand(const x86_instruction *in)
{
    return in->i.operand_count_visible ? (uint16_t)in->o[0].imm.value.u : 0;
}

/* Bytes that the function at `rva` removes besides the return address: the operand of its first return. */
static uint16_t bytes_removed(const x86_code *c, uint32_t rva)
{
    branches b = {0};
    x86_instruction in;
    uint32_t target;
    x86_track w = {.rva = rva};
    for (int i = 0; i < CALLEE_STEPS; i++) {
        bool on = x86_decode(c, w.rva, &in);
        if (on && in.i.mnemonic == ZYDIS_MNEMONIC_RET)
            return return_operand(&in);
        bool branch = on && in.i.meta.category == ZYDIS_CATEGORY_COND_BR && x86_target_of(&in, &target);
        bool jump = on && in.i.mnemonic == ZYDIS_MNEMONIC_JMP;
        if (branch || (jump && x86_target_of(&in, &target)))
            add_branch(&b, &w, target);
        if (on && !jump && in.i.mnemonic != ZYDIS_MNEMONIC_INT3) {
            w.rva = in.next;
        } else if (b.count) {
            w = b.list[--b.count];
        } else {
            break;
        }
    }
    return 0;
}

uint16_t recipe_x86_removed(const unwind_source *source, uint64_t address)
{
    unwind_module module = {0};
    if (!address || !source->module(source->context, address, &module))
        return 0;
    static struct {
        x86_place place;
        uint16_t removed;
    } known[X86_REMEMBERED];
    uint32_t rva = (uint32_t)(address - module.base), slot = x86_place_slot(module.img, rva, rva);
    if (!x86_place_known(&known[slot].place, module.img, rva, rva)) {
        x86_code c = x86_code_of(source, module.img, module.base);
        known[slot].removed = bytes_removed(&c, rva);
    }
    return known[slot].removed;
}

/* Does the walk end here, with the return address on top of the stack? */
static bool returns(const x86_code *c, const x86_instruction *in)
{
    uint32_t target;
    if (in->i.mnemonic == ZYDIS_MNEMONIC_RET || in->i.mnemonic == ZYDIS_MNEMONIC_IRETD)
        return true;
    return in->i.mnemonic == ZYDIS_MNEMONIC_JMP && !x86_target_of(in, &target) && x86_slot_of(c, &in->o[0]) != 0;
}

static bool ends_nowhere(const x86_instruction *in)
{
    return in->i.mnemonic == ZYDIS_MNEMONIC_INT3 || in->i.mnemonic == ZYDIS_MNEMONIC_UD2 ||
           in->i.mnemonic == ZYDIS_MNEMONIC_HLT || in->i.mnemonic == ZYDIS_MNEMONIC_JMP;
}

static recipe_x86 recipe_of(const x86_code *c, const x86_instruction *in, const x86_track *w)
{
    bool jump = in->i.mnemonic == ZYDIS_MNEMONIC_JMP; /* to what is imported, which returns in our place */
    uint16_t removed = jump ? recipe_x86_removed(c->source, x86_slot(c->source, c->base, x86_slot_of(c, &in->o[0])))
                            : return_operand(in);
    bool saved = w->ebp == EBP_SAVED;
    return (recipe_x86){w->sp,  w->at, saved ? w->ebp_base : BASE_UNKNOWN, w->ebp_at, !saved && w->ebp != EBP_START,
                        removed};
}

static recipe_x86 follow(const x86_code *c, uint32_t rva)
{
    branches b = {0};
    x86_instruction in;
    uint32_t target, limit = x86_next_function(c->img, rva);
    x86_track w = {.rva = rva, .sp = BASE_ESP};
    for (int i = 0; i < STEPS; i++) {
        bool on = x86_decode(c, w.rva, &in);
        if (on && returns(c, &in)) {
            if (w.sp != BASE_UNKNOWN && !(w.sp == BASE_ESP && w.at < 0))
                return recipe_of(c, &in, &w);
            on = false;
        }
        bool jump = on && in.i.mnemonic == ZYDIS_MNEMONIC_JMP;
        if (on && (jump || in.i.meta.category == ZYDIS_CATEGORY_COND_BR) && x86_target_of(&in, &target))
            add_branch(&b, &w, target);
        if (on && !ends_nowhere(&in) && in.next != limit) {
            x86_track_over(c, &in, &w);
            w.rva = in.next;
        } else if (b.count) {
            w = b.list[--b.count];
            limit = x86_next_function(c->img, w.rva);
        } else {
            break;
        }
    }
    return (recipe_x86){.base = BASE_UNKNOWN, .ebp_base = BASE_UNKNOWN, .ebp_lost = true};
}

recipe_x86 recipe_x86_at(const unwind_source *source, const image *img, uint64_t base, uint32_t rva)
{
    static struct {
        x86_place place;
        recipe_x86 recipe;
    } known[X86_REMEMBERED];
    uint32_t slot = x86_place_slot(img, 0, rva);
    if (!x86_place_known(&known[slot].place, img, 0, rva)) {
        x86_code c = x86_code_of(source, img, base);
        known[slot].recipe = follow(&c, rva);
    }
    return known[slot].recipe;
}
