/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait.c - waiting for dispatcher objects.
 *
 * A waiter hangs a block into the WaitListHead of each object and blocks on a word of its own (KI_WAITER.Woken); who
 * signals an object walks its list, first come first served, and hands the object over. So an event that was never
 * initialised, was initialised again under its waiters or was freed behaves here as it does in Windows.
 *
 *   KeWaitForSingleObject --- not signalled ---> block in object's list, HV_WAIT until Woken
 *                                                        ^
 *   KeSetEvent, KeReleaseXxx, end of thread, timer ---> KiSignal: consume for the waiter, unlink it, Woken = TRUE
 */
#include "ke.h"

/* Would a wait of Thread for the object end at once? Whatever is not a mutant is a counter of permits. */
static inline BOOLEAN KiIsSatisfiable(PDISPATCHER_HEADER Object, PKTHREAD Thread)
{
    if (Object->SignalState > 0) {
        return TRUE;
    }
    return Object->Type == MutantObject && ((PKMUTANT)Object)->OwnerThread == Thread;
}

static NTSTATUS KiAcquireMutant(PKMUTANT Mutant, PKTHREAD Thread)
{
    NTSTATUS Status = STATUS_SUCCESS;

    if (Mutant->Header.SignalState == (LONG)MINLONG) {
        return STATUS_MUTANT_LIMIT_EXCEEDED;
    }
    if (--Mutant->Header.SignalState == 0) {
        if (!Thread->MutantListHead.Flink) {
            InitializeListHead(&Thread->MutantListHead);
        }
        Thread->KernelApcDisable -= Mutant->ApcDisable;
        Mutant->OwnerThread = Thread;
        InsertHeadList(&Thread->MutantListHead, &Mutant->MutantListEntry);
        if (Mutant->Abandoned) {
            Mutant->Abandoned = FALSE;
            Status = STATUS_ABANDONED;
        }
    }
    return Status;
}

/* Take what the wait was for. The object is satisfiable. */
static inline NTSTATUS KiConsume(PDISPATCHER_HEADER Object, PKTHREAD Thread)
{
    switch (Object->Type) {
    case EventSynchronizationObject:
    case TimerSynchronizationObject:
        Object->SignalState = 0;
        return STATUS_SUCCESS;
    case SemaphoreObject:
        Object->SignalState--;
        return STATUS_SUCCESS;
    case MutantObject:
        return KiAcquireMutant((PKMUTANT)Object, Thread);
    default:
        return STATUS_SUCCESS;
    }
}

/* STATUS_SUCCESS and STATUS_ABANDONED carry the object's number; errors do not. */
static inline NTSTATUS KiWaitStatus(NTSTATUS Status, ULONG Index)
{
    return Status == STATUS_MUTANT_LIMIT_EXCEEDED ? Status : Status + (NTSTATUS)Index;
}

static NTSTATUS KiConsumeAll(PKI_WAITER Waiter)
{
    NTSTATUS Status = STATUS_SUCCESS;
    for (ULONG i = 0; i < Waiter->Count; i++) {
        NTSTATUS One = KiConsume(Waiter->Blocks[i].Object, Waiter->Thread);
        if (One != STATUS_SUCCESS) {
            Status = One;
        }
    }
    return Status;
}

