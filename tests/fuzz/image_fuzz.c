/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_fuzz.c - any bytes at all, opened as a PE file, laid out at two bases, and walked to the last export. Needs no
 * corpus: short inputs are replaced by the sample file of the unit tests.
 */
#include "image.h"
#include "../unit/image/sample_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MIN  64u        /* shorter inputs cannot be PE files */
#define MEMORY_MAX (8u << 20) /* larger images cost time and show nothing new */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

static size_t length_of(const char *text) { return text != NULL ? strlen(text) : 0; }

static void walk_imports(const image *img)
{
    const image_import *imports;
    const uint8_t *view = image_view(img);
    volatile size_t sum = 0;
    size_t count = image_imports(img, &imports);
    for (size_t i = 0; i < count; i++)
        sum = sum + length_of(imports[i].module) + length_of(imports[i].name) + view[imports[i].slot + 3];
}

static void walk_exports(const image *img)
{
    const image_export *exports;
    const image_symbol *symbols;
    size_t count = image_exports(img, &exports);
    for (size_t i = 0; i < count; i++) {
        const image_export *export = &exports[i];
        if (image_find_ordinal(img, export->ordinal) == NULL)
            abort();
        if (export->name != NULL && strcmp(image_find_export(img, export->name)->name, export->name) != 0)
            abort();
        if ((export->forwarder == NULL) == (export->rva == 0) || export->rva >= image_size(img))
            abort();
    }
    count = image_symbols(img, &symbols);
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].rva >= image_size(img) || length_of(symbols[i].name) == 0)
            abort();
    }
}

static void walk_sections(const image *img)
{
    const image_section *sections;
    uint32_t end = 0;
    size_t count = image_sections(img, &sections);
    for (size_t i = 0; i < count; i++) {
        if (sections[i].rva < end || sections[i].size % 4096 != 0 ||
            sections[i].size > image_size(img) - sections[i].rva)
            abort();
        end = sections[i].rva + sections[i].size;
    }
}

static void lay_out(const image *img)
{
    uint64_t other = image_arch(img) == IMAGE_X64 ? 0xfffff88000f00000u : 0xf7500000u;
    uint8_t *out = malloc(image_size(img));
    if (image_layout(img, image_preferred_base(img), 0x1234, out) != IMAGE_OK)
        abort();
    if (image_layout(img, other, 0x1234, out) != IMAGE_OK && image_layout(img, other, 0, out) != IMAGE_NOT_RELOCATABLE)
        abort();
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    image *img = NULL;
    uint32_t exceptions;
    if (image_open("Fuzz.sys", data, size, &img) != IMAGE_OK)
        return 0;
    if (image_size(img) <= MEMORY_MAX) {
        walk_sections(img);
        walk_imports(img);
        walk_exports(img);
        lay_out(img);
        uint32_t rva = image_exception_directory(img, &exceptions);
        if (rva + (uint64_t)exceptions > image_size(img))
            abort();
    }
    image_close(img);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
    if (size >= INPUT_MIN || capacity < SAMPLE_SIZE)
        return LLVMFuzzerMutate(data, size, capacity);
    sample_pe(data, seed & 1);
    return SAMPLE_SIZE;
}
