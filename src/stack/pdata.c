/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pdata.c - reading .pdata and .xdata, with every offset checked. */
#include "pdata.h"

#include <stddef.h>

enum { ENTRY = 12, INFO_HEADER = 4, CHAIN_MAX = 32 };

static const uint8_t *bytes_at(const image *img, uint64_t rva, uint64_t length)
{
    uint64_t size = image_size(img);
    return rva <= size && length <= size - rva ? (const uint8_t *)image_view(img) + rva : NULL;
}

static uint32_t dword(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static pdata_function entry_at(const uint8_t *p) { return (pdata_function){dword(p), dword(p + 4), dword(p + 8)}; }

/* An odd UnwindData points to the entry to use instead. */
static bool resolve(const image *img, pdata_function *function)
{
    if ((function->unwind & 1) == 0)
        return true;
    const uint8_t *other = bytes_at(img, function->unwind & ~1u, ENTRY);
    if (other == NULL)
        return false;
    *function = entry_at(other);
    return (function->unwind & 1) == 0;
}

/* The table, sorted by begin address (or hostile, which costs a wrong answer at most); 0 entries = none. */
static uint32_t table_of(const image *img, const uint8_t **table)
{
    uint32_t size, rva = image_exception_directory(img, &size);
    *table = bytes_at(img, rva, size);
    return image_arch(img) == IMAGE_X64 && rva != 0 && *table != NULL ? size / ENTRY : 0;
}

uint32_t pdata_end_before(const image *img, uint32_t rva)
{
    const uint8_t *table;
    uint32_t low = 0, high = table_of(img, &table), end = 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        pdata_function entry = entry_at(table + (size_t)middle * ENTRY);
        if (entry.end <= rva) {
            end = entry.end;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return end;
}

bool pdata_find(const image *img, uint32_t rva, pdata_function *function)
{
    const uint8_t *table;
    uint32_t low = 0, high = table_of(img, &table);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        pdata_function entry = entry_at(table + (size_t)middle * ENTRY);
        if (rva < entry.begin) {
            high = middle;
        } else if (rva >= entry.end) {
            low = middle + 1;
        } else {
            *function = entry;
            return resolve(img, function);
        }
    }
    return false;
}

bool pdata_read(const image *img, const pdata_function *function, pdata_info *info)
{
    const uint8_t *header = bytes_at(img, function->unwind, INFO_HEADER);
    if (header == NULL || ((header[0] & 7) != 1 && (header[0] & 7) != 2))
        return false;
    info->flags = header[0] >> 3;
    info->prologue = header[1];
    info->count = header[2];
    info->frame_register = header[3] & 15;
    info->frame_offset = (uint32_t)(header[3] >> 4) * 16;
    info->codes = bytes_at(img, (uint64_t)function->unwind + INFO_HEADER, info->count * 2u);
    if (info->codes == NULL)
        return false;
    if (!(info->flags & PDATA_CHAINED))
        return true;
    uint32_t padded = (info->count + 1u) & ~1u;
    const uint8_t *chained = bytes_at(img, (uint64_t)function->unwind + INFO_HEADER + padded * 2, ENTRY);
    if (chained == NULL)
        return false;
    info->chained = entry_at(chained);
    return true;
}

bool pdata_primary(const image *img, pdata_function *function)
{
    for (int i = 0; i < CHAIN_MAX; i++) {
        pdata_info info;
        if (!pdata_read(img, function, &info))
            return false;
        if (!(info.flags & PDATA_CHAINED))
            return true;
        *function = info.chained;
    }
    return false;
}

pdata_code pdata_code_at(const pdata_info *info, unsigned slot)
{
    const uint8_t *p = info->codes + slot * 2;
    return (pdata_code){p[0], p[1] & 15, p[1] >> 4};
}

uint16_t pdata_slot(const pdata_info *info, unsigned slot)
{
    if (slot >= info->count)
        return 0;
    return (uint16_t)(info->codes[slot * 2] | info->codes[slot * 2 + 1] << 8);
}

unsigned pdata_slots(const pdata_code *code)
{
    switch (code->operation) {
    case UWOP_PUSH_NONVOL:
    case UWOP_ALLOC_SMALL:
    case UWOP_SET_FPREG:
    case UWOP_PUSH_MACHFRAME: return 1;
    case UWOP_ALLOC_LARGE: return code->info == 0 ? 2 : 3;
    case UWOP_SAVE_NONVOL:
    case UWOP_SAVE_XMM128:
    case UWOP_EPILOG: return 2;
    case UWOP_SAVE_NONVOL_FAR:
    case UWOP_SAVE_XMM128_FAR:
    case UWOP_SPARE: return 3;
    default: return 0;
    }
}
