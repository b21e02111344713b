/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.c - system worker threads.
 *
 * Each queue has a fixed number of threads (tunables.h). Every thread that queues items has a worker of its own in each
 * queue, which gets them if it is idle; then the others are asked; when all are busy the item goes to the end of the
 * queue. All that is one step. Windows' choice of the worker is as good as random; this one is made so that two threads
 * that queue do not depend on each other until there are no idle workers left.
 *
 *   ExQueueWorkItem --- an idle worker --> its Item word          ExpWorkerThread: wait for Item, run it,
 *                   '-- none --> the queue's list -------------->  then the list's next, else be idle
 *
 * Source: Microsoft, "System Worker Threads", "ExQueueWorkItem"; bug check 0xE1
 * "WORKER_THREAD_RETURNED_AT_BAD_IRQL". Nothing holds the routine's image in memory: that is IoQueueWorkItem's job.
 */
#include "ex.h"
#include "ke.h"
#include "ps.h"

#define EXP_IDLE ((PWORK_QUEUE_ITEM)NULL)
#define EXP_BUSY ((PWORK_QUEUE_ITEM)(ULONG_PTR)1)

typedef struct _EXP_WORKER {
    PWORK_QUEUE_ITEM volatile Item; /* EXP_IDLE, EXP_BUSY, or the item handed over and not begun */
    struct _EXP_QUEUE *Queue;
} EXP_WORKER, *PEXP_WORKER;

typedef struct _EXP_QUEUE {
    LIST_ENTRY Items;
    ULONG WorkerCount;
    PEXP_WORKER Workers;
} EXP_QUEUE, *PEXP_QUEUE;

static EXP_WORKER ExpDelayedWorkers[EXP_DELAYED_WORKERS];
static EXP_WORKER ExpCriticalWorkers[EXP_CRITICAL_WORKERS];
static EXP_WORKER ExpHyperCriticalWorkers[1];

static EXP_QUEUE ExpQueues[MaximumWorkQueue] = {
    [CriticalWorkQueue] = {.WorkerCount = EXP_CRITICAL_WORKERS, .Workers = ExpCriticalWorkers},
    [DelayedWorkQueue] = {.WorkerCount = EXP_DELAYED_WORKERS, .Workers = ExpDelayedWorkers},
    [HyperCriticalWorkQueue] = {.WorkerCount = 1, .Workers = ExpHyperCriticalWorkers}};

/* The item is in a queue already, or its memory is not that of an initialised item. */
static VOID ExpCheckItem(PWORK_QUEUE_ITEM Item, PVOID Caller)
{
    if (Item->List.Flink) {
        VfMisuse("work item queued that is queued already or was not initialised", (ULONG_PTR)Item,
                 (ULONG_PTR)Item->WorkerRoutine, Caller);
    }
}

/* An idle worker of the queue, the caller's own one first; NULL = all are busy. Inside the dispatcher. */
static PEXP_WORKER ExpIdleWorker(PEXP_QUEUE Queue)
{
    ULONG Home = KiThread()->Id;

    for (ULONG i = 0; i < Queue->WorkerCount; i++) {
        PEXP_WORKER Worker = &Queue->Workers[(Home + i) % Queue->WorkerCount];
        if (Worker->Item == EXP_IDLE) {
            return Worker;
        }
    }
    return NULL;
}

/*
 * Queue an item, which belongs to the caller and must stay until its routine has begun. IRQL <= DISPATCH_LEVEL.
 */
VOID NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    PEXP_QUEUE Queue = &ExpQueues[QueueType < MaximumWorkQueue ? QueueType : CriticalWorkQueue];
    PEXP_WORKER Worker;
    KIRQL Irql;

    ExpCheckItem(WorkItem, __builtin_return_address(0));
    Irql = KiEnterDispatcher();
    Worker = ExpIdleWorker(Queue);
    if (Worker) {
        WorkItem->List.Flink = &Queue->Items; /* as if linked */
        Worker->Item = WorkItem;
    } else {
        InsertTailList(&Queue->Items, &WorkItem->List);
    }
    KiLeaveDispatcher(Irql);
}

