/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spinlock.c - spin locks and IRQL. A lock is a word, 0 or 1; who finds it taken waits until it is 0.
 * Source: Microsoft, "Spin Locks", "Queued Spin Locks", "Managing Hardware Priorities".
 *
 * The DDK's headers make several of these names inline on x64; the kernel still exports them, so they are defined here
 * under names of our own with the public symbol.
 */
#include "ke.h"

#define EXPORTED_AS(Name) __asm__(#Name)

KIRQL NTAPI KxGetCurrentIrql(VOID) EXPORTED_AS(KeGetCurrentIrql);
VOID NTAPI KxLowerIrql(KIRQL Irql) EXPORTED_AS(KeLowerIrql);
KIRQL NTAPI KxfRaiseIrql(KIRQL Irql) EXPORTED_AS(KfRaiseIrql);
KIRQL NTAPI KxRaiseIrqlToDpcLevel(VOID) EXPORTED_AS(KeRaiseIrqlToDpcLevel);
VOID NTAPI KxInitializeSpinLock(PKSPIN_LOCK Lock) EXPORTED_AS(KeInitializeSpinLock);

#define KI_SYNCH_LEVEL 12

KIRQL NTAPI KxGetCurrentIrql(VOID) { return KiIrql(); }

VOID NTAPI KxLowerIrql(KIRQL Irql)
{
    if (Irql > KiIrql()) {
        KiMisuse("KeLowerIrql to a higher IRQL", KiIrql(), Irql);
    }
    KiSetIrql(Irql);
}

KIRQL NTAPI KxfRaiseIrql(KIRQL Irql)
{
    KIRQL Before = KiIrql();
    if (Irql < Before) {
        KiMisuse("KeRaiseIrql to a lower IRQL", Before, Irql);
    }
    KiSetIrql(Irql);
    return Before;
}

KIRQL NTAPI KxRaiseIrqlToDpcLevel(VOID) { return KxfRaiseIrql(DISPATCH_LEVEL); }

VOID KxWaitForSpinLock(PKSPIN_LOCK Lock)
{
    HvWaitWord(Lock, sizeof(*Lock), HV_EQ, 0, HV_WAIT_NO_YIELD, Lock);
    *(volatile KSPIN_LOCK *)Lock = 1;
    HvAtomicEnd();
}

VOID NTAPI KxInitializeSpinLock(PKSPIN_LOCK Lock) { *(volatile KSPIN_LOCK *)Lock = 0; }

static inline KIRQL KiRaiseTo(KIRQL Irql)
{
    KIRQL Before = KiIrql();
    if (Before > Irql) {
        KiMisuse("spin lock acquired above the IRQL that it raises to", Before, Irql);
    }
    KiSetIrql(Irql);
    return Before;
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
    KIRQL Before = KiRaiseTo(DISPATCH_LEVEL);
    KiAcquireSpinLock(Lock);
    return Before;
}

KIRQL KeAcquireSpinLockRaiseToSynch(PKSPIN_LOCK Lock)
{
    KIRQL Before = KiRaiseTo(KI_SYNCH_LEVEL);
    KiAcquireSpinLock(Lock);
    return Before;
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql)
{
    KiReleaseSpinLock(Lock);
    KiSetIrql(Irql);
}

/* The caller is at DISPATCH_LEVEL: at a lower one Windows deadlocks some day, so it is said here at once. */
static inline VOID KiCheckAtDpcLevel(PKSPIN_LOCK Lock)
{
    if (KiIrql() < DISPATCH_LEVEL) {
        KiMisuse("KeAcquireSpinLockAtDpcLevel below DISPATCH_LEVEL", HvAddress(Lock), KiIrql());
    }
}

VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
    KiCheckAtDpcLevel(Lock);
    KiAcquireSpinLock(Lock);
}

VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock) { KiReleaseSpinLock(Lock); }

/* For threaded DPCs, which are ordinary ones here. Vista. */
KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK Lock) { return KeAcquireSpinLockRaiseToDpc(Lock); }
VOID NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK Lock, KIRQL Irql) { KeReleaseSpinLock(Lock, Irql); }

BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
    KiCheckAtDpcLevel(Lock);
    return __sync_bool_compare_and_swap(Lock, 0, 1);
}

BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK Lock) { return *(volatile KSPIN_LOCK *)Lock == 0; }

/* In-stack queued spin locks: fair in Windows, where the order of waiters is kept; here any waiter may be next. */
VOID NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    Handle->LockQueue.Next = NULL;
    Handle->LockQueue.Lock = Lock;
    Handle->OldIrql = KiRaiseTo(DISPATCH_LEVEL);
    KiAcquireSpinLock(Lock);
}

VOID NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle)
{
    KiReleaseSpinLock((PKSPIN_LOCK)Handle->LockQueue.Lock);
    KiSetIrql(Handle->OldIrql);
}

VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    KiCheckAtDpcLevel(Lock);
    Handle->LockQueue.Next = NULL;
    Handle->LockQueue.Lock = Lock;
    KiAcquireSpinLock(Lock);
}

VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE Handle)
{
    KiReleaseSpinLock((PKSPIN_LOCK)Handle->LockQueue.Lock);
}

VOID NTAPI KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    KeAcquireInStackQueuedSpinLock(Lock, Handle);
}

VOID NTAPI KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE Handle) { KeReleaseInStackQueuedSpinLock(Handle); }
