/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shadow.h - a shadow per granule remembers who touched it, over all executions of an exploration. */
#ifndef AIRLOCK_MACHINE_SHADOW_H
#define AIRLOCK_MACHINE_SHADOW_H

#include "core.h"

/* The shadow's new value after thread `number` touched it. */
static inline uint16_t shadow_touch(uint16_t shadow, uint32_t number, bool write)
{
    uint16_t next = shadow;
    if (!(next & SHADOW_THREAD)) {
        next |= (uint16_t)number;
    } else if ((next & SHADOW_THREAD) != number) {
        next |= SHADOW_MULTI;
    }
    if (write) {
        next |= SHADOW_WRITTEN;
    }
    return next;
}

/* Something is new: a granule has another shadow. */
void shadow_store(machine *m, window *w, uint64_t index, uint16_t old, uint16_t next);
/* The same for any shadow: `id` is window << 60 | index, or WINDOWS << 60 | image. */
void shadow_set(machine *m, uint64_t id, uint16_t *shadow, uint16_t next);

#endif
