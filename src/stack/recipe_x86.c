/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recipe_x86.c - follows a function's code to one of its returns, and counts what happens to the stack on the way.
 *
 *   at a branch      both ways are tried, the one straight on first
 *   at a call        the callee removes its arguments (stdcall): how many bytes, its own return instruction says
 *   at a computed    nobody knows what it removes; a later `leave` or `mov esp, ebp` settles it all the same
 *      call
 */
#include "recipe_x86.h"

#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

enum { STEPS = 1500, BRANCHES = 64, JUMPS = 4, CACHE = 4096 };

typedef struct {
    const unwind_source *source;
    const image *img;
    const uint8_t *view;
    uint64_t base;
    uint32_t size;
    ZydisDecoder decoder;
} code;

typedef struct {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    uint32_t rva, next;
} instruction;

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
} walker;

static code code_of(const unwind_source *source, const image *img, uint64_t base)
{
    code c = {.source = source, .img = img, .view = image_view(img), .base = base, .size = image_size(img)};
    ZydisDecoderInit(&c.decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    return c;
}

static bool decode(const code *c, uint32_t rva, instruction *out)
{
    if (rva >= c->size ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&c->decoder, c->view + rva, c->size - rva, &out->i, out->o)))
        return false;
    out->rva = rva;
    out->next = rva + out->i.length;
    return true;
}

static bool is_register(const ZydisDecodedOperand *o, ZydisRegister reg)
{
    return o->type == ZYDIS_OPERAND_TYPE_REGISTER && o->reg.value == reg;
}

/* The RVA of a word named by its address alone ([401000h]); 0 = it is not that. */
static uint32_t slot_of(const code *c, const ZydisDecodedOperand *o)
{
    uint64_t preferred = image_preferred_base(c->img);
    if (o->type != ZYDIS_OPERAND_TYPE_MEMORY || o->mem.base != ZYDIS_REGISTER_NONE ||
        o->mem.index != ZYDIS_REGISTER_NONE || (o->mem.segment != ZYDIS_REGISTER_DS))
        return 0;
    uint64_t rva = (uint32_t)o->mem.disp.value - preferred;
    return rva < c->size ? (uint32_t)rva : 0;
}

