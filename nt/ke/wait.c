/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait.c - waiting for dispatcher objects.
 *
 * A wait blocks on the state of its objects (HV_WAIT), and takes them in the same atomic step. Nobody is entered into an
 * object's WaitListHead. Windows keeps lists and hands a signalled object to the first waiter, so that a waiter cannot
 * be overtaken; but when a thread reaches the list is up to the scheduler: an execution here in which another thread
 * takes the object first, or in which it is reset before the waiter ran, is one there in which the waiter was a moment
 * late. The sets of behaviours are the same, and threads that only arrive do not conflict with each other.
 * What a list would show is tested by hand: an object that was never initialised (links that are zero) faults at
 * DISPATCH_LEVEL, in the waiter and in whoever signals it. (Not shown: waiters lost because an object that they wait for
 * is initialised again.)
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
    case TimerSynchronizationObject: Object->SignalState = 0; return STATUS_SUCCESS;
    case SemaphoreObject: Object->SignalState--; return STATUS_SUCCESS;
    case MutantObject: return KiAcquireMutant((PKMUTANT)Object, Thread);
    default: return STATUS_SUCCESS;
    }
}

/* STATUS_SUCCESS and STATUS_ABANDONED carry the object's number; errors do not. */
static inline NTSTATUS KiWaitStatus(NTSTATUS Status, ULONG Index)
{
    return Status == STATUS_MUTANT_LIMIT_EXCEEDED ? Status : Status + (NTSTATUS)Index;
}

/* Try to satisfy the wait by what is signalled now, inside the dispatcher. TRUE: *Status is its result. */
static BOOLEAN KiTrySatisfy(ULONG Count, PVOID Object[], WAIT_TYPE Type, NTSTATUS *Status)
{
    PKTHREAD Thread = KiThread();
    ULONG Satisfiable = 0;

    for (ULONG i = 0; i < Count; i++) {
        if (KiIsSatisfiable(Object[i], Thread)) {
            if (Type == WaitAny) {
                *Status = KiWaitStatus(KiConsume(Object[i], Thread), i);
                return TRUE;
            }
            Satisfiable++;
        }
    }
    if (Type == WaitAny || Satisfiable < Count) {
        return FALSE;
    }
    *Status = STATUS_SUCCESS;
    for (ULONG i = 0; i < Count; i++) {
        NTSTATUS One = KiConsume(Object[i], Thread);
        *Status = One != STATUS_SUCCESS ? One : *Status;
    }
    return TRUE;
}

/* Inside the dispatcher: links that are zero are followed as Windows follows them, which faults. */
VOID KiCheckWaitList(PDISPATCHER_HEADER Object)
{
    if (!Object->WaitListHead.Flink) {
        Object->WaitListHead.Blink->Flink = &Object->WaitListHead;
    }
}

/* 100 ns units from now; FALSE: the time has come already. Positive timeouts are system times. */
static BOOLEAN KiTimeoutFromNow(LONG64 Timeout, PULONG64 FromNow)
{
    LONG64 Left = Timeout < 0 ? -Timeout : Timeout - (LONG64)(KE_BOOT_TIME + HvClock());
    *FromNow = (ULONG64)Left;
    return Left > 0;
}

/* A thread that blocks at DISPATCH_LEVEL keeps its processor from scheduling: Windows stops in the scheduler. */
static VOID KiCheckMayBlock(KIRQL Irql, PVOID Object)
{
    if (Irql >= DISPATCH_LEVEL) {
        KiMisuse("wait at DISPATCH_LEVEL or above with a timeout that is not zero", HvAddress(Object), Irql);
        KeBugCheckEx(ATTEMPTED_SWITCH_FROM_DPC, (ULONG_PTR)KiThread(), (ULONG_PTR)Object, Irql, 0);
    }
}

/* Fills in what the thread waits for; a mutant of its own does not hold it up. FALSE: *Timeout is over already. */
static BOOLEAN KiDescribeWait(struct hv_wait *Wait, ULONG Count, PVOID Object[], WAIT_TYPE Type, PLARGE_INTEGER Timeout)
{
    Wait->count = Count;
    Wait->flags = Type == WaitAll ? HV_WAIT_ALL : 0;
    Wait->object = Count ? HvAddress(Object[0]) : 0;
    if (Timeout) {
        Wait->flags |= HV_WAIT_TIMED;
        if (!KiTimeoutFromNow(Timeout->QuadPart, &Wait->timeout)) {
            return FALSE;
        }
    }
    for (ULONG i = 0; i < Count; i++) {
        PDISPATCHER_HEADER Header = Object[i];
        BOOLEAN Mine = Header->Type == MutantObject && ((PKMUTANT)Header)->OwnerThread == KiThread();
        Wait->condition[i].address = HvAddress(&Header->SignalState);
        Wait->condition[i].value = Mine ? (uint64_t)((LONG64)(LONG)MINLONG - 1) : 0; /* always true */
        Wait->condition[i].size = sizeof(LONG);
        Wait->condition[i].compare = HV_GT;
    }
    return TRUE;
}

