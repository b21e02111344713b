/* SPDX-License-Identifier: GPL-2.0-or-later */
/* functable.c - which image holds an address, and which entry of its unwind data. */
#include "rtl.h"
#include "arch.h"

typedef struct _INVERTED_FUNCTION_TABLE_ENTRY {
    PRUNTIME_FUNCTION FunctionTable;
    ULONG64 ImageBase;
    ULONG SizeOfImage;
    ULONG Count;
} INVERTED_FUNCTION_TABLE_ENTRY, *PINVERTED_FUNCTION_TABLE_ENTRY;

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
        Image->FunctionTable = ExceptionDirectory;
        Image->ImageBase = (ULONG64)Base;
        Image->SizeOfImage = (ULONG)Size;
        Image->Count = ExceptionDirectory ? ExceptionBytes / sizeof(RUNTIME_FUNCTION) : 0;
    }
    HvAtomicEnd();
    return Room;
}

static PINVERTED_FUNCTION_TABLE_ENTRY RtlpFindImage(ULONG64 Pc)
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
    Image = RtlpFindImage((ULONG64)Base);
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
    Image = RtlpFindImage((ULONG64)PcValue);
    Base = Image ? (PVOID)Image->ImageBase : NULL;
    HvAtomicEnd();
    *BaseOfImage = Base;
    return Base;
}

/* The system image is inserted first and stays. */
BOOLEAN RtlpIsSystemImage(PVOID Address)
{
    return (ULONG64)Address - RtlpImage[0].ImageBase < RtlpImage[0].SizeOfImage &&
           RtlpImage[0].ImageBase == (ULONG64)__ImageBase;
}

/* The table is sorted by address (PE format). */
static PRUNTIME_FUNCTION RtlpSearchFunction(PRUNTIME_FUNCTION Table, ULONG Count, ULONG Offset)
{
    ULONG Low = 0, High = Count;
    while (Low < High) {
        ULONG Middle = (Low + High) / 2;
        if (Offset < Table[Middle].BeginAddress) {
            High = Middle;
        } else if (Offset >= Table[Middle].EndAddress) {
            Low = Middle + 1;
        } else {
            return &Table[Middle];
        }
    }
    return NULL;
}

/*
 * The unwind entry of the function that holds ControlPc and its image's base; NULL: it has none (a leaf, or no image).
 * An indirect entry (bit 0 of its data) is followed. Any IRQL. Source: Microsoft: RtlLookupFunctionEntry.
 */
PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase,
                                               PUNWIND_HISTORY_TABLE HistoryTable)
{
    PRUNTIME_FUNCTION Function = NULL;
    PINVERTED_FUNCTION_TABLE_ENTRY Image;
    UNREFERENCED_PARAMETER(HistoryTable);
    HvAtomicBegin();
    Image = RtlpFindImage(ControlPc);
    if (Image != NULL) {
        *ImageBase = Image->ImageBase;
        Function = RtlpSearchFunction(Image->FunctionTable, Image->Count, (ULONG)(ControlPc - Image->ImageBase));
    }
    HvAtomicEnd();
    if (Function != NULL && (Function->UnwindData & 1)) {
        Function = (PRUNTIME_FUNCTION)(*ImageBase + (Function->UnwindData & ~1U));
    }
    return Function;
}