/* Of a direct jump or call. */
static bool target_of(const instruction *in, uint32_t *target)
{
    if (in->o[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !in->o[0].imm.is_relative)
        return false;
    *target = in->next + (uint32_t)in->o[0].imm.value.s;
    return true;
}

uint64_t recipe_x86_slot(const unwind_source *source, uint64_t base, uint32_t slot)
{
    uint8_t b[4] = {0};
    return source->read(source->context, base + slot, b, sizeof b) == sizeof b
               ? (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24
               : 0;
}

uint64_t recipe_x86_destination(const unwind_source *source, const image *img, uint64_t base, uint32_t rva)
{
    code c = code_of(source, img, base);
    instruction in;
    for (int i = 0; i < JUMPS && decode(&c, rva, &in) && in.i.mnemonic == ZYDIS_MNEMONIC_JMP; i++) {
        uint32_t slot = slot_of(&c, &in.o[0]);
        if (slot)
            return recipe_x86_slot(source, base, slot);
        if (!target_of(&in, &rva))
            break;
    }
    return base + rva;
}

/* Following the code ------------------------------------------------------------------------------------------------ */

typedef struct {
    walker list[BRANCHES];
    uint32_t seen[BRANCHES];
    size_t count, seen_count;
} branches;

static void add_branch(branches *b, const walker *w, uint32_t rva)
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

static uint16_t return_operand(const instruction *in)
{
    return in->i.operand_count_visible ? (uint16_t)in->o[0].imm.value.u : 0;
}

/* Bytes that the function at `rva` removes besides the return address: the operand of its first return. */
static uint16_t bytes_removed(const code *c, uint32_t rva)
{
    branches b = {0};
    instruction in;
    uint32_t target;
    walker w = {.rva = rva};
    for (int i = 0; i < STEPS; i++) {
        bool on = decode(c, w.rva, &in);
        if (on && in.i.mnemonic == ZYDIS_MNEMONIC_RET)
            return return_operand(&in);
        bool branch = on && in.i.meta.category == ZYDIS_CATEGORY_COND_BR && target_of(&in, &target);
        bool jump = on && in.i.mnemonic == ZYDIS_MNEMONIC_JMP;
        if (branch || (jump && target_of(&in, &target)))
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
    code c = code_of(source, module.img, module.base);
    return bytes_removed(&c, (uint32_t)(address - module.base));
}

static void lose(walker *w) { w->sp = BASE_UNKNOWN; }

static void call(const code *c, const instruction *in, walker *w)
{
    uint32_t target, slot = slot_of(c, &in->o[0]);
    if (target_of(in, &target)) {
        w->at += recipe_x86_removed(c->source, recipe_x86_destination(c->source, c->img, c->base, target));
    } else if (slot) {
        w->at += recipe_x86_removed(c->source, recipe_x86_slot(c->source, c->base, slot));
    } else {
        lose(w);
    }
}

/* EBP is loaded from ESP + `offset`. */
static void load_ebp(walker *w, int32_t offset)
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
static void esp_from_ebp(walker *w, int32_t offset)
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
static void ebp_from_esp(walker *w, int32_t offset)
{
    w->ebp = w->sp == BASE_ESP ? EBP_STACK : EBP_LOST;
    w->ebp_at = w->at + offset;
}

static void push(const instruction *in, walker *w)
{
    w->at -= 4;
    if (is_register(&in->o[0], ZYDIS_REGISTER_EBP) && w->ebp == EBP_START && w->sp == BASE_ESP) {
        w->kept = true;
        w->kept_at = w->at;
    }
}

static void pop(const instruction *in, walker *w)
{
    if (is_register(&in->o[0], ZYDIS_REGISTER_EBP))
        load_ebp(w, 0);
    w->at += 4;
}

static bool writes(const instruction *in, ZydisRegister reg)
{
    for (uint32_t i = 0; i < in->i.operand_count; i++) {
        if ((in->o[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) && is_register(&in->o[i], reg))
            return true;
    }
    return false;
}

/* mov or lea, to ESP or EBP */
static void move(const instruction *in, walker *w)
{
    const ZydisDecodedOperand *from = &in->o[1];
    bool to_esp = is_register(&in->o[0], ZYDIS_REGISTER_ESP), loads = in->i.mnemonic == ZYDIS_MNEMONIC_MOV;
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

static void add_to_esp(const instruction *in, walker *w, int32_t sign)
{
    if (in->o[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        w->at += sign * (int32_t)in->o[1].imm.value.s;
    else
        lose(w);
}

/* What the instruction does to ESP and EBP. */
static void apply(const code *c, const instruction *in, walker *w)
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

/* Does the walk end here, with the return address on top of the stack? */
static bool returns(const code *c, const instruction *in)
{
    uint32_t target;
    if (in->i.mnemonic == ZYDIS_MNEMONIC_RET || in->i.mnemonic == ZYDIS_MNEMONIC_IRETD)
        return true;
    return in->i.mnemonic == ZYDIS_MNEMONIC_JMP && !target_of(in, &target) && slot_of(c, &in->o[0]) != 0;
}

/* Where the next function begins: going on to there from the one before means that its last call does not return. */
static uint32_t next_function(const image *img, uint32_t rva)
{
    const image_symbol *symbols;
    size_t low = 0, count = image_symbols(img, &symbols);
    for (size_t high = count; low < high;) {
        size_t middle = (low + high) / 2;
        if (symbols[middle].rva <= rva) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < count && !symbols[low].function)
        low++;
    return low < count ? symbols[low].rva : UINT32_MAX;
}

static bool ends_nowhere(const instruction *in)
{
    return in->i.mnemonic == ZYDIS_MNEMONIC_INT3 || in->i.mnemonic == ZYDIS_MNEMONIC_UD2 ||
           in->i.mnemonic == ZYDIS_MNEMONIC_HLT || in->i.mnemonic == ZYDIS_MNEMONIC_JMP;
}

static recipe_x86 recipe_of(const code *c, const instruction *in, const walker *w)
{
    bool jump = in->i.mnemonic == ZYDIS_MNEMONIC_JMP; /* to what is imported, which returns in our place */
    uint16_t removed = jump ? recipe_x86_removed(c->source, recipe_x86_slot(c->source, c->base, slot_of(c, &in->o[0])))
                            : return_operand(in);
    bool saved = w->ebp == EBP_SAVED;
    return (recipe_x86){w->sp,  w->at, saved ? w->ebp_base : BASE_UNKNOWN, w->ebp_at, !saved && w->ebp != EBP_START,
                        removed};
}

static recipe_x86 follow(const code *c, uint32_t rva)
{
    branches b = {0};
    instruction in;
    uint32_t target, limit = next_function(c->img, rva);
    walker w = {.rva = rva, .sp = BASE_ESP};
    for (int i = 0; i < STEPS; i++) {
        bool on = decode(c, w.rva, &in);
        if (on && returns(c, &in)) {
            if (w.sp != BASE_UNKNOWN && !(w.sp == BASE_ESP && w.at < 0))
                return recipe_of(c, &in, &w);
            on = false;
        }
        bool jump = on && in.i.mnemonic == ZYDIS_MNEMONIC_JMP;
        if (on && (jump || in.i.meta.category == ZYDIS_CATEGORY_COND_BR) && target_of(&in, &target))
            add_branch(&b, &w, target);
        if (on && !ends_nowhere(&in) && in.next != limit) {
            apply(c, &in, &w);
            w.rva = in.next;
        } else if (b.count) {
            w = b.list[--b.count];
            limit = next_function(c->img, w.rva);
        } else {
            break;
        }
    }
    return (recipe_x86){.base = BASE_UNKNOWN, .ebp_base = BASE_UNKNOWN, .ebp_lost = true};
}

/* Remembered by the file's hash: an image of the same address may be another one. */
recipe_x86 recipe_x86_at(const unwind_source *source, const image *img, uint64_t base, uint32_t rva)
{
    static struct {
        char file[16];
        uint32_t rva;
        bool used;
        recipe_x86 recipe;
    } cache[CACHE];
    const char *file = image_sha256(img);
    size_t slot = (rva * 0x9e3779b9u ^ (uint32_t)(uint8_t)file[0] << 4 ^ (uint32_t)(uint8_t)file[1]) % CACHE;
    if (!cache[slot].used || cache[slot].rva != rva || memcmp(cache[slot].file, file, sizeof cache[slot].file) != 0) {
        code c = code_of(source, img, base);
        cache[slot].recipe = follow(&c, rva);
        cache[slot].rva = rva;
        cache[slot].used = true;
        memcpy(cache[slot].file, file, sizeof cache[slot].file);
    }
    return cache[slot].recipe;
}

/* What lies around --------------------------------------------------------------------------------------------------- */

static void nearer(uint32_t candidate, uint32_t rva, uint32_t *start)
{
    if (candidate <= rva && candidate > *start)
        *start = candidate;
}

const char *recipe_x86_function(const image *img, uint32_t rva, uint32_t *start)
{
    const image_symbol *symbols;
    size_t low = 0, high = image_symbols(img, &symbols);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (symbols[middle].rva <= rva) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t nearest = low;
    while (low > 1 && !symbols[low - 1].function)
        low--; /* a label inside of it */
    low = low && symbols[low - 1].function ? low : nearest;
    *start = low ? symbols[low - 1].rva : 0;
    return low ? symbols[low - 1].name : "";
}

uint32_t recipe_x86_start(const image *img, uint32_t rva)
{
    const image_export *exports;
    size_t count = image_exports(img, &exports);
    uint32_t start;
    if (!*recipe_x86_function(img, rva, &start)) {
        nearer(image_entry(img), rva, &start);
        for (size_t i = 0; i < count; i++)
            nearer(exports[i].rva, rva, &start);
    }
    return start;
}

/* Calls of 5 bytes name their target; the others have a ModRM byte, which says how long they are. */
call_site recipe_x86_call_before(const image *img, uint32_t rva)
{
    code c = code_of(NULL, img, 0);
    for (uint32_t length = 2; length <= 7 && length <= rva; length++) {
        instruction in;
        call_site site = {CALL_COMPUTED, 0};
        if (!decode(&c, rva - length, &in) || in.next != rva || in.i.mnemonic != ZYDIS_MNEMONIC_CALL)
            continue;
        if (target_of(&in, &site.target)) {
            if (site.target >= c.size)
                continue;
            site.kind = CALL_DIRECT;
        } else if ((site.target = slot_of(&c, &in.o[0])) != 0) {
            site.kind = CALL_SLOT;
        }
        return site;
    }
    return (call_site){CALL_NONE, 0};
}
