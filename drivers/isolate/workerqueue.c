/* SPDX-License-Identifier: MIT */
/*
 * workerqueue.c - work queues of the driver's own: each has its system threads, so that its work never waits for the
 * system's worker threads, which may be waiting for this driver.
 *
 * A queue's semaphore counts its items, plus one for each thread that is to end: a thread that finds the list empty has
 * been told to end. That is also why a stopped queue has done all its items.
 */
#include "isolate.h"

typedef enum _WORKER_QUEUE_STATE { WorkerQueueRunning = 1, WorkerQueueStopping } WORKER_QUEUE_STATE;

typedef struct _WORKER_QUEUE {
    WORKER_QUEUE_STATE State; /* under Lock once the queue can be found */
    KSPIN_LOCK Lock;
    LIST_ENTRY Items; /* WORKER_ITEM.ListEntry, under Lock */
    ULONG Pending;    /* items queued or in their routine, under Lock */
    KSEMAPHORE Work;
    KEVENT Idle; /* signalled while Pending is 0 */
    ULONG ThreadCount;
    PETHREAD Threads[WORKER_THREAD_COUNT]; /* referenced */
} WORKER_QUEUE, *PWORKER_QUEUE;

static PWORKER_QUEUE WorkQueues[WORKER_QUEUE_COUNT];

/* The oldest item, NULL if there is none. */
static PWORKER_ITEM RemoveWorkerItem(_Inout_ PWORKER_QUEUE Queue)
{
    PWORKER_ITEM Item = NULL;
    KIRQL Irql;

    KeAcquireSpinLock(&Queue->Lock, &Irql);
    if (!IsListEmpty(&Queue->Items)) {
        Item = CONTAINING_RECORD(RemoveHeadList(&Queue->Items), WORKER_ITEM, ListEntry);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    return Item;
}

static VOID CompleteWorkerItem(_Inout_ PWORKER_QUEUE Queue)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Queue->Lock, &Irql);
    if (--Queue->Pending == 0) {
        KeSetEvent(&Queue->Idle, IO_NO_INCREMENT, FALSE);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
}

/* Body of each thread of a queue. */
static VOID NTAPI WorkerThread(_In_ PVOID Context)
{
    PWORKER_QUEUE Queue = Context;
    PWORKER_ITEM Item;

    for (;;) {
        KeWaitForSingleObject(&Queue->Work, Executive, KernelMode, FALSE, NULL);
        Item = RemoveWorkerItem(Queue);
        if (Item == NULL) {
            break;
        }
        Item->Routine(Item->Context);
        CompleteWorkerItem(Queue);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* One more thread for the queue: referenced, because its end is waited for on the thread object itself. */
static NTSTATUS AddWorkerThread(_Inout_ PWORKER_QUEUE Queue)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Handle;
    NTSTATUS Status;

    InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, WorkerThread, Queue);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    /* No type to check: MinGW's headers declare PsThreadType with one indirection more than Microsoft's. */
    Status = ObReferenceObjectByHandle(Handle, SYNCHRONIZE, NULL, KernelMode,
                                       (PVOID *)&Queue->Threads[Queue->ThreadCount], NULL);
    if (NT_SUCCESS(Status)) {
        Queue->ThreadCount++;
    } else {
        /* It runs, and could not be waited for later. Whichever thread wakes up ends: so end all, and wait for this one. */
        KeReleaseSemaphore(&Queue->Work, IO_NO_INCREMENT, (LONG)Queue->ThreadCount + 1, FALSE);
        ZwWaitForSingleObject(Handle, FALSE, NULL);
    }
    ZwClose(Handle);
    return Status;
}

/* From now on the queue takes no items; its threads end when they have done those it has. */
static VOID SignalWorkerQueueStop(_Inout_ PWORKER_QUEUE Queue)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Queue->Lock, &Irql);
    Queue->State = WorkerQueueStopping;
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (Queue->ThreadCount != 0) {
        KeReleaseSemaphore(&Queue->Work, IO_NO_INCREMENT, (LONG)Queue->ThreadCount, FALSE);
    }
}

/*
 * A thread that has said that it is done still runs the driver's code; one whose object is signalled does not. So wait
 * for the objects.
 */