/* Links that are zero matter if the wait would go on to use them. DISPATCH_LEVEL. */
static VOID KiCheckWaitLists(ULONG Count, PVOID Object[])
{
    for (ULONG i = 0; i < Count; i++) {
        PDISPATCHER_HEADER Header = Object[i];
        if (!Header->WaitListHead.Flink) {
            HvAtomicBegin();
            if (!KiIsSatisfiable(Header, KiThread())) {
                KiCheckWaitList(Header);
            }
            HvAtomicEnd();
        }
    }
}

/* A wait that may not block: its timeout is 0, or the IRQL forbids it. */
static NTSTATUS KiPoll(KIRQL Irql, ULONG Count, PVOID Object[], WAIT_TYPE Type, BOOLEAN MayBlock)
{
    NTSTATUS Status = STATUS_TIMEOUT;

    KiEnterDispatcher();
    if (!KiTrySatisfy(Count, Object, Type, &Status) && MayBlock) {
        KiCheckMayBlock(Irql, Count ? Object[0] : NULL);
    }
    KiLeaveDispatcher(Irql);
    return Status;
}

/*
 * The heart of every wait. The wait itself is the first look at the objects' states: a thread that only arrives has not
 * conflicted with anybody. Wait has room for Count conditions.
 */
static NTSTATUS KiWait(struct hv_wait *Wait, ULONG Count, PVOID Object[], WAIT_TYPE Type, PLARGE_INTEGER Timeout)
{
    NTSTATUS Status = STATUS_TIMEOUT;
    KIRQL Irql = KiIrql();

    if (Timeout && Timeout->QuadPart == 0) {
        return KiPoll(Irql, Count, Object, Type, FALSE);
    }
    if (Irql >= DISPATCH_LEVEL) {
        return KiPoll(Irql, Count, Object, Type, TRUE);
    }
    KiSetIrql(DISPATCH_LEVEL);
    KiCheckWaitLists(Count, Object);
    if (!KiDescribeWait(Wait, Count, Object, Type, Timeout)) {
        return KiPoll(Irql, Count, Object, Type, FALSE);
    }
    if (HvWait(Wait) == HV_WAIT_DONE) {
        KiTrySatisfy(Count, Object, Type, &Status);
    }
    KiSetIrql(Irql);
    HvAtomicEnd();
    return Status;
}

/*
 * Wait for a dispatcher object. Timeout: NULL = for ever; 0 = test only; negative = 100 ns units from now, positive = a
 * system time. IRQL <= APC_LEVEL, <= DISPATCH_LEVEL with a zero timeout. Returns STATUS_SUCCESS, STATUS_TIMEOUT,
 * STATUS_ABANDONED; raises STATUS_MUTANT_LIMIT_EXCEEDED. There are no APCs and alerts: Alertable and WaitMode do
 * nothing. Source: Microsoft, "KeWaitForSingleObject".
 */
NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                     PLARGE_INTEGER Timeout)
{
    struct hv_wait Wait;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(WaitReason);
    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    Status = KiWait(&Wait, 1, &Object, WaitAny, Timeout);
    if (Status == STATUS_MUTANT_LIMIT_EXCEEDED) {
        ExRaiseStatus(Status);
    }
    return Status;
}

/*
 * As KeWaitForSingleObject, for up to 64 objects; WaitAny returns STATUS_WAIT_0 + the index of the object that ended
 * the wait. More than THREAD_WAIT_OBJECTS need a WaitBlockArray, whose contents are not used here.
 * Source: Microsoft, "KeWaitForMultipleObjects"; bug check 0xC, "MAXIMUM_WAIT_OBJECTS_EXCEEDED".
 */
NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
                                        KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                        PKWAIT_BLOCK WaitBlockArray)
{
    if (Count > MAXIMUM_WAIT_OBJECTS || (Count > THREAD_WAIT_OBJECTS && !WaitBlockArray)) {
        KeBugCheckEx(MAXIMUM_WAIT_OBJECTS_EXCEEDED, Count, 0, 0, 0);
    }
    uint64_t Room[(sizeof(struct hv_wait) + MAXIMUM_WAIT_OBJECTS * sizeof(struct hv_condition)) / sizeof(uint64_t)];
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(WaitReason);
    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    Status = KiWait((struct hv_wait *)Room, Count, Object, WaitType, Timeout);
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
