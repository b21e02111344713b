/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - copying, filling, comparing. Any IRQL if the memory is resident. By quadwords: a store costs the machine
 * much more than the arithmetic around it. Built without the compiler's habit of turning loops into calls of memcpy.
 */
#include "rtl.h"

#undef RtlCopyMemory
#undef RtlCopyMemoryNonTemporal
#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory

typedef ULONG64 __attribute__((may_alias, aligned(1))) UNALIGNED_QUAD;

static inline VOID RtlpCopyForward(UCHAR *To, const UCHAR *From, SIZE_T Length)
{
    for (; Length >= 8; Length -= 8, To += 8, From += 8) {
        *(UNALIGNED_QUAD *)To = *(const UNALIGNED_QUAD *)From;
    }
    for (; Length; Length--) {
        *To++ = *From++;
    }
}

static inline VOID RtlpCopyBackward(UCHAR *To, const UCHAR *From, SIZE_T Length)
{
    for (; Length >= 8; Length -= 8) {
        *(UNALIGNED_QUAD *)(To + Length - 8) = *(const UNALIGNED_QUAD *)(From + Length - 8);
    }
    while (Length--) {
        To[Length] = From[Length];
    }
}

/* As on Windows x64, memcpy also copes with blocks that overlap. */
void *memcpy(void *To, const void *From, size_t Length)
{
    if ((ULONG_PTR)To - (ULONG_PTR)From < Length) {
        RtlpCopyBackward(To, From, Length);
    } else {
        RtlpCopyForward(To, From, Length);
    }
    return To;
}

void *memmove(void *To, const void *From, size_t Length)
{
    if ((ULONG_PTR)To - (ULONG_PTR)From < Length) {
        RtlpCopyBackward(To, From, Length);
    } else {
        RtlpCopyForward(To, From, Length);
    }
    return To;
}

void *memset(void *To, int Value, size_t Length)
{
    UCHAR *Byte = To;
    ULONG64 Pattern = (UCHAR)Value * 0x0101010101010101ULL;
    for (; Length >= 8; Length -= 8, Byte += 8) {
        *(UNALIGNED_QUAD *)Byte = Pattern;
    }
    for (; Length; Length--) {
        *Byte++ = (UCHAR)Value;
    }
    return To;
}

static inline SIZE_T RtlpEqualPrefix(const UCHAR *One, const UCHAR *Two, SIZE_T Length)
{
    SIZE_T Equal = 0;
    while (Length - Equal >= 8 && *(const UNALIGNED_QUAD *)(One + Equal) == *(const UNALIGNED_QUAD *)(Two + Equal)) {
        Equal += 8;
    }
    while (Equal < Length && One[Equal] == Two[Equal]) {
        Equal++;
    }
    return Equal;
}

int memcmp(const void *One, const void *Two, size_t Length)
{
    SIZE_T Equal = RtlpEqualPrefix(One, Two, Length);
    if (Equal == Length) {
        return 0;
    }
    return ((const UCHAR *)One)[Equal] < ((const UCHAR *)Two)[Equal] ? -1 : 1;
}

void *memchr(const void *Block, int Value, size_t Length)
{
    for (const UCHAR *Byte = Block; Length; Length--, Byte++) {
        if (*Byte == (UCHAR)Value) {
            return (void *)Byte;
        }
    }
    return NULL;
}

/* How many bytes are equal from the start. Source: Microsoft: RtlCompareMemory. */
SIZE_T NTAPI RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
    return RtlpEqualPrefix(Source1, Source2, Length);
}

/* Bytes, in whole ULONGs, that equal Pattern. Source: Microsoft: RtlCompareMemoryUlong. */
SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
    PULONG Word = Source;
    SIZE_T Count = Length / sizeof(ULONG), Index = 0;
    while (Index < Count && Word[Index] == Pattern) {
        Index++;
    }
    return Index * sizeof(ULONG);
}

VOID NTAPI RtlCopyMemory(VOID UNALIGNED *Destination, const VOID UNALIGNED *Source, SIZE_T Length)
{
    RtlpCopyForward((UCHAR *)Destination, (const UCHAR *)Source, Length);
}

VOID NTAPI RtlCopyMemoryNonTemporal(VOID UNALIGNED *Destination, const VOID UNALIGNED *Source, SIZE_T Length)
{
    RtlpCopyForward((UCHAR *)Destination, (const UCHAR *)Source, Length);
}

VOID NTAPI RtlMoveMemory(VOID UNALIGNED *Destination, const VOID UNALIGNED *Source, SIZE_T Length)
{
    memmove((PVOID)Destination, (const VOID *)Source, Length);
}

VOID NTAPI RtlFillMemory(PVOID Destination, SIZE_T Length, UCHAR Fill) { memset(Destination, Fill, Length); }

VOID NTAPI RtlZeroMemory(PVOID Destination, SIZE_T Length) { memset(Destination, 0, Length); }

#ifndef _WIN64 /* inline elsewhere */
VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern)
{
    for (SIZE_T i = 0; i < Length / sizeof(ULONG); i++) {
        ((PULONG)Destination)[i] = Pattern;
    }
}
#endif
