/* SPDX-License-Identifier: GPL-2.0-or-later */
/* misc.c - random numbers, byte swaps, sorting, LUIDs. Any IRQL. */
#include "rtl.h"

/* Deterministic on Windows too: only the seed decides. Source: Microsoft: RtlRandom (values below 2^31 - 1). */
ULONG NTAPI RtlRandom(PULONG Seed)
{
    *Seed = (ULONG)((0x7fffffedULL * *Seed + 0x7fffffc3ULL) % 0x7fffffffULL);
    return *Seed;
}

ULONG NTAPI RtlRandomEx(PULONG Seed) { return RtlRandom(Seed); }

#undef RtlUshortByteSwap
#undef RtlUlongByteSwap
#undef RtlUlonglongByteSwap
USHORT FASTCALL RtlUshortByteSwap(USHORT Source) { return __builtin_bswap16(Source); }
ULONG FASTCALL RtlUlongByteSwap(ULONG Source) { return __builtin_bswap32(Source); }
ULONGLONG FASTCALL RtlUlonglongByteSwap(ULONGLONG Source) { return __builtin_bswap64(Source); }

typedef int (*PCOMPARE)(const void *, const void *);

static VOID RtlpSwap(UCHAR *One, UCHAR *Two, SIZE_T Width)
{
    for (; Width; Width--, One++, Two++) {
        UCHAR Byte = *One;
        *One = *Two;
        *Two = Byte;
    }
}

static VOID RtlpSift(UCHAR *Base, SIZE_T Root, SIZE_T Count, SIZE_T Width, PCOMPARE Compare)
{
    for (SIZE_T Child; (Child = Root * 2 + 1) < Count; Root = Child) {
        if (Child + 1 < Count && Compare(Base + Child * Width, Base + (Child + 1) * Width) < 0) {
            Child++;
        }
        if (Compare(Base + Root * Width, Base + Child * Width) >= 0) {
            return;
        }
        RtlpSwap(Base + Root * Width, Base + Child * Width, Width);
    }
}

/* Heap sort: no recursion on a kernel stack. */
void qsort(void *Base, size_t Count, size_t Width, PCOMPARE Compare)
{
    for (SIZE_T Root = Count / 2; Root-- > 0;) {
        RtlpSift(Base, Root, Count, Width, Compare);
    }
    while (Count > 1) {
        Count--;
        RtlpSwap(Base, (UCHAR *)Base + Count * Width, Width);
        RtlpSift(Base, 0, Count, Width, Compare);
    }
}

void *bsearch(const void *Key, const void *Base, size_t Count, size_t Width, PCOMPARE Compare)
{
    SIZE_T Low = 0;
    while (Low < Count) {
        SIZE_T Middle = (Low + Count) / 2;
        const UCHAR *Item = (const UCHAR *)Base + Middle * Width;
        int Order = Compare(Key, Item);
        if (Order == 0) {
            return (void *)Item;
        }
        if (Order < 0) {
            Count = Middle;
        } else {
            Low = Middle + 1;
        }
    }
    return NULL;
}

VOID NTAPI RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid) { *DestinationLuid = *SourceLuid; }
