/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imports.c - which functions of which modules the image asks for, and where their addresses go. */
#include "internal.h"

#include <ctype.h>
#include <stdlib.h>

/* Makes room for one more element; the capacity is always the next power of two. */
static bool grow(void **array, size_t count, size_t element)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return true;
    void *bigger = realloc(*array, (count == 0 ? 1 : count * 2) * element);
    if (bigger == NULL)
        return false;
    *array = bigger;
    return true;
}

static image_status add_module(image *img, uint32_t rva)
{
    const char *name = image_string(img, rva);
    if (name == NULL || *name == '\0')
        return IMAGE_BAD_DIRECTORY;
    if (!grow((void **)&img->modules, img->module_count, sizeof *img->modules))
        return IMAGE_NO_MEMORY;
    char *copy = strdup(name);
    if (copy == NULL)
        return IMAGE_NO_MEMORY;
    for (char *c = copy; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    img->modules[img->module_count++] = copy;
    return IMAGE_OK;
}

static image_status add_import(image *img, uint64_t lookup, uint32_t slot)
{
    uint64_t by_ordinal = img->machine == IMAGE_X64 ? 1ull << 63 : 1ull << 31;
    image_import import = {.module = img->modules[img->module_count - 1], .slot = slot};
    if (img->import_count >= IMAGE_IMPORT_MAX)
        return IMAGE_BAD_DIRECTORY;
    if (lookup & by_ordinal) {
        import.ordinal = (uint16_t)lookup;
    } else {
        if (!image_has(img, lookup, 2))
            return IMAGE_BAD_DIRECTORY;
        import.hint = get_u16(img->view + lookup);
        import.name = image_string(img, (uint32_t)lookup + 2);
        if (import.name == NULL || *import.name == '\0')
            return IMAGE_BAD_DIRECTORY;
    }
    if (!grow((void **)&img->imports, img->import_count, sizeof *img->imports))
        return IMAGE_NO_MEMORY;
    img->imports[img->import_count++] = import;
    return IMAGE_OK;
}

static image_status read_thunks(image *img, uint32_t lookup, uint32_t slot)
{
    uint32_t width = image_pointer_size(img);
    for (;; lookup += width, slot += width) {
        if (!image_has(img, lookup, width) || !image_has(img, slot, width))
            return IMAGE_BAD_DIRECTORY;
        uint64_t value = image_pointer_at(img, lookup);
        if (value == 0)
            return IMAGE_OK;
        image_status status = add_import(img, value, slot);
        if (status != IMAGE_OK)
            return status;
    }
}

/* The table ends with an empty descriptor; its size in the directory is not used by the loader, nor here. */
image_status image_parse_imports(image *img)
{
    uint32_t at = img->directories[DIRECTORY_IMPORT].rva;
    image_status status = IMAGE_OK;
    for (; at != 0 && status == IMAGE_OK; at += IMPORT_DESCRIPTOR_SIZE) {
        if (!image_has(img, at, IMPORT_DESCRIPTOR_SIZE))
            return IMAGE_BAD_DIRECTORY;
        uint32_t lookup = get_u32(img->view + at + IMPORT_LOOKUP);
        uint32_t name = get_u32(img->view + at + IMPORT_NAME);
        uint32_t slot = get_u32(img->view + at + IMPORT_THUNK);
        if (name == 0 || slot == 0)
            break;
        if (img->module_count >= IMAGE_IMPORT_MAX)
            return IMAGE_BAD_DIRECTORY;
        status = add_module(img, name);
        if (status == IMAGE_OK)
            status = read_thunks(img, lookup != 0 ? lookup : slot, slot);
    }
    return status;
}
