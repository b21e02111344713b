/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dpc.c - deferred procedure calls. One thread is the processor that runs them, at DISPATCH_LEVEL, first come first
 * served; it also is the clock that finds timers due. Between "due" and "runs" the explorer may let anything happen.
 * Source: Microsoft, "DPC Objects and DPCs", "KeFlushQueuedDpcs".
 */
#include "dpcp.h"
#include "ps.h"

enum { DpcObject = 0x13, ThreadedDpcObject = 0x18 };

static LIST_ENTRY KiDpcQueue = {&KiDpcQueue, &KiDpcQueue};
static volatile LONG KiDpcPending; /* queued and running */
static volatile LONG KiDpcQueued;
volatile LONG KiTimerChanged;

VOID NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    *(volatile ULONG *)Dpc = DpcObject | MediumImportance << 8;
    Dpc->DeferredRoutine = Routine;
    Dpc->DeferredContext = Context;
    Dpc->DpcData = NULL;
}

/* Vista. Runs at DISPATCH_LEVEL here, as it may in Windows when threaded DPCs are off. */
VOID NTAPI KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    KeInitializeDpc(Dpc, Routine, Context);
    Dpc->Type = ThreadedDpcObject;
}

BOOLEAN KiQueueDpc(PKDPC Dpc, PVOID Argument1, PVOID Argument2)
{
    if (Dpc->DpcData) {
        return FALSE;
    }
    Dpc->DpcData = &KiDpcQueue;
    Dpc->SystemArgument1 = Argument1;
    Dpc->SystemArgument2 = Argument2;
    if (Dpc->Importance == HighImportance) {
        InsertHeadList(&KiDpcQueue, &Dpc->DpcListEntry);
    } else {
        InsertTailList(&KiDpcQueue, &Dpc->DpcListEntry);
    }
    KiDpcPending++;
    KiDpcQueued++;
    return TRUE;
}

/* FALSE: it is queued already, and the arguments of the first call stay. Any IRQL. */
BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID Argument1, PVOID Argument2)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN Queued = KiQueueDpc(Dpc, Argument1, Argument2);
    KiLeaveDispatcher(Irql);
    return Queued;
}

/* TRUE: it was queued and will not run. FALSE says nothing: it may be running. Any IRQL. */
BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN Queued = Dpc->DpcData != NULL;

    if (Queued) {
        Dpc->DpcData = NULL;
        RemoveEntryList(&Dpc->DpcListEntry);
        KiDpcPending--;
        KiDpcQueued--;
    }
    KiLeaveDispatcher(Irql);
    return Queued;
}

VOID NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance) { Dpc->Importance = (UCHAR)Importance; }
VOID NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number) { Dpc->Number = (USHORT)(Number + MAXIMUM_PROCESSORS); }

static VOID NTAPI KiFlushDpc(PKDPC Dpc, PVOID Done, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    *(volatile ULONG *)Done = TRUE;
}

/*
 * Wait until every DPC that is queued or running now has returned. PASSIVE_LEVEL. XP SP2.
 * A marker at the end of the queue: DPCs queued later are not waited for.
 */
VOID NTAPI KeFlushQueuedDpcs(VOID)
{
    volatile ULONG Done = FALSE;
    KDPC Marker;

    if (KiIrql() != PASSIVE_LEVEL) {
        KiMisuse("KeFlushQueuedDpcs above PASSIVE_LEVEL", KiIrql(), 0);
    }
    HvAtomicBegin();
    if (KiDpcPending == 0) {
        HvAtomicEnd();
        return;
    }
    KeInitializeDpc(&Marker, KiFlushDpc, (PVOID)&Done);
    KiQueueDpc(&Marker, NULL, NULL);
    HvWaitWord(&Done, sizeof(Done), HV_NE, FALSE, 0, (PVOID)&KeFlushQueuedDpcs);
    HvAtomicEnd();
}

/* Run what is queued. Entered and left inside the dispatcher. */
static __declspec(noinline) VOID KiRetireDpcList(VOID)
{
    while (KiDpcQueue.Flink != &KiDpcQueue) {
        PKDPC Dpc = CONTAINING_RECORD(KiDpcQueue.Flink, KDPC, DpcListEntry);
        PKDEFERRED_ROUTINE Routine = Dpc->DeferredRoutine;
        PVOID Context = Dpc->DeferredContext;
        PVOID Argument1 = Dpc->SystemArgument1;
        PVOID Argument2 = Dpc->SystemArgument2;

        RemoveEntryList(&Dpc->DpcListEntry);
        Dpc->DpcData = NULL;
        KiDpcQueued--;
        HvAtomicEnd();
        Routine(Dpc, Context, Argument1, Argument2);
        if (KiIrql() != DISPATCH_LEVEL) {
            KiMisuse("a DPC routine returned at another IRQL than DISPATCH_LEVEL", HvAddress(Routine), KiIrql());
            KiSetIrql(DISPATCH_LEVEL);
        }
        HvAtomicBegin();
        KiDpcPending--;
    }
}

/* Sleep until there is a DPC to run or a timer is due. Entered outside, left inside a section. */
static VOID KiWaitForDpc(VOID)
{
    struct {
        struct hv_wait Wait;
        struct hv_condition Second;
    } Block;
    struct hv_wait *Wait = &Block.Wait;
    ULONG64 Now = HvClock();

    HvAtomicBegin();
    KiTimerChanged = FALSE;
    Wait->count = 2;
    Wait->flags = HV_WAIT_IDLE;
    if (KiTimerList.Flink != &KiTimerList) {
        ULONG64 Due = CONTAINING_RECORD(KiTimerList.Flink, KTIMER, TimerListEntry)->DueTime.QuadPart;
        Wait->flags = HV_WAIT_IDLE | HV_WAIT_TIMED;
        Wait->timeout = Due > Now ? Due - Now : 0;
    }
    Wait->object = HvAddress(&KiDpcQueue);
    Wait->condition[0] = (struct hv_condition){HvAddress(&KiDpcQueued), 0, sizeof(LONG), HV_NE};
    Block.Second = (struct hv_condition){HvAddress(&KiTimerChanged), 0, sizeof(LONG), HV_NE};
    HvWait(Wait);
}

/* The processor that runs DPCs. */
static VOID NTAPI KiIdleLoop(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KiSetIrql(DISPATCH_LEVEL);
    for (;;) {
        KiWaitForDpc();
        KiExpireTimers();
        KiRetireDpcList();
        HvAtomicEnd();
    }
}

VOID KiInitializeDpcThread(VOID) { PspCreateThread(ThreadSystem, KiIdleLoop, NULL, NULL, NULL, NULL, NULL); }

VOID KiWalkDpcs(NT_VISITOR *Visit, PVOID Context)
{
    PLIST_ENTRY Entry = KiDpcQueue.Flink;

    while (Entry != &KiDpcQueue) {
        PKDPC Dpc = CONTAINING_RECORD(Entry, KDPC, DpcListEntry);
        if (HvFaultInfo(HvAddress(Dpc)) != HV_PAGE_VALID) {
            Visit(Dpc, 0, 0, Dpc, Context);
            break;
        }
        Entry = Entry->Flink;
        Visit(Dpc, (ULONG_PTR)Dpc->DeferredRoutine, 0, Dpc, Context);
    }
}
