/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irp.c - I/O request packets: made, sent down a stack, completed up it. A packet is a pool block of its own: touching
 * one after its completion stops the machine.
 */
#include "ex.h"
#include "io.h"
#include "ke.h"
#include "vf.h"

/* Microsoft: IoInitializeIrp. */
VOID NTAPI IoInitializeIrp(PIRP Irp, USHORT Size, CCHAR StackSize)
{
    memset(Irp, 0, Size);
    Irp->Type = IO_TYPE_IRP;
    Irp->Size = Size;
    Irp->StackCount = StackSize;
    Irp->CurrentLocation = (CHAR)(StackSize + 1);
    InitializeListHead(&Irp->ThreadListEntry);
    Irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(Irp + 1) + StackSize;
}

/* For the I/O manager itself: not recorded. */
PIRP IopAllocateIrp(CCHAR StackSize)
{
    USHORT Size = IoSizeOfIrp(StackSize);
    PIRP Irp = ExpAllocateSystemPool(Size);

    if (Irp) {
        IoInitializeIrp(Irp, Size, StackSize);
    }
    return Irp;
}

/* Microsoft: IoAllocateIrp, IoFreeIrp, IoReuseIrp. IRQL <= DISPATCH_LEVEL. */
PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    PIRP Irp = IopAllocateIrp(StackSize);

    UNREFERENCED_PARAMETER(ChargeQuota);
    if (Irp) {
        IopRecordBlock(Irp, Irp->Size, 0x20707249 /* Irp */, __builtin_return_address(0));
    }
    return Irp;
}

VOID NTAPI IoFreeIrp(PIRP Irp)
{
    if (Irp->Type != IO_TYPE_IRP) {
        KeBugCheckEx(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)Irp, 0, 0, 0);
    }
    ExpFreeSystemPool(Irp);
}

VOID NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Status)
{
    IoInitializeIrp(Irp, (USHORT)Irp->Size, Irp->StackCount);
    Irp->IoStatus.Status = Status;
}

/* Microsoft: IoMakeAssociatedIrp. The caller sets the master's IrpCount. */
PIRP NTAPI IoMakeAssociatedIrp(PIRP Master, CCHAR StackSize)
{
    PIRP Irp = IoAllocateIrp(StackSize, FALSE);

    if (Irp) {
        Irp->Flags |= IRP_ASSOCIATED_IRP;
        Irp->AssociatedIrp.MasterIrp = Master;
        Irp->Tail.Overlay.Thread = Master->Tail.Overlay.Thread;
    }
    return Irp;
}

/* Microsoft: IoCallDriver. Bug check 0x35: no stack location left. */
NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION Stack;

    if (--Irp->CurrentLocation <= 0) {
        KeBugCheckEx(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)Irp, 0, 0, 0);
    }
    Stack = --Irp->Tail.Overlay.CurrentStackLocation;
    Stack->DeviceObject = Device;
    return Device->DriverObject->MajorFunction[Stack->MajorFunction](Device, Irp);
}

static BOOLEAN IopWantsCompletion(PIRP Irp, UCHAR Control)
{
    return (NT_SUCCESS(Irp->IoStatus.Status) && (Control & SL_INVOKE_ON_SUCCESS)) ||
           (!NT_SUCCESS(Irp->IoStatus.Status) && (Control & SL_INVOKE_ON_ERROR)) ||
           (Irp->Cancel && (Control & SL_INVOKE_ON_CANCEL));
}

/* The packet has reached its top: results to the requester, then it is gone. */
static VOID IopFinishIrp(PIRP Irp)
{
    PFILE_OBJECT File = Irp->Tail.Overlay.OriginalFileObject;
    NTSTATUS Status = Irp->IoStatus.Status;
    PKEVENT Event = Irp->UserEvent;

    if ((Irp->Flags & (IRP_BUFFERED_IO | IRP_INPUT_OPERATION)) == (IRP_BUFFERED_IO | IRP_INPUT_OPERATION) &&
        !NT_ERROR(Status) && Irp->IoStatus.Information) {
        memcpy(Irp->UserBuffer, Irp->AssociatedIrp.SystemBuffer, Irp->IoStatus.Information);
    }
    if (Irp->Flags & IRP_DEALLOCATE_BUFFER) {
        ExpFreeSystemPool(Irp->AssociatedIrp.SystemBuffer);
    }
    while (Irp->MdlAddress) {
        PMDL Mdl = Irp->MdlAddress;
        Irp->MdlAddress = Mdl->Next;
        MmUnlockPages(Mdl);
        IoFreeMdl(Mdl);
    }
    /* An error that the dispatch routine returned directly is the caller's return value only. */
    if (NT_ERROR(Status) && !Irp->PendingReturned) {
        Event = NULL;
    } else if (Irp->UserIosb) {
        *Irp->UserIosb = Irp->IoStatus;
    }
    IoFreeIrp(Irp);
    if (File) {
        File->FinalStatus = Status;
    }
    if (Event) {
        KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
    }
}

