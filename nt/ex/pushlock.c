/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pushlock.c - push locks: a word. 0 = free, 1 = held exclusively, 16 n + 1 = shared by n. Waiters are not ordered.
 * The kernel exports them since XP; documented for drivers since Windows 10 1809. Source: Microsoft,
 * "ExAcquirePushLockExclusive", "FltInitializePushLock". IRQL <= APC_LEVEL, APCs disabled by the caller.
 */
#include "ke.h"

#define EXP_PUSH_LOCKED 1
#define EXP_PUSH_SHARED 16

VOID FASTCALL ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfReleasePushLock(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfReleasePushLockExclusive(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfReleasePushLockShared(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfTryToWakePushLock(PEX_PUSH_LOCK Lock);
BOOLEAN FASTCALL ExfTryAcquirePushLockShared(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags);
VOID FASTCALL ExAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags);
VOID FASTCALL ExReleasePushLockEx(PEX_PUSH_LOCK Lock, ULONG Flags);
VOID FASTCALL ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags);
VOID FASTCALL ExReleasePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags);

VOID ExInitializePushLock(PEX_PUSH_LOCK Lock) { *(volatile ULONG_PTR *)Lock = 0; }

VOID FASTCALL ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock)
{
    if (!__sync_bool_compare_and_swap(Lock, 0, EXP_PUSH_LOCKED)) {
        HvWaitWord(Lock, sizeof(*Lock), HV_EQ, 0, 0, Lock);
        *Lock = EXP_PUSH_LOCKED;
        HvAtomicEnd();
    }
}

static inline BOOLEAN ExpMayShare(ULONG_PTR Word) { return Word == 0 || Word >= EXP_PUSH_SHARED; }

static VOID ExpWaitToShare(PEX_PUSH_LOCK Lock)
{
    struct {
        struct hv_wait Wait;
        struct hv_condition Second;
    } Block;

    Block.Wait.count = 2;
    Block.Wait.flags = 0;
    Block.Wait.object = HvAddress(Lock);
    Block.Wait.condition[0] = (struct hv_condition){HvAddress(Lock), 0, sizeof(*Lock), HV_EQ};
    Block.Second =
        (struct hv_condition){HvAddress(Lock), ~(ULONG64)(EXP_PUSH_SHARED - 1), sizeof(*Lock), HV_AND_NONZERO};
    HvWait(&Block.Wait);
}

VOID FASTCALL ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock)
{
    HvAtomicBegin();
    if (!ExpMayShare(*Lock)) {
        ExpWaitToShare(Lock);
    }
    *Lock = (*Lock | EXP_PUSH_LOCKED) + EXP_PUSH_SHARED;
    HvAtomicEnd();
}

BOOLEAN FASTCALL ExfTryAcquirePushLockShared(PEX_PUSH_LOCK Lock)
{
    BOOLEAN Acquired;

    HvAtomicBegin();
    Acquired = ExpMayShare(*Lock);
    if (Acquired) {
        *Lock = (*Lock | EXP_PUSH_LOCKED) + EXP_PUSH_SHARED;
    }
    HvAtomicEnd();
    return Acquired;
}

VOID FASTCALL ExfReleasePushLockExclusive(PEX_PUSH_LOCK Lock) { *(volatile ULONG_PTR *)Lock = 0; }

VOID FASTCALL ExfReleasePushLockShared(PEX_PUSH_LOCK Lock)
{
    HvAtomicBegin();
    *Lock -= EXP_PUSH_SHARED;
    if (*Lock == EXP_PUSH_LOCKED) {
        *Lock = 0;
    }
    HvAtomicEnd();
}

VOID FASTCALL ExfReleasePushLock(PEX_PUSH_LOCK Lock)
{
    ULONG_PTR Word = *(volatile ULONG_PTR *)Lock; /* the caller holds it: exclusive or shared does not change */

    if (Word == 0) {
        KiMisuse("push lock released that nobody holds", HvAddress(Lock), 0);
    } else if (Word == EXP_PUSH_LOCKED) {
        ExfReleasePushLockExclusive(Lock);
    } else {
        ExfReleasePushLockShared(Lock);
    }
}

VOID FASTCALL ExfTryToWakePushLock(PEX_PUSH_LOCK Lock) { UNREFERENCED_PARAMETER(Lock); } /* waiters watch the word */

/* Windows 8. Flags ask for checks that are not made. */
VOID FASTCALL ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExfAcquirePushLockExclusive(Lock);
}

VOID FASTCALL ExAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExfAcquirePushLockShared(Lock);
}

VOID FASTCALL ExReleasePushLockEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExfReleasePushLock(Lock);
}

VOID FASTCALL ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExfReleasePushLockExclusive(Lock);
}

VOID FASTCALL ExReleasePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExfReleasePushLockShared(Lock);
}
