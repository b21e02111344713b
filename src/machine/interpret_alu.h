/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interpret_alu.h - interpret.c's arithmetic: results and flags. Operands have no bits above their size. */
#ifndef AIRLOCK_MACHINE_INTERPRET_ALU_H
#define AIRLOCK_MACHINE_INTERPRET_ALU_H

#include "interpret_memory.h"

static inline bool keeps_result(uint32_t what) { return what == ALU_CMP || what == ALU_TEST; }

static inline uint64_t alu(machine *m, uint32_t what, uint32_t size, uint64_t a, uint64_t b)
{
    lazy_flags *f = &m->f;
    uint32_t bits = size * 8;
    uint64_t result;
    switch (what) {
    case ALU_ADD: result = a + b; break;
    case ALU_ADC: result = a + b + flag_c(f); break;
    case ALU_SBB: result = a - b - flag_c(f); break;
    case ALU_SUB:
    case ALU_CMP: result = a - b; break;
    case ALU_OR: result = a | b; break;
    case ALU_XOR: result = a ^ b; break;
    default: result = a & b; break;
    }
    if (what == ALU_ADD || what == ALU_ADC) {
        flags_of_sum(f, bits, a, b, result);
    } else if (what == ALU_SUB || what == ALU_CMP || what == ALU_SBB) {
        flags_of_difference(f, bits, a, b, result);
    } else {
        flags_of_logic(f, bits, result);
    }
    return result;
}

/* inc and dec leave C alone. */
static inline uint64_t step_by_one(machine *m, uint32_t bits, uint64_t a, bool up)
{
    lazy_flags *f = &m->f;
    bool carry = flag_c(f);
    uint64_t result = up ? a + 1 : a - 1;
    if (up) {
        flags_of_sum(f, bits, a, 1, result);
    } else {
        flags_of_difference(f, bits, a, 1, result);
    }
    bool overflow = flag_o(f);
    f->carry &= ~(3ull << (bits - 2));
    f->carry |= (uint64_t)carry << (bits - 1) | (uint64_t)(carry ^ overflow) << (bits - 2);
    return result;
}

static inline uint64_t unary(machine *m, uint32_t what, uint32_t size, uint64_t a)
{
    switch (what) {
    case UNARY_INC: return step_by_one(m, size * 8, a, true);
    case UNARY_DEC: return step_by_one(m, size * 8, a, false);
    case UNARY_NEG: flags_of_difference(&m->f, size * 8, 0, a, 0 - a); return 0 - a;
    default: return ~a;
    }
}

static inline uint64_t shift(machine *m, uint32_t what, uint32_t size, uint64_t a, uint64_t count)
{
    uint32_t bits = size * 8;
    uint64_t before, result; /* the last bit shifted out is in `before` */
    count &= size == 8 ? 63 : 31;
    if (count == 0) {
        return a;
    }
    if (what == SHIFT_LEFT) {
        before = a << (count - 1);
        result = before << 1;
    } else if (what == SHIFT_RIGHT) {
        before = a >> (count - 1);
        result = before >> 1;
    } else {
        before = (uint64_t)((int64_t)sign_extended(a, bits) >> (count - 1));
        result = (uint64_t)((int64_t)before >> 1);
    }
    bool carry = what == SHIFT_LEFT ? before >> (bits - 1) & 1 : before & 1;
    flags_of_result(&m->f, bits, result, carry, (before ^ result) >> (bits - 1) & 1);
    return result;
}

/* Changes C and O only. */
static inline uint64_t rotate(machine *m, bool left, uint32_t size, uint64_t a, uint64_t count)
{
    uint32_t bits = size * 8, by = (uint32_t)(count & (size == 8 ? 63 : 31));
    uint32_t up = (left ? by : bits - by % bits) % bits;
    uint64_t result = up ? (a << up | a >> (bits - up)) & mask_of(size) : a;
    if (by) {
        bool top = result >> (bits - 1) & 1, carry = left ? result & 1 : top;
        bool overflow = top ^ (left ? result & 1 : result >> (bits - 2) & 1);
        flags_change(&m->f, FLAG_C | FLAG_O, (carry ? FLAG_C : 0u) | (overflow ? FLAG_O : 0u));
    }
    return result;
}

static inline uint64_t shift_or_rotate(machine *m, uint32_t what, uint32_t size, uint64_t a, uint64_t count)
{
    return what >= ROTATE_LEFT ? rotate(m, what == ROTATE_LEFT, size, a, count) : shift(m, what, size, a, count);
}

