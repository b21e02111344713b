/* SPDX-License-Identifier: GPL-2.0-or-later */
/* functable.c - which entry of an image's unwind data an address has. */
#include "arch.h"
#include "rtl.h"

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
        Function = RtlpSearchFunction(Image->ExceptionDirectory, Image->ExceptionBytes / sizeof(RUNTIME_FUNCTION),
                                      (ULONG)(ControlPc - Image->ImageBase));
    }
    HvAtomicEnd();
    if (Function != NULL && (Function->UnwindData & 1)) {
        Function = (PRUNTIME_FUNCTION)(*ImageBase + (Function->UnwindData & ~1U));
    }
    return Function;
}
