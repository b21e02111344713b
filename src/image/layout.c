/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.c - the file as it lies in memory: view, relocations, security cookie. */
#include "internal.h"

#include <stdlib.h>

image_status image_build_view(image *img)
{
    img->view = calloc(1, img->size);
    if (img->view == NULL)
        return IMAGE_NO_MEMORY;
    memcpy(img->view, img->bytes, img->header_size);
    for (size_t i = 0; i < img->section_count; i++) {
        const image_piece *piece = &img->pieces[i];
        memcpy(img->view + piece->rva, img->bytes + piece->raw, piece->length);
    }
    return IMAGE_OK;
}

const char *image_string(const image *img, uint32_t rva)
{
    if (rva >= img->size)
        return NULL;
    uint32_t room = img->size - rva;
    if (room > IMAGE_NAME_MAX)
        room = IMAGE_NAME_MAX;
    return memchr(img->view + rva, 0, room) != NULL ? (const char *)img->view + rva : NULL;
}

/* Relocations: blocks of one page each, every entry a type (4 bits) and an offset (12 bits). ----------------------- */

static uint32_t width_of(uint32_t type)
{
    switch (type) {
    case RELOCATION_ABSOLUTE: return 0;
    case RELOCATION_HIGH:
    case RELOCATION_LOW: return 2;
    case RELOCATION_HIGHLOW: return 4;
    case RELOCATION_DIR64: return 8;
    default: return UINT32_MAX;
    }
}

static void apply(uint8_t *at, uint32_t type, uint64_t delta)
{
    switch (type) {
    case RELOCATION_HIGH: put_u16(at, (uint16_t)(get_u16(at) + (delta >> 16))); break;
    case RELOCATION_LOW: put_u16(at, (uint16_t)(get_u16(at) + delta)); break;
    case RELOCATION_HIGHLOW: put_u32(at, (uint32_t)(get_u32(at) + delta)); break;
    case RELOCATION_DIR64: put_u64(at, get_u64(at) + delta); break;
    default: break;
    }
}

/* Checks one block; applies it if `out` is given. The entries are read from the view, which no fix-up changes. */
static image_status walk_block(const image *img, uint32_t block, uint32_t length, uint64_t delta, uint8_t *out)
{
    uint32_t page = get_u32(img->view + block);
    for (uint32_t at = RELOCATION_BLOCK_SIZE; at + 2 <= length; at += 2) {
        uint16_t entry = get_u16(img->view + block + at);
        uint32_t type = entry >> 12, width = width_of(type);
        uint64_t target = (uint64_t)page + (entry & 0xfff);
        if (type == RELOCATION_ABSOLUTE)
            continue;
        if (!image_has(img, target, width))
            return IMAGE_BAD_DIRECTORY;
        if (out != NULL)
            apply(out + target, type, delta);
    }
    return IMAGE_OK;
}

static image_status walk_relocations(const image *img, uint64_t delta, uint8_t *out)
{
    const image_directory *d = &img->directories[DIRECTORY_RELOCATION];
    image_status status = IMAGE_OK;
    if (d->rva == 0)
        return IMAGE_OK;
    for (uint32_t at = 0; d->size - at >= RELOCATION_BLOCK_SIZE && status == IMAGE_OK;) {
        uint32_t length = get_u32(img->view + d->rva + at + 4);
        if (length == 0)
            break; /* padding */
        if (length < RELOCATION_BLOCK_SIZE || length > d->size - at)
            return IMAGE_BAD_DIRECTORY;
        status = walk_block(img, d->rva + at, length, delta, out);
        at += length;
    }
    return status;
}

image_status image_check_relocations(const image *img) { return walk_relocations(img, 0, NULL); }

void image_relocate(const image *img, uint64_t base, uint8_t *out)
{
    if (base != img->base)
        walk_relocations(img, base - img->base, out);
}

/* The cookie: a pointer to it stands in the load configuration. ---------------------------------------------------- */

image_status image_find_cookie(image *img)
{
    const image_directory *d = &img->directories[DIRECTORY_LOAD_CONFIG];
    uint32_t width = image_pointer_size(img);
    uint32_t field = img->machine == IMAGE_X64 ? LOAD_CONFIG_COOKIE64 : LOAD_CONFIG_COOKIE32;
    if (d->rva == 0 || !image_has(img, d->rva, 4))
        return IMAGE_OK;
    /* The size of the structure rules, not that of the directory: old linkers wrote 64 there for compatibility. */
    uint32_t size = get_u32(img->view + d->rva);
    if (size < field + width)
        return IMAGE_OK;
    if (!image_has(img, d->rva, field + width))
        return IMAGE_BAD_DIRECTORY;
    uint64_t address = image_pointer_at(img, d->rva + field);
    if (address == 0)
        return IMAGE_OK;
    if (address < img->base || !image_has(img, address - img->base, width))
        return IMAGE_BAD_DIRECTORY;
    img->cookie = (uint32_t)(address - img->base);
    return IMAGE_OK;
}

static void set_cookie(const image *img, uint64_t cookie, uint8_t *out)
{
    if (cookie == 0 || img->cookie == 0)
        return;
    if (img->machine == IMAGE_X64 && get_u64(out + img->cookie) == DEFAULT_COOKIE64)
        put_u64(out + img->cookie, cookie);
    if (img->machine == IMAGE_X86 && get_u32(out + img->cookie) == DEFAULT_COOKIE32)
        put_u32(out + img->cookie, (uint32_t)cookie);
}

image_status image_layout(const image *img, uint64_t base, uint64_t cookie, void *out)
{
    if (base != img->base && (img->characteristics & FILE_RELOCS_STRIPPED))
        return IMAGE_NOT_RELOCATABLE;
    memcpy(out, img->view, img->size);
    image_relocate(img, base, out);
    set_cookie(img, cookie, out);
    return IMAGE_OK;
}
