/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irpbuild.c - ready-made packets: control requests, reads and writes. PASSIVE_LEVEL unless said. */
#include "ex.h"
#include "io.h"

static PIRP IopStartIrp(PDEVICE_OBJECT Device, UCHAR Major, PIO_STACK_LOCATION *Stack)
{
    PIRP Irp = IopAllocateIrp(Device->StackSize);

    if (Irp) {
        Irp->Tail.Overlay.Thread = (PETHREAD)KiThread();
        *Stack = IoGetNextIrpStackLocation(Irp);
        (*Stack)->MajorFunction = Major;
    }
    return Irp;
}

/* A system buffer of that size that the completion frees, with a copy of the input. */
static BOOLEAN IopBufferInput(PIRP Irp, const VOID *Input, ULONG InputBytes, ULONG Bytes)
{
    if (!Bytes) {
        return TRUE;
    }
    Irp->AssociatedIrp.SystemBuffer = ExpAllocateSystemPool(Bytes);
    if (!Irp->AssociatedIrp.SystemBuffer) {
        return FALSE;
    }
    memcpy(Irp->AssociatedIrp.SystemBuffer, Input, InputBytes);
    Irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    return TRUE;
}

static BOOLEAN IopLockBuffer(PIRP Irp, PVOID Buffer, ULONG Bytes, LOCK_OPERATION Operation)
{
    PMDL Mdl;

    if (!Bytes) {
        return TRUE;
    }
    Mdl = IoAllocateMdl(Buffer, Bytes, FALSE, FALSE, Irp);
    if (!Mdl) {
        return FALSE;
    }
    MmProbeAndLockPages(Mdl, KernelMode, Operation);
    return TRUE;
}

/* Buffers by the control code's method (Microsoft: "Buffer Descriptions for I/O Control Codes"). */
static BOOLEAN IopControlBuffers(PIRP Irp, PIO_STACK_LOCATION Stack, ULONG Code, PVOID Input, ULONG InputBytes,
                                 PVOID Output, ULONG OutputBytes)
{
    switch (METHOD_FROM_CTL_CODE(Code)) {
    case METHOD_BUFFERED:
        Irp->UserBuffer = Output;
        if (!IopBufferInput(Irp, Input, InputBytes, max(InputBytes, OutputBytes))) {
            return FALSE;
        }
        Irp->Flags |= OutputBytes ? IRP_INPUT_OPERATION : 0;
        return TRUE;
    case METHOD_NEITHER:
        Irp->UserBuffer = Output;
        Stack->Parameters.DeviceIoControl.Type3InputBuffer = Input;
        return TRUE;
    default:
        return IopBufferInput(Irp, Input, InputBytes, InputBytes) &&
               IopLockBuffer(Irp, Output, OutputBytes,
                             METHOD_FROM_CTL_CODE(Code) == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
    }
}

/* Microsoft: IoBuildDeviceIoControlRequest. NULL: out of memory. */
PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG Code, PDEVICE_OBJECT Device, PVOID Input, ULONG InputBytes, PVOID Output,
                                         ULONG OutputBytes, BOOLEAN Internal, PKEVENT Event, PIO_STATUS_BLOCK IoStatus)
{
    PIO_STACK_LOCATION Stack;
    PIRP Irp = IopStartIrp(Device, Internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL, &Stack);

    if (!Irp) {
        return NULL;
    }
    Stack->Parameters.DeviceIoControl.IoControlCode = Code;
    Stack->Parameters.DeviceIoControl.InputBufferLength = InputBytes;
    Stack->Parameters.DeviceIoControl.OutputBufferLength = OutputBytes;
    Irp->UserEvent = Event;
    Irp->UserIosb = IoStatus;
    if (!IopControlBuffers(Irp, Stack, Code, Input, InputBytes, Output, OutputBytes)) {
        IoFreeIrp(Irp);
        return NULL;
    }
    return Irp;
}

static BOOLEAN IopTransferBuffers(PIRP Irp, PDEVICE_OBJECT Device, UCHAR Major, PVOID Buffer, ULONG Length)
{
    if (Device->Flags & DO_BUFFERED_IO) {
        Irp->UserBuffer = Buffer;
        if (!IopBufferInput(Irp, Buffer, Major == IRP_MJ_WRITE ? Length : 0, Length)) {
            return FALSE;
        }
        Irp->Flags |= Major == IRP_MJ_READ ? IRP_INPUT_OPERATION : 0;
        return TRUE;
    }
    if (Device->Flags & DO_DIRECT_IO) {
        return IopLockBuffer(Irp, Buffer, Length, Major == IRP_MJ_READ ? IoWriteAccess : IoReadAccess);
    }
    Irp->UserBuffer = Buffer;
    return TRUE;
}

/* Microsoft: IoBuildAsynchronousFsdRequest. IRQL <= DISPATCH_LEVEL without a buffer to lock. */
PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG Major, PDEVICE_OBJECT Device, PVOID Buffer, ULONG Length,
                                         PLARGE_INTEGER Offset, PIO_STATUS_BLOCK IoStatus)
{
    PIO_STACK_LOCATION Stack;
    PIRP Irp = IopStartIrp(Device, (UCHAR)Major, &Stack);

    if (!Irp) {
        return NULL;
    }
    Irp->UserIosb = IoStatus;
    if (Major == IRP_MJ_READ || Major == IRP_MJ_WRITE) {
        /* Read and Write lie alike: Length, Key, ByteOffset. */
        Stack->Parameters.Read.Length = Length;
        Stack->Parameters.Read.ByteOffset.QuadPart = Offset ? Offset->QuadPart : 0;
        if (!IopTransferBuffers(Irp, Device, (UCHAR)Major, Buffer, Length)) {
            IoFreeIrp(Irp);
            return NULL;
        }
    }
    return Irp;
}

/* Microsoft: IoBuildSynchronousFsdRequest. */
PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG Major, PDEVICE_OBJECT Device, PVOID Buffer, ULONG Length,
                                        PLARGE_INTEGER Offset, PKEVENT Event, PIO_STATUS_BLOCK IoStatus)
{
    PIRP Irp = IoBuildAsynchronousFsdRequest(Major, Device, Buffer, Length, Offset, IoStatus);

    if (Irp) {
        Irp->UserEvent = Event;
    }
    return Irp;
}

NTSTATUS IopCallAndWait(PDEVICE_OBJECT Device, PIRP Irp, PFILE_OBJECT File, PIO_STATUS_BLOCK IoStatus)
{
    KEVENT Event;
    NTSTATUS Status;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    IoStatus->Status = STATUS_PENDING;
    IoStatus->Information = 0;
    Irp->UserEvent = &Event;
    Irp->UserIosb = IoStatus;
    Irp->Tail.Overlay.OriginalFileObject = File;
    IoGetNextIrpStackLocation(Irp)->FileObject = File;
    Status = IoCallDriver(Device, Irp);
    if (Status == STATUS_PENDING) {
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
        Status = IoStatus->Status;
    }
    return Status;
}

NTSTATUS IopSendSynchronous(PDEVICE_OBJECT Device, PFILE_OBJECT File, PIO_STACK_LOCATION Location, PVOID Buffer,
                            PIO_STATUS_BLOCK IoStatus)
{
    PIO_STACK_LOCATION Stack;
    PIRP Irp = IopStartIrp(Device, Location->MajorFunction, &Stack);

    if (!Irp) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Stack = *Location;
    Irp->UserBuffer = Irp->AssociatedIrp.SystemBuffer = Buffer;
    return IopCallAndWait(Device, Irp, File, IoStatus);
}
