/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resource.c - executive resources (ERESOURCE): shared by many or exclusive to one, recursive, with a record of every
 * owner. OwnerEntry holds the exclusive or the first shared owner, OwnerTable the others. Waiters are not ordered; a
 * new shared owner lets exclusive waiters go first unless it asks not to. Source: Microsoft, "ERESOURCE Structures" and
 * the page of each routine; bug check 0xE3 "RESOURCE_NOT_OWNED".
 */
#include "ke.h"

#define EXP_TABLE_STEP 8 /* owners by which the table grows; entry 0 only tells its size */

static inline ERESOURCE_THREAD ExpMe(VOID) { return (ERESOURCE_THREAD)KiThread(); }

NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource)
{
    InitializeListHead(&Resource->SystemResourcesList); /* Windows: in the list of all */
    Resource->OwnerTable = NULL;
    Resource->ActiveCount = 0;
    Resource->Flag = 0;
    Resource->SharedWaiters = NULL;
    Resource->ExclusiveWaiters = NULL;
    Resource->OwnerEntry.OwnerThread = 0;
    Resource->OwnerEntry.TableSize = 0;
    Resource->ActiveEntries = 0;
    Resource->ContentionCount = 0;
    Resource->NumberOfSharedWaiters = 0;
    Resource->NumberOfExclusiveWaiters = 0;
    Resource->Address = NULL;
    Resource->SpinLock = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE Resource)
{
    Resource->ActiveCount = 0;
    Resource->ActiveEntries = 0;
    Resource->Flag = 0;
    Resource->OwnerTable = NULL;
    Resource->OwnerEntry.OwnerThread = 0;
    Resource->ContentionCount = 0;
    return STATUS_SUCCESS;
}

/* Takes it out of the list of all resources: one that was never initialised faults, as in Windows. */
NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource)
{
    KIRQL Irql = KiEnterDispatcher();
    ULONG Owners = Resource->ActiveEntries;

    RemoveEntryList(&Resource->SystemResourcesList);
    InitializeListHead(&Resource->SystemResourcesList);
    Resource->OwnerTable = NULL;
    KiLeaveDispatcher(Irql);
    if (Owners) {
        KiMisuse("resource deleted while it is owned", HvAddress(Resource), Owners);
    }
    return STATUS_SUCCESS;
}

/* The entry of the owner, NULL = it owns nothing. Inside the dispatcher, as all below. */
static POWNER_ENTRY ExpFindOwner(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    if (Resource->OwnerEntry.OwnerThread == Thread) {
        return &Resource->OwnerEntry;
    }
    if (Resource->OwnerTable) {
        for (ULONG i = 1; i < Resource->OwnerTable[0].TableSize; i++) {
            if (Resource->OwnerTable[i].OwnerThread == Thread) {
                return &Resource->OwnerTable[i];
            }
        }
    }
    return NULL;
}

static POWNER_ENTRY ExpGrowTable(PERESOURCE Resource)
{
    POWNER_ENTRY Old = Resource->OwnerTable;
    ULONG Size = Old ? Old[0].TableSize : 1;
    POWNER_ENTRY New = HvAlloc((Size + EXP_TABLE_STEP) * sizeof(*New), HV_SYSTEM);

    for (ULONG i = 1; i < Size; i++) {
        New[i] = Old[i];
    }
    New[0].TableSize = Size + EXP_TABLE_STEP;
    Resource->OwnerTable = New;
    return &New[Size];
}

static VOID ExpAddOwner(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    POWNER_ENTRY Entry = ExpFindOwner(Resource, 0);

    if (!Entry) {
        Entry = ExpGrowTable(Resource);
    }
    Entry->OwnerThread = Thread;
    Entry->OwnerCount = 1;
    Resource->ActiveEntries++;
    Resource->ActiveCount = 1;
}

static inline BOOLEAN ExpIsExclusive(PERESOURCE Resource) { return (Resource->Flag & ResourceOwnedExclusive) != 0; }

static VOID ExpCheckRegion(PERESOURCE Resource, PVOID Caller)
{
    PKTHREAD Thread = KiThread();

    if (KiIrql() == PASSIVE_LEVEL && !Thread->KernelApcDisable && !Thread->SpecialApcDisable &&
        Thread->Role == ThreadUser) {
        VfMisuse("resource acquired outside a critical region", (ULONG_PTR)Resource, 0, Caller);
    }
    if (KiIrql() > APC_LEVEL) {
        VfMisuse("resource acquired at DISPATCH_LEVEL or above", (ULONG_PTR)Resource, KiIrql(), Caller);
    }
}

/* FALSE: only if Wait is FALSE. IRQL <= APC_LEVEL, normal kernel APCs disabled. */
BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    BOOLEAN Acquired = TRUE;
    KIRQL Irql;

    ExpCheckRegion(Resource, __builtin_return_address(0));
    Irql = KiEnterDispatcher();
    if (ExpIsExclusive(Resource) && Resource->OwnerEntry.OwnerThread == ExpMe()) {
        Resource->OwnerEntry.OwnerCount++;
    } else if (Resource->ActiveEntries && !Wait) {
        Acquired = FALSE;
    } else {
        if (Resource->ActiveEntries) {
            Resource->ContentionCount++;
            Resource->NumberOfExclusiveWaiters++;
            HvWaitWord(&Resource->ActiveEntries, sizeof(ULONG), HV_EQ, 0, 0, Resource);
            Resource->NumberOfExclusiveWaiters--;
        }
        Resource->Flag |= ResourceOwnedExclusive;
        ExpAddOwner(Resource, ExpMe());
    }
    KiLeaveDispatcher(Irql);
    return Acquired;
}

