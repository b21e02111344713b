/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spinlock.c - spin locks and IRQL. A lock is a word, 0 or 1; who finds it taken waits until it is 0.
 * Source: Microsoft, "Spin Locks", "Queued Spin Locks", "Managing Hardware Priorities".
 *
 * The DDK's headers make several of these names inline on x64, and others on x86; the kernel still exports them, so they
 * are defined here under names of our own with the public symbol. What only x86 has: nt/arch/i386/hal.c.
 */
#include "ke.h"

KIRQL NTAPI KxGetCurrentIrql(VOID) NT_STDCALL(KeGetCurrentIrql, 0);
VOID NTAPI KxLowerIrql(KIRQL Irql) NT_STDCALL(KeLowerIrql, 4);
KIRQL FASTCALL KxfRaiseIrql(KIRQL Irql) NT_FASTCALL(KfRaiseIrql, 4);
KIRQL NTAPI KxRaiseIrqlToDpcLevel(VOID) NT_STDCALL(KeRaiseIrqlToDpcLevel, 0);
VOID FASTCALL KxAcquireInStackQueuedSpinLock(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
    NT_FASTCALL(KeAcquireInStackQueuedSpinLock, 8);
VOID FASTCALL KxReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle) NT_FASTCALL(KeReleaseInStackQueuedSpinLock, 4);
VOID NTAPI KxInitializeSpinLock(PKSPIN_LOCK Lock) NT_STDCALL(KeInitializeSpinLock, 4);

#define KI_SYNCH_LEVEL 12

KIRQL NTAPI KxGetCurrentIrql(VOID) { return KiIrql(); }

VOID NTAPI KxLowerIrql(KIRQL Irql)
{
    if (Irql > KiIrql()) {
        KiMisuse("KeLowerIrql to a higher IRQL", KiIrql(), Irql);
    }
    KiSetIrql(Irql);
}

KIRQL FASTCALL KxfRaiseIrql(KIRQL Irql)
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

KIRQL FASTCALL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
    KIRQL Before = KiRaiseTo(DISPATCH_LEVEL);
    KiAcquireSpinLock(Lock);
    return Before;
}

KIRQL FASTCALL KeAcquireSpinLockRaiseToSynch(PKSPIN_LOCK Lock)
{
    KIRQL Before = KiRaiseTo(KI_SYNCH_LEVEL);
    KiAcquireSpinLock(Lock);
    return Before;
}

VOID FASTCALL KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql)
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

VOID FASTCALL KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
    KiCheckAtDpcLevel(Lock);
    KiAcquireSpinLock(Lock);
}

VOID FASTCALL KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock) { KiReleaseSpinLock(Lock); }

/* For threaded DPCs, which are ordinary ones here. Vista. */
KIRQL FASTCALL KeAcquireSpinLockForDpc(PKSPIN_LOCK Lock) { return KeAcquireSpinLockRaiseToDpc(Lock); }
VOID FASTCALL KeReleaseSpinLockForDpc(PKSPIN_LOCK Lock, KIRQL Irql) { KeReleaseSpinLock(Lock, Irql); }

BOOLEAN FASTCALL KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
    KiCheckAtDpcLevel(Lock);
    return __sync_bool_compare_and_swap(Lock, 0, 1);
}

BOOLEAN FASTCALL KeTestSpinLock(PKSPIN_LOCK Lock) { return *(volatile KSPIN_LOCK *)Lock == 0; }

/* In-stack queued spin locks: fair in Windows, where the order of waiters is kept; here any waiter may be next. */
VOID FASTCALL KxAcquireInStackQueuedSpinLock(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    Handle->LockQueue.Next = NULL;
    Handle->LockQueue.Lock = Lock;
    Handle->OldIrql = KiRaiseTo(DISPATCH_LEVEL);
    KiAcquireSpinLock(Lock);
}

VOID FASTCALL KxReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle)
{
    KiReleaseSpinLock((PKSPIN_LOCK)Handle->LockQueue.Lock);
    KiSetIrql(Handle->OldIrql);
}

VOID FASTCALL KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    KiCheckAtDpcLevel(Lock);
    Handle->LockQueue.Next = NULL;
    Handle->LockQueue.Lock = Lock;
    KiAcquireSpinLock(Lock);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE Handle)
{
    KiReleaseSpinLock((PKSPIN_LOCK)Handle->LockQueue.Lock);
}

VOID FASTCALL KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
    KxAcquireInStackQueuedSpinLock(Lock, Handle);
}

VOID FASTCALL KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE Handle)
{
    KxReleaseInStackQueuedSpinLock(Handle);
}
