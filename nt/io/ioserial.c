/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioserial.c - how Windows 8 keeps the load and the unload of one driver apart. That it does is known (OSR: "fixed in
 * Windows 8"), how is not; NtModel.Serialise chooses among three shapes:
 *
 *   wait    the unload waits until the load has ended; a DriverEntry that unloads its own driver deadlocks
 *   fail    the unload fails while the load is going on
 *   defer   the unload is accepted, and performed by a worker when the load has ended
 *
 * Before Windows 8 nothing here touches the driver object: an access that the real system does not make would be found
 * as a use after free.
 */
#include "ex.h"
#include "io.h"

typedef struct _IOP_DEFERRED {
    WORK_QUEUE_ITEM WorkItem;
    struct _IOP_DEFERRED *Next;
    PDRIVER_OBJECT DriverObject; /* referenced */
    IOP_DEFERRED_UNLOAD *Routine;
    PVOID Context;
} IOP_DEFERRED, *PIOP_DEFERRED;

static BOOLEAN IopSerialised(VOID) { return NtModel.Os >= MODEL_WIN8; }

VOID IopBeginLoad(PDRIVER_OBJECT DriverObject)
{
    if (IopSerialised()) {
        IopDriverExtension(DriverObject)->LoadState = IOP_LOAD_RUNNING;
    }
}

static VOID NTAPI IopRunDeferred(PVOID Context)
{
    PIOP_DEFERRED Deferred = Context;

    Deferred->Routine(Deferred->DriverObject, Deferred->Context);
    ObDereferenceObject(Deferred->DriverObject);
    ExpFreeSystemPool(Deferred);
}

/* The last thing the loader does with the driver object. */
VOID IopFinishLoad(PDRIVER_OBJECT DriverObject, NTSTATUS Status)
{
    PIOP_DRIVER_EXTENSION Extension;
    PIOP_DEFERRED List, Next;

    if (!IopSerialised()) {
        return;
    }
    Extension = IopDriverExtension(DriverObject);
    HvAtomicBegin();
    List = Extension->Deferred;
    Extension->Deferred = NULL;
    Extension->LoadState = NT_SUCCESS(Status) ? IOP_LOAD_DONE : IOP_LOAD_FAILED;
    HvAtomicEnd();
    for (; List; List = Next) {
        Next = List->Next;
        ExInitializeWorkItem(&List->WorkItem, IopRunDeferred, List);
        ExQueueWorkItem(&List->WorkItem, DelayedWorkQueue);
    }
}

/* STATUS_PENDING if the load was still going on, STATUS_SUCCESS if it had ended meanwhile. */
static NTSTATUS IopDefer(PDRIVER_OBJECT DriverObject, IOP_DEFERRED_UNLOAD *Routine, PVOID Context)
{
    PIOP_DRIVER_EXTENSION Extension = IopDriverExtension(DriverObject);
    PIOP_DEFERRED Deferred = ExpAllocateSystemPool(sizeof(*Deferred));
    BOOLEAN Queued = FALSE;

    if (!Deferred) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Deferred->DriverObject = DriverObject;
    Deferred->Routine = Routine;
    Deferred->Context = Context;
    HvAtomicBegin();
    if (Extension->LoadState == IOP_LOAD_RUNNING) {
        Deferred->Next = Extension->Deferred;
        Extension->Deferred = Deferred;
        ObReferenceObject(DriverObject);
        Queued = TRUE;
    }
    HvAtomicEnd();
    if (!Queued) {
        ExpFreeSystemPool(Deferred);
    }
    return Queued ? STATUS_PENDING : STATUS_SUCCESS;
}

static NTSTATUS IopSerialise(PDRIVER_OBJECT DriverObject, IOP_DEFERRED_UNLOAD *Routine, PVOID Context)
{
    PIOP_DRIVER_EXTENSION Extension = IopDriverExtension(DriverObject);
    NTSTATUS Status = STATUS_SUCCESS;

    if (NtModel.Serialise == SERIALISE_WAIT) {
        HvWaitWord(&Extension->LoadState, sizeof(LONG), HV_NE, IOP_LOAD_RUNNING, 0, DriverObject);
        HvAtomicEnd();
    } else if (NtModel.Serialise == SERIALISE_DEFER) {
        Status = IopDefer(DriverObject, Routine, Context);
    } else if (Extension->LoadState == IOP_LOAD_RUNNING) {
        Status = STATUS_DEVICE_BUSY;
    }
    if (Status == STATUS_SUCCESS && Extension->LoadState == IOP_LOAD_FAILED) {
        Status = STATUS_DELETE_PENDING; /* the loader is taking the driver down itself */
    }
    return Status;
}

NTSTATUS IopBeginUnload(PDRIVER_OBJECT DriverObject, IOP_DEFERRED_UNLOAD *Routine, PVOID Context)
{
    NTSTATUS Status;

    if (!IopSerialised()) {
        return STATUS_SUCCESS;
    }
    ObReferenceObject(DriverObject);
    Status = IopSerialise(DriverObject, Routine, Context);
    if (Status != STATUS_SUCCESS) {
        ObDereferenceObject(DriverObject);
    }
    return Status;
}

VOID IopEndUnload(PDRIVER_OBJECT DriverObject)
{
    if (IopSerialised()) {
        ObDereferenceObject(DriverObject);
    }
}