/* Until it is not owned exclusively and, unless told to starve them, no exclusive waiter is there. */
static VOID ExpWaitShared(PERESOURCE Resource, BOOLEAN Starve)
{
    struct {
        struct hv_wait Wait;
        struct hv_condition Second;
    } Block;

    Block.Wait.count = Starve ? 1 : 2;
    Block.Wait.flags = HV_WAIT_ALL;
    Block.Wait.object = HvAddress(Resource);
    Block.Wait.condition[0] =
        (struct hv_condition){HvAddress(&Resource->Flag), ResourceOwnedExclusive, sizeof(USHORT), HV_AND_ZERO};
    Block.Second = (struct hv_condition){HvAddress(&Resource->NumberOfExclusiveWaiters), 0, sizeof(ULONG), HV_EQ};
    Resource->ContentionCount++;
    Resource->NumberOfSharedWaiters++;
    HvWait(&Block.Wait);
    Resource->NumberOfSharedWaiters--;
}

typedef enum { SharedFair, SharedStarve, SharedWaitAlways } EXP_SHARED_KIND;

static BOOLEAN ExpAcquireShared(PERESOURCE Resource, BOOLEAN Wait, EXP_SHARED_KIND Kind)
{
    KIRQL Irql = KiEnterDispatcher();
    POWNER_ENTRY Mine = Resource->ActiveEntries ? ExpFindOwner(Resource, ExpMe()) : NULL;
    BOOLEAN Acquired = TRUE;
    BOOLEAN Waiters = Kind != SharedStarve && Resource->NumberOfExclusiveWaiters;

    if (Mine && (ExpIsExclusive(Resource) || Kind != SharedWaitAlways || !Waiters)) {
        Mine->OwnerCount++;
    } else if (!ExpIsExclusive(Resource) && !Waiters) {
        ExpAddOwner(Resource, ExpMe());
    } else if (!Wait) {
        Acquired = FALSE;
    } else {
        ExpWaitShared(Resource, Kind == SharedStarve);
        Mine = ExpFindOwner(Resource, ExpMe());
        if (Mine) {
            Mine->OwnerCount++;
        } else {
            ExpAddOwner(Resource, ExpMe());
        }
    }
    KiLeaveDispatcher(Irql);
    return Acquired;
}

BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    ExpCheckRegion(Resource, __builtin_return_address(0));
    return ExpAcquireShared(Resource, Wait, SharedFair);
}

BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    ExpCheckRegion(Resource, __builtin_return_address(0));
    return ExpAcquireShared(Resource, Wait, SharedStarve);
}

BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    ExpCheckRegion(Resource, __builtin_return_address(0));
    return ExpAcquireShared(Resource, Wait, SharedWaitAlways);
}

VOID NTAPI ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    KIRQL Irql = KiEnterDispatcher();
    POWNER_ENTRY Entry = Resource->ActiveEntries ? ExpFindOwner(Resource, Thread) : NULL;

    if (!Entry) {
        KeBugCheckEx(RESOURCE_NOT_OWNED, (ULONG_PTR)Resource, Thread, (ULONG_PTR)Resource->OwnerTable, 3);
    }
    if (--Entry->OwnerCount == 0) {
        Entry->OwnerThread = 0;
        Resource->Flag &= (USHORT)~ResourceOwnedExclusive;
        Resource->ActiveEntries--;
        Resource->ActiveCount = Resource->ActiveEntries != 0;
    }
    KiLeaveDispatcher(Irql);
}

VOID FASTCALL ExReleaseResourceLite(PERESOURCE Resource) { ExReleaseResourceForThreadLite(Resource, ExpMe()); }

VOID NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    KIRQL Irql = KiEnterDispatcher();
    if (!ExpIsExclusive(Resource) || Resource->OwnerEntry.OwnerThread != ExpMe()) {
        KiMisuse("ExConvertExclusiveToSharedLite by a thread that does not own it exclusively", HvAddress(Resource), 0);
    }
    Resource->Flag &= (USHORT)~ResourceOwnedExclusive;
    KiLeaveDispatcher(Irql);
}

BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    return ExpIsExclusive(Resource) && Resource->OwnerEntry.OwnerThread == ExpMe();
}

/* How often the caller has it, shared or exclusive. */
ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    ULONG Count = 0;
    KIRQL Irql = KiEnterDispatcher();
    POWNER_ENTRY Entry = Resource->ActiveEntries ? ExpFindOwner(Resource, ExpMe()) : NULL;

    if (Entry) {
        Count = Entry->OwnerCount;
    }
    KiLeaveDispatcher(Irql);
    return Count;
}

ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource) { return Resource->NumberOfExclusiveWaiters; }
ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE Resource) { return Resource->NumberOfSharedWaiters; }
VOID NTAPI ExDisableResourceBoostLite(PERESOURCE Resource) { UNREFERENCED_PARAMETER(Resource); }

/* The owner is a pointer from now on; ExReleaseResourceForThreadLite takes the same pointer. */
VOID NTAPI ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
    KIRQL Irql = KiEnterDispatcher();
    POWNER_ENTRY Entry = ExpFindOwner(Resource, ExpMe());
    if (Entry) {
        Entry->OwnerThread = (ERESOURCE_THREAD)OwnerPointer;
    }
    KiLeaveDispatcher(Irql);
}

VOID NTAPI ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    ExSetResourceOwnerPointer(Resource, OwnerPointer);
}

/* 2003 SP1: with the critical region. They return the thread's Win32 block, which System threads do not have. */
PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExpAcquireShared(Resource, TRUE, SharedFair);
    return NULL;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
    return NULL;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExpAcquireShared(Resource, TRUE, SharedWaitAlways);
    return NULL;
}

VOID FASTCALL ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExReleaseResourceForThreadLite(Resource, ExpMe());
    KeLeaveCriticalRegion();
}
