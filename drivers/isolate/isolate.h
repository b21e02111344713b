/* SPDX-License-Identifier: MIT */
/* isolate.h - what the parts of the isolation filter know of each other. */
#ifndef ISOLATE_H
#define ISOLATE_H

#include <fltkernel.h>

#define ISOLATE_TAG 'losI'

/* Global data of the driver, zero until DriverEntry sets it. */
typedef struct _ISOLATE_DATA {
    PFLT_FILTER Filter;
} ISOLATE_DATA, *PISOLATE_DATA;

extern ISOLATE_DATA IsolateData;

/* Worker queues (workerqueue.c) ------------------------------------------------------------------------------------ */

#define WORKER_QUEUE_COUNT 2 /* one for each kind of work below */

/*
 * System threads that serve each queue. Two of one queue take its lock in either order, and end in either order: that is
 * 15 times as many interleavings for each queue, of which none shows anything else about loading and unloading.
 * isolate-threads.sys has two.
 */
#ifndef WORKER_THREAD_COUNT
#define WORKER_THREAD_COUNT 1
#endif

typedef enum _WORKER_QUEUE_TYPE {
    WorkerQueueCleanup, /* teardown of shadow file objects */
    WorkerQueuePaging   /* I/O that may not wait behind a teardown */
} WORKER_QUEUE_TYPE;

typedef VOID WORKER_ROUTINE(_In_opt_ PVOID Context);
typedef WORKER_ROUTINE *PWORKER_ROUTINE;

/* Owned by the queue from QueueWorkerItem until its routine is called; the routine may free it. */
typedef struct _WORKER_ITEM {
    LIST_ENTRY ListEntry;
    PWORKER_ROUTINE Routine;
    PVOID Context;
} WORKER_ITEM, *PWORKER_ITEM;

/* All queues with their threads, or none. STATUS_INSUFFICIENT_RESOURCES or the status of PsCreateSystemThread. */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS CreateWorkerQueues(VOID);

/* Let every queue finish what it has, end its threads, wait until they have left the driver's code, free the queues. */
_IRQL_requires_max_(PASSIVE_LEVEL) VOID StopWorkerQueues(VOID);

/* FALSE: the queue is being stopped, the item stays the caller's. Items of one queue start in the order queued. */
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN QueueWorkerItem(_In_ WORKER_QUEUE_TYPE Type, _Inout_ PWORKER_ITEM Item,
                                                            _In_ PWORKER_ROUTINE Routine, _In_opt_ PVOID Context);

/* Wait until the queue has nothing to do. Not from a routine of that queue. */
_IRQL_requires_max_(APC_LEVEL) VOID FlushWorkerQueue(_In_ WORKER_QUEUE_TYPE Type);

#endif
