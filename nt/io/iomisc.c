/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iomisc.c - small routines: the current thread, named events, error log, share access, names. */
#include "ex.h"
#include "io.h"
#include "ke.h"

/* Microsoft: IoGetTopLevelIrp, IoSetTopLevelIrp. */
PIRP NTAPI IoGetTopLevelIrp(VOID) { return KiThread()->TopLevelIrp; }
VOID NTAPI IoSetTopLevelIrp(PIRP Irp) { KiThread()->TopLevelIrp = Irp; }

/* Microsoft: IoGetStackLimits, IoGetInitialStack. */
VOID NTAPI IoGetStackLimits(PULONG_PTR Low, PULONG_PTR High)
{
    *Low = (ULONG_PTR)KiThread()->StackLimit;
    *High = (ULONG_PTR)KiThread()->StackBase;
}

PVOID NTAPI IoGetInitialStack(VOID) { return KiThread()->StackBase; }

/* Microsoft: IoIsSystemThread. */
BOOLEAN NTAPI IoIsSystemThread(PETHREAD Thread) { return ((PKTHREAD)Thread)->Role != ThreadUser; }

/* Microsoft: IoGetRequestorProcess, IoGetRequestorProcessId. */
PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp)
{
    return Irp->Tail.Overlay.Thread ? ((PKTHREAD)Irp->Tail.Overlay.Thread)->Process : NULL;
}

ULONG NTAPI IoGetRequestorProcessId(PIRP Irp)
{
    return Irp->Tail.Overlay.Thread ? (ULONG)(ULONG_PTR)((PKTHREAD)Irp->Tail.Overlay.Thread)->Cid[0] : 0;
}

BOOLEAN NTAPI IoIs32bitProcess(PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return FALSE;
}

BOOLEAN NTAPI IoSetThreadHardErrorMode(BOOLEAN Enable)
{
    UNREFERENCED_PARAMETER(Enable);
    return TRUE;
}

/* Microsoft: IoGetTransactionParameterBlock: no transactions here. */
PTXN_PARAMETER_BLOCK NTAPI IoGetTransactionParameterBlock(PFILE_OBJECT File)
{
    UNREFERENCED_PARAMETER(File);
    return NULL;
}

/* Microsoft: IoIsOperationSynchronous. */
BOOLEAN NTAPI IoIsOperationSynchronous(PIRP Irp)
{
    return (Irp->Flags & (IRP_SYNCHRONOUS_API | IRP_SYNCHRONOUS_PAGING_IO)) ||
           (Irp->Tail.Overlay.OriginalFileObject && (Irp->Tail.Overlay.OriginalFileObject->Flags & FO_SYNCHRONOUS_IO));
}

static KSPIN_LOCK IopVpbSpinLock;

/* Microsoft: IoAcquireVpbSpinLock, IoReleaseVpbSpinLock. */
VOID NTAPI IoAcquireVpbSpinLock(PKIRQL Irql)
{
    *Irql = KiIrql();
    KiSetIrql(DISPATCH_LEVEL);
    KiAcquireSpinLock(&IopVpbSpinLock);
}

VOID NTAPI IoReleaseVpbSpinLock(KIRQL Irql)
{
    KiReleaseSpinLock(&IopVpbSpinLock);
    KiSetIrql(Irql);
}

static PKEVENT IopNamedEvent(PUNICODE_STRING Name, PHANDLE Handle, EVENT_TYPE Type, PVOID Caller)
{
    POBJECT_DIRECTORY Directory;
    UNICODE_STRING Last;
    PKEVENT Event;

    if (!NT_SUCCESS(ObpLookupPath(Name, ObpEventType, NULL, (PVOID *)&Event))) {
        if (!NT_SUCCESS(ObpParsePath(Name, &Directory, &Last))) {
            return NULL;
        }
        Event = ObAllocateObject(ObpEventType, sizeof(*Event), &Last, Caller);
        if (!Event) {
            return NULL;
        }
        KeInitializeEvent(Event, Type, TRUE);
        ObpInsertName(Event, Directory);
    }
    if (!NT_SUCCESS(ObpCreateHandle(Event, OBJ_KERNEL_HANDLE, Caller, Handle))) {
        ObDereferenceObject(Event);
        return NULL;
    }
    ObDereferenceObject(Event); /* the handle keeps it */
    return Event;
}

