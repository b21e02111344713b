/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_alu.h - arithmetic, and single flags. */
#ifndef AIRLOCK_MACHINE_HANDLERS_ALU_H
#define AIRLOCK_MACHINE_HANDLERS_ALU_H

#include "handlers.h"
#include "interpret_alu.h"

static inline void alu_to_register(machine *m, const operation *op, uint32_t what, uint32_t size, uint64_t b)
{
    uint64_t result = alu(m, what, size, get(m, op->to, size), b);
    if (!keeps_result(what)) {
        put(m, op->to, size, result);
    }
}

INLINE alu_registers(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    alu_to_register(m, op, what, size, get(m, op->from, size));
    return go_on(m, op, next);
}

INLINE alu_immediate(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    alu_to_register(m, op, what, size, op->immediate & mask_of(size));
    return go_on(m, op, next);
}

INLINE alu_load(machine *m, const operation *op, uint64_t next, const place *p, uint32_t what)
{
    alu_to_register(m, op, what, p->size, fetch(p->host, p->size));
    return done(m, op, p, READS, next);
}

INLINE alu_to_memory(machine *m, const operation *op, uint64_t next, const place *p, uint32_t what, uint64_t b)
{
    uint64_t result = alu(m, what, p->size, fetch(p->host, p->size), b);
    return keeps_result(what) ? done(m, op, p, READS, next) : store(m, op, p, result, READS | WRITES, next);
}

INLINE alu_memory(machine *m, const operation *op, uint64_t next, const place *p, uint32_t what)
{
    return alu_to_memory(m, op, next, p, what, get(m, op->from, p->size));
}

INLINE alu_memory_immediate(machine *m, const operation *op, uint64_t next, const place *p, uint32_t what)
{
    return alu_to_memory(m, op, next, p, what, op->immediate & mask_of(p->size));
}

HANDLER unary_register(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, unary(m, op->what, op->size, get(m, op->to, op->size)));
    return go_on(m, op, next);
}

HANDLER unary_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    return store(m, op, &p, unary(m, op->what, op->size, fetch(p.host, op->size)), READS | WRITES, next);
}

static inline uint64_t shift_count(const machine *m, const operation *op)
{
    enum { CX = 1 };
    return op->by_register ? m->r[CX] : op->immediate;
}

HANDLER shift_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t a = get(m, op->to, op->size);
    put(m, op->to, op->size, shift_or_rotate(m, op->what, op->size, a, shift_count(m, op)));
    return go_on(m, op, next);
}

HANDLER shift_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t shifted = shift_or_rotate(m, op->what, op->size, fetch(p.host, op->size), shift_count(m, op));
    return store(m, op, &p, shifted, READS | WRITES, next);
}

HANDLER shift_double_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t a = get(m, op->to, op->size), b = get(m, op->from, op->size);
    put(m, op->to, op->size, shift_double(m, op->what, op->size, a, b, shift_count(m, op)));
    return go_on(m, op, next);
}

HANDLER multiply_immediate(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->from, op->size), op->immediate));
    return go_on(m, op, next);
}

HANDLER multiply_registers(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->to, op->size), get(m, op->from, op->size)));
    return go_on(m, op, next);
}

HANDLER multiply_load(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->to, op->size), fetch(p.host, op->size)));
    return done(m, op, &p, READS, next);
}

HANDLER multiply_a_register(machine *m, const operation *op, uint64_t next)
{
    multiply_a(m, op->sign, op->size, get(m, op->to, op->size));
    return go_on(m, op, next);
}

HANDLER multiply_a_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    multiply_a(m, op->sign, op->size, fetch(p.host, op->size));
    return done(m, op, &p, READS, next);
}

HANDLER divide_register(machine *m, const operation *op, uint64_t next)
{
    return divide_a(m, op->sign, op->size, get(m, op->to, op->size)) ? go_on(m, op, next) : NOT_DONE;
}

HANDLER divide_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host || !divide_a(m, op->sign, op->size, fetch(p.host, op->size))) {
        return NOT_DONE;
    }
    return done(m, op, &p, READS, next);
}

HANDLER bit_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t changed = bit(m, op->what, op->size, get(m, op->to, op->size), op->immediate);
    if (op->what != BIT_TEST) {
        put(m, op->to, op->size, changed);
    }
    return go_on(m, op, next);
}

HANDLER bit_memory(machine *m, const operation *op, uint64_t next)
{
    bool reads = op->what == BIT_TEST;
    place p = operand(m, op, reads ? PAGE_R : PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t changed = bit(m, op->what, op->size, fetch(p.host, op->size), op->immediate);
    return reads ? done(m, op, &p, READS, next) : store(m, op, &p, changed, READS | WRITES, next);
}

HANDLER sign_extend_a(machine *m, const operation *op, uint64_t next)
{
    put(m, 0, op->size, sign_extended(m->r[0], op->size * 4u));
    return go_on(m, op, next);
}

HANDLER sign_of_a(machine *m, const operation *op, uint64_t next)
{
    enum { DX = 2 * REGISTER_BYTES };
    put(m, DX, op->size, (uint64_t)((int64_t)sign_extended(m->r[0], op->size * 8u) >> 63));
    return go_on(m, op, next);
}

HANDLER set_flag(machine *m, const operation *op, uint64_t next)
{
    flags_change(&m->f, (uint32_t)op->immediate, (uint32_t)op->immediate);
    return go_on(m, op, next);
}

HANDLER clear_flag(machine *m, const operation *op, uint64_t next)
{
    flags_change(&m->f, (uint32_t)op->immediate, 0);
    return go_on(m, op, next);
}

HANDLER complement_carry(machine *m, const operation *op, uint64_t next)
{
    flags_set_carry(&m->f, !flag_c(&m->f));
    return go_on(m, op, next);
}

#endif
