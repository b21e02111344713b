/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imagetable.c - which image holds an address. */
#include "rtl.h"
#include "arch.h"

static INVERTED_FUNCTION_TABLE_ENTRY RtlpImage[RTLP_IMAGES];
static ULONG RtlpImageCount;

extern UCHAR __ImageBase[]; /* of ntoskrnl.exe, by the linker */

BOOLEAN RtlpInsertInvertedFunctionTable(PVOID Base, SIZE_T Size, PVOID ExceptionDirectory, ULONG ExceptionBytes)
{
    BOOLEAN Room;
    HvAtomicBegin();
    Room = RtlpImageCount < RTLP_IMAGES;
    if (Room) {
        PINVERTED_FUNCTION_TABLE_ENTRY Image = &RtlpImage[RtlpImageCount++];
        Image->ExceptionDirectory = ExceptionDirectory;
        Image->ImageBase = (ULONG_PTR)Base;
        Image->SizeOfImage = (ULONG)Size;
        Image->ExceptionBytes = ExceptionDirectory ? ExceptionBytes : 0;
    }
    HvAtomicEnd();
    return Room;
}

PINVERTED_FUNCTION_TABLE_ENTRY RtlpFindImage(ULONG_PTR Pc)
{
    for (ULONG Index = 0; Index < RtlpImageCount; Index++) {
        if (Pc - RtlpImage[Index].ImageBase < RtlpImage[Index].SizeOfImage) {
            return &RtlpImage[Index];
        }
    }
    return NULL;
}

VOID RtlpRemoveInvertedFunctionTable(PVOID Base)
{
    PINVERTED_FUNCTION_TABLE_ENTRY Image;
    HvAtomicBegin();
    Image = RtlpFindImage((ULONG_PTR)Base);
    if (Image != NULL) {
        *Image = RtlpImage[--RtlpImageCount];
    }
    HvAtomicEnd();
}

PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage)
{
    PINVERTED_FUNCTION_TABLE_ENTRY Image;
    PVOID Base;
    HvAtomicBegin();
    Image = RtlpFindImage((ULONG_PTR)PcValue);
    Base = Image ? (PVOID)Image->ImageBase : NULL;
    HvAtomicEnd();
    *BaseOfImage = Base;
    return Base;
}

/* The system image is inserted first and stays. */
BOOLEAN RtlpIsSystemImage(PVOID Address)
{
    return (ULONG_PTR)Address - RtlpImage[0].ImageBase < RtlpImage[0].SizeOfImage &&
           RtlpImage[0].ImageBase == (ULONG_PTR)__ImageBase;
}
