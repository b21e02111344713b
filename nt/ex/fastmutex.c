/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fastmutex.c - fast and guarded mutexes: a count that is 1 when free, and an event for those who find it taken. One
 * that was never initialised (count 0) waits on an event that never was either. Not recursive: the second acquisition
 * by its owner never returns. Source: Microsoft, "Fast Mutexes and Guarded Mutexes".
 */
#include "ke.h"

VOID FASTCALL KiAcquireFastMutex(PFAST_MUTEX Mutex);

static inline VOID ExpLock(PFAST_MUTEX Mutex)
{
    if (InterlockedDecrement(&Mutex->Count) != 0) {
        KiAcquireFastMutex(Mutex);
    }
    Mutex->Owner = KiThread();
}

/* The slow way: the count says that there is a waiter. */
__declspec(noinline) VOID FASTCALL KiAcquireFastMutex(PFAST_MUTEX Mutex)
{
    Mutex->Contention++;
    KeWaitForSingleObject(&Mutex->Event, WrMutex, KernelMode, FALSE, NULL);
}

static inline VOID ExpUnlock(PFAST_MUTEX Mutex)
{
    Mutex->Owner = NULL;
    if (InterlockedIncrement(&Mutex->Count) <= 0) {
        KeSetEvent(&Mutex->Event, IO_NO_INCREMENT, FALSE);
    }
}

static inline BOOLEAN ExpTryLock(PFAST_MUTEX Mutex)
{
    if (InterlockedCompareExchange(&Mutex->Count, 0, 1) != 1) {
        return FALSE;
    }
    Mutex->Owner = KiThread();
    return TRUE;
}

/* Raises to APC_LEVEL. IRQL <= APC_LEVEL. */
VOID FASTCALL ExAcquireFastMutex(PFAST_MUTEX Mutex)
{
    KIRQL Irql = KiIrql();

    if (Irql > APC_LEVEL) {
        KiMisuse("fast mutex acquired above APC_LEVEL", HvAddress(Mutex), Irql);
    }
    KiSetIrql(APC_LEVEL);
    ExpLock(Mutex);
    Mutex->OldIrql = Irql;
}

VOID FASTCALL ExReleaseFastMutex(PFAST_MUTEX Mutex)
{
    KIRQL Irql = (KIRQL)Mutex->OldIrql;

    if (Mutex->Owner != KiThread()) {
        KiMisuse("fast mutex released by a thread that does not own it", HvAddress(Mutex), HvAddress(Mutex->Owner));
    }
    ExpUnlock(Mutex);
    KiSetIrql(Irql);
}

BOOLEAN FASTCALL ExTryToAcquireFastMutex(PFAST_MUTEX Mutex)
{
    KIRQL Irql = KiIrql();

    KiSetIrql(APC_LEVEL);
    if (!ExpTryLock(Mutex)) {
        KiSetIrql(Irql);
        return FALSE;
    }
    Mutex->OldIrql = Irql;
    return TRUE;
}

/* The caller has disabled APCs: critical region or APC_LEVEL. */
VOID FASTCALL ExAcquireFastMutexUnsafe(PFAST_MUTEX Mutex)
{
    if (KiIrql() != APC_LEVEL && !KiThread()->KernelApcDisable && !KiThread()->SpecialApcDisable) {
        KiMisuse("ExAcquireFastMutexUnsafe with APCs enabled", HvAddress(Mutex), KiIrql());
    }
    ExpLock(Mutex);
}

VOID FASTCALL ExReleaseFastMutexUnsafe(PFAST_MUTEX Mutex) { ExpUnlock(Mutex); }

/* Old names for critical region and mutex together (exported since XP). */
VOID FASTCALL ExEnterCriticalRegionAndAcquireFastMutexUnsafe(PFAST_MUTEX Mutex);
VOID FASTCALL ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(PFAST_MUTEX Mutex);
VOID FASTCALL ExEnterCriticalRegionAndAcquireFastMutexUnsafe(PFAST_MUTEX Mutex)
{
    KeEnterCriticalRegion();
    ExpLock(Mutex);
}
VOID FASTCALL ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(PFAST_MUTEX Mutex)
{
    ExpUnlock(Mutex);
    KeLeaveCriticalRegion();
}

/* Guarded mutexes (2003 SP1): the same structure but for the last field, a guarded region instead of APC_LEVEL. */
C_ASSERT(FIELD_OFFSET(FAST_MUTEX, Event) == FIELD_OFFSET(KGUARDED_MUTEX, Gate));
#define AS_FAST(Mutex) ((PFAST_MUTEX)(Mutex))

VOID FASTCALL KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    Mutex->Count = 1;
    Mutex->Owner = NULL;
    Mutex->Contention = 0;
    KeInitializeEvent(&AS_FAST(Mutex)->Event, SynchronizationEvent, FALSE);
}

VOID FASTCALL KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    KeEnterGuardedRegion();
    ExpLock(AS_FAST(Mutex));
}

VOID FASTCALL KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    ExpUnlock(AS_FAST(Mutex));
    KeLeaveGuardedRegion();
}

BOOLEAN FASTCALL KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    KeEnterGuardedRegion();
    if (ExpTryLock(AS_FAST(Mutex))) {
        return TRUE;
    }
    KeLeaveGuardedRegion();
    return FALSE;
}

VOID FASTCALL KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex) { ExpLock(AS_FAST(Mutex)); }
VOID FASTCALL KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex) { ExpUnlock(AS_FAST(Mutex)); }
