/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest.c - see nearest.h. Exact where .pdata covers the address; for leaf functions, the nearest name after the last
 * function that it cannot be in. */
#include "nearest.h"
#include "pdata.h"

/* The best symbol in [floor, rva]: the highest address, there the first in order. */
static const image_symbol *symbol_between(const image *img, uint32_t floor, uint32_t rva)
{
    const image_symbol *all;
    image_symbols(img, &all);
    size_t above = image_symbol_index(img, (uint64_t)rva + 1);
    if (above == 0 || all[above - 1].rva < floor)
        return NULL;
    const image_symbol *best = &all[image_symbol_index(img, all[above - 1].rva)];
    /* Labels inside a function are not its name: prefer a function further down. */
    for (size_t i = above; !best->function && i-- > 0 && all[i].rva >= floor;) {
        if (all[i].function)
            return &all[image_symbol_index(img, all[i].rva)];
    }
    return best;
}

static const image_export *export_between(const image *img, uint32_t floor, uint32_t rva)
{
    const image_export *all, *best = NULL;
    size_t count = image_exports(img, &all);
    for (size_t i = 0; i < count; i++) {
        bool inside = all[i].name != NULL && all[i].forwarder == NULL && all[i].rva >= floor && all[i].rva <= rva;
        if (inside && (best == NULL || all[i].rva > best->rva))
            best = &all[i];
    }
    return best;
}

/* End of the last function with unwind data before `rva`, or the start of its section. */
static uint32_t floor_of_leaf(const image *img, uint32_t rva)
{
    const image_section *sections;
    size_t count = image_sections(img, &sections);
    uint32_t floor = 0;
    for (size_t i = 0; i < count; i++) {
        if (rva - sections[i].rva < sections[i].size)
            floor = sections[i].rva;
    }
    uint32_t end = pdata_end_before(img, rva);
    return end > floor ? end : floor;
}

static bool take_name(const image *img, uint32_t rva, nearest *found)
{
    const image_symbol *symbol = symbol_between(img, found->floor, rva);
    if (symbol != NULL) {
        found->name = symbol->name;
        found->begin = symbol->rva;
        return true;
    }
    const image_export *export = export_between(img, found->floor, rva);
    if (export == NULL)
        return false;
    found->name = export->name;
    found->begin = export->rva;
    return true;
}

bool nearest_function(const image *img, uint32_t rva, nearest *found)
{
    pdata_function own;
    *found = (nearest){0};
    if (rva >= image_size(img))
        return false;
    if (!pdata_find(img, rva, &own)) {
        found->floor = floor_of_leaf(img, rva);
        return take_name(img, rva, found);
    }
    pdata_function primary = own;
    if (!pdata_primary(img, &primary) || primary.begin > rva)
        primary = own;
    found->begin = found->floor = primary.begin;
    /* Named by what stands at its very start; a part that was split off may have a name of its own. */
    return take_name(img, found->begin, found) || take_name(img, rva, found);
}
