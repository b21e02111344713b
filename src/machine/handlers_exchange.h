/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handlers_exchange.h - memory that is read, then written: no other thread comes in between. It is written in any case,
 * as processors do.
 */
#ifndef AIRLOCK_MACHINE_HANDLERS_EXCHANGE_H
#define AIRLOCK_MACHINE_HANDLERS_EXCHANGE_H

#include "handlers.h"
#include "interpret_alu.h"

HANDLER exchange_add(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, op->size), sum = alu(m, ALU_ADD, op->size, old, get(m, op->from, op->size));
    put(m, op->from, op->size, old);
    return store(m, op, &p, sum, READS | WRITES, next);
}

HANDLER exchange(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, op->size), value = get(m, op->from, op->size);
    put(m, op->from, op->size, old);
    return store(m, op, &p, value, READS | WRITES, next);
}

HANDLER compare_exchange(machine *m, const operation *op, uint64_t next)
{
    enum { AX = 0 };
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, op->size), wanted = get(m, AX, op->size);
    uint64_t stored = old == wanted ? get(m, op->from, op->size) : old;
    alu(m, ALU_CMP, op->size, wanted, old);
    if (old != wanted) {
        put(m, AX, op->size, old);
    }
    return store(m, op, &p, stored, READS | WRITES, next);
}

HANDLER compare_exchange_two(machine *m, const operation *op, uint64_t next)
{
    enum { AX, CX, DX, BX };
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, 8), wanted = m->r[DX] << 32 | (uint32_t)m->r[AX];
    uint64_t stored = old == wanted ? m->r[CX] << 32 | (uint32_t)m->r[BX] : old;
    if (old != wanted) {
        m->r[AX] = (uint32_t)old;
        m->r[DX] = old >> 32;
    }
    flags_change(&m->f, FLAG_Z, old == wanted ? FLAG_Z : 0);
    return store(m, op, &p, stored, READS | WRITES, next);
}

#endif
