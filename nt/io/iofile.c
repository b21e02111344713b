/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iofile.c - file objects on devices. An open counts in the device's ReferenceCount, which defers its deletion and its
 * driver's unload; a device that is initialising or going cannot be opened.
 */
#include "ex.h"
#include "io.h"

/* One step: may the device be opened now? If so it counts as open. */
static NTSTATUS IopClaimDevice(PDEVICE_OBJECT Device)
{
    NTSTATUS Status = STATUS_SUCCESS;

    HvAtomicBegin();
    if (IopDeviceIsGoing(Device)) {
        Status = STATUS_NO_SUCH_DEVICE;
    } else if ((Device->Flags & DO_EXCLUSIVE) && Device->ReferenceCount != 0) {
        Status = STATUS_ACCESS_DENIED;
    } else {
        Device->ReferenceCount++;
    }
    HvAtomicEnd();
    return Status;
}

static PFILE_OBJECT IopMakeFile(PDEVICE_OBJECT Device, PCUNICODE_STRING Name, ULONG Options, PVOID Caller)
{
    PFILE_OBJECT File = ObAllocateObject(ObpFileType, sizeof(*File), NULL, Caller);

    if (!File) {
        return NULL;
    }
    memset(File, 0, sizeof(*File));
    File->Type = IO_TYPE_FILE;
    File->Size = sizeof(*File);
    File->DeviceObject = Device;
    File->Vpb = Device->Vpb;
    if (Options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) {
        File->Flags |= FO_SYNCHRONOUS_IO;
    }
    KeInitializeEvent(&File->Lock, SynchronizationEvent, FALSE);
    KeInitializeEvent(&File->Event, NotificationEvent, FALSE);
    if (Name->Length) {
        File->FileName.Buffer = ExpAllocateSystemPool(Name->Length + sizeof(WCHAR));
        File->FileName.Length = Name->Length;
        File->FileName.MaximumLength = (USHORT)(Name->Length + sizeof(WCHAR));
        memcpy(File->FileName.Buffer, Name->Buffer, Name->Length);
        File->FileName.Buffer[Name->Length / sizeof(WCHAR)] = 0;
    }
    return File;
}

/* Microsoft: IoGetRelatedDeviceObject. The top of the stack that serves the file. */
PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT File) { return IoGetAttachedDevice(File->DeviceObject); }

/* Exported: the lowest device of the file's stack. */
PDEVICE_OBJECT NTAPI IoGetBaseFileSystemDeviceObject(PFILE_OBJECT File) { return File->DeviceObject; }

static NTSTATUS IopSendCreate(PFILE_OBJECT File, ACCESS_MASK Access, ULONG Share, ULONG Disposition, ULONG Options,
                              PIO_STATUS_BLOCK IoStatus)
{
    IO_SECURITY_CONTEXT Security;
    IO_STACK_LOCATION Stack;

    memset(&Security, 0, sizeof(Security));
    memset(&Stack, 0, sizeof(Stack));
    Security.DesiredAccess = Access;
    Stack.MajorFunction = IRP_MJ_CREATE;
    Stack.Parameters.Create.SecurityContext = &Security;
    Stack.Parameters.Create.Options = Options | Disposition << 24;
    Stack.Parameters.Create.ShareAccess = (USHORT)Share;
    return IopSendSynchronous(IoGetRelatedDeviceObject(File), File, &Stack, NULL, IoStatus);
}

static NTSTATUS IopSendSimple(PFILE_OBJECT File, UCHAR Major)
{
    IO_STATUS_BLOCK IoStatus;
    IO_STACK_LOCATION Stack;

    memset(&Stack, 0, sizeof(Stack));
    Stack.MajorFunction = Major;
    return IopSendSynchronous(IoGetRelatedDeviceObject(File), File, &Stack, NULL, &IoStatus);
}

/* FO_FILE_OPEN marks a file whose create succeeded; here FO_OPENED stands for it. */
#define FO_OPENED FO_HANDLE_CREATED

/* Close method, the last handle is gone. */
VOID IopCloseFile(PVOID Object)
{
    PFILE_OBJECT File = Object;

    if ((File->Flags & FO_OPENED) && !(File->Flags & FO_CLEANUP_COMPLETE)) {
        IopSendSimple(File, IRP_MJ_CLEANUP);
        File->Flags |= FO_CLEANUP_COMPLETE;
    }
}

/* Delete method. */
VOID IopDeleteFile(PVOID Object)
{
    PFILE_OBJECT File = Object;

    if (File->Flags & FO_OPENED) {
        IopSendSimple(File, IRP_MJ_CLOSE);
    }
    if (File->DeviceObject) {
        IopDereferenceDeviceObject(File->DeviceObject);
    }
    if (File->FileName.Buffer) {
        ExpFreeSystemPool(File->FileName.Buffer);
    }
}

static NTSTATUS IopOpenDevice(PDEVICE_OBJECT Device, PCUNICODE_STRING Rest, ULONG Options, PFILE_OBJECT *File)
{
    NTSTATUS Status = IopClaimDevice(Device);

    if (NT_SUCCESS(Status)) {
        *File = IopMakeFile(Device, Rest, Options, NULL);
        if (!*File) {
            IopDereferenceDeviceObject(Device);
            Status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    return Status;
}

NTSTATUS IopOpenFile(PCUNICODE_STRING Path, ACCESS_MASK Access, ULONG ShareAccess, ULONG Disposition, ULONG Options,
                     PFILE_OBJECT *FileObject, PULONG_PTR Information)
{
    WCHAR Buffer[260];
    UNICODE_STRING Rest = {0, sizeof(Buffer), Buffer};
    IO_STATUS_BLOCK IoStatus;
    PDEVICE_OBJECT Device;
    PFILE_OBJECT File;
    NTSTATUS Status = ObpLookupPath(Path, ObpDeviceType, &Rest, (PVOID *)&Device);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IopOpenDevice(Device, &Rest, Options, &File);
    ObDereferenceObject(Device); /* now the open holds it */
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IopSendCreate(File, Access, ShareAccess, Disposition, Options, &IoStatus);
    if (!NT_SUCCESS(Status)) {
        ObDereferenceObject(File);
        return Status;
    }
    File->Flags |= FO_OPENED;
    *FileObject = File;
    if (Information) {
        *Information = IoStatus.Information;
    }
    return Status;
}

/*
 * Microsoft: IoGetDeviceObjectPointer. PASSIVE_LEVEL. The file object is referenced; dropping it closes the device. The
 * device, top of its stack, is not referenced by itself.
 */
NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING Name, ACCESS_MASK Access, PFILE_OBJECT *FileObject,
                                        PDEVICE_OBJECT *DeviceObject)
{
    NTSTATUS Status = IopOpenFile(Name, Access, 0, FILE_OPEN, FILE_NON_DIRECTORY_FILE, FileObject, NULL);

    if (NT_SUCCESS(Status)) {
        *DeviceObject = IoGetRelatedDeviceObject(*FileObject);
        IopCloseFile(*FileObject); /* as the handle that the real routine closes */
    }
    return Status;
}
