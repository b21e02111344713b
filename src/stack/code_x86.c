/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "code_x86.h"

#include <string.h>

enum { JUMPS = 4 };

x86_code x86_code_of(const unwind_source *source, const image *img, uint64_t base)
{
    x86_code c = {.source = source, .img = img, .view = image_view(img), .base = base, .size = image_size(img)};
    ZydisDecoderInit(&c.decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    return c;
}

bool x86_decode(const x86_code *c, uint32_t rva, x86_instruction *out)
{
    if (rva >= c->size ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&c->decoder, c->view + rva, c->size - rva, &out->i, out->o)))
        return false;
    out->rva = rva;
    out->next = rva + out->i.length;
    return true;
}

bool x86_is_register(const ZydisDecodedOperand *o, ZydisRegister reg)
{
    return o->type == ZYDIS_OPERAND_TYPE_REGISTER && o->reg.value == reg;
}

uint32_t x86_slot_of(const x86_code *c, const ZydisDecodedOperand *o)
{
    uint64_t preferred = image_preferred_base(c->img);
    if (o->type != ZYDIS_OPERAND_TYPE_MEMORY || o->mem.base != ZYDIS_REGISTER_NONE ||
        o->mem.index != ZYDIS_REGISTER_NONE || (o->mem.segment != ZYDIS_REGISTER_DS))
        return 0;
    uint64_t rva = (uint32_t)o->mem.disp.value - preferred;
    return rva < c->size ? (uint32_t)rva : 0;
}

bool x86_target_of(const x86_instruction *in, uint32_t *target)
{
    if (in->o[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !in->o[0].imm.is_relative)
        return false;
    *target = in->next + (uint32_t)in->o[0].imm.value.s;
    return true;
}

uint32_t x86_place_slot(const image *img, uint32_t start, uint32_t rva)
{
    const char *file = image_sha256(img);
    return ((rva + 31 * start) * 0x9e3779b9u >> 16 ^ (uint32_t)(uint8_t)file[0] << 4 ^ (uint32_t)(uint8_t)file[1]) %
           X86_REMEMBERED;
}

bool x86_place_known(x86_place *entry, const image *img, uint32_t start, uint32_t rva)
{
    const char *file = image_sha256(img);
    bool known =
        entry->used && entry->rva == rva && entry->start == start && memcmp(entry->file, file, sizeof entry->file) == 0;
    memcpy(entry->file, file, sizeof entry->file);
    entry->start = start;
    entry->rva = rva;
    entry->used = true;
    return known;
}

uint64_t x86_slot(const unwind_source *source, uint64_t base, uint32_t slot)
{
    uint8_t b[4] = {0};
    return source->read(source->context, base + slot, b, sizeof b) == sizeof b
               ? (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24
               : 0;
}

uint64_t x86_destination(const unwind_source *source, const image *img, uint64_t base, uint32_t rva)
{
    x86_code c = x86_code_of(source, img, base);
    x86_instruction in;
    for (int i = 0; i < JUMPS && x86_decode(&c, rva, &in) && in.i.mnemonic == ZYDIS_MNEMONIC_JMP; i++) {
        uint32_t slot = x86_slot_of(&c, &in.o[0]);
        if (slot)
            return x86_slot(source, base, slot);
        if (!x86_target_of(&in, &rva))
            break;
    }
    return base + rva;
}

uint32_t x86_next_function(const image *img, uint32_t rva)
{
    const image_symbol *symbols;
    size_t count = image_symbols(img, &symbols), at = image_symbol_index(img, rva + 1ull);
    while (at < count && !symbols[at].function)
        at++;
    return at < count ? symbols[at].rva : UINT32_MAX;
}

static void nearer(uint32_t candidate, uint32_t rva, uint32_t *start)
{
    if (candidate <= rva && candidate > *start)
        *start = candidate;
}

const char *x86_function(const image *img, uint32_t rva, uint32_t *start)
{
    const image_symbol *symbols;
    image_symbols(img, &symbols);
    size_t low = image_symbol_index(img, rva + 1ull), nearest = low;
    while (low > 1 && !symbols[low - 1].function)
        low--; /* a label inside of it */
    low = low && symbols[low - 1].function ? low : nearest;
    *start = low ? symbols[low - 1].rva : 0;
    return low ? symbols[low - 1].name : "";
}

uint32_t x86_start(const image *img, uint32_t rva)
{
    const image_export *exports;
    size_t count = image_exports(img, &exports);
    uint32_t start;
    if (!*x86_function(img, rva, &start)) {
        nearer(image_entry(img), rva, &start);
        for (size_t i = 0; i < count; i++)
            nearer(exports[i].rva, rva, &start);
    }
    return start;
}

/* Calls of 5 bytes name their target; the others have a ModRM byte, which says how long they are. */
static call_site find_call_before(const image *img, uint32_t rva)
{
    x86_code c = x86_code_of(NULL, img, 0);
    for (uint32_t length = 2; length <= 7 && length <= rva; length++) {
        x86_instruction in;
        call_site site = {CALL_COMPUTED, 0};
        if (!x86_decode(&c, rva - length, &in) || in.next != rva || in.i.mnemonic != ZYDIS_MNEMONIC_CALL)
            continue;
        if (x86_target_of(&in, &site.target)) {
            if (site.target >= c.size)
                continue;
            site.kind = CALL_DIRECT;
        } else if ((site.target = x86_slot_of(&c, &in.o[0])) != 0) {
            site.kind = CALL_SLOT;
        }
        return site;
    }
    return (call_site){CALL_NONE, 0};
}

call_site x86_call_before(const image *img, uint32_t rva)
{
    static struct {
        x86_place place;
        call_site site;
    } known[X86_REMEMBERED];
    uint32_t slot = x86_place_slot(img, 0, rva);
    if (!x86_place_known(&known[slot].place, img, 0, rva)) {
        known[slot].site = find_call_before(img, rva);
    }
    return known[slot].site;
}
