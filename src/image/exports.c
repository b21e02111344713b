/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exports.c - the export directory, turned into a list sorted by name. */
#include "internal.h"

#include <stdlib.h>

typedef struct {
    uint32_t functions, function_count; /* RVA of an array of RVAs */
    uint32_t names, ordinals, name_count;
} export_tables;

static image_status find_tables(image *img, export_tables *t)
{
    const image_directory *d = &img->directories[DIRECTORY_EXPORT];
    if (!image_has(img, d->rva, EXPORT_DIRECTORY_SIZE))
        return IMAGE_BAD_DIRECTORY;
    const uint8_t *directory = img->view + d->rva;
    t->functions = get_u32(directory + EXPORT_FUNCTIONS);
    t->function_count = get_u32(directory + EXPORT_FUNCTION_COUNT);
    t->names = get_u32(directory + EXPORT_NAMES);
    t->ordinals = get_u32(directory + EXPORT_ORDINALS);
    t->name_count = get_u32(directory + EXPORT_NAME_COUNT);
    img->ordinal_base = get_u32(directory + EXPORT_BASE);
    if (t->function_count > IMAGE_EXPORT_MAX || t->name_count > IMAGE_EXPORT_MAX ||
        img->ordinal_base > IMAGE_EXPORT_MAX)
        return IMAGE_BAD_DIRECTORY;
    if (!image_has(img, t->functions, t->function_count * 4ull) || !image_has(img, t->names, t->name_count * 4ull) ||
        !image_has(img, t->ordinals, t->name_count * 2ull))
        return IMAGE_BAD_DIRECTORY;
    return IMAGE_OK;
}

/* An RVA inside the export directory is the text of a forwarder. */
static image_status add_export(image *img, const export_tables *t, uint32_t index, const char *name)
{
    const image_directory *d = &img->directories[DIRECTORY_EXPORT];
    uint32_t rva = get_u32(img->view + t->functions + index * 4);
    image_export export = {.name = name, .ordinal = img->ordinal_base + index, .rva = rva};
    if (rva == 0)
        return IMAGE_OK; /* a gap in the ordinals */
    if (rva >= img->size)
        return IMAGE_BAD_DIRECTORY;
    if (rva - d->rva < d->size) {
        export.forwarder = image_string(img, rva);
        export.rva = 0;
        if (export.forwarder == NULL || strchr(export.forwarder, '.') == NULL)
            return IMAGE_BAD_DIRECTORY;
    }
    img->exports[img->export_count++] = export;
    return IMAGE_OK;
}

static image_status add_named(image *img, const export_tables *t, bool *named)
{
    image_status status = IMAGE_OK;
    for (uint32_t i = 0; i < t->name_count && status == IMAGE_OK; i++) {
        uint32_t index = get_u16(img->view + t->ordinals + i * 2);
        const char *name = image_string(img, get_u32(img->view + t->names + i * 4));
        if (name == NULL || index >= t->function_count)
            return IMAGE_BAD_DIRECTORY;
        named[index] = true;
        status = add_export(img, t, index, name);
    }
    return status;
}

static image_status add_nameless(image *img, const export_tables *t, const bool *named)
{
    image_status status = IMAGE_OK;
    for (uint32_t i = 0; i < t->function_count && status == IMAGE_OK; i++) {
        if (!named[i])
            status = add_export(img, t, i, NULL);
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    const image_export *left = a, *right = b;
    if (left->name != NULL && right->name != NULL) {
        int order = strcmp(left->name, right->name);
        if (order != 0)
            return order;
    } else if (left->name != right->name) {
        return left->name == NULL ? 1 : -1;
    }
    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

image_status image_parse_exports(image *img)
{
    export_tables t = {0};
    bool *named = NULL;
    if (img->directories[DIRECTORY_EXPORT].rva == 0)
        return IMAGE_OK;
    image_status status = find_tables(img, &t);
    if (status != IMAGE_OK)
        return status;
    img->exports = calloc(t.function_count + t.name_count + 1, sizeof *img->exports);
    img->ordinals = calloc(t.function_count + 1, sizeof *img->ordinals);
    named = calloc(t.function_count + 1, sizeof *named);
    if (img->exports == NULL || img->ordinals == NULL || named == NULL)
        status = IMAGE_NO_MEMORY;
    if (status == IMAGE_OK)
        status = add_named(img, &t, named);
    if (status == IMAGE_OK)
        status = add_nameless(img, &t, named);
    free(named);
    if (status != IMAGE_OK)
        return status;
    qsort(img->exports, img->export_count, sizeof *img->exports, by_name);
    img->ordinal_count = t.function_count;
    for (size_t i = 0; i < img->export_count; i++)
        img->ordinals[img->exports[i].ordinal - img->ordinal_base] = (uint32_t)i + 1;
    return IMAGE_OK;
}

size_t image_exports(const image *img, const image_export **exports)
{
    *exports = img->exports;
    return img->export_count;
}

const image_export *image_find_export(const image *img, const char *name)
{
    size_t low = 0, high = img->export_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const image_export *export = &img->exports[middle];
        int order = export->name == NULL ? -1 : strcmp(name, export->name);
        if (order == 0)
            return export;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const image_export *image_find_ordinal(const image *img, uint32_t ordinal)
{
    if (ordinal < img->ordinal_base || ordinal - img->ordinal_base >= img->ordinal_count)
        return NULL;
    uint32_t index = img->ordinals[ordinal - img->ordinal_base];
    return index == 0 ? NULL : &img->exports[index - 1];
}
