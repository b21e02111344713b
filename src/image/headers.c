/* SPDX-License-Identifier: GPL-2.0-or-later */
/* headers.c - DOS, file and optional header, section table: which bytes of the file go where. */
#include "internal.h"

#include <stdlib.h>

typedef struct {
    const uint8_t *nt, *optional, *table;
    uint32_t optional_size, section_alignment, file_alignment, section_count;
} header_place;

static uint32_t round_up(uint32_t value, uint32_t to) { return (value + to - 1) & ~(to - 1); }

static bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

static image_status find_headers(const image *img, header_place *at)
{
    if (img->byte_count < 2 || memcmp(img->bytes, "MZ", 2) != 0)
        return IMAGE_NOT_PE;
    if (img->byte_count < DOS_HEADER_SIZE)
        return IMAGE_TRUNCATED;
    uint32_t lfanew = get_u32(img->bytes + DOS_LFANEW);
    if (!range_fits(lfanew, 4, img->byte_count))
        return IMAGE_NOT_PE;
    if (memcmp(img->bytes + lfanew, "PE\0\0", 4) != 0)
        return IMAGE_NOT_PE;
    if (!range_fits(lfanew, NT_OPTIONAL, img->byte_count))
        return IMAGE_TRUNCATED;
    at->nt = img->bytes + lfanew;
    at->section_count = get_u16(at->nt + NT_SECTION_COUNT);
    at->optional_size = get_u16(at->nt + NT_OPTIONAL_SIZE);
    uint64_t table = (uint64_t)lfanew + NT_OPTIONAL + at->optional_size;
    if (!range_fits(table, (uint64_t)at->section_count * SECTION_HEADER_SIZE, img->byte_count))
        return IMAGE_TRUNCATED;
    at->optional = at->nt + NT_OPTIONAL;
    at->table = img->bytes + table;
    return IMAGE_OK;
}

static image_status read_file_header(image *img, const header_place *at)
{
    uint16_t machine = get_u16(at->nt + NT_MACHINE);
    if (machine != IMAGE_X64 && machine != IMAGE_X86)
        return IMAGE_WRONG_MACHINE;
    img->machine = machine;
    img->timestamp = get_u32(at->nt + NT_TIMESTAMP);
    img->characteristics = get_u16(at->nt + NT_CHARACTERISTICS);
    img->symbol_table = get_u32(at->nt + NT_SYMBOL_TABLE);
    img->symbol_total = get_u32(at->nt + NT_SYMBOL_COUNT);
    if (!(img->characteristics & FILE_EXECUTABLE) || at->section_count > IMAGE_SECTION_MAX)
        return IMAGE_BAD_HEADER;
    return IMAGE_OK;
}

static void read_directories(image *img, const header_place *at, uint32_t count_offset)
{
    uint32_t count = get_u32(at->optional + count_offset);
    for (uint32_t i = 0; i < count && i < DIRECTORIES; i++) {
        uint32_t offset = count_offset + 4 + i * 8;
        if (!range_fits(offset, 8, at->optional_size))
            return;
        img->directories[i].rva = get_u32(at->optional + offset);
        img->directories[i].size = get_u32(at->optional + offset + 4);
    }
}

static image_status check_sizes(image *img, header_place *at)
{
    if (!is_power_of_two(at->section_alignment) || !is_power_of_two(at->file_alignment) ||
        at->file_alignment > at->section_alignment)
        return IMAGE_BAD_HEADER;
    if (img->size > IMAGE_SIZE_MAX)
        return IMAGE_TOO_LARGE;
    img->size = round_up(img->size, PAGE);
    img->flat = at->section_alignment < PAGE;
    if (img->size == 0 || img->entry >= img->size || img->header_size > img->size || img->base % 0x10000 != 0 ||
        (img->flat && at->section_alignment != at->file_alignment))
        return IMAGE_BAD_HEADER;
    if (img->base + img->size < img->base || (img->machine == IMAGE_X86 && img->base + img->size > UINT32_MAX))
        return IMAGE_BAD_HEADER;
    if (img->header_size > img->byte_count)
        return IMAGE_TRUNCATED;
    return IMAGE_OK;
}

static image_status read_optional_header(image *img, header_place *at)
{
    bool wide = img->machine == IMAGE_X64;
    uint32_t count_offset = wide ? OPTIONAL_DIRECTORY_COUNT64 : OPTIONAL_DIRECTORY_COUNT32;
    if (at->optional_size < count_offset + 4)
        return IMAGE_BAD_HEADER;
    if (get_u16(at->optional + OPTIONAL_MAGIC) != (wide ? MAGIC_PE32_PLUS : MAGIC_PE32))
        return IMAGE_BAD_HEADER;
    img->entry = get_u32(at->optional + OPTIONAL_ENTRY);
    img->base = wide ? get_u64(at->optional + OPTIONAL_BASE64) : get_u32(at->optional + OPTIONAL_BASE32);
    img->size = get_u32(at->optional + OPTIONAL_SIZE_OF_IMAGE);
    img->header_size = get_u32(at->optional + OPTIONAL_SIZE_OF_HEADERS);
    img->checksum = get_u32(at->optional + OPTIONAL_CHECKSUM);
    img->subsystem = get_u16(at->optional + OPTIONAL_SUBSYSTEM);
    at->section_alignment = get_u32(at->optional + OPTIONAL_SECTION_ALIGNMENT);
    at->file_alignment = get_u32(at->optional + OPTIONAL_FILE_ALIGNMENT);
    read_directories(img, at, count_offset);
    return check_sizes(img, at);
}

