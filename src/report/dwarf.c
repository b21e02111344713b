/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dwarf.h"

#include <string.h>

enum {
    AT_NAME = 0x03,
    AT_LOCATION = 0x02,
    AT_BYTE_SIZE = 0x0b,
    AT_UPPER_BOUND = 0x2f,
    AT_COUNT = 0x37,
    AT_MEMBER_LOCATION = 0x38,
    AT_SPECIFICATION = 0x47,
    AT_TYPE = 0x49
};

enum {
    FORM_ADDR = 0x01,
    FORM_BLOCK2 = 0x03,
    FORM_BLOCK4 = 0x04,
    FORM_DATA2 = 0x05,
    FORM_DATA4 = 0x06,
    FORM_DATA8 = 0x07,
    FORM_STRING = 0x08,
    FORM_BLOCK = 0x09,
    FORM_BLOCK1 = 0x0a,
    FORM_DATA1 = 0x0b,
    FORM_FLAG = 0x0c,
    FORM_SDATA = 0x0d,
    FORM_STRP = 0x0e,
    FORM_UDATA = 0x0f,
    FORM_REF_ADDR = 0x10,
    FORM_REF1 = 0x11,
    FORM_REF2 = 0x12,
    FORM_REF4 = 0x13,
    FORM_REF8 = 0x14,
    FORM_REF_UDATA = 0x15,
    FORM_SEC_OFFSET = 0x17,
    FORM_EXPRLOC = 0x18,
    FORM_FLAG_PRESENT = 0x19,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP = 0x1f,
    FORM_IMPLICIT_CONST = 0x21
};

enum { OP_ADDR = 0x03, UNIT_COMPILE = 0x01, UNIT_PARTIAL = 0x03 };

/* Reading ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *bytes;
    uint64_t at, end;
    bool bad; /* beyond the end */
} cursor;

static cursor cursor_at(dwarf_section section, uint64_t at, uint64_t end)
{
    return (cursor){section.bytes, at, end < section.size ? end : section.size, at > end || at > section.size};
}

static bool has(cursor *c, uint64_t size)
{
    c->bad |= c->at > c->end || size > c->end - c->at;
    return !c->bad;
}

static uint64_t number(cursor *c, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size && has(c, 1); i++) {
        value |= (uint64_t)c->bytes[c->at++] << (8 * i);
    }
    return value;
}

static uint64_t leb(cursor *c, bool sign)
{
    uint64_t value = 0;
    uint8_t byte = 0x80;
    unsigned shift = 0;
    while ((byte & 0x80) && has(c, 1)) {
        byte = c->bytes[c->at++];
        value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        shift += 7;
    }
    return sign && (byte & 0x40) && shift < 64 ? value | ~0ull << shift : value;
}

static void skip(cursor *c, uint64_t size)
{
    if (has(c, size)) {
        c->at += size;
    }
}

/* NULL: it does not end. */
static const char *text_at(dwarf_section section, uint64_t at)
{
    bool ends = at < section.size && memchr(section.bytes + at, 0, section.size - at);
    return ends ? (const char *)section.bytes + at : NULL;
}

/* Attributes ------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t number; /* also: where a block begins */
    uint64_t size;   /* of a block */
    const char *text;
} attribute;

static attribute block(cursor *c, uint64_t size)
{
    attribute a = {.number = c->at, .size = size};
    skip(c, size);
    return a;
}

static attribute string(const dwarf *d, cursor *c, uint64_t form)
{
    if (form == FORM_STRING) {
        attribute a = {.text = text_at((dwarf_section){c->bytes, c->end}, c->at)};
        skip(c, a.text ? strlen(a.text) + 1 : UINT64_MAX);
        return a;
    }
    return (attribute){.text = text_at(form == FORM_STRP ? d->str : d->line_str, number(c, 4))};
}

static attribute read_attribute(const dwarf *d, cursor *c, uint64_t form, uint64_t implicit)
{
    switch (form) {
    case FORM_ADDR: return (attribute){.number = number(c, d->address_size)};
    case FORM_DATA1:
    case FORM_FLAG: return (attribute){.number = number(c, 1)};
    case FORM_DATA2: return (attribute){.number = number(c, 2)};
    case FORM_DATA4:
    case FORM_SEC_OFFSET:
    case FORM_REF_ADDR: return (attribute){.number = number(c, 4)};
    case FORM_DATA8: return (attribute){.number = number(c, 8)};
    case FORM_DATA16: return block(c, 16);
    case FORM_SDATA: return (attribute){.number = leb(c, true)};
    case FORM_UDATA: return (attribute){.number = leb(c, false)};
    case FORM_REF1: return (attribute){.number = d->begin + number(c, 1)};
    case FORM_REF2: return (attribute){.number = d->begin + number(c, 2)};
    case FORM_REF4: return (attribute){.number = d->begin + number(c, 4)};
    case FORM_REF8: return (attribute){.number = d->begin + number(c, 8)};
    case FORM_REF_UDATA: return (attribute){.number = d->begin + leb(c, false)};
    case FORM_STRING:
    case FORM_STRP:
    case FORM_LINE_STRP: return string(d, c, form);
    case FORM_BLOCK1: return block(c, number(c, 1));
    case FORM_BLOCK2: return block(c, number(c, 2));
    case FORM_BLOCK4: return block(c, number(c, 4));
    case FORM_BLOCK:
    case FORM_EXPRLOC: return block(c, leb(c, false));
    case FORM_FLAG_PRESENT: return (attribute){.number = 1};
    case FORM_IMPLICIT_CONST: return (attribute){.number = implicit};
    default: c->bad = true; return (attribute){0};
    }
}

