/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.c - files as a minifilter opens and uses them. The volume is empty and has no file system behind it: only the
 * volume itself can be opened, and every request to it fails as a device's does that knows the request not.
 */
#include "fltp.h"

#define FLTP_NO_FILE_SYSTEM STATUS_INVALID_DEVICE_REQUEST

/*
 * Microsoft: FltCreateFileEx. Sent to the top of the stack, which is the same as below the instance while no operation
 * is delivered to filters. Status of ZwCreateFile. IRQL PASSIVE_LEVEL.
 */
NTSTATUS FLTAPI FltCreateFileEx(PFLT_FILTER Filter, PFLT_INSTANCE Instance, PHANDLE FileHandle,
                                PFILE_OBJECT *FileObject, ACCESS_MASK DesiredAccess,
                                POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                                PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                                ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                                ULONG Flags)
{
    NTSTATUS Status = ZwCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, AllocationSize,
                                   FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer, EaLength);

    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(Flags);
    if (NT_SUCCESS(Status) && FileObject != NULL) {
        Status = ObReferenceObjectByHandle(*FileHandle, 0, NULL, KernelMode, (PVOID *)FileObject, NULL);
    }
    return Status;
}

/* Microsoft: FltCreateFileEx2: with extra create parameters, which nobody would read. */
NTSTATUS FLTAPI FltCreateFileEx2(PFLT_FILTER Filter, PFLT_INSTANCE Instance, PHANDLE FileHandle,
                                 PFILE_OBJECT *FileObject, ACCESS_MASK DesiredAccess,
                                 POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                                 PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                                 ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                                 ULONG Flags, PIO_DRIVER_CREATE_CONTEXT DriverContext)
{
    UNREFERENCED_PARAMETER(DriverContext);
    return FltCreateFileEx(Filter, Instance, FileHandle, FileObject, DesiredAccess, ObjectAttributes, IoStatusBlock,
                           AllocationSize, FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer,
                           EaLength, Flags);
}

/* Microsoft: FltCreateFile. */
NTSTATUS FLTAPI FltCreateFile(PFLT_FILTER Filter, PFLT_INSTANCE Instance, PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                              PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                              ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength, ULONG Flags)
{
    return FltCreateFileEx(Filter, Instance, FileHandle, NULL, DesiredAccess, ObjectAttributes, IoStatusBlock,
                           AllocationSize, FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer,
                           EaLength, Flags);
}

/* Microsoft: FltClose. IRQL PASSIVE_LEVEL. */
NTSTATUS FLTAPI FltClose(HANDLE FileHandle) { return ZwClose(FileHandle); }

/* Microsoft: FltCancelFileOpen: for a post-create callback; no create is delivered. */
VOID FLTAPI FltCancelFileOpen(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
}

static NTSTATUS FltpTransfer(PULONG Bytes)
{
    if (Bytes != NULL) {
        *Bytes = 0;
    }
    return FLTP_NO_FILE_SYSTEM;
}

NTSTATUS FLTAPI FltReadFile(PFLT_INSTANCE InitiatingInstance, PFILE_OBJECT FileObject, PLARGE_INTEGER ByteOffset,
                            ULONG Length, PVOID Buffer, FLT_IO_OPERATION_FLAGS Flags, PULONG BytesRead,
                            PFLT_COMPLETED_ASYNC_IO_CALLBACK CallbackRoutine, PVOID CallbackContext)
{
    UNREFERENCED_PARAMETER(InitiatingInstance);
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(ByteOffset);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(CallbackRoutine);
    UNREFERENCED_PARAMETER(CallbackContext);
    return FltpTransfer(BytesRead);
}

NTSTATUS FLTAPI FltWriteFile(PFLT_INSTANCE InitiatingInstance, PFILE_OBJECT FileObject, PLARGE_INTEGER ByteOffset,
                             ULONG Length, PVOID Buffer, FLT_IO_OPERATION_FLAGS Flags, PULONG BytesWritten,
                             PFLT_COMPLETED_ASYNC_IO_CALLBACK CallbackRoutine, PVOID CallbackContext)
{
    return FltReadFile(InitiatingInstance, FileObject, ByteOffset, Length, Buffer, Flags, BytesWritten, CallbackRoutine,
                       CallbackContext);
}

NTSTATUS FLTAPI FltQueryInformationFile(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject, PVOID FileInformation,
                                        ULONG Length, FILE_INFORMATION_CLASS FileInformationClass,
                                        PULONG LengthReturned)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(FileInformation);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(FileInformationClass);
    return FltpTransfer(LengthReturned);
}

NTSTATUS FLTAPI FltSetInformationFile(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject, PVOID FileInformation,
                                      ULONG Length, FILE_INFORMATION_CLASS FileInformationClass)
{
    return FltQueryInformationFile(Instance, FileObject, FileInformation, Length, FileInformationClass, NULL);
}

NTSTATUS FLTAPI FltQueryVolumeInformation(PFLT_INSTANCE Instance, PIO_STATUS_BLOCK Iosb, PVOID FsInformation,
                                          ULONG Length, FS_INFORMATION_CLASS FsInformationClass)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FsInformation);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(FsInformationClass);
    Iosb->Status = FLTP_NO_FILE_SYSTEM;
    Iosb->Information = 0;
    return FLTP_NO_FILE_SYSTEM;
}

NTSTATUS FLTAPI FltFlushBuffers(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
    return FLTP_NO_FILE_SYSTEM;
}

NTSTATUS FLTAPI FltFsControlFile(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject, ULONG FsControlCode,
                                 PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                                 ULONG OutputBufferLength, PULONG LengthReturned)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(FsControlCode);
    UNREFERENCED_PARAMETER(InputBuffer);
    UNREFERENCED_PARAMETER(InputBufferLength);
    UNREFERENCED_PARAMETER(OutputBuffer);
    UNREFERENCED_PARAMETER(OutputBufferLength);
    return FltpTransfer(LengthReturned);
}

NTSTATUS FLTAPI FltDeviceIoControlFile(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject, ULONG IoControlCode,
                                       PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                                       ULONG OutputBufferLength, PULONG LengthReturned)
{
    return FltFsControlFile(Instance, FileObject, IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                            OutputBufferLength, LengthReturned);
}

/* Microsoft: FltIsDirectory: the volume itself is none. */
NTSTATUS FLTAPI FltIsDirectory(PFILE_OBJECT FileObject, PFLT_INSTANCE Instance, PBOOLEAN IsDirectory)
{
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(Instance);
    *IsDirectory = FALSE;
    return STATUS_SUCCESS;
}

/* Microsoft: FltInitializeOplock, FltUninitializeOplock: nothing is opened, so nothing has an oplock. */
VOID FLTAPI FltInitializeOplock(POPLOCK Oplock) { *Oplock = NULL; }

VOID FLTAPI FltUninitializeOplock(POPLOCK Oplock) { *Oplock = NULL; }

/* Microsoft: FltCancellableWaitForSingleObject: the wait; operations that could be cancelled are not delivered. */
NTSTATUS FLTAPI FltCancellableWaitForSingleObject(PVOID Object, PLARGE_INTEGER Timeout, PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, Timeout);
}
