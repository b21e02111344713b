/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variable.c - finds the variable around an address, then goes down its type to the innermost element or member. */
#include "variable.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dwarf.h"

enum { DEPTH_MOST = 24, DIMENSIONS_MOST = 4, ENTRIES_MOST = 1 << 20 };

typedef struct {
    const dwarf *d;
    char *text;
    size_t size;
} speller;

__attribute__((format(printf, 2, 3))) static void spell(speller *s, const char *format, ...)
{
    size_t length = strlen(s->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->text + length, s->size - length, format, arguments);
    va_end(arguments);
}

/* Without typedef, const and the like. */
static bool bare_type(const dwarf *d, uint64_t offset, dwarf_entry *type)
{
    for (int i = 0; i < DEPTH_MOST && offset && dwarf_read(d, offset, type); i++) {
        bool wraps = type->tag == TAG_TYPEDEF || type->tag == TAG_CONST || type->tag == TAG_VOLATILE ||
                     type->tag == TAG_RESTRICT || type->tag == TAG_ATOMIC;
        if (!wraps) {
            return true;
        }
        offset = type->type;
    }
    return false;
}

/* The next entry of the same list; false: that was the last one. */
static bool next_sibling(const dwarf *d, dwarf_entry *entry)
{
    unsigned level = 0;
    for (int i = 0; i < ENTRIES_MOST; i++) {
        level += entry->tag && entry->children;
        level -= !entry->tag && level;
        if (!dwarf_read(d, entry->next, entry)) {
            return false;
        }
        if (!level) {
            return entry->tag != 0;
        }
    }
    return false;
}

static bool first_child(const dwarf *d, const dwarf_entry *parent, dwarf_entry *child)
{
    return parent->children && dwarf_read(d, parent->next, child) && child->tag;
}

static size_t dimensions_of(const dwarf *d, const dwarf_entry *array, uint64_t counts[DIMENSIONS_MOST])
{
    dwarf_entry child;
    size_t count = 0;
    for (bool more = first_child(d, array, &child); more; more = next_sibling(d, &child)) {
        if (child.tag == TAG_SUBRANGE && count < DIMENSIONS_MOST) {
            counts[count++] = child.has_count ? child.count : 0;
        }
    }
    return count;
}

/* Bytes; 0: not known. */
static uint64_t size_of(const dwarf *d, uint64_t offset, int depth)
{
    dwarf_entry type;
    uint64_t counts[DIMENSIONS_MOST];
    if (depth == DEPTH_MOST || !bare_type(d, offset, &type)) {
        return 0;
    }
    if (type.tag == TAG_POINTER && !type.size) {
        return d->address_size;
    }
    if (type.tag != TAG_ARRAY || type.size) {
        return type.size;
    }
    uint64_t size = size_of(d, type.type, depth + 1);
    size_t dimensions = dimensions_of(d, &type, counts);
    for (size_t i = 0; i < dimensions; i++) {
        size = counts[i] < UINT32_MAX && size < UINT32_MAX ? size * counts[i] : 0;
    }
    return size;
}

static bool go_down(speller *s, uint64_t offset, uint64_t at, int depth);

static bool element(speller *s, const dwarf_entry *array, uint64_t at, int depth)
{
    uint64_t counts[DIMENSIONS_MOST], size = size_of(s->d, array->type, depth + 1), stride = size;
    size_t dimensions = dimensions_of(s->d, array, counts);
    if (!size || !dimensions) {
        return false;
    }
    for (size_t i = 1; i < dimensions; i++) {
        stride = counts[i] < UINT32_MAX && stride < UINT32_MAX ? stride * counts[i] : 0;
    }
    for (size_t i = 0; i < dimensions && stride; i++) {
        spell(s, "[%" PRIu64 "]", at / stride);
        at %= stride;
        stride = i + 1 < dimensions && counts[i + 1] ? stride / counts[i + 1] : size;
    }
    return stride && go_down(s, array->type, at, depth + 1);
}

/* Of a union's members the first that reaches so far. */
static bool member(speller *s, const dwarf_entry *structure, uint64_t at, int depth)
{
    dwarf_entry child;
    for (bool more = first_child(s->d, structure, &child); more; more = next_sibling(s->d, &child)) {
        if (child.tag == TAG_MEMBER && child.place <= at && at - child.place < size_of(s->d, child.type, depth + 1)) {
            if (child.name) {
                spell(s, ".%s", child.name);
            }
            return go_down(s, child.type, at - child.place, depth + 1);
        }
    }
    return false;
}

static bool go_down(speller *s, uint64_t offset, uint64_t at, int depth)
{
    dwarf_entry type;
    if (depth == DEPTH_MOST || !bare_type(s->d, offset, &type)) {
        return false;
    }
    switch (type.tag) {
    case TAG_ARRAY: return element(s, &type, at, depth);
    case TAG_STRUCTURE:
    case TAG_CLASS:
    case TAG_UNION: return member(s, &type, at, depth);
    default:
        if (at) {
            spell(s, "+0x%" PRIx64, at);
        }
        return true;
    }
}

/* Its name and type, which an earlier declaration may have. */
static bool complete(const dwarf *d, dwarf_entry *variable)
{
    dwarf_entry declared;
    if (variable->specification && dwarf_read(d, variable->specification, &declared)) {
        variable->name = variable->name ? variable->name : declared.name;
        variable->type = variable->type ? variable->type : declared.type;
    }
    return variable->name && variable->type;
}

static bool find_in_unit(const dwarf *d, uint64_t address, dwarf_entry *variable)
{
    for (uint64_t at = d->first; at < d->end && dwarf_read(d, at, variable); at = variable->next) {
        bool candidate = variable->tag == TAG_VARIABLE && variable->has_address && variable->address <= address;
        if (candidate && complete(d, variable) && address - variable->address < size_of(d, variable->type, 0)) {
            return true;
        }
    }
    return false;
}

bool variable_name(const image *img, uint32_t rva, char *name, size_t size)
{
    dwarf d;
    dwarf_entry variable;
    uint64_t address = image_preferred_base(img) + rva;
    for (uint64_t unit = 0; dwarf_open(img, &d) && dwarf_unit(&d, unit); unit = d.end) {
        if (find_in_unit(&d, address, &variable)) {
            uint64_t at = address - variable.address;
            speller s = {&d, name, size};
            snprintf(name, size, "%s", variable.name);
            if (!go_down(&s, variable.type, at, 0)) {
                snprintf(name, size, at ? "%s+0x%" PRIx64 : "%s", variable.name, at);
            }
            return true;
        }
    }
    return false;
}
