/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workitem.c - generic work items: unlike ExQueueWorkItem's they hold a rundown reference on a filter or instance from
 * the time they are queued until their routine has returned, and so keep FltUnregisterFilter waiting.
 */
#include "fltp.h"

struct _FLT_GENERIC_WORKITEM {
    WORK_QUEUE_ITEM WorkItem;
    PFLT_GENERIC_WORKITEM_ROUTINE Routine;
    PFLT_OBJECT Object;
    PVOID Context;
};

/* Microsoft: FltAllocateGenericWorkItem. NULL = out of memory. IRQL <= DISPATCH_LEVEL. */
PFLT_GENERIC_WORKITEM FLTAPI FltAllocateGenericWorkItem(VOID)
{
    return ExpAllocateSystemPool(sizeof(struct _FLT_GENERIC_WORKITEM));
}

/* Microsoft: FltFreeGenericWorkItem. Not while it is queued. IRQL <= DISPATCH_LEVEL. */
VOID FLTAPI FltFreeGenericWorkItem(PFLT_GENERIC_WORKITEM FltWorkItem) { ExpFreeSystemPool(FltWorkItem); }

/* The routine may free the item. */
static VOID NTAPI FltpProcessGenericWorkItem(PVOID Parameter)
{
    PFLT_GENERIC_WORKITEM Item = Parameter;
    PFLT_OBJECT Object = Item->Object;

    Item->Routine(Item, Object, Item->Context);
    ExReleaseRundownProtection(&Object->RundownRef);
}

/*
 * Microsoft: FltQueueGenericWorkItem. FltObject: filter or instance. STATUS_FLT_DELETING_OBJECT: it is being torn down,
 * nothing is queued. IRQL <= DISPATCH_LEVEL.
 */
NTSTATUS FLTAPI FltQueueGenericWorkItem(PFLT_GENERIC_WORKITEM FltWorkItem, PVOID FltObject,
                                        PFLT_GENERIC_WORKITEM_ROUTINE WorkerRoutine, WORK_QUEUE_TYPE QueueType,
                                        PVOID Context)
{
    PFLT_OBJECT Object = FltObject;

    if (!ExAcquireRundownProtection(&Object->RundownRef)) {
        return STATUS_FLT_DELETING_OBJECT;
    }
    FltWorkItem->Routine = WorkerRoutine;
    FltWorkItem->Object = Object;
    FltWorkItem->Context = Context;
    ExInitializeWorkItem(&FltWorkItem->WorkItem, FltpProcessGenericWorkItem, FltWorkItem);
    ExQueueWorkItem(&FltWorkItem->WorkItem, QueueType);
    return STATUS_SUCCESS;
}

/* Microsoft: FltAllocateDeferredIoWorkItem, FltFreeDeferredIoWorkItem. */
PFLT_DEFERRED_IO_WORKITEM FLTAPI FltAllocateDeferredIoWorkItem(VOID)
{
    return (PFLT_DEFERRED_IO_WORKITEM)FltAllocateGenericWorkItem();
}

VOID FLTAPI FltFreeDeferredIoWorkItem(PFLT_DEFERRED_IO_WORKITEM FltWorkItem)
{
    FltFreeGenericWorkItem((PFLT_GENERIC_WORKITEM)FltWorkItem);
}

/*
 * Microsoft: FltQueueDeferredIoWorkItem. Callback data that a filter made itself is never safe to post:
 * STATUS_FLT_NOT_SAFE_TO_POST_OPERATION, and there is no other yet.
 */
NTSTATUS FLTAPI FltQueueDeferredIoWorkItem(PFLT_DEFERRED_IO_WORKITEM FltWorkItem, PFLT_CALLBACK_DATA Data,
                                           PFLT_DEFERRED_IO_WORKITEM_ROUTINE WorkerRoutine, WORK_QUEUE_TYPE QueueType,
                                           PVOID Context)
{
    UNREFERENCED_PARAMETER(FltWorkItem);
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(WorkerRoutine);
    UNREFERENCED_PARAMETER(QueueType);
    UNREFERENCED_PARAMETER(Context);
    return STATUS_FLT_NOT_SAFE_TO_POST_OPERATION;
}
