/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample_pe.h - a small, complete PE file made in memory, for tests that then break it in one place.
 *
 *   RVA     file    what
 *   0000    0000    headers (NT headers at SAMPLE_NT)
 *   1000    0400    .text
 *   2000    0600    .rdata  imports at 2000, exports at 2200
 *   3000    0a00    .data   cookie at 3000, a pointer to itself at 3010, load configuration at 3040
 *   4000    0c00    .reloc  one block: the pointers at 3010 and the load configuration's
 *           0e00            COFF symbols: Start (RVA 1000), LongFunctionName (RVA 1020)
 */
#ifndef AIRLOCK_TESTS_SAMPLE_PE_H
#define AIRLOCK_TESTS_SAMPLE_PE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    SAMPLE_NT = 0x80,
    SAMPLE_OPTIONAL = SAMPLE_NT + 24,
    SAMPLE_SIZE = 0xe00 + 2 * 18 + 4 + 17,
    SAMPLE_TEXT = 0x400,
    SAMPLE_RDATA = 0x600,
    SAMPLE_IMPORTS = 0x600,
    SAMPLE_EXPORTS = 0x800,
    SAMPLE_DATA = 0xa00,
    SAMPLE_RELOC = 0xc00,
    SAMPLE_SYMBOLS = 0xe00
};

#define SAMPLE_BASE64   0x140000000u
#define SAMPLE_BASE32   0x10000u
#define SAMPLE_COOKIE64 0x00002b992ddfa232u
#define SAMPLE_COOKIE32 0xbb40e64eu

