/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_control.h - the stack, and where to go on. */
#ifndef AIRLOCK_MACHINE_HANDLERS_CONTROL_H
#define AIRLOCK_MACHINE_HANDLERS_CONTROL_H

#include "handlers.h"

static inline void move_stack(machine *m, uint64_t by) { m->r[SP] = wrapped(m->r[SP] + by); }

static inline place below_stack(machine *m) { return reach_either(m, wrapped(m->r[SP] - WORD), WORD, PAGE_W); }

INLINE push_at(machine *m, const operation *op, uint64_t next, const place *p, uint64_t value)
{
    if (UNLIKELY(!p->host)) {
        return NOT_DONE;
    }
    move_stack(m, 0 - (uint64_t)WORD);
    return store(m, op, p, value, WRITES, next);
}

static __attribute__((noinline)) uint64_t push_far(machine *m, const operation *op, uint64_t next, uint64_t value)
{
    place p = reach(m, wrapped(m->r[SP] - WORD), WORD, PAGE_W);
    return push_at(m, op, next, &p, value);
}

INLINE push_value(machine *m, const operation *op, uint64_t next, uint64_t value)
{
    place p = reach_near(m, wrapped(m->r[SP] - WORD), WORD, PAGE_W);
    return LIKELY(p.host) ? push_at(m, op, next, &p, value) : push_far(m, op, next, value);
}

HANDLER push(machine *m, const operation *op, uint64_t next) { return push_value(m, op, next, get(m, op->to, WORD)); }
HANDLER push_immediate(machine *m, const operation *op, uint64_t next)
{
    return push_value(m, op, next, op->immediate);
}

HANDLER call(machine *m, const operation *op, uint64_t next)
{
    place p = reach_near(m, wrapped(m->r[SP] - WORD), WORD, PAGE_W);
    if (UNLIKELY(!p.host)) {
        return push_far(m, op, op->immediate, next);
    }
    move_stack(m, 0 - (uint64_t)WORD);
    store_part(m, &p, next);
    return go_to(m, op, op->immediate);
}

HANDLER call_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t target = get(m, op->to, WORD);
    return target == NOT_DONE ? NOT_DONE : push_value(m, op, target, next);
}

HANDLER push_memory(machine *m, const operation *op, uint64_t next)
{
    place p = reach_either(m, address_of(m, op), WORD, PAGE_R), top = below_stack(m);
    if (!p.host || !top.host) {
        return NOT_DONE;
    }
    uint64_t value = load(m, &p);
    move_stack(m, 0 - (uint64_t)WORD);
    return store(m, op, &top, value, WRITES, next);
}

HANDLER call_memory(machine *m, const operation *op, uint64_t next)
{
    place p = reach_either(m, address_of(m, op), WORD, PAGE_R), top = below_stack(m);
    if (!p.host || !top.host || fetch(p.host, WORD) == NOT_DONE) {
        return NOT_DONE;
    }
    uint64_t target = load(m, &p);
    move_stack(m, 0 - (uint64_t)WORD);
    return store(m, op, &top, next, WRITES, target);
}

/* Of what reads the top of the stack. */
#define FROM_STACK(name)                                                                                 \
    static __attribute__((noinline)) uint64_t name##_far(machine *m, const operation *op, uint64_t next) \
    {                                                                                                    \
        place p = reach(m, m->r[SP], WORD, PAGE_R);                                                      \
        return p.host ? name##_at(m, op, next, &p) : NOT_DONE;                                           \
    }                                                                                                    \
    HANDLER name(machine *m, const operation *op, uint64_t next)                                         \
    {                                                                                                    \
        place p = reach_near(m, m->r[SP], WORD, PAGE_R);                                                 \
        return LIKELY(p.host) ? name##_at(m, op, next, &p) : name##_far(m, op, next);                    \
    }

INLINE pop_at(machine *m, const operation *op, uint64_t next, const place *p)
{
    move_stack(m, WORD);
    put(m, op->to, WORD, fetch(p->host, WORD));
    return done(m, op, p, READS, next);
}
FROM_STACK(pop)

INLINE return_to_at(machine *m, const operation *op, uint64_t next, const place *p)
{
    (void)next;
    uint64_t target = fetch(p->host, WORD);
    if (UNLIKELY(target == NOT_DONE)) {
        return NOT_DONE;
    }
    move_stack(m, WORD + op->immediate);
    return p->near ? go_to(m, op, target) : done(m, op, p, READS, target);
}
FROM_STACK(return_to)

HANDLER leave(machine *m, const operation *op, uint64_t next)
{
    enum { BP = 5 };
    place p = reach_either(m, m->r[BP], WORD, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    m->r[SP] = wrapped(m->r[BP] + WORD);
    m->r[BP] = fetch(p.host, WORD);
    return done(m, op, &p, READS, next);
}

HANDLER jump(machine *m, const operation *op, uint64_t next)
{
    (void)next;
    return go_to(m, op, op->immediate);
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
    return p.host ? load(m, &p) : NOT_DONE;
}

INLINE branch(machine *m, const operation *op, uint64_t next, uint32_t condition)
{
    return flags_hold(&m->f, condition) ? go_to(m, op, op->immediate) : go_on(m, op, next);
}

HANDLER push_flags(machine *m, const operation *op, uint64_t next)
{
    enum { NOT_PUSHED = 0x30000 }; /* RF, VM */
    return push_value(m, op, next, flags_word(&m->f) & ~(uint32_t)NOT_PUSHED);
}

/* Whatever is unusual, a trap after each instruction for one, is Unicorn's. */
INLINE pop_flags_at(machine *m, const operation *op, uint64_t next, const place *p)
{
    enum { USUAL = FLAGS_ARITHMETIC | FLAG_D | FLAG_I, ALWAYS_SET = 2 };
    uint64_t flags = fetch(p->host, WORD);
    if ((flags | flags_word(&m->f)) & ~(uint64_t)(USUAL | ALWAYS_SET)) {
        return NOT_DONE;
    }
    flags_set(&m->f, (uint32_t)flags | ALWAYS_SET);
    move_stack(m, WORD);
    return done(m, op, p, READS, next);
}
FROM_STACK(pop_flags)

HANDLER not_done(machine *m, const operation *op, uint64_t next)
{
    (void)m, (void)op, (void)next;
    return NOT_DONE;
}

HANDLER nop(machine *m, const operation *op, uint64_t next) { return go_on(m, op, next); }

/* Whatever it did, also to the code that was decoded, the operation behind is looked up. */
HANDLER call_machine(machine *m, const operation *op, uint64_t next)
{
    (void)op;
    hypercall(m);
    return next;
}

#endif
