/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * coff.c - names from the COFF symbol table, if the linker left one. It is a convenience for reports: what is malformed
 * is passed over, never an error.
 */
#include "internal.h"

#include <stdlib.h>

typedef struct {
    const uint8_t *strings;
    uint32_t string_size;
} string_table;

static const char *long_name(const string_table *table, uint32_t offset)
{
    if (offset < 4 || offset >= table->string_size)
        return NULL;
    const char *name = (const char *)table->strings + offset;
    uint32_t room = table->string_size - offset;
    return memchr(name, 0, room < IMAGE_NAME_MAX ? room : IMAGE_NAME_MAX) != NULL ? name : NULL;
}

/* Names of up to 8 bytes stand in the entry and need not end in NUL: those are copied into `short_names`. */
static const char *name_of(const uint8_t *entry, const string_table *table, char **short_names)
{
    if (get_u32(entry) == 0)
        return long_name(table, get_u32(entry + 4));
    char *copy = *short_names;
    memcpy(copy, entry, 8);
    copy[8] = '\0';
    *short_names += 9;
    return copy;
}

/* "_IopLoadDriver@8" and "@IofCompleteRequest@8" are IopLoadDriver and IofCompleteRequest, as debuggers show them. Copies
 * go to `*room`, while there is some. */
static const char *undecorated(const char *name, char **room, const char *end)
{
    const char *at = strrchr(name, '@');
    size_t digits = at != NULL ? strspn(at + 1, "0123456789") : 0;
    name += (*name == '_' || *name == '@') && name[1] != '\0' ? 1 : 0;
    if (digits == 0 || at[1 + digits] != '\0' || at <= name || (size_t)(end - *room) < (size_t)(at - name) + 1)
        return name;
    char *copy = *room;
    memcpy(copy, name, (size_t)(at - name));
    copy[at - name] = '\0';
    *room += at - name + 1;
    return copy;
}

static bool in_code(const image *img, uint32_t rva)
{
    for (size_t i = 0; i < img->section_count; i++) {
        if (img->sections[i].executable && rva - img->sections[i].rva < img->sections[i].size)
            return true;
    }
    return false;
}

static bool is_wanted(const image *img, const uint8_t *entry, uint32_t *rva)
{
    uint32_t section = get_u16(entry + SYMBOL_SECTION);
    uint8_t class = entry[SYMBOL_CLASS];
    if (section == 0 || section > img->raw_section_count)
        return false;
    if (class != SYMBOL_CLASS_EXTERNAL && class != SYMBOL_CLASS_STATIC && class != SYMBOL_CLASS_LABEL)
        return false;
    if (entry[0] == '.') /* a section's own name */
        return false;
    *rva = img->section_rvas[section - 1] + get_u32(entry + SYMBOL_VALUE);
    return in_code(img, *rva);
}

/* Of several names for one place a function's comes first, then the alphabet rules: no linker's whim changes that. */
static int by_place(const void *a, const void *b)
{
    const image_symbol *left = a, *right = b;
    if (left->rva != right->rva)
        return left->rva < right->rva ? -1 : 1;
    if (left->function != right->function)
        return left->function ? -1 : 1;
    return strcmp(left->name, right->name);
}

static bool find_strings(const image *img, string_table *table)
{
    uint64_t end = img->symbol_table + (uint64_t)img->symbol_total * SYMBOL_SIZE;
    if (img->symbol_table == 0 || img->symbol_total > IMAGE_SYMBOL_MAX || !range_fits(end, 4, img->byte_count))
        return false;
    uint64_t room = img->byte_count - end;
    table->strings = img->bytes + end;
    table->string_size = get_u32(table->strings);
    if (table->string_size > room)
        table->string_size = (uint32_t)room;
    return true;
}

image_status image_parse_symbols(image *img)
{
    string_table table;
    if (!find_strings(img, &table) || img->symbol_total == 0)
        return IMAGE_OK;
    /* One block: the array, then room for the short names, then for names without their decoration. */
    size_t room = img->machine == IMAGE_X86 ? table.string_size + img->symbol_total * 9 : 0;
    img->symbols = malloc(img->symbol_total * (sizeof *img->symbols + 9) + room);
    if (img->symbols == NULL)
        return IMAGE_NO_MEMORY;
    char *short_names = (char *)(img->symbols + img->symbol_total);
    char *plain = short_names + img->symbol_total * 9, *end = plain + room;
    for (uint64_t i = 0; i < img->symbol_total; i++) {
        const uint8_t *entry = img->bytes + img->symbol_table + i * SYMBOL_SIZE;
        uint32_t rva;
        if (is_wanted(img, entry, &rva)) {
            const char *name = name_of(entry, &table, &short_names);
            if (name != NULL && img->machine == IMAGE_X86)
                name = undecorated(name, &plain, end);
            if (name != NULL && *name != '\0')
                img->symbols[img->symbol_count++] =
                    (image_symbol){name, rva, get_u16(entry + SYMBOL_TYPE) == SYMBOL_TYPE_FUNCTION};
        }
        i += entry[SYMBOL_AUX_COUNT];
    }
    qsort(img->symbols, img->symbol_count, sizeof *img->symbols, by_place);
    return IMAGE_OK;
}

size_t image_symbols(const image *img, const image_symbol **symbols)
{
    *symbols = img->symbols;
    return img->symbol_count;
}

size_t image_symbol_index(const image *img, uint64_t rva)
{
    size_t low = 0, high = img->symbol_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (img->symbols[middle].rva < rva)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sections with long names have "/" and the name's offset in the string table for a name. */
const void *image_debug_section(const image *img, const char *name, uint32_t *size)
{
    string_table table;
    for (size_t i = 0; find_strings(img, &table) && i < img->section_count; i++) {
        const image_section *section = &img->sections[i];
        const char *full =
            *section->name == '/' ? long_name(&table, (uint32_t)strtoul(section->name + 1, NULL, 10)) : NULL;
        if (full != NULL && strcmp(full, name) == 0 && section->rva < image_size(img)) {
            *size = section->size < image_size(img) - section->rva ? section->size : image_size(img) - section->rva;
            return (const uint8_t *)image_view(img) + section->rva;
        }
    }
    return NULL;
}

bool image_has_dwarf(const image *img)
{
    uint32_t size;
    return image_debug_section(img, ".debug_info", &size) != NULL;
}