/* Microsoft: IoCreateNotificationEvent, IoCreateSynchronizationEvent. PASSIVE_LEVEL. Signalled when new. */
PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING Name, PHANDLE Handle)
{
    return IopNamedEvent(Name, Handle, NotificationEvent, __builtin_return_address(0));
}

PKEVENT NTAPI IoCreateSynchronizationEvent(PUNICODE_STRING Name, PHANDLE Handle)
{
    return IopNamedEvent(Name, Handle, SynchronizationEvent, __builtin_return_address(0));
}

/* Microsoft: IoAllocateErrorLogEntry: there is no log; NULL means that none could be had. */
PVOID NTAPI IoAllocateErrorLogEntry(PVOID IoObject, UCHAR Size)
{
    UNREFERENCED_PARAMETER(IoObject);
    UNREFERENCED_PARAMETER(Size);
    return NULL;
}

VOID NTAPI IoWriteErrorLogEntry(PVOID Entry) { UNREFERENCED_PARAMETER(Entry); }
VOID NTAPI IoFreeErrorLogEntry(PVOID Entry) { UNREFERENCED_PARAMETER(Entry); }

/* Microsoft: IoWMIRegistrationControl. Approximated: accepted, never called. */
NTSTATUS NTAPI IoWMIRegistrationControl(PDEVICE_OBJECT Device, ULONG Action)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Action);
    return STATUS_SUCCESS;
}

/* Microsoft: IoVolumeDeviceToDosName. The caller frees the buffer. Approximated: every volume is C:. */
NTSTATUS NTAPI IoVolumeDeviceToDosName(PVOID VolumeDevice, PUNICODE_STRING DosName)
{
    UNREFERENCED_PARAMETER(VolumeDevice);
    DosName->Buffer = ExAllocatePoolWithTag(PagedPool, 3 * sizeof(WCHAR), 0x6E446F49 /* IoDn */);
    if (!DosName->Buffer) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(DosName->Buffer, L"C:", 3 * sizeof(WCHAR));
    DosName->Length = 2 * sizeof(WCHAR);
    DosName->MaximumLength = 3 * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* Microsoft: IoRegisterFsRegistrationChange(Ex), IoUnregister...: approximated: file systems neither come nor go. */
NTSTATUS NTAPI IoRegisterFsRegistrationChange(PDRIVER_OBJECT Driver, PDRIVER_FS_NOTIFICATION Routine)
{
    UNREFERENCED_PARAMETER(Routine);
    ObReferenceObject(Driver);
    return STATUS_SUCCESS;
}

VOID NTAPI IoUnregisterFsRegistrationChange(PDRIVER_OBJECT Driver, PDRIVER_FS_NOTIFICATION Routine)
{
    UNREFERENCED_PARAMETER(Routine);
    ObDereferenceObject(Driver);
}

typedef struct _IOP_SAFE_COMPLETION {
    PDEVICE_OBJECT Device;
    PIO_COMPLETION_ROUTINE Routine;
    PVOID Context;
} IOP_SAFE_COMPLETION, *PIOP_SAFE_COMPLETION;

static NTSTATUS NTAPI IopUnloadSafeCompletion(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PIOP_SAFE_COMPLETION Safe = Context;
    PDEVICE_OBJECT Held = Safe->Device;
    NTSTATUS Status = Safe->Routine(Device, Irp, Safe->Context);

    ExpFreeSystemPool(Safe);
    ObDereferenceObject(Held);
    return Status;
}

/* Microsoft: IoSetCompletionRoutineEx: the device, and so the driver, stays until the routine has returned. */
NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT Device, PIRP Irp, PIO_COMPLETION_ROUTINE Routine, PVOID Context,
                                        BOOLEAN OnSuccess, BOOLEAN OnError, BOOLEAN OnCancel)
{
    PIOP_SAFE_COMPLETION Safe = ExpAllocateSystemPool(sizeof(*Safe));

    if (!Safe) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ObReferenceObject(Device);
    Safe->Device = Device;
    Safe->Routine = Routine;
    Safe->Context = Context;
    IoSetCompletionRoutine(Irp, IopUnloadSafeCompletion, Safe, OnSuccess, OnError, OnCancel);
    return STATUS_SUCCESS;
}
