/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_string.h - strings: each element is an instruction of its own, and so is finding that none is left. */
#ifndef AIRLOCK_MACHINE_HANDLERS_STRING_H
#define AIRLOCK_MACHINE_HANDLERS_STRING_H

#include "handlers.h"

enum { STRING_COUNT = 1, STRING_FROM = 6, STRING_TO = 7 }; /* CX, SI, DI */

static inline void string_advance(machine *m, const operation *op, uint32_t pointer)
{
    uint64_t by = m->f.word & FLAG_D ? 0 - (uint64_t)op->size : op->size;
    m->r[pointer] = wrapped(m->r[pointer] + by);
}

/* Where to go on after an element. */
static inline uint64_t string_next(machine *m, const operation *op, uint64_t next)
{
    if (!op->repeats) {
        return next;
    }
    m->r[STRING_COUNT] = wrapped(m->r[STRING_COUNT] - 1);
    return next - op->length;
}

HANDLER string_move(machine *m, const operation *op, uint64_t next)
{
    if (op->repeats && m->r[STRING_COUNT] == 0) {
        return next;
    }
    place from = reach(m, m->r[STRING_FROM], op->size, PAGE_R), to = reach(m, m->r[STRING_TO], op->size, PAGE_W);
    if (!from.host || !to.host) {
        return NOT_DONE;
    }
    uint64_t value = load(m, &from);
    string_advance(m, op, STRING_FROM);
    string_advance(m, op, STRING_TO);
    return store(m, op, &to, value, WRITES, string_next(m, op, next));
}

HANDLER string_store(machine *m, const operation *op, uint64_t next)
{
    if (op->repeats && m->r[STRING_COUNT] == 0) {
        return next;
    }
    place to = reach(m, m->r[STRING_TO], op->size, PAGE_W);
    if (!to.host) {
        return NOT_DONE;
    }
    string_advance(m, op, STRING_TO);
    return store(m, op, &to, get(m, 0, op->size), WRITES, string_next(m, op, next));
}

#endif
