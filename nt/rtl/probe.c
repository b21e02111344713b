/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe.c - ProbeForRead, ProbeForWrite: is a caller's buffer in the user range? They raise. IRQL <= APC_LEVEL. */
#include "rtl.h"

static VOID RtlpProbeRange(ULONG_PTR Start, SIZE_T Length, ULONG Alignment)
{
    if (Start & (Alignment - 1)) {
        ExRaiseDatatypeMisalignment();
    }
    if (Start + Length < Start || Start + Length > (ULONG_PTR)MmUserProbeAddress) {
        ExRaiseAccessViolation();
    }
}

/* Looks at the addresses only. Source: Microsoft: ProbeForRead. */
VOID NTAPI ProbeForRead(const VOID *Address, SIZE_T Length, ULONG Alignment)
{
    if (Length != 0) {
        RtlpProbeRange((ULONG_PTR)Address, Length, Alignment);
    }
}

/* Reads and writes a byte of each page. Source: Microsoft: ProbeForWrite. */
VOID NTAPI ProbeForWrite(PVOID Address, SIZE_T Length, ULONG Alignment)
{
    ULONG_PTR At = (ULONG_PTR)Address, Last = At + Length - 1;
    if (Length == 0) {
        return;
    }
    RtlpProbeRange(At, Length, Alignment);
    for (; At <= Last; At = (At & ~(ULONG_PTR)(PAGE_SIZE - 1)) + PAGE_SIZE) {
        volatile UCHAR *Byte = (volatile UCHAR *)At;
        *Byte = *Byte;
    }
}
