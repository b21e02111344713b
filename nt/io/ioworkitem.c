/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioworkitem.c - IO work items: unlike ExQueueWorkItem they hold the device or driver object, and so the image, until
 * the routine has returned (Microsoft: IoQueueWorkItem; D. Holan, "Why is there an Ex and Io work item in WDM?").
 */
#include "ex.h"
#include "io.h"
#include "vf.h"

typedef struct _IO_WORKITEM {
    WORK_QUEUE_ITEM WorkItem;
    PVOID Routine;
    PVOID IoObject;
    PVOID Context;
    BOOLEAN Extended; /* routine takes the work item too */
    volatile LONG Queued;
} IO_WORKITEM;

/* Leaves a record of the block for the audit, attributed to the driver that asked for it. */
VOID IopRecordBlock(PVOID Block, ULONG Bytes, ULONG Tag, PVOID Caller)
{
    PPOOL_RECORD Record = HvAlloc(sizeof(*Record), HV_SYSTEM);

    Record->Address = Block;
    Record->Caller = Caller;
    Record->Size = Bytes;
    Record->Tag = Tag;
    Record->Next = KiPcr()->PoolRecords;
    KiPcr()->PoolRecords = Record;
}

static VOID NTAPI IopProcessWorkItem(PVOID Parameter)
{
    PIO_WORKITEM Item = Parameter;
    PVOID Object = Item->IoObject, Routine = Item->Routine, Context = Item->Context;

    Item->Queued = FALSE;
    if (Item->Extended) {
        ((PIO_WORKITEM_ROUTINE_EX)(ULONG_PTR)Routine)(Object, Context, Item);
    } else {
        ((PIO_WORKITEM_ROUTINE)(ULONG_PTR)Routine)(Object, Context);
    }
    ObDereferenceObject(Object); /* the item may be gone */
}

static VOID IopSetWorkItem(PIO_WORKITEM Item, PVOID Object)
{
    ExInitializeWorkItem(&Item->WorkItem, IopProcessWorkItem, Item);
    Item->IoObject = Object;
    Item->Queued = FALSE;
}

static VOID IopQueueItem(PIO_WORKITEM Item, PVOID Routine, WORK_QUEUE_TYPE Queue, PVOID Context, BOOLEAN Extended,
                         PVOID Caller)
{
    if (InterlockedExchange(&Item->Queued, TRUE)) {
        VfMisuse("IoQueueWorkItem: the item is already queued", (ULONG_PTR)Item, (ULONG_PTR)Routine, Caller);
        return;
    }
    Item->Routine = Routine;
    Item->Context = Context;
    Item->Extended = Extended;
    ObReferenceObject(Item->IoObject);
    ExQueueWorkItem(&Item->WorkItem, Queue);
}

/* Microsoft: IoAllocateWorkItem (Windows 2000), IoFreeWorkItem. IRQL <= DISPATCH_LEVEL. */
PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT Device)
{
    PIO_WORKITEM Item = ExpAllocateSystemPool(sizeof(*Item));

    if (Item) {
        IopRecordBlock(Item, sizeof(*Item), 0x6B576F49 /* IoWk */, __builtin_return_address(0));
        IopSetWorkItem(Item, Device);
    }
    return Item;
}

VOID NTAPI IoFreeWorkItem(PIO_WORKITEM Item)
{
    if (Item->Queued) {
        VfMisuse("IoFreeWorkItem: the item is still queued", (ULONG_PTR)Item, (ULONG_PTR)Item->Routine,
                 __builtin_return_address(0));
    }
    ExpFreeSystemPool(Item);
}

/* Microsoft: IoSizeofWorkItem, IoInitializeWorkItem, IoUninitializeWorkItem (Vista): in memory of the driver. */
ULONG NTAPI IoSizeofWorkItem(VOID) { return sizeof(IO_WORKITEM); }

VOID NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM Item) { IopSetWorkItem(Item, IoObject); }

VOID NTAPI IoUninitializeWorkItem(PIO_WORKITEM Item)
{
    if (Item->Queued) {
        VfMisuse("IoUninitializeWorkItem: the item is still queued", (ULONG_PTR)Item, (ULONG_PTR)Item->Routine,
                 __builtin_return_address(0));
    }
}

/* Microsoft: IoQueueWorkItem (Windows 2000), IoQueueWorkItemEx (Vista). IRQL <= DISPATCH_LEVEL. */
VOID NTAPI IoQueueWorkItem(PIO_WORKITEM Item, PIO_WORKITEM_ROUTINE Routine, WORK_QUEUE_TYPE Queue, PVOID Context)
{
    IopQueueItem(Item, (PVOID)(ULONG_PTR)Routine, Queue, Context, FALSE, __builtin_return_address(0));
}

VOID NTAPI IoQueueWorkItemEx(PIO_WORKITEM Item, PIO_WORKITEM_ROUTINE_EX Routine, WORK_QUEUE_TYPE Queue, PVOID Context)
{
    IopQueueItem(Item, (PVOID)(ULONG_PTR)Routine, Queue, Context, TRUE, __builtin_return_address(0));
}
