/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handlers.c - what operations do. A handler reaches for memory first (interpret_memory.h), so that it can leave the
 * instruction to Unicorn before anything has changed.
 *
 * The frequent ones exist once for each size, arithmetic operation or condition, all of these constants: a processor
 * foresees where a jump from such a handler goes much better than which way a switch inside it takes.
 */
#ifndef OPERATION_HANDLER /* handlers_x86.c has another */
#define OPERATION_HANDLER operation_handler_x64
#endif

#include "interpret_alu.h"
#include "interpret_memory.h"
#include "interpret_vector.h"

#define HANDLER static uint64_t
#define INLINE  static inline __attribute__((always_inline)) uint64_t

/* Moves ---------------------------------------------------------------------------------------------------------------- */

INLINE move(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, get(m, op->from, size));
    return next;
}

INLINE move_immediate(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, op->immediate);
    return next;
}

INLINE load_register(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    place p = reach(m, address_of(m, op), size, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    put(m, op->to, size, fetch(p.host, size));
    return done(m, &p, READS, next);
}

INLINE store_value(machine *m, const operation *op, uint64_t next, uint32_t size, uint64_t value)
{
    place p = reach(m, address_of(m, op), size, PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    return store(m, &p, value, WRITES, next);
}

INLINE store_register(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    return store_value(m, op, next, size, get(m, op->from, size));
}

INLINE store_immediate(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    return store_value(m, op, next, size, op->immediate);
}

static inline uint64_t extended(const operation *op, uint64_t value)
{
    return op->sign ? sign_extended(value, op->what * 8u) : value & mask_of(op->what);
}

HANDLER extend(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, extended(op, get(m, op->from, op->what)));
    return next;
}

HANDLER extend_load(machine *m, const operation *op, uint64_t next)
{
    place p = reach(m, address_of(m, op), op->what, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    put(m, op->to, op->size, extended(op, fetch(p.host, op->what)));
    return done(m, &p, READS, next);
}

INLINE lea(machine *m, const operation *op, uint64_t next, uint32_t size)
{
    put(m, op->to, size, m->r[op->base] + (m->r[op->index] << op->scale) + op->displacement);
    return next;
}

HANDLER conditional(machine *m, const operation *op, uint64_t next)
{
    uint64_t value = get(m, flags_hold(&m->f, op->what) ? op->from : op->to, op->size);
    put(m, op->to, op->size, value); /* 4 bytes clear the upper half either way */
    return next;
}

HANDLER conditional_load(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t value = fetch(p.host, op->size);
    put(m, op->to, op->size, flags_hold(&m->f, op->what) ? value : get(m, op->to, op->size));
    return done(m, &p, READS, next);
}

HANDLER set(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, 1, flags_hold(&m->f, op->what));
    return next;
}

HANDLER set_memory(machine *m, const operation *op, uint64_t next)
{
    return store_value(m, op, next, 1, flags_hold(&m->f, op->what));
}

/* The stack, and where to go on ---------------------------------------------------------------------------------------- */

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

/* Arithmetic ------------------------------------------------------------------------------------------------------------ */

INLINE alu_to_register(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size, uint64_t b)
{
    uint64_t result = alu(m, what, size, get(m, op->to, size), b);
    if (!keeps_result(what)) {
        put(m, op->to, size, result);
    }
    return next;
}

INLINE alu_registers(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    return alu_to_register(m, op, next, what, size, get(m, op->from, size));
}

INLINE alu_immediate(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    return alu_to_register(m, op, next, what, size, op->immediate & mask_of(size));
}

INLINE alu_load(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    place p = reach(m, address_of(m, op), size, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    alu_to_register(m, op, next, what, size, fetch(p.host, size));
    return done(m, &p, READS, next);
}

INLINE alu_to_memory(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size, uint64_t b)
{
    bool reads = keeps_result(what);
    place p = reach(m, address_of(m, op), size, reads ? PAGE_R : PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t result = alu(m, what, size, fetch(p.host, size), b);
    return reads ? done(m, &p, READS, next) : store(m, &p, result, READS | WRITES, next);
}

INLINE alu_memory(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    return alu_to_memory(m, op, next, what, size, get(m, op->from, size));
}

INLINE alu_memory_immediate(machine *m, const operation *op, uint64_t next, uint32_t what, uint32_t size)
{
    return alu_to_memory(m, op, next, what, size, op->immediate & mask_of(size));
}

HANDLER unary_register(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, unary(m, op->what, op->size, get(m, op->to, op->size)));
    return next;
}

HANDLER unary_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    return store(m, &p, unary(m, op->what, op->size, fetch(p.host, op->size)), READS | WRITES, next);
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
    return next;
}

HANDLER shift_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t shifted = shift_or_rotate(m, op->what, op->size, fetch(p.host, op->size), shift_count(m, op));
    return store(m, &p, shifted, READS | WRITES, next);
}

