/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bitmap.c - RTL_BITMAP: bits in ULONGs, bit 0 lowest. The caller provides synchronisation. Any IRQL if the bits are
 * resident. Source: Microsoft: RtlInitializeBitMap and its relatives.
 */
#include "rtl.h"

#define NOT_FOUND ((ULONG)-1)

static inline BOOLEAN RtlpBit(const RTL_BITMAP *BitMap, ULONG Bit)
{
    return (BitMap->Buffer[Bit / 32] >> (Bit % 32)) & 1;
}

/* Set (Value all ones) or clear Count bits from Start. */
static VOID RtlpFill(PRTL_BITMAP BitMap, ULONG Start, ULONG Count, ULONG Value)
{
    while (Count) {
        ULONG Offset = Start % 32, Run = min(32 - Offset, Count);
        ULONG Mask = (Run == 32 ? ~0U : (1U << Run) - 1) << Offset;
        PULONG Word = &BitMap->Buffer[Start / 32];
        *Word = (*Word & ~Mask) | (Value & Mask);
        Start += Run;
        Count -= Run;
    }
}

/* How many bits from Start on, at most Limit, have that value. */
static ULONG RtlpRun(const RTL_BITMAP *BitMap, ULONG Start, ULONG Limit, BOOLEAN Value)
{
    ULONG Count = 0, Whole = Value ? ~0U : 0;
    if (Limit > BitMap->SizeOfBitMap - Start) {
        Limit = BitMap->SizeOfBitMap - Start;
    }
    while (Count < Limit) {
        ULONG Bit = Start + Count;
        if (Bit % 32 == 0 && Limit - Count >= 32 && BitMap->Buffer[Bit / 32] == Whole) {
            Count += 32;
        } else if (RtlpBit(BitMap, Bit) == Value) {
            Count++;
        } else {
            break;
        }
    }
    return Count;
}

/* First run of Count bits of that value that starts in [From, To). */
static ULONG RtlpFindIn(const RTL_BITMAP *BitMap, ULONG Count, ULONG From, ULONG To, BOOLEAN Value)
{
    while (From < To && From + Count <= BitMap->SizeOfBitMap) {
        ULONG Run = RtlpRun(BitMap, From, Count, Value);
        if (Run >= Count) {
            return From;
        }
        From += Run + 1;
    }
    return NOT_FOUND;
}

/* From the hint to the end, then from the start. */
static ULONG RtlpFind(const RTL_BITMAP *BitMap, ULONG Count, ULONG Hint, BOOLEAN Value)
{
    ULONG Found;
    if (Hint >= BitMap->SizeOfBitMap) {
        Hint = 0;
    }
    if (Count == 0) {
        return Hint & ~7U;
    }
    Found = RtlpFindIn(BitMap, Count, Hint, BitMap->SizeOfBitMap, Value);
    return Found == NOT_FOUND ? RtlpFindIn(BitMap, Count, 0, Hint, Value) : Found;
}

VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

VOID NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) { RtlpFill(BitMapHeader, BitNumber, 1, 0); }
VOID NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) { RtlpFill(BitMapHeader, BitNumber, 1, ~0U); }
BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) { return RtlpBit(BitMapHeader, BitNumber); }

VOID NTAPI RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    RtlpFill(BitMapHeader, StartingIndex, NumberToClear, 0);
}

VOID NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    RtlpFill(BitMapHeader, StartingIndex, NumberToSet, ~0U);
}

/* Whole ULONGs, as on Windows. */
VOID NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0xff, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

ULONG NTAPI RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return RtlpFind(BitMapHeader, NumberToFind, HintIndex, FALSE);
}

ULONG NTAPI RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return RtlpFind(BitMapHeader, NumberToFind, HintIndex, TRUE);
}

ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG Found = RtlpFind(BitMapHeader, NumberToFind, HintIndex, FALSE);
    if (Found != NOT_FOUND) {
        RtlpFill(BitMapHeader, Found, NumberToFind, ~0U);
    }
    return Found;
}

ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG Found = RtlpFind(BitMapHeader, NumberToFind, HintIndex, TRUE);
    if (Found != NOT_FOUND) {
        RtlpFill(BitMapHeader, Found, NumberToFind, 0);
    }
    return Found;
}

static BOOLEAN RtlpAre(PRTL_BITMAP BitMap, ULONG Start, ULONG Length, BOOLEAN Value)
{
    if (Length == 0 || Start >= BitMap->SizeOfBitMap || Length > BitMap->SizeOfBitMap - Start) {
        return FALSE;
    }
    return RtlpRun(BitMap, Start, Length, Value) == Length;
}

BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return RtlpAre(BitMapHeader, StartingIndex, Length, FALSE);
}

BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return RtlpAre(BitMapHeader, StartingIndex, Length, TRUE);
}

ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    ULONG Count = 0;
    for (ULONG Bit = 0; Bit < BitMapHeader->SizeOfBitMap; Bit++) {
        Count += RtlpBit(BitMapHeader, Bit);
    }
    return Count;
}

ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex)
{
    ULONG Start = FromIndex;
    if (FromIndex >= BitMapHeader->SizeOfBitMap) {
        *StartingRunIndex = FromIndex;
        return 0;
    }
    Start += RtlpRun(BitMapHeader, Start, NOT_FOUND, TRUE);
    *StartingRunIndex = Start;
    return Start < BitMapHeader->SizeOfBitMap ? RtlpRun(BitMapHeader, Start, NOT_FOUND, FALSE) : 0;
}

/* Length of the longest run of clear bits, and where it starts. */
ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    ULONG Best = 0, From = 0, Start, Run;
    *StartingIndex = 0;
    while ((Run = RtlFindNextForwardRunClear(BitMapHeader, From, &Start)) != 0) {
        if (Run > Best) {
            Best = Run;
            *StartingIndex = Start;
        }
        From = Start + Run;
    }
    return Best;
}

ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set) { return Set ? (CCHAR)(63 - __builtin_clzll(Set)) : -1; }
CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set) { return Set ? (CCHAR)__builtin_ctzll(Set) : -1; }
