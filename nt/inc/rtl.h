/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtl.h - what nt/rtl offers the rest of the kernel beside the exported routines of the DDK headers. */
#ifndef AIRLOCK_NT_RTL_H
#define AIRLOCK_NT_RTL_H

#ifndef _SECIMP
#define _SECIMP
#endif
#ifndef _CRTIMP
#define _CRTIMP /* what string.h and excpt.h declare is defined in nt/rtl and nt/arch, not imported */
#endif
#include "ntos.h"
#include <string.h>

/*
 * The table of loaded images: where they lie and their unwind data. nt/mm inserts an image before its code can run
 * and removes it in the same atomic section that unmaps it. Any IRQL. Each call is one atomic section.
 * FALSE: the table is full (RTLP_IMAGES).
 */
#define RTLP_IMAGES 64
BOOLEAN RtlpInsertInvertedFunctionTable(PVOID Base, SIZE_T Size, PVOID ExceptionDirectory, ULONG ExceptionBytes);
VOID RtlpRemoveInvertedFunctionTable(PVOID Base);

/* Inside an atomic section: the table's entry, NULL = none. */
typedef struct _INVERTED_FUNCTION_TABLE_ENTRY {
    PVOID ExceptionDirectory; /* x64; x86 images have none */
    ULONG_PTR ImageBase;
    ULONG SizeOfImage;
    ULONG ExceptionBytes;
} INVERTED_FUNCTION_TABLE_ENTRY, *PINVERTED_FUNCTION_TABLE_ENTRY;
PINVERTED_FUNCTION_TABLE_ENTRY RtlpFindImage(ULONG_PTR Pc);

/* Base of the loaded image that holds Pc, NULL = none (also in *BaseOfImage). */
NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage);

/* What a data directory of a mapped image points to, NULL = nothing. */
PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseOfImage, BOOLEAN MappedAsImage, USHORT DirectoryEntry, PULONG Size);
BOOLEAN RtlpIntegrityForced(PVOID BaseOfImage); /* linked with /INTEGRITYCHECK */

/* Is Address in the system image itself (ntoskrnl.exe; on x64 hal.dll only forwards to it)? */
BOOLEAN RtlpIsSystemImage(PVOID Address);

/* Letters. RtlpUpcase is the comparison's: ASCII without a call. */
WCHAR RtlpUpcaseBeyondAscii(WCHAR Char);
static inline WCHAR RtlpUpcase(WCHAR Char)
{
    if (Char >= 0x80)
        return RtlpUpcaseBeyondAscii(Char);
    return Char >= 'a' && Char <= 'z' ? Char - 32 : Char;
}

/* One character of the ANSI code page (1252) and its UTF-16 unit. What the page lacks becomes '?'. */
WCHAR RtlpAnsiToUnicode(CHAR Char);
CHAR RtlpUnicodeToAnsi(WCHAR Char);

/*
 * The formatter. Text of Format, CHAR or WCHAR as the sink is wide, goes to Buffer, at most Size characters; what does
 * not fit is dropped. Returns the characters of the whole text. No terminator is written. Any IRQL.
 */
typedef struct _RTLP_SINK {
    PVOID Buffer;
    SIZE_T Size;
    SIZE_T Count; /* characters so far, dropped ones included */
    BOOLEAN Wide;
} RTLP_SINK, *PRTLP_SINK;
VOID RtlpFormat(PRTLP_SINK Sink, const VOID *Format, va_list Arguments);

/* Exports without a prototype in the DDK headers. */
int _snwprintf(wchar_t *Buffer, size_t Size, const wchar_t *Format, ...);
int _vsnprintf(char *Buffer, size_t Size, const char *Format, va_list Arguments);
BOOLEAN NTAPI RtlValidAcl(PACL Acl);

/* Pool for the strings that RtlXxx routines allocate; Caller is who will be blamed if it stays. */
PVOID RtlpAllocate(SIZE_T Size, PVOID Caller);
VOID RtlpFree(PVOID Block);

#endif
