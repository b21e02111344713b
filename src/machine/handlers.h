/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handlers.h - how a handler is written: it does what one kind of operation means. It reaches for memory first
 * (interpret_memory.h), so that it can leave the instruction to Unicorn before anything has changed.
 */
#ifndef AIRLOCK_MACHINE_HANDLERS_H
#define AIRLOCK_MACHINE_HANDLERS_H

#include "interpret_memory.h"

#define HANDLER static inline uint64_t
/* What a handler of each size, operation or condition consists of: handlers.c. */
#define INLINE  static inline __attribute__((always_inline)) uint64_t

#endif
