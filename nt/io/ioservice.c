/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioservice.c - ZwCreateFile and the requests on its handle. Every request is waited for, also on a handle that was
 * opened for asynchronous use (approximated): the caller's event and status block are written before the routine
 * returns.
 */
#include "io.h"

static NTSTATUS IopCreateHandle(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                                PIO_STATUS_BLOCK IoStatus, ULONG Share, ULONG Disposition, ULONG Options, PVOID Caller)
{
    PFILE_OBJECT File;
    NTSTATUS Status =
        IopOpenFile(Attributes->ObjectName, Access, Share, Disposition, Options, &File, &IoStatus->Information);

    IoStatus->Status = Status;
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    ObHeader(File)->Caller = Caller;
    Status = ObpCreateHandle(File, Attributes->Attributes, Caller, Handle);
    ObDereferenceObject(File);
    return Status;
}

/* Microsoft: ZwCreateFile, ZwOpenFile, IoCreateFile. PASSIVE_LEVEL. A root directory handle is not supported. */
NTSTATUS NTAPI NtCreateFile(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            PIO_STATUS_BLOCK IoStatus, PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG Share,
                            ULONG Disposition, ULONG Options, PVOID EaBuffer, ULONG EaLength)
{
    UNREFERENCED_PARAMETER(AllocationSize);
    UNREFERENCED_PARAMETER(FileAttributes);
    UNREFERENCED_PARAMETER(EaBuffer);
    UNREFERENCED_PARAMETER(EaLength);
    return IopCreateHandle(Handle, Access, Attributes, IoStatus, Share, Disposition, Options,
                           __builtin_return_address(0));
}

NTSTATUS NTAPI ZwCreateFile(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            PIO_STATUS_BLOCK IoStatus, PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG Share,
                            ULONG Disposition, ULONG Options, PVOID EaBuffer, ULONG EaLength)
{
    UNREFERENCED_PARAMETER(AllocationSize);
    UNREFERENCED_PARAMETER(FileAttributes);
    UNREFERENCED_PARAMETER(EaBuffer);
    UNREFERENCED_PARAMETER(EaLength);
    return IopCreateHandle(Handle, Access, Attributes, IoStatus, Share, Disposition, Options,
                           __builtin_return_address(0));
}

NTSTATUS NTAPI ZwOpenFile(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, PIO_STATUS_BLOCK IoStatus,
                          ULONG Share, ULONG Options)
{
    return IopCreateHandle(Handle, Access, Attributes, IoStatus, Share, FILE_OPEN, Options,
                           __builtin_return_address(0));
}

NTSTATUS NTAPI IoCreateFile(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            PIO_STATUS_BLOCK IoStatus, PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG Share,
                            ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                            CREATE_FILE_TYPE Type, PVOID ExtraParameters, ULONG Options)
{
    UNREFERENCED_PARAMETER(AllocationSize);
    UNREFERENCED_PARAMETER(FileAttributes);
    UNREFERENCED_PARAMETER(EaBuffer);
    UNREFERENCED_PARAMETER(EaLength);
    UNREFERENCED_PARAMETER(Type);
    UNREFERENCED_PARAMETER(ExtraParameters);
    UNREFERENCED_PARAMETER(Options);
    return IopCreateHandle(Handle, Access, Attributes, IoStatus, Share, Disposition, CreateOptions,
                           __builtin_return_address(0));
}

NTSTATUS NTAPI IoCreateFileSpecifyDeviceObjectHint(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                                                   PIO_STATUS_BLOCK IoStatus, PLARGE_INTEGER AllocationSize,
                                                   ULONG FileAttributes, ULONG Share, ULONG Disposition,
                                                   ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                                                   CREATE_FILE_TYPE Type, PVOID ExtraParameters, ULONG Options,
                                                   PVOID Device)
{
    UNREFERENCED_PARAMETER(AllocationSize);
    UNREFERENCED_PARAMETER(FileAttributes);
    UNREFERENCED_PARAMETER(EaBuffer);
    UNREFERENCED_PARAMETER(EaLength);
    UNREFERENCED_PARAMETER(Type);
    UNREFERENCED_PARAMETER(ExtraParameters);
    UNREFERENCED_PARAMETER(Options);
    UNREFERENCED_PARAMETER(Device);
    return IopCreateHandle(Handle, Access, Attributes, IoStatus, Share, Disposition, CreateOptions,
                           __builtin_return_address(0));
}

static PKEVENT IopEventOf(HANDLE Event)
{
    PVOID Object = NULL;

    if (Event && NT_SUCCESS(ObReferenceObjectByHandle(Event, 0, ObpEventType, KernelMode, &Object, NULL))) {
        KeClearEvent(Object);
    }
    return Object;
}

static NTSTATUS IopFinishRequest(PFILE_OBJECT File, PKEVENT Event, PIO_STATUS_BLOCK IoStatus, NTSTATUS Status,
                                 PIO_APC_ROUTINE Apc, PVOID ApcContext)
{
    if (NT_ERROR(Status)) {
        IoStatus->Status = Status;
    }
    if (Event) {
        KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
        ObDereferenceObject(Event);
    }
    if (Apc && !NT_ERROR(Status)) {
        Apc(ApcContext, IoStatus, 0);
    }
    ObDereferenceObject(File);
    return Status;
}

static NTSTATUS IopReferenceFile(HANDLE Handle, PFILE_OBJECT *File)
{
    return ObReferenceObjectByHandle(Handle, 0, ObpFileType, KernelMode, (PVOID *)File, NULL);
}