/* A variable that lies at one address. */
static void set_location(const dwarf *d, cursor *c, const attribute *a, dwarf_entry *out)
{
    cursor expression = cursor_at((dwarf_section){c->bytes, c->end}, a->number, a->number + a->size);
    if (a->size == 1u + d->address_size && number(&expression, 1) == OP_ADDR) {
        out->address = number(&expression, d->address_size);
        out->has_address = !expression.bad;
    }
}

static void set_attribute(const dwarf *d, cursor *c, uint64_t name, const attribute *a, dwarf_entry *out)
{
    switch (name) {
    case AT_NAME: out->name = a->text; break;
    case AT_TYPE: out->type = a->number; break;
    case AT_SPECIFICATION: out->specification = a->number; break;
    case AT_BYTE_SIZE: out->size = a->number; break;
    case AT_MEMBER_LOCATION: out->place = a->size ? UINT64_MAX : a->number; break;
    case AT_LOCATION: set_location(d, c, a, out); break;
    case AT_COUNT:
    case AT_UPPER_BOUND:
        out->has_count = !a->size;
        out->count = a->number + (name == AT_UPPER_BOUND);
        break;
    default: break;
    }
}

/* Entries ---------------------------------------------------------------------------------------------------------- */

/* Over the tag, whether there are children, and the attributes. */
static void skip_abbreviation(cursor *c)
{
    uint64_t name, form;
    leb(c, false);
    skip(c, 1);
    do {
        name = leb(c, false);
        form = leb(c, false);
        if (form == FORM_IMPLICIT_CONST) {
            leb(c, true);
        }
    } while ((name || form) && !c->bad);
}

/* Compilers number them from 1. */
static void index_abbreviations(dwarf *d, uint64_t at)
{
    cursor c = cursor_at(d->abbrev, at, d->abbrev.size);
    memset(d->abbreviation, 0, sizeof d->abbreviation);
    for (uint64_t code; (code = leb(&c, false)) != 0 && !c.bad; skip_abbreviation(&c)) {
        if (code < DWARF_ABBREVIATIONS) {
            d->abbreviation[code] = c.at;
        }
    }
}

bool dwarf_read(const dwarf *d, uint64_t offset, dwarf_entry *out)
{
    cursor c = cursor_at(d->info, offset, d->end), a = {0};
    *out = (dwarf_entry){.offset = offset};
    uint64_t code = leb(&c, false);
    if (code && !c.bad) {
        if (code >= DWARF_ABBREVIATIONS || !d->abbreviation[code]) {
            return false;
        }
        a = cursor_at(d->abbrev, d->abbreviation[code], d->abbrev.size);
        out->tag = leb(&a, false);
        out->children = number(&a, 1) != 0;
    }
    while (code && !c.bad && !a.bad) {
        uint64_t name = leb(&a, false), form = leb(&a, false);
        uint64_t implicit = form == FORM_IMPLICIT_CONST ? leb(&a, true) : 0;
        if (!name && !form) {
            break;
        }
        attribute value = read_attribute(d, &c, form, implicit);
        if (!c.bad) {
            set_attribute(d, &c, name, &value, out);
        }
    }
    out->next = c.at;
    return !c.bad && !(code && a.bad) && offset >= d->first;
}

bool dwarf_unit(dwarf *d, uint64_t offset)
{
    cursor c = cursor_at(d->info, offset, d->info.size);
    uint64_t length = number(&c, 4);
    d->begin = offset;
    d->end = offset + 4 + length;
    d->version = (uint16_t)number(&c, 2);
    if (c.bad || length == 0 || d->end > d->info.size || d->version < 4 || d->version > 5) {
        return false;
    }
    uint64_t kind = d->version == 5 ? number(&c, 1) : UNIT_COMPILE;
    d->address_size = (uint8_t)(d->version == 5 ? number(&c, 1) : 0);
    index_abbreviations(d, number(&c, 4));
    d->address_size = d->version == 5 ? d->address_size : (uint8_t)number(&c, 1);
    d->first = c.at;
    return !c.bad && (d->address_size == 4 || d->address_size == 8) && (kind == UNIT_COMPILE || kind == UNIT_PARTIAL);
}

static dwarf_section section_of(const image *img, const char *name)
{
    dwarf_section s = {0};
    uint32_t size = 0;
    s.bytes = image_debug_section(img, name, &size);
    s.size = size;
    return s;
}

bool dwarf_open(const image *img, dwarf *d)
{
    *d = (dwarf){.info = section_of(img, ".debug_info"),
                 .abbrev = section_of(img, ".debug_abbrev"),
                 .str = section_of(img, ".debug_str"),
                 .line_str = section_of(img, ".debug_line_str")};
    return d->info.bytes && d->abbrev.bytes;
}