static BOOLEAN KiAllSatisfiable(PKI_WAITER Waiter)
{
    for (ULONG i = 0; i < Waiter->Count; i++) {
        if (!KiIsSatisfiable(Waiter->Blocks[i].Object, Waiter->Thread)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Try to satisfy the wait by what is signalled now. TRUE: *Status is its result. */
static BOOLEAN KiTrySatisfy(PKI_WAITER Waiter, NTSTATUS *Status)
{
    if (Waiter->Type == WaitAll) {
        if (!KiAllSatisfiable(Waiter)) {
            return FALSE;
        }
        *Status = KiConsumeAll(Waiter);
        return TRUE;
    }
    for (ULONG i = 0; i < Waiter->Count; i++) {
        if (KiIsSatisfiable(Waiter->Blocks[i].Object, Waiter->Thread)) {
            *Status = KiWaitStatus(KiConsume(Waiter->Blocks[i].Object, Waiter->Thread), i);
            return TRUE;
        }
    }
    return FALSE;
}

static VOID KiUnlinkWaiter(PKI_WAITER Waiter)
{
    for (ULONG i = 0; i < Waiter->Count; i++) {
        RemoveEntryList(&Waiter->Blocks[i].WaitListEntry);
    }
}

static VOID KiWake(PKI_WAITER Waiter, NTSTATUS Status)
{
    KiUnlinkWaiter(Waiter);
    Waiter->Status = Status;
    Waiter->Woken = TRUE;
}

VOID KiSignalWaiters(PDISPATCHER_HEADER Object)
{
    PLIST_ENTRY Entry = Object->WaitListHead.Flink;

    while (Entry != &Object->WaitListHead && Object->SignalState > 0) {
        PKI_WAIT_BLOCK Block = CONTAINING_RECORD(Entry, KI_WAIT_BLOCK, WaitListEntry);
        PKI_WAITER Waiter = Block->Waiter;
        NTSTATUS Status;

        if (Waiter->Type == WaitAll) {
            if (!KiAllSatisfiable(Waiter)) {
                Entry = Entry->Flink;
                continue;
            }
            Status = KiConsumeAll(Waiter);
        } else {
            Status = KiWaitStatus(KiConsume(Object, Waiter->Thread), Block->Index);
        }
        KiWake(Waiter, Status);
        Entry = Object->WaitListHead.Flink;
    }
}

/* 100 ns units from now; FALSE: the time has come already. Positive timeouts are system times. */
static BOOLEAN KiTimeoutFromNow(LONG64 Timeout, PULONG64 FromNow)
{
    LONG64 Left = Timeout < 0 ? -Timeout : Timeout - (LONG64)(KE_BOOT_TIME + HvClock());
    *FromNow = (ULONG64)Left;
    return Left > 0;
}

/*
 * Block the caller, which is inside the dispatcher, until the waiter is woken or its time is over.
 * Afterwards it is inside the dispatcher again.
 */
static NTSTATUS KiBlock(PKI_WAITER Waiter, PLARGE_INTEGER Timeout)
{
    struct hv_wait Wait;

    if (Timeout) {
        if (!KiTimeoutFromNow(Timeout->QuadPart, &Wait.timeout)) {
            return STATUS_TIMEOUT;
        }
        Wait.flags = HV_WAIT_TIMED;
    } else {
        Wait.flags = 0;
    }
    for (ULONG i = 0; i < Waiter->Count; i++) {
        InsertTailList(&Waiter->Blocks[i].Object->WaitListHead, &Waiter->Blocks[i].WaitListEntry);
    }
    Wait.count = 1;
    Wait.object = HvAddress(Waiter->Blocks[0].Object);
    Wait.condition[0].address = HvAddress(&Waiter->Woken);
    Wait.condition[0].value = 0;
    Wait.condition[0].size = sizeof(Waiter->Woken);
    Wait.condition[0].compare = HV_NE;
    if (HvWait(&Wait) == HV_WAIT_TIMEOUT) {
        KiUnlinkWaiter(Waiter);
        return STATUS_TIMEOUT;
    }
    return Waiter->Status;
}

/* A thread that blocks at DISPATCH_LEVEL keeps its processor from scheduling: Windows stops in the scheduler. */
static VOID KiCheckMayBlock(KIRQL Irql, PVOID Object)
{
    if (Irql >= DISPATCH_LEVEL) {
        KiMisuse("wait at DISPATCH_LEVEL or above with a timeout that is not zero", HvAddress(Object), Irql);
        KeBugCheckEx(ATTEMPTED_SWITCH_FROM_DPC, (ULONG_PTR)KiThread(), (ULONG_PTR)Object, Irql, 0);
    }
}

static inline VOID KiInitializeWaiter(PKI_WAITER Waiter, PKI_WAIT_BLOCK Blocks, ULONG Count, WAIT_TYPE Type)
{
    Waiter->Woken = FALSE;
    Waiter->Thread = KiThread();
    Waiter->Count = Count;
    Waiter->Type = Type;
    Waiter->Blocks = Blocks;
}

static inline VOID KiInitializeWaitBlock(PKI_WAIT_BLOCK Block, PKI_WAITER Waiter, PVOID Object, ULONG Index)
{
    Block->Object = Object;
    Block->Waiter = Waiter;
    Block->Index = Index;
}

/*
 * Wait for a dispatcher object. Timeout: NULL = for ever; 0 = test only; negative = 100 ns units from now, positive = a
 * system time. IRQL <= APC_LEVEL, <= DISPATCH_LEVEL with a zero timeout. Returns STATUS_SUCCESS, STATUS_TIMEOUT,
 * STATUS_ABANDONED; raises STATUS_MUTANT_LIMIT_EXCEEDED. There are no APCs and alerts: Alertable and WaitMode do nothing.
 * Source: Microsoft, "KeWaitForSingleObject".
 */
NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                     BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PDISPATCHER_HEADER Header = Object;
    NTSTATUS Status;
    KIRQL Irql = KiEnterDispatcher();

    UNREFERENCED_PARAMETER(WaitReason);
    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    if (KiIsSatisfiable(Header, KiThread())) {
        Status = KiConsume(Header, KiThread());
    } else if (Timeout && Timeout->QuadPart == 0) {
        Status = STATUS_TIMEOUT;
    } else {
        KI_WAITER Waiter;
        KI_WAIT_BLOCK Block;

        KiCheckMayBlock(Irql, Object);
        KiInitializeWaiter(&Waiter, &Block, 1, WaitAny);
        KiInitializeWaitBlock(&Block, &Waiter, Object, 0);
        Status = KiBlock(&Waiter, Timeout);
    }
    KiLeaveDispatcher(Irql);
    if (Status == STATUS_MUTANT_LIMIT_EXCEEDED) {
        ExRaiseStatus(Status);
    }
    return Status;
}

/*
 * As KeWaitForSingleObject, for up to 64 objects; WaitAny returns STATUS_WAIT_0 + the index of the object that ended the
 * wait. More than THREAD_WAIT_OBJECTS need a WaitBlockArray, whose contents are not used here.
 * Source: Microsoft, "KeWaitForMultipleObjects"; bug check 0xC, "MAXIMUM_WAIT_OBJECTS_EXCEEDED".
 */
NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
                                        KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                        PKWAIT_BLOCK WaitBlockArray)
{
    if (Count > MAXIMUM_WAIT_OBJECTS || (Count > THREAD_WAIT_OBJECTS && !WaitBlockArray)) {
        KeBugCheckEx(MAXIMUM_WAIT_OBJECTS_EXCEEDED, Count, 0, 0, 0);
    }
    KI_WAITER Waiter;
    KI_WAIT_BLOCK Blocks[Count ? Count : 1];
    NTSTATUS Status;
    KIRQL Irql = KiEnterDispatcher();

    UNREFERENCED_PARAMETER(WaitReason);
    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    KiInitializeWaiter(&Waiter, Blocks, Count, WaitType);
    for (ULONG i = 0; i < Count; i++) {
        KiInitializeWaitBlock(&Blocks[i], &Waiter, Object[i], i);
    }
    if (!KiTrySatisfy(&Waiter, &Status)) {
        if (Timeout && Timeout->QuadPart == 0) {
            Status = STATUS_TIMEOUT;
        } else {
            KiCheckMayBlock(Irql, Object[0]);
            Status = KiBlock(&Waiter, Timeout);
        }
    }
    KiLeaveDispatcher(Irql);
    if (Status == STATUS_MUTANT_LIMIT_EXCEEDED) {
        ExRaiseStatus(Status);
    }
    return Status;
}

/*
 * Sleep. Interval as the timeout of KeWaitForSingleObject. IRQL <= APC_LEVEL.
 * Source: Microsoft, "KeDelayExecutionThread".
 */
NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    struct hv_wait Wait;

    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    KiCheckMayBlock(KiIrql(), Interval);
    if (!KiTimeoutFromNow(Interval->QuadPart, &Wait.timeout)) {
        HvYield();
        return STATUS_SUCCESS;
    }
    Wait.count = 0;
    Wait.flags = HV_WAIT_TIMED;
    Wait.object = 0;
    HvWait(&Wait);
    HvAtomicEnd();
    return STATUS_SUCCESS;
}
