/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handlers.h - how a handler is written: it does what one kind of operation means. It reaches for memory first
 * (interpret_memory.h), so that it can leave the instruction to Unicorn before anything has changed.
 */
#ifndef AIRLOCK_MACHINE_HANDLERS_H
#define AIRLOCK_MACHINE_HANDLERS_H

#include "interpret_memory.h"

enum { SP = 4 };

#define HANDLER static inline uint64_t
/* What a handler of each size, operation or condition consists of: handlers.c. */
#define INLINE  ALWAYS uint64_t

/* Of operands that are often near, but not so often that a handler of their own is worth it. */
ALWAYS place reach_either(machine *m, uint64_t address, uint32_t size, uint8_t need)
{
    place p = reach_near(m, address, size, need);
    return p.host ? p : reach(m, address, size, need);
}

#endif