HANDLER shift_double_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t a = get(m, op->to, op->size), b = get(m, op->from, op->size);
    put(m, op->to, op->size, shift_double(m, op->what, op->size, a, b, shift_count(m, op)));
    return next;
}

HANDLER multiply_immediate(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->from, op->size), op->immediate));
    return next;
}

HANDLER multiply_registers(machine *m, const operation *op, uint64_t next)
{
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->to, op->size), get(m, op->from, op->size)));
    return next;
}

HANDLER multiply_load(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    put(m, op->to, op->size, multiply(m, op->size, get(m, op->to, op->size), fetch(p.host, op->size)));
    return done(m, &p, READS, next);
}

HANDLER multiply_a_register(machine *m, const operation *op, uint64_t next)
{
    multiply_a(m, op->sign, op->size, get(m, op->to, op->size));
    return next;
}

HANDLER multiply_a_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return NOT_DONE;
    }
    multiply_a(m, op->sign, op->size, fetch(p.host, op->size));
    return done(m, &p, READS, next);
}

HANDLER divide_register(machine *m, const operation *op, uint64_t next)
{
    return divide_a(m, op->sign, op->size, get(m, op->to, op->size)) ? next : NOT_DONE;
}

HANDLER divide_memory(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host || !divide_a(m, op->sign, op->size, fetch(p.host, op->size))) {
        return NOT_DONE;
    }
    return done(m, &p, READS, next);
}

HANDLER bit_register(machine *m, const operation *op, uint64_t next)
{
    uint64_t changed = bit(m, op->what, op->size, get(m, op->to, op->size), op->immediate);
    if (op->what != BIT_TEST) {
        put(m, op->to, op->size, changed);
    }
    return next;
}

HANDLER bit_memory(machine *m, const operation *op, uint64_t next)
{
    bool reads = op->what == BIT_TEST;
    place p = operand(m, op, reads ? PAGE_R : PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t changed = bit(m, op->what, op->size, fetch(p.host, op->size), op->immediate);
    return reads ? done(m, &p, READS, next) : store(m, &p, changed, READS | WRITES, next);
}

HANDLER sign_extend_a(machine *m, const operation *op, uint64_t next)
{
    put(m, 0, op->size, sign_extended(m->r[0], op->size * 4u));
    return next;
}

HANDLER sign_of_a(machine *m, const operation *op, uint64_t next)
{
    enum { DX = 2 * REGISTER_BYTES };
    put(m, DX, op->size, (uint64_t)((int64_t)sign_extended(m->r[0], op->size * 8u) >> 63));
    return next;
}

/* Read, then written: no other thread comes in between. Memory is written in any case, as processors do. --------------- */

HANDLER exchange_add(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, op->size), sum = alu(m, ALU_ADD, op->size, old, get(m, op->from, op->size));
    put(m, op->from, op->size, old);
    return store(m, &p, sum, READS | WRITES, next);
}

HANDLER exchange(machine *m, const operation *op, uint64_t next)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return NOT_DONE;
    }
    uint64_t old = fetch(p.host, op->size), value = get(m, op->from, op->size);
    put(m, op->from, op->size, old);
    return store(m, &p, value, READS | WRITES, next);
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
    return store(m, &p, stored, READS | WRITES, next);
}

HANDLER swap(machine *m, const operation *op, uint64_t next)
{
    uint64_t a = get(m, op->to, op->size), b = get(m, op->from, op->size);
    put(m, op->to, op->size, b);
    put(m, op->from, op->size, a);
    return next;
}

HANDLER swap_bytes(machine *m, const operation *op, uint64_t next)
{
    uint64_t swapped = __builtin_bswap64(get(m, op->to, op->size));
    put(m, op->to, op->size, swapped >> (64 - 8 * op->size));
    return next;
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
    return store(m, &p, stored, READS | WRITES, next);
}

/* Others ----------------------------------------------------------------------------------------------------------------- */

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

HANDLER set_flag(machine *m, const operation *op, uint64_t next)
{
    flags_change(&m->f, (uint32_t)op->immediate, (uint32_t)op->immediate);
    return next;
}

