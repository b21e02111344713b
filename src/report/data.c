/* SPDX-License-Identifier: GPL-2.0-or-later */
/* data.c - reads the table from the file's bytes, which may be hostile: nothing is followed unchecked. */
#include "data.h"

#include <stdio.h>
#include <string.h>

#define SYMBOL_SIZE 18u

typedef struct {
    const uint8_t *bytes;
    size_t size;
    size_t symbols, strings; /* offsets in the file */
    size_t count;
} coff_table;

static uint32_t word_at(const coff_table *t, size_t offset)
{
    uint32_t value = 0;
    if (offset <= t->size && t->size - offset >= sizeof value) {
        memcpy(&value, t->bytes + offset, sizeof value);
    }
    return value;
}

static bool open_table(const image *img, coff_table *t)
{
    memset(t, 0, sizeof *t);
    t->bytes = image_bytes(img, &t->size);
    size_t header = word_at(t, 0x3c);
    t->symbols = word_at(t, header + 12);
    t->count = word_at(t, header + 16);
    if (!t->symbols || t->symbols >= t->size || t->count > (t->size - t->symbols) / SYMBOL_SIZE) {
        return false;
    }
    t->strings = t->symbols + t->count * SYMBOL_SIZE;
    return true;
}

static void copy_name(const coff_table *t, size_t at, char *name, size_t size)
{
    size_t from = at, most = 8;
    if (word_at(t, at) == 0) {
        from = t->strings + word_at(t, at + 4);
        most = from < t->size ? t->size - from : 0;
    }
    if (most >= size) {
        most = size - 1;
    }
    size_t length = most ? strnlen((const char *)t->bytes + from, most) : 0;
    memcpy(name, t->bytes + (length ? from : 0), length);
    name[length] = '\0';
}

/* Section names, and marks of the linker, name no variable. */
static bool is_variable(const char *name) { return name[0] && name[0] != '.' && strncmp(name, "__", 2) != 0; }

bool data_symbol(const image *img, uint32_t rva, char *name, size_t size, uint32_t *offset)
{
    coff_table t;
    const image_section *sections;
    size_t section_count = image_sections(img, &sections);
    bool found = false;
    uint32_t best = 0;
    if (!open_table(img, &t)) {
        return false;
    }
    for (size_t i = 0; i < t.count; i++) {
        size_t at = t.symbols + i * SYMBOL_SIZE;
        uint32_t value = word_at(&t, at + 8), packed = word_at(&t, at + 12), number = packed & 0xffff;
        char candidate[128];
        i += t.bytes[at + 17];
        if (number == 0 || number > section_count || sections[number - 1].executable) {
            continue;
        }
        const image_section *in = &sections[number - 1];
        uint32_t begin = in->rva + value;
        if (value >= in->size || rva - in->rva >= in->size || begin > rva || (found && begin < best)) {
            continue;
        }
        copy_name(&t, at, candidate, sizeof candidate);
        if (is_variable(candidate)) {
            bool decorated = image_arch(img) == IMAGE_X86 && candidate[0] == '_'; /* as C names are there */
            snprintf(name, size, "%s", candidate + decorated);
            best = begin;
            found = true;
        }
    }
    *offset = rva - best;
    return found;
}
