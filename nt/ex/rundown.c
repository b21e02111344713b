/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundown.c - run-down protection. Count holds twice the number of references; bit 0 is set once it is being run down.
 * Source: Microsoft, "Run-Down Protection".
 */
#include "ke.h"

VOID FASTCALL ExfWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);

VOID FASTCALL ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef) { RunRef->Count = 0; }
VOID FASTCALL ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef) { RunRef->Count = 0; }
VOID FASTCALL ExRundownCompleted(PEX_RUNDOWN_REF RunRef) { RunRef->Count = EX_RUNDOWN_ACTIVE; }

/* FALSE: the object is going. IRQL <= DISPATCH_LEVEL. */
BOOLEAN FASTCALL ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    BOOLEAN Acquired;

    HvAtomicBegin();
    Acquired = (RunRef->Count & EX_RUNDOWN_ACTIVE) == 0;
    if (Acquired) {
        RunRef->Count += (ULONG_PTR)Count * EX_RUNDOWN_COUNT_INC;
    }
    HvAtomicEnd();
    return Acquired;
}

BOOLEAN FASTCALL ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef) { return ExAcquireRundownProtectionEx(RunRef, 1); }

VOID FASTCALL ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    LONG_PTR After = (LONG_PTR)__sync_sub_and_fetch(&RunRef->Count, (ULONG_PTR)Count * EX_RUNDOWN_COUNT_INC);
    if (After < 0) {
        KiMisuse("run-down protection released more often than acquired", HvAddress(RunRef), After);
    }
}

VOID FASTCALL ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef) { ExReleaseRundownProtectionEx(RunRef, 1); }

/* From now on nobody acquires it; wait until nobody holds it. IRQL <= APC_LEVEL. */
__declspec(noinline) VOID FASTCALL ExfWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    HvAtomicBegin();
    RunRef->Count |= EX_RUNDOWN_ACTIVE;
    if (RunRef->Count != EX_RUNDOWN_ACTIVE) {
        HvWaitWord(&RunRef->Count, sizeof(RunRef->Count), HV_EQ, EX_RUNDOWN_ACTIVE, 0, RunRef);
    }
    HvAtomicEnd();
}

VOID FASTCALL ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef) { ExfWaitForRundownProtectionRelease(RunRef); }

/* Cache-aware ones (2003 SP1): one counter all the same. */
#define AS_REF(RunRef) ((PEX_RUNDOWN_REF)(RunRef))

SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(VOID) { return sizeof(EX_RUNDOWN_REF); }

PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType, ULONG PoolTag)
{
    PEX_RUNDOWN_REF RunRef = ExAllocatePoolWithTag(PoolType, sizeof(*RunRef), PoolTag);
    if (RunRef) {
        RunRef->Count = 0;
    }
    return (PEX_RUNDOWN_REF_CACHE_AWARE)RunRef;
}

VOID NTAPI ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRef) { ExFreePoolWithTag(RunRef, 0); }

VOID NTAPI ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef, SIZE_T Size)
{
    UNREFERENCED_PARAMETER(Size);
    AS_REF(RunRef)->Count = 0;
}

BOOLEAN FASTCALL ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    return ExAcquireRundownProtectionEx(AS_REF(RunRef), 1);
}

BOOLEAN FASTCALL ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRef, ULONG Count)
{
    return ExAcquireRundownProtectionEx(AS_REF(RunRef), Count);
}

VOID FASTCALL ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    ExReleaseRundownProtectionEx(AS_REF(RunRef), 1);
}

VOID FASTCALL ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRef, ULONG Count)
{
    ExReleaseRundownProtectionEx(AS_REF(RunRef), Count);
}

VOID FASTCALL ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    ExfWaitForRundownProtectionRelease(AS_REF(RunRef));
}

VOID FASTCALL ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    AS_REF(RunRef)->Count = 0;
}

VOID FASTCALL ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    AS_REF(RunRef)->Count = EX_RUNDOWN_ACTIVE;
}
