/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest.h - which function an address is in, by what the image itself tells: .pdata, COFF symbols, exports. */
#ifndef AIRLOCK_REPORT_NEAREST_H
#define AIRLOCK_REPORT_NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

typedef struct {
    const char *name; /* NULL = nameless */
    uint32_t begin;   /* RVA; 0 = not known */
    uint32_t floor;   /* the function starts here or later */
} nearest;

/* True if the function has a name. A symbol of another function, however near, is no name for this one. */
bool nearest_function(const image *img, uint32_t rva, nearest *found);

#endif
