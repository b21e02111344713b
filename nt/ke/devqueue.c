/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devqueue.c - device queues. Source: Microsoft, "Device Queue Objects". IRQL <= DISPATCH_LEVEL each. */
#include "ke.h"

enum { DeviceQueueObject = 0x14 };

VOID NTAPI KeInitializeDeviceQueue(PKDEVICE_QUEUE Queue)
{
    Queue->Type = DeviceQueueObject;
    Queue->Size = sizeof(KDEVICE_QUEUE);
    InitializeListHead(&Queue->DeviceListHead);
    Queue->Lock = 0;
    Queue->Busy = FALSE;
}

/* FALSE: the device was idle and is busy now, the entry was not queued. */
static BOOLEAN KiInsertDeviceQueue(PKDEVICE_QUEUE Queue, PKDEVICE_QUEUE_ENTRY Entry, BOOLEAN ByKey)
{
    KIRQL Irql = KiEnterDispatcher();
    PLIST_ENTRY Before = &Queue->DeviceListHead;

    if (!Queue->Busy) {
        Queue->Busy = TRUE;
        Entry->Inserted = FALSE;
        KiLeaveDispatcher(Irql);
        return FALSE;
    }
    if (ByKey) {
        Before = Queue->DeviceListHead.Flink;
        while (Before != &Queue->DeviceListHead &&
               CONTAINING_RECORD(Before, KDEVICE_QUEUE_ENTRY, DeviceListEntry)->SortKey <= Entry->SortKey) {
            Before = Before->Flink;
        }
    }
    InsertTailList(Before, &Entry->DeviceListEntry);
    Entry->Inserted = TRUE;
    KiLeaveDispatcher(Irql);
    return TRUE;
}

BOOLEAN NTAPI KeInsertDeviceQueue(PKDEVICE_QUEUE Queue, PKDEVICE_QUEUE_ENTRY Entry)
{
    return KiInsertDeviceQueue(Queue, Entry, FALSE);
}

BOOLEAN NTAPI KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE Queue, PKDEVICE_QUEUE_ENTRY Entry, ULONG SortKey)
{
    Entry->SortKey = SortKey;
    return KiInsertDeviceQueue(Queue, Entry, TRUE);
}

/* The first entry whose key is not below SortKey, else the first of all; NULL: the device is idle now. */
static PKDEVICE_QUEUE_ENTRY KiRemoveDeviceQueue(PKDEVICE_QUEUE Queue, ULONG SortKey)
{
    KIRQL Irql = KiEnterDispatcher();
    PKDEVICE_QUEUE_ENTRY Found = NULL;

    if (IsListEmpty(&Queue->DeviceListHead)) {
        Queue->Busy = FALSE;
    } else {
        PLIST_ENTRY Link = Queue->DeviceListHead.Flink;
        while (Link != &Queue->DeviceListHead &&
               CONTAINING_RECORD(Link, KDEVICE_QUEUE_ENTRY, DeviceListEntry)->SortKey < SortKey) {
            Link = Link->Flink;
        }
        Link = Link == &Queue->DeviceListHead ? Link->Flink : Link;
        Found = CONTAINING_RECORD(Link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
        RemoveEntryList(Link);
        Found->Inserted = FALSE;
    }
    KiLeaveDispatcher(Irql);
    return Found;
}

PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE Queue, ULONG SortKey)
{
    return KiRemoveDeviceQueue(Queue, SortKey);
}

/* The head, whatever its key. */
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(PKDEVICE_QUEUE Queue)
{
    KIRQL Irql = KiEnterDispatcher();
    PKDEVICE_QUEUE_ENTRY Found = NULL;

    if (IsListEmpty(&Queue->DeviceListHead)) {
        Queue->Busy = FALSE;
    } else {
        Found = CONTAINING_RECORD(RemoveHeadList(&Queue->DeviceListHead), KDEVICE_QUEUE_ENTRY, DeviceListEntry);
        Found->Inserted = FALSE;
    }
    KiLeaveDispatcher(Irql);
    return Found;
}

BOOLEAN NTAPI KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE Queue, PKDEVICE_QUEUE_ENTRY Entry)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN Was = Entry->Inserted;

    UNREFERENCED_PARAMETER(Queue);
    if (Was) {
        RemoveEntryList(&Entry->DeviceListEntry);
        Entry->Inserted = FALSE;
    }
    KiLeaveDispatcher(Irql);
    return Was;
}
