/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtl.h - what nt/rtl offers the rest of the kernel beside the exported routines of the DDK headers. */
#ifndef AIRLOCK_NT_RTL_H
#define AIRLOCK_NT_RTL_H

#include "ntos.h"

/*
 * The table of loaded images: where they lie and their unwind data. nt/mm inserts an image before its code can run
 * and removes it in the same atomic section that unmaps it. Any IRQL. Each call is one atomic section.
 * FALSE: the table is full (RTLP_IMAGES).
 */
#define RTLP_IMAGES 64
BOOLEAN RtlpInsertInvertedFunctionTable(PVOID Base, SIZE_T Size, PVOID ExceptionDirectory, ULONG ExceptionBytes);
VOID    RtlpRemoveInvertedFunctionTable(PVOID Base);

/* Base of the loaded image that holds Pc, NULL = none (also in *BaseOfImage). */
NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage);

/* Is Address in the system image itself (ntoskrnl.exe; on x64 hal.dll only forwards to it)? */
BOOLEAN RtlpIsSystemImage(PVOID Address);

#endif
