/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_control.h - the stack, and where to go on. */
#ifndef AIRLOCK_MACHINE_HANDLERS_CONTROL_H
#define AIRLOCK_MACHINE_HANDLERS_CONTROL_H

#include "handlers.h"

enum { SP = 4 };

static inline place top_of_stack(machine *m) { return reach(m, wrapped(m->r[SP] - WORD), WORD, PAGE_W); }
static inline void move_stack(machine *m, uint64_t by) { m->r[SP] = wrapped(m->r[SP] + by); }

INLINE push_value(machine *m, uint64_t next, uint64_t value)
{
    place p = top_of_stack(m);
    if (!p.host) {
        return NOT_DONE;
    }
    move_stack(m, 0 - (uint64_t)WORD);
    return store(m, &p, value, WRITES, next);
}

HANDLER push(machine *m, const operation *op, uint64_t next) { return push_value(m, next, get(m, op->to, WORD)); }
HANDLER push_immediate(machine *m, const operation *op, uint64_t next) { return push_value(m, next, op->immediate); }
HANDLER call(machine *m, const operation *op, uint64_t next) { return push_value(m, op->immediate, next); }

HANDLER call_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t target = get(m, op->to, WORD);
    return target == NOT_DONE ? NOT_DONE : push_value(m, target, next);
}

/* Pushes `*value`, once memory has been read into it. */
INLINE read_and_push(machine *m, const operation *op, uint64_t *read, const uint64_t *pushed)
{
    place p = reach(m, address_of(m, op), WORD, PAGE_R), top = top_of_stack(m);
    if (!p.host || !top.host || fetch(p.host, WORD) == NOT_DONE) {
        return NOT_DONE;
    }
    *read = load(m, &p);
    move_stack(m, 0 - (uint64_t)WORD);
    return store(m, &top, *pushed, WRITES, 0);
}

HANDLER push_memory(machine *m, const operation *op, uint64_t next)
{
    uint64_t value = 0;
    return read_and_push(m, op, &value, &value) == NOT_DONE ? NOT_DONE : next;
}

HANDLER call_memory(machine *m, const operation *op, uint64_t next)
{
    uint64_t target = 0;
    return read_and_push(m, op, &target, &next) == NOT_DONE ? NOT_DONE : target;
}

HANDLER pop(machine *m, const operation *op, uint64_t next)
{
    place p = reach(m, m->r[SP], WORD, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    move_stack(m, WORD);
    put(m, op->to, WORD, fetch(p.host, WORD));
    return done(m, &p, READS, next);
}

HANDLER leave(machine *m, const operation *op, uint64_t next)
{
    enum { BP = 5 };
    (void)op;
    place p = reach(m, m->r[BP], WORD, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    m->r[SP] = wrapped(m->r[BP] + WORD);
    m->r[BP] = fetch(p.host, WORD);
    return done(m, &p, READS, next);
}

HANDLER return_to(machine *m, const operation *op, uint64_t next)
{
    (void)next;
    place p = reach(m, m->r[SP], WORD, PAGE_R);
    if (!p.host || fetch(p.host, WORD) == NOT_DONE) {
        return NOT_DONE;
    }
    move_stack(m, WORD + op->immediate);
    return done(m, &p, READS, fetch(p.host, WORD));
}

HANDLER jump(machine *m, const operation *op, uint64_t next)
{
    (void)m, (void)next;
    return op->immediate;
}

HANDLER jump_register(machine *m, const operation *op, uint64_t next)
{
    (void)next;
    return get(m, op->to, WORD);
}

HANDLER jump_memory(machine *m, const operation *op, uint64_t next)
{
    (void)next;
    place p = reach(m, address_of(m, op), WORD, PAGE_R);
    return p.host ? done(m, &p, READS, fetch(p.host, WORD)) : NOT_DONE;
}

INLINE branch(machine *m, const operation *op, uint64_t next, uint32_t condition)
{
    return flags_hold(&m->f, condition) ? op->immediate : next;
}

HANDLER push_flags(machine *m, const operation *op, uint64_t next)
{
    enum { NOT_PUSHED = 0x30000 }; /* RF, VM */
    (void)op;
    return push_value(m, next, flags_word(&m->f) & ~(uint32_t)NOT_PUSHED);
}

/* Whatever is unusual, a trap after each instruction for one, is Unicorn's. */
HANDLER pop_flags(machine *m, const operation *op, uint64_t next)
{
    enum { USUAL = FLAGS_ARITHMETIC | FLAG_D | FLAG_I, ALWAYS_SET = 2 };
    (void)op;
    place p = reach(m, m->r[SP], WORD, PAGE_R);
    if (!p.host || (fetch(p.host, WORD) & ~(uint64_t)(USUAL | ALWAYS_SET)) ||
        (flags_word(&m->f) & ~(uint32_t)(USUAL | ALWAYS_SET))) {
        return NOT_DONE;
    }
    flags_set(&m->f, (uint32_t)fetch(p.host, WORD) | ALWAYS_SET);
    move_stack(m, WORD);
    return done(m, &p, READS, next);
}

HANDLER not_done(machine *m, const operation *op, uint64_t next)
{
    (void)m, (void)op, (void)next;
    return NOT_DONE;
}

HANDLER nop(machine *m, const operation *op, uint64_t next)
{
    (void)m, (void)op;
    return next;
}

HANDLER call_machine(machine *m, const operation *op, uint64_t next)
{
    (void)op;
    hypercall(m);
    return next;
}

#endif
