/* SPDX-License-Identifier: GPL-2.0-or-later */
/* internal.h - the struct behind image.h and the steps of image_open, in their order. */
#ifndef AIRLOCK_IMAGE_INTERNAL_H
#define AIRLOCK_IMAGE_INTERNAL_H

#include "bytes.h"
#include "image.h"
#include "pe.h"

typedef struct {
    uint32_t rva, size;
} image_directory;

typedef struct {
    uint32_t rva;         /* where the section's bytes go in the view */
    uint32_t raw, length; /* which bytes of the file */
} image_piece;

struct image {
    char *name;
    char *path;
    uint8_t *bytes; /* the file */
    size_t byte_count;
    uint8_t *view; /* laid out at the preferred base: `size` bytes */
    char sha256[65];

    image_machine machine;
    uint32_t size, entry, timestamp, checksum, header_size;
    uint64_t base;
    uint16_t characteristics, subsystem;
    bool flat; /* sections aligned below a page: file offset = RVA */
    image_directory directories[DIRECTORIES];

    image_section *sections;
    image_piece *pieces;
    size_t section_count;
    uint32_t symbol_table, symbol_total;      /* file offset, entries */
    uint32_t section_rvas[IMAGE_SECTION_MAX]; /* by section number - 1, for symbols */
    uint32_t raw_section_count;

    image_import *imports;
    size_t import_count;
    char **modules;
    size_t module_count;

    image_export *exports;
    size_t export_count;
    uint32_t *ordinals; /* [ordinal - ordinal_base]: 1 + index into exports, 0 = none */
    uint32_t ordinal_base, ordinal_count;

    image_symbol *symbols;
    size_t symbol_count;

    uint32_t cookie; /* RVA of the security cookie, 0 = none */
};

image_status image_parse_headers(image *img);
image_status image_build_view(image *img);
image_status image_check_relocations(const image *img);
image_status image_find_cookie(image *img);
image_status image_parse_imports(image *img);
image_status image_parse_exports(image *img);
image_status image_parse_symbols(image *img);

/* Move `out`, laid at the preferred base, to `base`. The table was checked by image_check_relocations. */
void image_relocate(const image *img, uint64_t base, uint8_t *out);

/* The NUL-terminated string at `rva` of the view, or NULL if it leaves the view or is longer than IMAGE_NAME_MAX. */
const char *image_string(const image *img, uint32_t rva);

static inline bool image_has(const image *img, uint64_t rva, uint64_t length)
{
    return range_fits(rva, length, img->size);
}

static inline uint32_t image_pointer_size(const image *img) { return img->machine == IMAGE_X64 ? 8 : 4; }

static inline uint64_t image_pointer_at(const image *img, uint32_t rva)
{
    return img->machine == IMAGE_X64 ? get_u64(img->view + rva) : get_u32(img->view + rva);
}

#endif