/* Directories that are used must lie inside the image; the others are nobody's business. */
static image_status check_directories(const image *img)
{
    static const uint8_t used[] = {DIRECTORY_EXPORT, DIRECTORY_IMPORT, DIRECTORY_EXCEPTION, DIRECTORY_RELOCATION,
                                   DIRECTORY_LOAD_CONFIG};
    for (size_t i = 0; i < sizeof used; i++) {
        const image_directory *d = &img->directories[used[i]];
        if (d->rva != 0 && !image_has(img, d->rva, d->size))
            return IMAGE_BAD_DIRECTORY;
    }
    return IMAGE_OK;
}

static void describe(image_section *section, const uint8_t *header)
{
    uint32_t flags = get_u32(header + SECTION_CHARACTERISTICS);
    memcpy(section->name, header, 8);
    section->readable = flags & SECTION_READABLE;
    section->writable = flags & SECTION_WRITABLE;
    section->executable = flags & SECTION_EXECUTABLE;
    section->discardable = flags & SECTION_DISCARDABLE;
}

/* `next` is the lowest RVA that the section may take; advanced past it. */
static image_status read_section(image *img, const uint8_t *header, uint32_t *next)
{
    uint32_t rva = get_u32(header + SECTION_ADDRESS);
    uint32_t raw = get_u32(header + SECTION_RAW_POINTER) & ~(uint32_t)(SECTOR - 1);
    uint32_t raw_size = get_u32(header + SECTION_RAW_SIZE);
    uint32_t size = get_u32(header + SECTION_VIRTUAL_SIZE);
    if (size == 0)
        size = raw_size;
    if (rva % PAGE != 0 || rva < *next || !image_has(img, rva, size))
        return IMAGE_BAD_SECTION;
    size = round_up(size, PAGE);
    if (raw_size > size)
        raw_size = size;
    if (get_u32(header + SECTION_RAW_POINTER) == 0)
        raw_size = 0;
    if (raw_size != 0 && !range_fits(raw, raw_size, img->byte_count)) {
        /* The last sector of a file need not be whole as far as the memory image goes, but what is there must be. */
        return IMAGE_TRUNCATED;
    }
    *next = rva + size;
    if (size == 0)
        return IMAGE_OK;
    image_section *section = &img->sections[img->section_count];
    section->rva = rva;
    section->size = size;
    describe(section, header);
    img->pieces[img->section_count++] = (image_piece){rva, raw, raw_size};
    return IMAGE_OK;
}

/* Sections aligned below a page (drivers before Vista were often built so): the file itself is the image, in one piece,
 * with every right. */
static image_status read_flat(image *img)
{
    image_section *whole = &img->sections[0];
    uint32_t length = img->byte_count < img->size ? (uint32_t)img->byte_count : img->size;
    *whole =
        (image_section){.name = ".flat", .size = img->size, .readable = true, .writable = true, .executable = true};
    img->pieces[0] = (image_piece){0, 0, length};
    img->section_count = 1;
    return IMAGE_OK;
}

static image_status check_flat_section(const image *img, const uint8_t *header)
{
    uint32_t rva = get_u32(header + SECTION_ADDRESS);
    uint32_t raw = get_u32(header + SECTION_RAW_POINTER);
    uint32_t raw_size = get_u32(header + SECTION_RAW_SIZE);
    if (!image_has(img, rva, get_u32(header + SECTION_VIRTUAL_SIZE)))
        return IMAGE_BAD_SECTION;
    if (raw_size != 0 && raw != rva)
        return IMAGE_BAD_SECTION;
    return raw_size != 0 && !range_fits(raw, raw_size, img->byte_count) ? IMAGE_TRUNCATED : IMAGE_OK;
}

static image_status read_sections(image *img, const header_place *at)
{
    image_status status = IMAGE_OK;
    uint32_t next = round_up(img->header_size, PAGE);
    img->sections = calloc(at->section_count + 1, sizeof *img->sections);
    img->pieces = calloc(at->section_count + 1, sizeof *img->pieces);
    if (img->sections == NULL || img->pieces == NULL)
        return IMAGE_NO_MEMORY;
    img->raw_section_count = at->section_count;
    for (uint32_t i = 0; i < at->section_count && status == IMAGE_OK; i++) {
        const uint8_t *header = at->table + i * SECTION_HEADER_SIZE;
        img->section_rvas[i] = get_u32(header + SECTION_ADDRESS);
        status = img->flat ? check_flat_section(img, header) : read_section(img, header, &next);
    }
    if (status == IMAGE_OK && img->flat)
        status = read_flat(img);
    return status;
}

image_status image_parse_headers(image *img)
{
    header_place at = {0};
    image_status status = find_headers(img, &at);
    if (status == IMAGE_OK)
        status = read_file_header(img, &at);
    if (status == IMAGE_OK)
        status = read_optional_header(img, &at);
    if (status == IMAGE_OK)
        status = check_directories(img);
    return status == IMAGE_OK ? read_sections(img, &at) : status;
}