static VOID IopCompleteAssociated(PIRP Irp)
{
    PIRP Master = Irp->AssociatedIrp.MasterIrp;
    BOOLEAN Last = InterlockedDecrement(&Master->AssociatedIrp.IrpCount) == 0;

    IoFreeIrp(Irp);
    if (Last) {
        IoCompleteRequest(Master, IO_NO_INCREMENT);
    }
}

/* FALSE: a completion routine wants the packet back (STATUS_MORE_PROCESSING_REQUIRED). */
static BOOLEAN IopCompleteOne(PIRP Irp)
{
    PIO_STACK_LOCATION Stack = Irp->Tail.Overlay.CurrentStackLocation;
    UCHAR Control = Stack->Control;
    PDEVICE_OBJECT Device;

    Irp->PendingReturned = (Control & SL_PENDING_RETURNED) != 0;
    Irp->CurrentLocation++;
    Irp->Tail.Overlay.CurrentStackLocation++;
    if (IopWantsCompletion(Irp, Control)) {
        Device =
            Irp->CurrentLocation == Irp->StackCount + 1 ? NULL : Irp->Tail.Overlay.CurrentStackLocation->DeviceObject;
        return Stack->CompletionRoutine(Device, Irp, Stack->Context) != STATUS_MORE_PROCESSING_REQUIRED;
    }
    if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount) {
        Irp->Tail.Overlay.CurrentStackLocation->Control |= SL_PENDING_RETURNED;
    }
    return TRUE;
}

/* Microsoft: IoCompleteRequest. IRQL <= DISPATCH_LEVEL. Bug check 0x44: completed twice. */
VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    UNREFERENCED_PARAMETER(PriorityBoost);
    if (Irp->CurrentLocation > Irp->StackCount + 1 || Irp->Type != IO_TYPE_IRP) {
        KeBugCheckEx(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)Irp, 0, 0, 0);
    }
    if (Irp->IoStatus.Status == STATUS_PENDING) {
        VfMisuse("IoCompleteRequest: the packet's status is STATUS_PENDING", (ULONG_PTR)Irp, 0,
                 __builtin_return_address(0));
    }
    while (Irp->CurrentLocation <= Irp->StackCount) {
        if (!IopCompleteOne(Irp)) {
            return;
        }
    }
    if (Irp->Flags & IRP_ASSOCIATED_IRP) {
        IopCompleteAssociated(Irp);
    } else {
        IopFinishIrp(Irp);
    }
}

static KSPIN_LOCK IopCancelSpinLock;

/* Microsoft: IoAcquireCancelSpinLock, IoReleaseCancelSpinLock. */
VOID NTAPI IoAcquireCancelSpinLock(PKIRQL Irql)
{
    *Irql = KiIrql();
    KiSetIrql(DISPATCH_LEVEL);
    KiAcquireSpinLock(&IopCancelSpinLock);
}

VOID NTAPI IoReleaseCancelSpinLock(KIRQL Irql)
{
    KiReleaseSpinLock(&IopCancelSpinLock);
    KiSetIrql(Irql);
}

/* Microsoft: IoCancelIrp. The cancel routine releases the cancel spin lock. */
BOOLEAN NTAPI IoCancelIrp(PIRP Irp)
{
    PDRIVER_CANCEL Routine;
    KIRQL Irql;

    IoAcquireCancelSpinLock(&Irql);
    Irp->Cancel = TRUE;
    Routine = (PDRIVER_CANCEL)(ULONG_PTR)InterlockedExchangePointer((PVOID *)&Irp->CancelRoutine, NULL);
    if (!Routine) {
        IoReleaseCancelSpinLock(Irql);
        return FALSE;
    }
    Irp->CancelIrql = Irql;
    Routine(IoGetCurrentIrpStackLocation(Irp)->DeviceObject, Irp);
    return TRUE;
}