HANDLER clear_flag(machine *m, const operation *op, uint64_t next)
{
    flags_change(&m->f, (uint32_t)op->immediate, 0);
    return next;
}

HANDLER complement_carry(machine *m, const operation *op, uint64_t next)
{
    (void)op;
    flags_set_carry(&m->f, !flag_c(&m->f));
    return next;
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

/* Strings: each element is an instruction of its own, and so is finding that none is left. ---------------------------- */

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
    return store(m, &to, value, WRITES, string_next(m, op, next));
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
    return store(m, &to, get(m, 0, op->size), WRITES, string_next(m, op, next));
}

/* One of vectors(): a handler whose body says whether it was done. */
#define VECTOR(name) \
    HANDLER handle_##name(machine *m, const operation *op, uint64_t next) { return name(m, op) ? next : NOT_DONE; }
VECTOR(vector_load)
VECTOR(vector_store)
VECTOR(vector_move)
VECTOR(vector_from)
VECTOR(vector_to)
VECTOR(vector_logic)
VECTOR(vector_load_high)
VECTOR(vector_store_high)
VECTOR(vector_unpack)
VECTOR(vector_shuffle)

/* By size: 8, 4, and any */
#define SIZED(name)                                                                                            \
    HANDLER name##_8(machine *m, const operation *op, uint64_t next) { return name(m, op, next, 8); }          \
    HANDLER name##_4(machine *m, const operation *op, uint64_t next) { return name(m, op, next, 4); }          \
    HANDLER name##_any(machine *m, const operation *op, uint64_t next) { return name(m, op, next, op->size); } \
    static const operation_run name##_by_size[] = {name##_8, name##_4, name##_any};
SIZED(move)
SIZED(move_immediate)
SIZED(load_register)
SIZED(store_register)
SIZED(store_immediate)
SIZED(lea)

#define CONDITION(n) \
    HANDLER branch_##n(machine *m, const operation *op, uint64_t next) { return branch(m, op, next, n); }
CONDITION(0)
CONDITION(1)
CONDITION(2)
CONDITION(3)
CONDITION(4)
CONDITION(5)
CONDITION(6)
CONDITION(7)
CONDITION(8)
CONDITION(9)
CONDITION(10)
CONDITION(11)
CONDITION(12)
CONDITION(13)
CONDITION(14)
CONDITION(15)
static const operation_run branches[] = {branch_0,  branch_1,  branch_2,  branch_3, branch_4,  branch_5,
                                         branch_6,  branch_7,  branch_8,  branch_9, branch_10, branch_11,
                                         branch_12, branch_13, branch_14, branch_15};

/* By operation and size: of 8 and 4 bytes, the others in one. */
#define ALU_8_4(name, what)                                                                                          \
    HANDLER name##_##what##_8(machine *m, const operation *op, uint64_t next) { return name(m, op, next, what, 8); } \
    HANDLER name##_##what##_4(machine *m, const operation *op, uint64_t next) { return name(m, op, next, what, 4); }
#define ALU_PAIR(name, what)                             \
    {                                                    \
        name##_##what##_8, name##_##what##_4, name##_any \
    }
#define ALU_ALL(name)                                                              \
    HANDLER name##_any(machine *m, const operation *op, uint64_t next)             \
    {                                                                              \
        return name(m, op, next, op->what, op->size);                              \
    }                                                                              \
    ALU_8_4(name, ALU_ADD)                                                         \
    ALU_8_4(name, ALU_OR)                                                          \
    ALU_8_4(name, ALU_ADC)                                                         \
    ALU_8_4(name, ALU_SBB)                                                         \
    ALU_8_4(name, ALU_AND)                                                         \
    ALU_8_4(name, ALU_SUB)                                                         \
    ALU_8_4(name, ALU_XOR)                                                         \
    ALU_8_4(name, ALU_CMP)                                                         \
    ALU_8_4(name, ALU_TEST)                                                        \
    static const operation_run name##_by_what[][3] = {                             \
        ALU_PAIR(name, ALU_ADD), ALU_PAIR(name, ALU_OR),  ALU_PAIR(name, ALU_ADC), \
        ALU_PAIR(name, ALU_SBB), ALU_PAIR(name, ALU_AND), ALU_PAIR(name, ALU_SUB), \
        ALU_PAIR(name, ALU_XOR), ALU_PAIR(name, ALU_CMP), ALU_PAIR(name, ALU_TEST)};
ALU_ALL(alu_registers)
ALU_ALL(alu_immediate)
ALU_ALL(alu_load)
ALU_ALL(alu_memory)
ALU_ALL(alu_memory_immediate)

