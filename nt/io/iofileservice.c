/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iofileservice.c - further requests on files: directories, flush, deletion, share access. */
#include "io.h"

/* Microsoft: ZwQueryDirectoryFile. Approximated: always synchronous, as the device answers. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwQueryDirectoryFile(HANDLE Handle, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                                    PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length, FILE_INFORMATION_CLASS Class,
                                    BOOLEAN SingleEntry, PUNICODE_STRING Name, BOOLEAN Restart)
{
    IO_STACK_LOCATION Stack;
    PFILE_OBJECT File;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpFileType, KernelMode, (PVOID *)&File, NULL);

    UNREFERENCED_PARAMETER(Event);
    UNREFERENCED_PARAMETER(Apc);
    UNREFERENCED_PARAMETER(ApcContext);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    memset(&Stack, 0, sizeof(Stack));
    Stack.MajorFunction = IRP_MJ_DIRECTORY_CONTROL;
    Stack.MinorFunction = IRP_MN_QUERY_DIRECTORY;
    Stack.Flags = (UCHAR)((SingleEntry ? SL_RETURN_SINGLE_ENTRY : 0) | (Restart ? SL_RESTART_SCAN : 0));
    Stack.Parameters.QueryDirectory.Length = Length;
    Stack.Parameters.QueryDirectory.FileName = (PVOID)Name;
    Stack.Parameters.QueryDirectory.FileInformationClass = Class;
    Status = IopSendSynchronous(IoGetRelatedDeviceObject(File), File, &Stack, Buffer, IoStatus);
    ObDereferenceObject(File);
    return Status;
}

/* Microsoft: ZwFlushBuffersFile. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwFlushBuffersFile(HANDLE Handle, PIO_STATUS_BLOCK IoStatus)
{
    IO_STACK_LOCATION Stack;
    PFILE_OBJECT File;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpFileType, KernelMode, (PVOID *)&File, NULL);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    memset(&Stack, 0, sizeof(Stack));
    Stack.MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    Status = IopSendSynchronous(IoGetRelatedDeviceObject(File), File, &Stack, NULL, IoStatus);
    ObDereferenceObject(File);
    return Status;
}

/* Microsoft: ZwDeleteFile: open for deletion, close. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwDeleteFile(POBJECT_ATTRIBUTES Attributes)
{
    PFILE_OBJECT File;
    NTSTATUS Status =
        IopOpenFile(Attributes->ObjectName, DELETE, FILE_SHARE_DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE, &File, NULL);

    if (NT_SUCCESS(Status)) {
        IopCloseFile(File);
        ObDereferenceObject(File);
    }
    return Status;
}

static VOID IopReadAccess(ACCESS_MASK Desired, ULONG Share, PFILE_OBJECT File)
{
    File->ReadAccess = (Desired & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
    File->WriteAccess = (Desired & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    File->DeleteAccess = (Desired & DELETE) != 0;
    File->SharedRead = (Share & FILE_SHARE_READ) != 0;
    File->SharedWrite = (Share & FILE_SHARE_WRITE) != 0;
    File->SharedDelete = (Share & FILE_SHARE_DELETE) != 0;
}

static BOOLEAN IopCountsForSharing(PFILE_OBJECT File)
{
    return File->ReadAccess || File->WriteAccess || File->DeleteAccess;
}

static VOID IopCountShare(PFILE_OBJECT File, PSHARE_ACCESS Access, ULONG Step)
{
    Access->OpenCount += Step;
    Access->Readers += File->ReadAccess ? Step : 0;
    Access->Writers += File->WriteAccess ? Step : 0;
    Access->Deleters += File->DeleteAccess ? Step : 0;
    Access->SharedRead += File->SharedRead ? Step : 0;
    Access->SharedWrite += File->SharedWrite ? Step : 0;
    Access->SharedDelete += File->SharedDelete ? Step : 0;
}

/*
 * Microsoft: IoSetShareAccess, IoUpdateShareAccess, IoRemoveShareAccess, IoCheckShareAccess. The caller has the lock.
 */
VOID NTAPI IoSetShareAccess(ACCESS_MASK Desired, ULONG Share, PFILE_OBJECT File, PSHARE_ACCESS Access)
{
    memset(Access, 0, sizeof(*Access));
    IopReadAccess(Desired, Share, File);
    if (IopCountsForSharing(File)) {
        IopCountShare(File, Access, 1);
    }
}

VOID NTAPI IoUpdateShareAccess(PFILE_OBJECT File, PSHARE_ACCESS Access)
{
    if (IopCountsForSharing(File)) {
        IopCountShare(File, Access, 1);
    }
}

VOID NTAPI IoRemoveShareAccess(PFILE_OBJECT File, PSHARE_ACCESS Access)
{
    if (IopCountsForSharing(File)) {
        IopCountShare(File, Access, (ULONG)-1);
    }
}

NTSTATUS NTAPI IoCheckShareAccess(ACCESS_MASK Desired, ULONG Share, PFILE_OBJECT File, PSHARE_ACCESS Access,
                                  BOOLEAN Update)
{
    IopReadAccess(Desired, Share, File);
    if (!IopCountsForSharing(File)) {
        return STATUS_SUCCESS;
    }
    if ((File->ReadAccess && Access->SharedRead < Access->OpenCount) ||
        (File->WriteAccess && Access->SharedWrite < Access->OpenCount) ||
        (File->DeleteAccess && Access->SharedDelete < Access->OpenCount) || (Access->Readers && !File->SharedRead) ||
        (Access->Writers && !File->SharedWrite) || (Access->Deleters && !File->SharedDelete)) {
        return STATUS_SHARING_VIOLATION;
    }
    if (Update) {
        IopCountShare(File, Access, 1);
    }
    return STATUS_SUCCESS;
}
