/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flags.h - the arithmetic flags, worked out when they are asked for: of the last result, and of the carries out of each
 * bit that led to it. Where the processor leaves a flag undefined, it is as Unicorn has it.
 */
#ifndef AIRLOCK_MACHINE_FLAGS_H
#define AIRLOCK_MACHINE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FLAG_C = 1,
    FLAG_P = 4,
    FLAG_A = 16,
    FLAG_Z = 64,
    FLAG_S = 128,
    FLAG_T = 0x100,
    FLAG_I = 0x200,
    FLAG_D = 0x400,
    FLAG_O = 0x800
};
enum { FLAGS_ARITHMETIC = FLAG_C | FLAG_P | FLAG_A | FLAG_Z | FLAG_S | FLAG_O };

typedef struct {
    uint64_t result; /* sign-extended */
    uint64_t carry;  /* by bit: the carry (or borrow) out of it */
    uint32_t bits;   /* of the operands; 0: all flags are in `word` */
    uint32_t word;   /* the other flags */
} lazy_flags;

static inline uint64_t sign_extended(uint64_t value, uint32_t bits)
{
    return (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
}

static inline void flags_of_sum(lazy_flags *f, uint32_t bits, uint64_t a, uint64_t b, uint64_t result)
{
    f->result = sign_extended(result, bits);
    f->carry = (a & b) | ((a | b) & ~result);
    f->bits = bits;
}

static inline void flags_of_difference(lazy_flags *f, uint32_t bits, uint64_t a, uint64_t b, uint64_t result)
{
    f->result = sign_extended(result, bits);
    f->carry = (~a & b) | ((~a | b) & result);
    f->bits = bits;
}

static inline void flags_of_logic(lazy_flags *f, uint32_t bits, uint64_t result)
{
    f->result = sign_extended(result, bits);
    f->carry = 0;
    f->bits = bits;
}

/* Z, S and P of the result, no A. */
static inline void flags_of_result(lazy_flags *f, uint32_t bits, uint64_t result, bool carry, bool overflow)
{
    f->result = sign_extended(result, bits);
    f->carry = (uint64_t)carry << (bits - 1) | (uint64_t)(carry ^ overflow) << (bits - 2);
    f->bits = bits;
}

static inline bool flag_c(const lazy_flags *f)
{
    return f->bits ? f->carry >> (f->bits - 1) & 1 : (f->word & FLAG_C) != 0;
}

static inline bool flag_z(const lazy_flags *f) { return f->bits ? f->result == 0 : (f->word & FLAG_Z) != 0; }
static inline bool flag_s(const lazy_flags *f) { return f->bits ? f->result >> 63 : (f->word & FLAG_S) != 0; }

static inline bool flag_o(const lazy_flags *f)
{
    return f->bits ? (f->carry >> (f->bits - 1) ^ f->carry >> (f->bits - 2)) & 1 : (f->word & FLAG_O) != 0;
}

static inline bool flag_p(const lazy_flags *f)
{
    return f->bits ? !__builtin_parity((unsigned)(f->result & 0xff)) : (f->word & FLAG_P) != 0;
}

static inline uint32_t flags_word(const lazy_flags *f)
{
    if (!f->bits) {
        return f->word;
    }
    uint32_t set = f->word & ~(uint32_t)FLAGS_ARITHMETIC;
    set |= (flag_c(f) ? FLAG_C : 0u) | (flag_p(f) ? FLAG_P : 0u) | (f->carry & 8 ? FLAG_A : 0u);
    return set | (flag_z(f) ? FLAG_Z : 0u) | (flag_s(f) ? FLAG_S : 0u) | (flag_o(f) ? FLAG_O : 0u);
}

static inline void flags_set(lazy_flags *f, uint32_t word)
{
    f->word = word;
    f->bits = 0;
}

/* Only those of `mask`. */
static inline void flags_change(lazy_flags *f, uint32_t mask, uint32_t word)
{
    flags_set(f, (flags_word(f) & ~mask) | (word & mask));
}

static inline void flags_set_carry(lazy_flags *f, bool carry) { flags_change(f, FLAG_C, carry ? FLAG_C : 0); }

/* As conditional instructions number them: O NO B NB Z NZ BE NBE S NS P NP L NL LE NLE. */
static inline bool flags_hold(const lazy_flags *f, uint32_t condition)
{
    bool holds;
    switch (condition >> 1) {
    case 0: holds = flag_o(f); break;
    case 1: holds = flag_c(f); break;
    case 2: holds = flag_z(f); break;
    case 3: holds = flag_c(f) || flag_z(f); break;
    case 4: holds = flag_s(f); break;
    case 5: holds = flag_p(f); break;
    case 6: holds = flag_s(f) != flag_o(f); break;
    default: holds = flag_z(f) || flag_s(f) != flag_o(f); break;
    }
    return holds != (condition & 1);
}

#endif
