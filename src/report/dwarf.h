/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf.h - debugging information entries, as far as the names of variables need them: DWARF 4 and 5 of 32 bits, as GCC
 * writes it into images. The bytes may be hostile: whatever cannot be read ends the search.
 */
#ifndef AIRLOCK_REPORT_DWARF_H
#define AIRLOCK_REPORT_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

enum {
    TAG_ARRAY = 0x01,
    TAG_CLASS = 0x02,
    TAG_MEMBER = 0x0d,
    TAG_POINTER = 0x0f,
    TAG_STRUCTURE = 0x13,
    TAG_TYPEDEF = 0x16,
    TAG_UNION = 0x17,
    TAG_SUBRANGE = 0x21,
    TAG_CONST = 0x26,
    TAG_VARIABLE = 0x34,
    TAG_VOLATILE = 0x35,
    TAG_RESTRICT = 0x37,
    TAG_ATOMIC = 0x47
};

enum { DWARF_ABBREVIATIONS = 2048 }; /* most of one unit: GCC uses some hundred */

typedef struct {
    const uint8_t *bytes;
    uint64_t size;
} dwarf_section;

typedef struct {
    dwarf_section info, abbrev, str, line_str;
    /* the unit at hand */
    uint64_t begin, end, first;                 /* in info: the unit, its first entry */
    uint64_t abbreviation[DWARF_ABBREVIATIONS]; /* in abbrev, by code: behind it; 0 = none */
    uint8_t address_size;
    uint16_t version;
} dwarf;

/* One entry. Offsets are in `info`; 0 = it has none. */
typedef struct {
    uint64_t offset, next; /* next: behind it, its first child if it has children */
    uint64_t tag;          /* 0: the end of a list of children */
    bool children;
    const char *name;
    uint64_t type, specification;
    bool has_address, has_count;
    uint64_t address; /* of a variable */
    uint64_t size;    /* bytes */
    uint64_t place;   /* of a member in its structure */
    uint64_t count;   /* of an array's elements */
} dwarf_entry;

bool dwarf_open(const image *img, dwarf *d); /* false: there is none */
/* The unit that begins at `offset`; false: there is none. The next one begins at d->end. */
bool dwarf_unit(dwarf *d, uint64_t offset);
bool dwarf_read(const dwarf *d, uint64_t offset, dwarf_entry *out); /* of the unit; false: it cannot be read */

#endif