operation_run OPERATION_HANDLER(const operation *op)
{
    uint32_t size = op->size == 8 ? 0 : op->size == 4 ? 1 : 2;
    switch ((operation_kind)op->kind) {
    case OP_ALONE:
    case OP_SPECIAL: return not_done;
    case OP_NOP: return nop;
    case OP_MOVE: return move_by_size[size];
    case OP_MOVE_IMMEDIATE: return move_immediate_by_size[size];
    case OP_LOAD: return load_register_by_size[size];
    case OP_STORE: return store_register_by_size[size];
    case OP_STORE_IMMEDIATE: return store_immediate_by_size[size];
    case OP_EXTEND: return extend;
    case OP_EXTEND_LOAD: return extend_load;
    case OP_LEA: return lea_by_size[size];
    case OP_PUSH: return push;
    case OP_PUSH_IMMEDIATE: return push_immediate;
    case OP_PUSH_MEMORY: return push_memory;
    case OP_POP: return pop;
    case OP_CALL: return call;
    case OP_CALL_REGISTER: return call_register;
    case OP_CALL_MEMORY: return call_memory;
    case OP_RETURN: return return_to;
    case OP_JUMP: return jump;
    case OP_JUMP_REGISTER: return jump_register;
    case OP_JUMP_MEMORY: return jump_memory;
    case OP_BRANCH: return branches[op->what];
    case OP_ALU: return alu_registers_by_what[op->what][size];
    case OP_ALU_IMMEDIATE: return alu_immediate_by_what[op->what][size];
    case OP_ALU_LOAD: return alu_load_by_what[op->what][size];
    case OP_ALU_MEMORY: return alu_memory_by_what[op->what][size];
    case OP_ALU_MEMORY_IMMEDIATE: return alu_memory_immediate_by_what[op->what][size];
    case OP_UNARY: return unary_register;
    case OP_UNARY_MEMORY: return unary_memory;
    case OP_SHIFT: return shift_register;
    case OP_SHIFT_MEMORY: return shift_memory;
    case OP_SHIFT_DOUBLE: return shift_double_register;
    case OP_MULTIPLY: return multiply_immediate;
    case OP_MULTIPLY_REGISTER: return multiply_registers;
    case OP_MULTIPLY_LOAD: return multiply_load;
    case OP_MULTIPLY_A: return multiply_a_register;
    case OP_MULTIPLY_A_MEMORY: return multiply_a_memory;
    case OP_DIVIDE: return divide_register;
    case OP_DIVIDE_MEMORY: return divide_memory;
    case OP_SET: return set;
    case OP_SET_MEMORY: return set_memory;
    case OP_CONDITIONAL: return conditional;
    case OP_CONDITIONAL_LOAD: return conditional_load;
    case OP_EXCHANGE_ADD: return exchange_add;
    case OP_COMPARE_EXCHANGE: return compare_exchange;
    case OP_COMPARE_EXCHANGE_TWO: return compare_exchange_two;
    case OP_EXCHANGE: return exchange;
    case OP_SWAP: return swap;
    case OP_SWAP_BYTES: return swap_bytes;
    case OP_SIGN_EXTEND_A: return sign_extend_a;
    case OP_SIGN_OF_A: return sign_of_a;
    case OP_BIT: return bit_register;
    case OP_BIT_MEMORY: return bit_memory;
    case OP_HYPERCALL: return call_machine;
    case OP_LEAVE: return leave;
    case OP_SET_FLAG: return set_flag;
    case OP_CLEAR_FLAG: return clear_flag;
    case OP_COMPLEMENT_CARRY: return complement_carry;
    case OP_PUSH_FLAGS: return push_flags;
    case OP_POP_FLAGS: return pop_flags;
    case OP_STRING_MOVE: return string_move;
    case OP_STRING_STORE: return string_store;
    case OP_VECTOR_LOAD: return handle_vector_load;
    case OP_VECTOR_STORE: return handle_vector_store;
    case OP_VECTOR_MOVE: return handle_vector_move;
    case OP_VECTOR_FROM: return handle_vector_from;
    case OP_VECTOR_TO: return handle_vector_to;
    case OP_VECTOR_LOGIC: return handle_vector_logic;
    case OP_VECTOR_LOAD_HIGH: return handle_vector_load_high;
    case OP_VECTOR_STORE_HIGH: return handle_vector_store_high;
    case OP_VECTOR_UNPACK: return handle_vector_unpack;
    case OP_VECTOR_SHUFFLE: return handle_vector_shuffle;
    }
    return not_done;
}
