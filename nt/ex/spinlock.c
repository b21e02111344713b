/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spinlock.c - reader/writer spin locks (EX_SPIN_LOCK): bit 31 = held exclusively, the rest counts shared owners.
 * Windows Vista SP1. Source: Microsoft, "ExAcquireSpinLockExclusive", "ExAcquireSpinLockShared".
 */
#include "ke.h"

#define EXP_EXCLUSIVE 0x80000000u
typedef volatile LONG *PEXP_SPIN_LOCK;

KIRQL NTAPI ExAcquireSpinLockExclusive(PEXP_SPIN_LOCK Lock);
VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEXP_SPIN_LOCK Lock);
VOID NTAPI ExReleaseSpinLockExclusive(PEXP_SPIN_LOCK Lock, KIRQL Irql);
VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEXP_SPIN_LOCK Lock);
KIRQL NTAPI ExAcquireSpinLockShared(PEXP_SPIN_LOCK Lock);
VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEXP_SPIN_LOCK Lock);
VOID NTAPI ExReleaseSpinLockShared(PEXP_SPIN_LOCK Lock, KIRQL Irql);
VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEXP_SPIN_LOCK Lock);
LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEXP_SPIN_LOCK Lock);

VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEXP_SPIN_LOCK Lock)
{
    if (InterlockedCompareExchange(Lock, (LONG)EXP_EXCLUSIVE, 0) != 0) {
        HvWaitWord(Lock, sizeof(*Lock), HV_EQ, 0, HV_WAIT_NO_YIELD, (PVOID)Lock);
        *Lock = (LONG)EXP_EXCLUSIVE;
        HvAtomicEnd();
    }
}

VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEXP_SPIN_LOCK Lock) { *Lock = 0; }

VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEXP_SPIN_LOCK Lock)
{
    HvAtomicBegin();
    if (*Lock & EXP_EXCLUSIVE) {
        HvWaitWord(Lock, sizeof(*Lock), HV_AND_ZERO, EXP_EXCLUSIVE, HV_WAIT_NO_YIELD, (PVOID)Lock);
    }
    *Lock = *Lock + 1;
    HvAtomicEnd();
}

VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEXP_SPIN_LOCK Lock) { InterlockedDecrement(Lock); }

static inline KIRQL ExpRaise(VOID)
{
    KIRQL Irql = KiIrql();
    KiSetIrql(DISPATCH_LEVEL);
    return Irql;
}

KIRQL NTAPI ExAcquireSpinLockExclusive(PEXP_SPIN_LOCK Lock)
{
    KIRQL Irql = ExpRaise();
    ExAcquireSpinLockExclusiveAtDpcLevel(Lock);
    return Irql;
}

VOID NTAPI ExReleaseSpinLockExclusive(PEXP_SPIN_LOCK Lock, KIRQL Irql)
{
    *Lock = 0;
    KiSetIrql(Irql);
}

KIRQL NTAPI ExAcquireSpinLockShared(PEXP_SPIN_LOCK Lock)
{
    KIRQL Irql = ExpRaise();
    ExAcquireSpinLockSharedAtDpcLevel(Lock);
    return Irql;
}

VOID NTAPI ExReleaseSpinLockShared(PEXP_SPIN_LOCK Lock, KIRQL Irql)
{
    InterlockedDecrement(Lock);
    KiSetIrql(Irql);
}

/* TRUE if the caller was the only shared owner: it owns the lock exclusively now. */
LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEXP_SPIN_LOCK Lock)
{
    return InterlockedCompareExchange(Lock, (LONG)EXP_EXCLUSIVE, 1) == 1;
}
