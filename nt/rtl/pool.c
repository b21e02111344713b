/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool.c - memory for strings that the RtlXxx routines allocate. */
#include "rtl.h"

#define TAG_STRING 0x67727453 /* Strg */

PVOID RtlpAllocate(SIZE_T Size, PVOID Caller)
{
    UNREFERENCED_PARAMETER(Caller);
    return ExAllocatePoolWithTag(PagedPool, Size ? Size : 1, TAG_STRING);
}

VOID RtlpFree(PVOID Block) { ExFreePoolWithTag(Block, 0); }
