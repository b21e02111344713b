/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * divide.c - 64-bit arithmetic that x86 compilers leave to a library: GCC's names for it. Linked into every image of
 * the kernel. Source: GCC internals manual, "Routines for integer arithmetic".
 */
#include <stdint.h>

typedef union {
    uint64_t Whole;
    struct {
        uint32_t Low, High;
    };
} WORDS;

uint64_t __udivmoddi4(uint64_t Dividend, uint64_t Divisor, uint64_t *Remainder);
uint64_t __udivdi3(uint64_t Dividend, uint64_t Divisor);
uint64_t __umoddi3(uint64_t Dividend, uint64_t Divisor);
int64_t __divdi3(int64_t Dividend, int64_t Divisor);
int64_t __moddi3(int64_t Dividend, int64_t Divisor);
int64_t __divmoddi4(int64_t Dividend, int64_t Divisor, int64_t *Remainder);
int __ctzdi2(uint64_t Value);

/* High:Low / Divisor, for High < Divisor. A zero divisor traps, as it should. */
static uint32_t DivideWord(uint32_t High, uint32_t Low, uint32_t Divisor, uint32_t *Remainder)
{
    uint32_t Quotient;
    __asm__("divl %4" : "=a"(Quotient), "=d"(*Remainder) : "a"(Low), "d"(High), "r"(Divisor) : "cc");
    return Quotient;
}

/* By a divisor of one word: schoolbook, two digits. */
static uint64_t DivideByWord(WORDS Dividend, uint32_t Divisor, uint64_t *Remainder)
{
    WORDS Quotient;
    uint32_t Rest;
    Quotient.High = DivideWord(0, Dividend.High, Divisor, &Rest);
    Quotient.Low = DivideWord(Rest, Dividend.Low, Divisor, &Rest);
    *Remainder = Rest;
    return Quotient.Whole;
}

/* By a larger one: estimate from the highest words, at most one too small. Source: Knuth, volume 2, 4.3.1. */
static uint64_t DivideByLarge(uint64_t Dividend, WORDS Divisor, uint64_t *Remainder)
{
    unsigned Shift = (unsigned)__builtin_clz(Divisor.High);
    WORDS Scaled = {.Whole = Divisor.Whole << Shift}, Half = {.Whole = Dividend >> 1};
    uint32_t Rest, Quotient = DivideWord(Half.High, Half.Low, Scaled.High, &Rest);
    Quotient = (uint32_t)((uint64_t)Quotient << Shift >> 31);
    Quotient -= Quotient != 0;
    *Remainder = Dividend - Quotient * Divisor.Whole;
    if (*Remainder >= Divisor.Whole) {
        *Remainder -= Divisor.Whole;
        Quotient++;
    }
    return Quotient;
}

uint64_t __udivmoddi4(uint64_t Dividend, uint64_t Divisor, uint64_t *Remainder)
{
    WORDS Large = {.Whole = Dividend}, Small = {.Whole = Divisor};
    return Small.High ? DivideByLarge(Dividend, Small, Remainder) : DivideByWord(Large, Small.Low, Remainder);
}

uint64_t __udivdi3(uint64_t Dividend, uint64_t Divisor)
{
    uint64_t Remainder;
    return __udivmoddi4(Dividend, Divisor, &Remainder);
}

uint64_t __umoddi3(uint64_t Dividend, uint64_t Divisor)
{
    uint64_t Remainder;
    __udivmoddi4(Dividend, Divisor, &Remainder);
    return Remainder;
}

static uint64_t Magnitude(int64_t Value) { return Value < 0 ? -(uint64_t)Value : (uint64_t)Value; }

int64_t __divdi3(int64_t Dividend, int64_t Divisor)
{
    uint64_t Quotient = __udivdi3(Magnitude(Dividend), Magnitude(Divisor));
    return (int64_t)((Dividend < 0) != (Divisor < 0) ? -Quotient : Quotient);
}

int64_t __moddi3(int64_t Dividend, int64_t Divisor)
{
    uint64_t Rest = __umoddi3(Magnitude(Dividend), Magnitude(Divisor));
    return (int64_t)(Dividend < 0 ? -Rest : Rest);
}

int64_t __divmoddi4(int64_t Dividend, int64_t Divisor, int64_t *Remainder)
{
    *Remainder = __moddi3(Dividend, Divisor);
    return __divdi3(Dividend, Divisor);
}

int __ctzdi2(uint64_t Value)
{
    WORDS Words = {.Whole = Value};
    return Words.Low ? __builtin_ctz(Words.Low) : 32 + __builtin_ctz(Words.High);
}
