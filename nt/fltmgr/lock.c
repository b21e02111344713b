/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.c - push locks and resources as the filter manager offers them, pool, routine addresses. */
#include "fltp.h"
#include "mm.h"

/* Lock word: bit 0 = exclusive, the rest counts shared owners by 2. Waiters are not ordered. */
#define PUSH_LOCK_EXCLUSIVE ((ULONG_PTR)1)
#define PUSH_LOCK_SHARED    ((ULONG_PTR)2)

/* Microsoft: FltInitializePushLock. */
VOID FLTAPI FltInitializePushLock(PEX_PUSH_LOCK PushLock) { *PushLock = 0; }

/* Microsoft: FltDeletePushLock: "no-op" so far. */
VOID FLTAPI FltDeletePushLock(PEX_PUSH_LOCK PushLock) { UNREFERENCED_PARAMETER(PushLock); }

static VOID FltpAcquirePushLock(PEX_PUSH_LOCK PushLock, ULONG_PTR Blocking, ULONG_PTR Add)
{
    KeEnterCriticalRegion();
    HvWaitWord(PushLock, sizeof(*PushLock), HV_AND_ZERO, Blocking, HV_WAIT_NO_YIELD, PushLock);
    *PushLock += Add;
    HvAtomicEnd();
}

/* Microsoft: FltAcquirePushLockExclusive. Disables normal kernel APCs until released. IRQL <= APC_LEVEL. */
VOID FLTAPI FltAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
    FltpAcquirePushLock(PushLock, ~(ULONG_PTR)0, PUSH_LOCK_EXCLUSIVE);
}

/* Microsoft: FltAcquirePushLockShared. IRQL <= APC_LEVEL. */
VOID FLTAPI FltAcquirePushLockShared(PEX_PUSH_LOCK PushLock)
{
    FltpAcquirePushLock(PushLock, PUSH_LOCK_EXCLUSIVE, PUSH_LOCK_SHARED);
}

/* Microsoft: FltReleasePushLock. IRQL <= APC_LEVEL. */
VOID FLTAPI FltReleasePushLock(PEX_PUSH_LOCK PushLock)
{
    HvAtomicBegin();
    *PushLock -= *PushLock & PUSH_LOCK_EXCLUSIVE ? PUSH_LOCK_EXCLUSIVE : PUSH_LOCK_SHARED;
    HvAtomicEnd();
    KeLeaveCriticalRegion();
}

VOID FLTAPI FltAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    FltAcquirePushLockExclusive(PushLock);
}

VOID FLTAPI FltAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    FltAcquirePushLockShared(PushLock);
}

VOID FLTAPI FltReleasePushLockEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    FltReleasePushLock(PushLock);
}

/* Microsoft: FltAcquireResourceExclusive. Disables normal kernel APCs until released. IRQL <= APC_LEVEL. */
VOID FLTAPI FltAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
}

/* Microsoft: FltAcquireResourceShared. IRQL <= APC_LEVEL. */
VOID FLTAPI FltAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(Resource, TRUE);
}

/* Microsoft: FltReleaseResource. IRQL <= DISPATCH_LEVEL. */
VOID FLTAPI FltReleaseResource(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

/* Microsoft: FltAllocatePoolAlignedWithTag. The volume here asks for no alignment beyond pool's own. */
PVOID FLTAPI FltAllocatePoolAlignedWithTag(PFLT_INSTANCE Instance, POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Instance);
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

/* Microsoft: FltFreePoolAlignedWithTag. */
VOID FLTAPI FltFreePoolAlignedWithTag(PFLT_INSTANCE Instance, PVOID Buffer, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Instance);
    ExFreePoolWithTag(Buffer, Tag);
}

extern char __ImageBase; /* the linker's name for where the image begins */

/*
 * Microsoft: FltGetRoutineAddress. NULL: not exported by this Windows' filter manager. On Windows XP it works only once
 * some minifilter has registered. IRQL <= APC_LEVEL.
 */
PVOID FLTAPI FltGetRoutineAddress(PCSTR FltMgrRoutineName)
{
    if ((NtModel.Os == MODEL_XP && !FltpEverRegistered) || !MmpExportVisible("fltmgr.sys", FltMgrRoutineName)) {
        return NULL;
    }
    return MmpFindExport(&__ImageBase, FltMgrRoutineName);
}