static NTSTATUS IopControl(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                           PIO_STATUS_BLOCK IoStatus, ULONG Code, PVOID Input, ULONG InputBytes, PVOID Output,
                           ULONG OutputBytes, UCHAR Major)
{
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
    PKEVENT EventObject;
    PIRP Irp;
    NTSTATUS Status = IopReferenceFile(Handle, &File);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    EventObject = IopEventOf(Event);
    Device = IoGetRelatedDeviceObject(File);
    Irp = IoBuildDeviceIoControlRequest(Code, Device, Input, InputBytes, Output, OutputBytes, FALSE, NULL, NULL);
    if (Irp) {
        IoGetNextIrpStackLocation(Irp)->MajorFunction = Major;
        IoGetNextIrpStackLocation(Irp)->MinorFunction = 0;
        Status = IopCallAndWait(Device, Irp, File, IoStatus);
    } else {
        Status = STATUS_INSUFFICIENT_RESOURCES;
    }
    return IopFinishRequest(File, EventObject, IoStatus, Status, Apc, ApcContext);
}

/* Microsoft: ZwDeviceIoControlFile, ZwFsControlFile. PASSIVE_LEVEL. */
NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                                     PIO_STATUS_BLOCK IoStatus, ULONG Code, PVOID Input, ULONG InputBytes, PVOID Output,
                                     ULONG OutputBytes)
{
    return IopControl(Handle, Event, Apc, ApcContext, IoStatus, Code, Input, InputBytes, Output, OutputBytes,
                      IRP_MJ_DEVICE_CONTROL);
}

NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                                     PIO_STATUS_BLOCK IoStatus, ULONG Code, PVOID Input, ULONG InputBytes, PVOID Output,
                                     ULONG OutputBytes)
{
    return NtDeviceIoControlFile(Handle, Event, Apc, ApcContext, IoStatus, Code, Input, InputBytes, Output,
                                 OutputBytes);
}

NTSTATUS NTAPI ZwFsControlFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                               PIO_STATUS_BLOCK IoStatus, ULONG Code, PVOID Input, ULONG InputBytes, PVOID Output,
                               ULONG OutputBytes)
{
    return IopControl(Handle, Event, Apc, ApcContext, IoStatus, Code, Input, InputBytes, Output, OutputBytes,
                      IRP_MJ_FILE_SYSTEM_CONTROL);
}

static NTSTATUS IopTransfer(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                            PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length, PLARGE_INTEGER Offset, UCHAR Major)
{
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
    PKEVENT EventObject;
    PIRP Irp;
    NTSTATUS Status = IopReferenceFile(Handle, &File);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    EventObject = IopEventOf(Event);
    Device = IoGetRelatedDeviceObject(File);
    Irp =
        IoBuildAsynchronousFsdRequest(Major, Device, Buffer, Length, Offset ? Offset : &File->CurrentByteOffset, NULL);
    Status = Irp ? IopCallAndWait(Device, Irp, File, IoStatus) : STATUS_INSUFFICIENT_RESOURCES;
    return IopFinishRequest(File, EventObject, IoStatus, Status, Apc, ApcContext);
}

/* Microsoft: ZwReadFile, ZwWriteFile. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwReadFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext, PIO_STATUS_BLOCK IoStatus,
                          PVOID Buffer, ULONG Length, PLARGE_INTEGER Offset, PULONG Key)
{
    UNREFERENCED_PARAMETER(Key);
    return IopTransfer(Handle, Event, Apc, ApcContext, IoStatus, Buffer, Length, Offset, IRP_MJ_READ);
}

NTSTATUS NTAPI ZwWriteFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                           PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length, PLARGE_INTEGER Offset, PULONG Key)
{
    UNREFERENCED_PARAMETER(Key);
    return IopTransfer(Handle, Event, Apc, ApcContext, IoStatus, Buffer, Length, Offset, IRP_MJ_WRITE);
}

static NTSTATUS IopInformation(HANDLE Handle, PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length, ULONG Class,
                               UCHAR Major)
{
    IO_STACK_LOCATION Stack;
    PFILE_OBJECT File;
    NTSTATUS Status = IopReferenceFile(Handle, &File);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    memset(&Stack, 0, sizeof(Stack));
    Stack.MajorFunction = Major;
    Stack.Parameters.QueryFile.Length = Length;
    Stack.Parameters.QueryFile.FileInformationClass = (FILE_INFORMATION_CLASS)Class;
    Status = IopSendSynchronous(IoGetRelatedDeviceObject(File), File, &Stack, Buffer, IoStatus);
    return IopFinishRequest(File, NULL, IoStatus, Status, NULL, NULL);
}

/* Microsoft: ZwQueryInformationFile, ZwSetInformationFile, ZwQueryVolumeInformationFile. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwQueryInformationFile(HANDLE Handle, PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length,
                                      FILE_INFORMATION_CLASS Class)
{
    return IopInformation(Handle, IoStatus, Buffer, Length, Class, IRP_MJ_QUERY_INFORMATION);
}

NTSTATUS NTAPI ZwSetInformationFile(HANDLE Handle, PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length,
                                    FILE_INFORMATION_CLASS Class)
{
    return IopInformation(Handle, IoStatus, Buffer, Length, Class, IRP_MJ_SET_INFORMATION);
}

NTSTATUS NTAPI ZwQueryVolumeInformationFile(HANDLE Handle, PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length,
                                            FS_INFORMATION_CLASS Class)
{
    return IopInformation(Handle, IoStatus, Buffer, Length, Class, IRP_MJ_QUERY_VOLUME_INFORMATION);
}
