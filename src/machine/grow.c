/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grow.c - lists that only get longer. */
#include "core.h"

#include <stdlib.h>

void *list_grow(void *list, size_t *capacity, size_t first, size_t size)
{
    size_t larger = *capacity ? *capacity * 2 : first;
    void *grown = realloc(list, larger * size);
    if (!grown) {
        guard_off();
        abort();
    }
    *capacity = larger;
    return grown;
}