/* What is shifted in comes from `b`. Of 4 or 8 bytes; O, which counts of 1 alone define, is Unicorn's. */
static inline uint64_t shift_double(machine *m, uint32_t what, uint32_t size, uint64_t a, uint64_t b, uint64_t count)
{
    uint32_t bits = size * 8;
    bool left = what == SHIFT_LEFT;
    count &= size == 8 ? 63 : 31;
    if (count == 0) {
        return a;
    }
    unsigned __int128 both = left ? (unsigned __int128)a << bits | b : (unsigned __int128)b << bits | a;
    unsigned __int128 before = left ? both << (count - 1) >> bits : (size == 8 ? a : both) >> (count - 1);
    unsigned __int128 after = left ? both << count >> bits : both >> count;
    bool carry = (uint64_t)(left ? before >> (bits - 1) : before) & 1;
    flags_of_result(&m->f, bits, (uint64_t)after, carry, (uint64_t)((before ^ after) >> (bits - 1)) & 1);
    return (uint64_t)after;
}

static inline uint64_t multiply(machine *m, uint32_t size, uint64_t a, uint64_t b)
{
    uint32_t bits = size * 8;
    __int128 product = (__int128)(int64_t)sign_extended(a, bits) * (int64_t)sign_extended(b, bits);
    uint64_t result = (uint64_t)product;
    bool lost = (__int128)(int64_t)sign_extended(result, bits) != product;
    flags_of_result(&m->f, bits, result, lost, lost);
    return result;
}

static inline unsigned __int128 widened(uint64_t value, uint32_t bits, bool sign)
{
    return sign ? (unsigned __int128)(__int128)(int64_t)sign_extended(value, bits) : value;
}

/* D:A, of which each half has `size` bytes; for bytes it is AX. */
static inline void put_pair(machine *m, uint32_t size, unsigned __int128 value)
{
    enum { A = 0, HIGH_OF_A = 1, D = 2 * REGISTER_BYTES };
    put(m, A, size, (uint64_t)value & mask_of(size));
    put(m, size == 1 ? HIGH_OF_A : D, size, (uint64_t)(value >> size * 8) & mask_of(size));
}

static inline unsigned __int128 get_pair(const machine *m, uint32_t size)
{
    enum { A = 0, HIGH_OF_A = 1, D = 2 * REGISTER_BYTES };
    return (unsigned __int128)get(m, size == 1 ? HIGH_OF_A : D, size) << size * 8 | get(m, A, size);
}

static inline void multiply_a(machine *m, bool sign, uint32_t size, uint64_t b)
{
    uint32_t bits = size * 8;
    unsigned __int128 product = widened(get(m, 0, size), bits, sign) * widened(b, bits, sign);
    bool lost = widened((uint64_t)product & mask_of(size), bits, sign) != product;
    put_pair(m, size, product);
    flags_of_result(&m->f, bits, (uint64_t)product, lost, lost);
}

/* false: it faults. Flags stay as they are. */
static inline bool divide_a(machine *m, bool sign, uint32_t size, uint64_t b)
{
    uint32_t bits = size * 8, above = 128 - 2 * bits;
    unsigned __int128 pair = get_pair(m, size), quotient, rest;
    if (b == 0) {
        return false;
    }
    if (sign) {
        __int128 a = (__int128)(pair << above) >> above, by = (__int128)widened(b, bits, true);
        if (by == -1 && pair << above == (unsigned __int128)1 << 127) {
            return false;
        }
        quotient = (unsigned __int128)(a / by);
        rest = (unsigned __int128)(a % by);
    } else {
        quotient = pair / b;
        rest = pair % b;
    }
    uint64_t low = (uint64_t)quotient & mask_of(size);
    if (widened(low, bits, sign) != quotient) {
        return false;
    }
    put_pair(m, size, (rest & mask_of(size)) << bits | low);
    return true;
}

/* C becomes the bit; returns the value changed. */
static inline uint64_t bit(machine *m, uint32_t what, uint32_t size, uint64_t value, uint64_t number)
{
    uint64_t mask = 1ull << (number & (size * 8 - 1));
    flags_set_carry(&m->f, (value & mask) != 0);
    switch (what) {
    case BIT_SET: return value | mask;
    case BIT_RESET: return value & ~mask;
    case BIT_COMPLEMENT: return value ^ mask;
    default: return value;
    }
}

#endif