static VOID DeleteWorkerQueue(_In_ PWORKER_QUEUE Queue)
{
    ULONG Index;

    for (Index = 0; Index < Queue->ThreadCount; Index++) {
        KeWaitForSingleObject(Queue->Threads[Index], Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(Queue->Threads[Index]);
    }
    ExFreePoolWithTag(Queue, ISOLATE_TAG);
}

static VOID InitializeWorkerQueue(_Out_ PWORKER_QUEUE Queue)
{
    Queue->State = WorkerQueueRunning;
    KeInitializeSpinLock(&Queue->Lock);
    InitializeListHead(&Queue->Items);
    Queue->Pending = 0;
    KeInitializeSemaphore(&Queue->Work, 0, MAXLONG);
    KeInitializeEvent(&Queue->Idle, NotificationEvent, TRUE);
    Queue->ThreadCount = 0;
}

/* A queue with its threads running, or nothing. */
static DECLSPEC_NOINLINE NTSTATUS CreateWorkerQueue(_Outptr_ PWORKER_QUEUE *NewQueue)
{
    PWORKER_QUEUE Queue;
    NTSTATUS Status = STATUS_SUCCESS;

    Queue = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Queue), ISOLATE_TAG);
    if (Queue == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InitializeWorkerQueue(Queue);
    while (NT_SUCCESS(Status) && Queue->ThreadCount < WORKER_THREAD_COUNT) {
        Status = AddWorkerThread(Queue);
    }
    if (!NT_SUCCESS(Status)) {
        SignalWorkerQueueStop(Queue);
        DeleteWorkerQueue(Queue);
        return Status;
    }
    *NewQueue = Queue;
    return STATUS_SUCCESS;
}

static VOID DeleteWorkerQueues(_In_ ULONG Count)
{
    while (Count != 0) {
        Count--;
        DeleteWorkerQueue(WorkQueues[Count]);
        WorkQueues[Count] = NULL;
    }
}

NTSTATUS CreateWorkerQueues(VOID)
{
    NTSTATUS Status;
    ULONG Count;
    ULONG Index;

    PAGED_CODE();

    for (Count = 0; Count < WORKER_QUEUE_COUNT; Count++) {
        Status = CreateWorkerQueue(&WorkQueues[Count]);
        if (!NT_SUCCESS(Status)) {
            goto Exit;
        }
    }
    return STATUS_SUCCESS;

Exit:
    for (Index = 0; Index < Count; Index++) {
        SignalWorkerQueueStop(WorkQueues[Index]);
    }
    DeleteWorkerQueues(Count);
    return Status;
}

/*
 * All queues are told first, so that their threads end side by side. Nothing here asks whether CreateWorkerQueues has
 * run: before it has, WorkQueues[] is NULL, and the first look at a queue's state is the access violation of the
 * article.
 */
VOID StopWorkerQueues(VOID)
{
    ULONG Index;

    PAGED_CODE();

    for (Index = 0; Index < WORKER_QUEUE_COUNT; Index++) {
        if (WorkQueues[Index]->State == WorkerQueueRunning) {
            SignalWorkerQueueStop(WorkQueues[Index]);
        }
    }
    DeleteWorkerQueues(WORKER_QUEUE_COUNT);
}

BOOLEAN QueueWorkerItem(_In_ WORKER_QUEUE_TYPE Type, _Inout_ PWORKER_ITEM Item, _In_ PWORKER_ROUTINE Routine,
                        _In_opt_ PVOID Context)
{
    PWORKER_QUEUE Queue = WorkQueues[Type];
    BOOLEAN Running;
    KIRQL Irql;

    Item->Routine = Routine;
    Item->Context = Context;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    Running = Queue->State == WorkerQueueRunning;
    if (Running) {
        InsertTailList(&Queue->Items, &Item->ListEntry);
        if (Queue->Pending++ == 0) {
            KeClearEvent(&Queue->Idle);
        }
        KeReleaseSemaphore(&Queue->Work, IO_NO_INCREMENT, 1, FALSE);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    return Running;
}

VOID FlushWorkerQueue(_In_ WORKER_QUEUE_TYPE Type)
{
    KeWaitForSingleObject(&WorkQueues[Type]->Idle, Executive, KernelMode, FALSE, NULL);
}
