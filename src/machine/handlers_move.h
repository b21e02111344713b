/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_move.h - moves between registers and memory. */
#ifndef AIRLOCK_MACHINE_HANDLERS_MOVE_H
#define AIRLOCK_MACHINE_HANDLERS_MOVE_H

#include "handlers.h"

INLINE move(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, get(m, op->from, size));
    return go_on(m, op, next);
}

INLINE move_immediate(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, op->immediate);
    return go_on(m, op, next);
}

INLINE load_register(machine *m, const operation *op, uint64_t next, const place *p)
{
    put(m, op->to, p->size, fetch(p->host, p->size));
    return done(m, op, p, READS, next);
}

INLINE store_register(machine *m, const operation *op, uint64_t next, const place *p)
{
    return store(m, op, p, get(m, op->from, p->size), WRITES, next);
}

INLINE store_immediate(machine *m, const operation *op, uint64_t next, const place *p)
{
    return store(m, op, p, op->immediate, WRITES, next);
}

static inline uint64_t extended(const operation *op, uint64_t value)
{
    return op->sign ? sign_extended(value, op->what * 8u) : value & mask_of(op->what);
}

HANDLER extend(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, extended(op, get(m, op->from, op->what)));
    return go_on(m, op, next);
}

HANDLER extend_load(machine *m, const operation *op, uint64_t next)
{
    place p = reach_either(m, address_of(m, op), op->what, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    put(m, op->to, op->size, extended(op, fetch(p.host, op->what)));
    return done(m, op, &p, READS, next);
}

INLINE lea(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, m->r[op->base] + (m->r[op->index] << op->scale) + op->displacement);
    return go_on(m, op, next);
}

HANDLER conditional(machine *m, const operation *op, uint64_t next)
{
    uint64_t value = get(m, flags_hold(&m->f, op->what) ? op->from : op->to, op->size);
    put(m, op->to, op->size, value); /* 4 bytes clear the upper half either way */
    return go_on(m, op, next);
}

HANDLER conditional_load(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t value = fetch(p.host, op->size);
    put(m, op->to, op->size, flags_hold(&m->f, op->what) ? value : get(m, op->to, op->size));
    return done(m, op, &p, READS, next);
}

HANDLER set(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, 1, flags_hold(&m->f, op->what));
    return go_on(m, op, next);
}

HANDLER set_memory(machine *m, const operation *op, uint64_t next)
{
    place p = reach(m, address_of(m, op), 1, PAGE_W);
    return p.host ? store(m, op, &p, flags_hold(&m->f, op->what), WRITES, next) : NOT_DONE;
}

HANDLER swap(machine *m, const operation *op, uint64_t next)
{
    uint64_t a = get(m, op->to, op->size), b = get(m, op->from, op->size);
    put(m, op->to, op->size, b);
    put(m, op->from, op->size, a);
    return go_on(m, op, next);
}

HANDLER swap_bytes(machine *m, const operation *op, uint64_t next)
{
    uint64_t swapped = __builtin_bswap64(get(m, op->to, op->size));
    put(m, op->to, op->size, swapped >> (64 - 8 * op->size));
    return go_on(m, op, next);
}

#endif