/* The next item for this thread, which has none. */
static PWORK_QUEUE_ITEM ExpNextItem(PEXP_WORKER Worker)
{
    PEXP_QUEUE Queue = Worker->Queue;
    PWORK_QUEUE_ITEM Item;
    KIRQL Irql = KiEnterDispatcher();

    if (Queue->Items.Flink != &Queue->Items) {
        Item = CONTAINING_RECORD(RemoveHeadList(&Queue->Items), WORK_QUEUE_ITEM, List);
    } else {
        Worker->Item = EXP_IDLE;
        HvWaitWord(&Worker->Item, sizeof(Worker->Item), HV_NE, (ULONG_PTR)EXP_IDLE, HV_WAIT_IDLE, Queue);
        Item = Worker->Item;
    }
    Worker->Item = EXP_BUSY;
    KiLeaveDispatcher(Irql);
    return Item;
}

static VOID ExpCheckReturn(PWORKER_THREAD_ROUTINE Routine, PVOID Parameter, PWORK_QUEUE_ITEM Item)
{
    PKTHREAD Thread = KiThread();

    if (KiIrql() != PASSIVE_LEVEL) {
        KeBugCheckEx(WORKER_THREAD_RETURNED_AT_BAD_IRQL, (ULONG_PTR)Routine, KiIrql(), (ULONG_PTR)Parameter,
                     (ULONG_PTR)Item);
    }
    if (Thread->KernelApcDisable || Thread->SpecialApcDisable) {
        VfMisuse("work routine returned inside a critical or guarded region", (ULONG_PTR)Routine, (ULONG_PTR)Parameter,
                 (PVOID)(ULONG_PTR)Routine);
        Thread->KernelApcDisable = 0;
        Thread->SpecialApcDisable = 0;
    }
}

static VOID NTAPI ExpWorkerThread(PVOID Context)
{
    for (;;) {
        PWORK_QUEUE_ITEM Item = ExpNextItem(Context);
        PWORKER_THREAD_ROUTINE Routine = Item->WorkerRoutine;
        PVOID Parameter = Item->Parameter;

        Item->List.Flink = NULL; /* it may be queued again, or freed, from here on */
        Routine(Parameter);
        ExpCheckReturn(Routine, Parameter, Item);
    }
}

VOID ExpInitializeWorkers(VOID)
{
    for (ULONG Type = 0; Type < MaximumWorkQueue; Type++) {
        PEXP_QUEUE Queue = &ExpQueues[Type];
        InitializeListHead(&Queue->Items);
        for (ULONG i = 0; i < Queue->WorkerCount; i++) {
            Queue->Workers[i].Queue = Queue;
            Queue->Workers[i].Item = EXP_BUSY;
            PspCreateThread(ThreadWorker, ExpWorkerThread, &Queue->Workers[i], NULL, NULL, NULL, NULL);
        }
    }
}

static VOID ExpVisitItem(PWORK_QUEUE_ITEM Item, NT_VISITOR *Visit, PVOID Context)
{
    if (HvFaultInfo(HvAddress(Item)) == HV_PAGE_VALID) {
        Visit(Item, (ULONG_PTR)Item->WorkerRoutine, (ULONG_PTR)Item->Parameter, Item, Context);
    } else {
        Visit(Item, 0, 0, Item, Context);
    }
}

VOID ExpWalkWorkItems(NT_VISITOR *Visit, PVOID Context)
{
    for (ULONG Type = 0; Type < MaximumWorkQueue; Type++) {
        PEXP_QUEUE Queue = &ExpQueues[Type];
        for (ULONG i = 0; i < Queue->WorkerCount; i++) {
            if (Queue->Workers[i].Item != EXP_IDLE && Queue->Workers[i].Item != EXP_BUSY) {
                ExpVisitItem(Queue->Workers[i].Item, Visit, Context);
            }
        }
        for (PLIST_ENTRY Entry = Queue->Items.Flink; Entry != &Queue->Items; Entry = Entry->Flink) {
            PWORK_QUEUE_ITEM Item = CONTAINING_RECORD(Entry, WORK_QUEUE_ITEM, List);
            ExpVisitItem(Item, Visit, Context);
            if (HvFaultInfo(HvAddress(Item)) != HV_PAGE_VALID) {
                break;
            }
        }
    }
}
