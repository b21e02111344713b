/* SPDX-License-Identifier: GPL-2.0-or-later */
/* canonical-amd64.c - an address between the halves. */
#include "kernel_arch.h"

static __attribute__((noinline)) VOID NTAPI NonCanonical(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt((PVOID)0x8000000000000000ULL);
}

VOID NTAPI TestNonCanonical(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("non-canonical %x\n", TryExecute(NonCanonical, NULL));
}

VOID NTAPI TestNonCanonical50(PVOID Context)
{
    NtModel.NonCanonical = NON_CANONICAL_50;
    NonCanonical(Context);
}
