/* SPDX-License-Identifier: GPL-2.0-or-later */
/* misc.c - small executive routines. */
#include "ke.h"

/* UserMode while the system works for a client's request on the client's own thread. */
KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID) { return KiThread()->Role == ThreadUser ? UserMode : KernelMode; }

/*
 * Unique in one run of the system and the same in every run: made of an address that nobody else gets.
 */
NTSTATUS NTAPI ExUuidCreate(UUID *Uuid)
{
    ULONG64 Unique = HvAddress(HvAlloc(1, HV_SYSTEM));

    Uuid->Data1 = (ULONG)Unique;
    Uuid->Data2 = (USHORT)(Unique >> 32);
    Uuid->Data3 = 0x1000; /* version 1: by time */
    *(ULONG64 *)Uuid->Data4 = 0x6B636F6C72694180ull;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI ExIsProcessorFeaturePresent(ULONG ProcessorFeature)
{
    /* Compare-exchange of 8 and 16 bytes, MMX, SSE, SSE2, RDTSC, no-execute: what every x64 processor has. */
    static const ULONG Present = 1u << 2 | 1u << 3 | 1u << 6 | 1u << 8 | 1u << 10 | 1u << 12 | 1u << 14;
    return ProcessorFeature < 32 && (Present >> ProcessorFeature & 1);
}

/* A workstation: no suite at all. */
BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType)
{
    UNREFERENCED_PARAMETER(SuiteType);
    return FALSE;
}