static inline void sample_put(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* File offset of directory `index`'s entry in the optional header. */
static inline uint32_t sample_directory(bool wide, unsigned index)
{
    return SAMPLE_OPTIONAL + (wide ? 112u : 96u) + index * 8u;
}

static inline uint32_t sample_section(bool wide, unsigned index)
{
    return SAMPLE_OPTIONAL + (wide ? 240u : 224u) + index * 40u;
}

static inline void sample_headers(uint8_t *f, bool wide)
{
    static const struct {
        char name[8];
        uint32_t flags;
    } sections[4] = {{".text", 0x60000020}, {".rdata", 0x40000040}, {".data", 0xc0000040}, {".reloc", 0x42000040}};
    static const uint32_t raw[4] = {SAMPLE_TEXT, SAMPLE_RDATA, SAMPLE_DATA, SAMPLE_RELOC};
    static const uint32_t sizes[4] = {0x200, 0x400, 0x200, 0x200};
    uint8_t *nt = f + SAMPLE_NT, *optional = f + SAMPLE_OPTIONAL;
    memcpy(f, "MZ", 2);
    sample_put(f + 0x3c, SAMPLE_NT, 4);
    memcpy(nt, "PE\0\0", 4);
    sample_put(nt + 4, wide ? 0x8664 : 0x14c, 2);
    sample_put(nt + 6, 4, 2);
    sample_put(nt + 8, 0x4badcafe, 4);
    sample_put(nt + 12, SAMPLE_SYMBOLS, 4);
    sample_put(nt + 16, 2, 4);
    sample_put(nt + 20, wide ? 240 : 224, 2);
    sample_put(nt + 22, 0x22, 2);
    sample_put(optional, wide ? 0x20b : 0x10b, 2);
    sample_put(optional + 16, 0x1000, 4);
    sample_put(optional + (wide ? 24 : 28), wide ? SAMPLE_BASE64 : SAMPLE_BASE32, wide ? 8 : 4);
    sample_put(optional + 32, 0x1000, 4);
    sample_put(optional + 36, 0x200, 4);
    sample_put(optional + 56, 0x5000, 4);
    sample_put(optional + 60, 0x400, 4);
    sample_put(optional + 64, 0x1234, 4);
    sample_put(optional + 68, 1, 2);
    sample_put(optional + (wide ? 108 : 92), 16, 4);
    for (unsigned i = 0; i < 4; i++) {
        uint8_t *header = f + sample_section(wide, i);
        memcpy(header, sections[i].name, 8);
        sample_put(header + 8, sizes[i], 4);
        sample_put(header + 12, 0x1000u * (i + 1), 4);
        sample_put(header + 16, sizes[i], 4);
        sample_put(header + 20, raw[i], 4);
        sample_put(header + 36, sections[i].flags, 4);
    }
}

static inline void sample_set_directory(uint8_t *f, bool wide, unsigned index, uint32_t rva, uint32_t size)
{
    sample_put(f + sample_directory(wide, index), rva, 4);
    sample_put(f + sample_directory(wide, index) + 4, size, 4);
}

/* NTOSKRNL.exe: DbgPrint by name, then ordinal 7; FLTMGR.SYS: FltRegisterFilter. */
static inline void sample_imports(uint8_t *f, bool wide)
{
    unsigned w = wide ? 8 : 4;
    uint8_t *d = f + SAMPLE_IMPORTS;
    static const uint32_t lookups[2] = {0x80, 0xa0}, slots[2] = {0xc0, 0xe0}, names[2] = {0x100, 0x110};
    for (unsigned i = 0; i < 2; i++) {
        sample_put(d + i * 20, 0x2000 + lookups[i], 4);
        sample_put(d + i * 20 + 12, 0x2000 + names[i], 4);
        sample_put(d + i * 20 + 16, 0x2000 + slots[i], 4);
        for (unsigned table = 0; table < 2; table++) {
            uint8_t *thunks = d + (table == 0 ? lookups[i] : slots[i]);
            sample_put(thunks, i == 0 ? 0x2120 : 0x2130, w);
            if (i == 0)
                sample_put(thunks + w, (wide ? 1ull << 63 : 1ull << 31) | 7, w);
        }
    }
    memcpy(d + 0x100, "NTOSKRNL.exe", 13);
    memcpy(d + 0x110, "FLTMGR.SYS", 11);
    sample_put(d + 0x120, 42, 2);
    memcpy(d + 0x122, "DbgPrint", 9);
    memcpy(d + 0x132, "FltRegisterFilter", 18);
    sample_set_directory(f, wide, 1, 0x2000, 60);
}

/* Ordinal base 5: 5 "Zebra" at 1010, 6 nameless at 1020, 7 a gap, 8 "Alpha" forwarded to "ntoskrnl.Beta". */
static inline void sample_exports(uint8_t *f, bool wide)
{
    uint8_t *d = f + SAMPLE_EXPORTS;
    sample_put(d + 16, 5, 4);
    sample_put(d + 20, 4, 4);
    sample_put(d + 24, 2, 4);
    sample_put(d + 28, 0x2240, 4);
    sample_put(d + 32, 0x2260, 4);
    sample_put(d + 36, 0x2270, 4);
    sample_put(d + 0x40, 0x1010, 4);
    sample_put(d + 0x44, 0x1020, 4);
    sample_put(d + 0x4c, 0x22a0, 4);
    sample_put(d + 0x60, 0x2280, 4);
    sample_put(d + 0x64, 0x2288, 4);
    sample_put(d + 0x70, 3, 2);
    sample_put(d + 0x72, 0, 2);
    memcpy(d + 0x80, "Alpha", 6);
    memcpy(d + 0x88, "Zebra", 6);
    memcpy(d + 0xa0, "ntoskrnl.Beta", 14);
    sample_set_directory(f, wide, 0, 0x2200, 0xc0);
}

static inline void sample_data(uint8_t *f, bool wide)
{
    uint64_t base = wide ? SAMPLE_BASE64 : SAMPLE_BASE32;
    unsigned w = wide ? 8 : 4, field = wide ? 0x58 : 0x3c;
    uint8_t *d = f + SAMPLE_DATA, *r = f + SAMPLE_RELOC;
    sample_put(d, wide ? SAMPLE_COOKIE64 : SAMPLE_COOKIE32, w);
    sample_put(d + 0x10, base + 0x3010, w);
    sample_put(d + 0x40, wide ? 0x70 : 0x48, 4);
    sample_put(d + 0x40 + field, base + 0x3000, w);
    sample_set_directory(f, wide, 10, 0x3040, wide ? 0x70 : 0x48);
    sample_put(r, 0x3000, 4);
    sample_put(r + 4, 14, 4);
    sample_put(r + 8, (wide ? 0xa000u : 0x3000u) | 0x10, 2);
    sample_put(r + 10, (wide ? 0xa000u : 0x3000u) | (0x40 + field), 2);
    sample_set_directory(f, wide, 5, 0x4000, 14);
}

static inline void sample_symbols(uint8_t *f)
{
    uint8_t *s = f + SAMPLE_SYMBOLS;
    memcpy(s, "Start", 5);
    sample_put(s + 12, 1, 2);
    sample_put(s + 14, 0x20, 2);
    s[16] = 2;
    sample_put(s + 18 + 4, 4, 4);
    sample_put(s + 18 + 8, 0x20, 4);
    sample_put(s + 18 + 12, 1, 2);
    sample_put(s + 18 + 14, 0x20, 2);
    s[18 + 16] = 2;
    sample_put(s + 36, 4 + 17, 4);
    memcpy(s + 40, "LongFunctionName", 17);
}

/* `f` holds SAMPLE_SIZE bytes. */
static inline void sample_pe(uint8_t *f, bool wide)
{
    memset(f, 0, SAMPLE_SIZE);
    sample_headers(f, wide);
    memset(f + SAMPLE_TEXT, 0xcc, 0x200);
    sample_imports(f, wide);
    sample_exports(f, wide);
    sample_data(f, wide);
    sample_symbols(f);
}

#endif
