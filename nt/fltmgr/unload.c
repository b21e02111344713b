/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unload.c - the two ways in which a minifilter is unloaded.
 *
 *   fltmc unload, FilterUnload, FltUnloadFilter          sc stop, NtUnloadDriver
 *   (not mandatory: the callback may refuse)             (mandatory: it may not)
 *
 *   FltpMsgUnloadFilter / FltUnloadFilter                nt!IopLoadUnloadDriver
 *     queue to a delayed worker, wait                      |
 *   FltpSyncOpWorker                                     FltpMiniFilterDriverUnload  (= DriverObject->DriverUnload)
 *     FltpDoUnloadFilter(0)                                FltpDoUnloadFilter(FLTFL_FILTER_UNLOAD_MANDATORY)
 *       the driver's FilterUnloadCallback                    the driver's FilterUnloadCallback
 *       ZwUnloadDriver  ---> ... FltpMiniFilterDriverUnload  the DriverUnload that the driver had before
 *
 * So on the left the callback runs before the I/O manager is asked anything: open handles, DRVO_UNLOAD_INVOKED and
 * DRVO_INITIALIZED do not matter to it. (Stacks: OSR "One Driver: Loading and Unloading... At The Same Time", public
 * dumps of Windows Vista to 11; that the left route ends in ZwUnloadDriver is model switch fltmc-unload.)
 */
#include "fltp.h"

typedef struct _FLTP_SYNC_OP {
    WORK_QUEUE_ITEM WorkItem;
    KEVENT Done;
    PFLT_FILTER Filter;
    NTSTATUS Status;
} FLTP_SYNC_OP, *PFLTP_SYNC_OP;

/* Model switch unload-lock=held: one lock around every unload callback and FltRegisterFilter. */
VOID FltpLockUnload(VOID)
{
    if (NtModel.UnloadLock == UNLOAD_LOCK_HELD) {
        KiAcquireWord(&FltpUnloadLock);
    }
}

VOID FltpUnlockUnload(VOID)
{
    if (NtModel.UnloadLock == UNLOAD_LOCK_HELD) {
        KiReleaseWord(&FltpUnloadLock);
    }
}

/*
 * Unloads of one filter come one after the other; one that comes later finds it gone, or refused. (Windows has a
 * FilterUnloadLock per frame; what it covers is not known.)
 */
static VOID FltpBeginCallback(PFLT_FILTER Filter)
{
    HvWaitWord(&Filter->UnloadBusy, sizeof(Filter->UnloadBusy), HV_EQ, 0, 0, Filter);
    Filter->UnloadBusy = 1;
    HvAtomicEnd();
    FltpLockUnload();
}

static VOID FltpEndCallback(PFLT_FILTER Filter)
{
    FltpUnlockUnload();
    Filter->UnloadBusy = 0;
}

/*
 * ZwUnloadDriver wants the service key. DriverUnload may be NULL by DO_NOT_SUPPORT_SERVICE_STOP: this is no service
 * stop.
 */
static VOID FltpUnloadDriver(PFLT_FILTER Filter, PDRIVER_OBJECT DriverObject)
{
    WCHAR Buffer[128];
    UNICODE_STRING Path = {0, sizeof(Buffer), Buffer};

    if (Filter->Flags & FLTFL_NO_SERVICE_STOP) {
        DriverObject->DriverUnload = FltpMiniFilterDriverUnload;
    }
    if (NT_SUCCESS(RtlAppendUnicodeToString(&Path, CM_SERVICES)) &&
        NT_SUCCESS(RtlAppendUnicodeStringToString(&Path, &Filter->Name))) {
        ZwUnloadDriver(&Path);
    }
}

/*
 * Ask the driver. Its answer counts only if the request is not mandatory ("When the FilterUnloadCallback Routine Is
 * Called"). STATUS_FLT_DELETING_OBJECT: the filter is being torn down already, the driver is not asked.
 */
static FLTP_NOINLINE NTSTATUS FltpDoUnloadFilter(PFLT_FILTER Filter, FLT_FILTER_UNLOAD_FLAGS Flags)
{
    PDRIVER_OBJECT DriverObject = Filter->DriverObject;
    BOOLEAN Mandatory = (Flags & FLTFL_FILTER_UNLOAD_MANDATORY) != 0;
    NTSTATUS Status = STATUS_SUCCESS;

    ObfReferenceObject(DriverObject);
    FltpBeginCallback(Filter);
    if (Filter->Base.Flags & FLT_OBFL_DRAINING || Filter->Flags & FLTFL_UNLOAD_CALLBACK_DONE) {
        Status = STATUS_FLT_DELETING_OBJECT;
    } else if (Filter->FilterUnload == NULL) {
        Status = STATUS_FLT_DO_NOT_DETACH;
    } else {
        if (Mandatory) {
            InterlockedOr(&Filter->Flags, FLTFL_MANDATORY_UNLOAD_IN_PROGRESS);
        }
        Status = Filter->FilterUnload(Flags);
        if (Mandatory || NT_SUCCESS(Status)) {
            InterlockedOr(&Filter->Flags, FLTFL_UNLOAD_CALLBACK_DONE);
            Status = STATUS_SUCCESS;
        }
    }
    FltpEndCallback(Filter);
    if (NT_SUCCESS(Status) && !Mandatory && NtModel.FltmcUnload == FLTMC_UNLOAD_DRIVER) {
        FltpUnloadDriver(Filter, DriverObject);
    }
    ObfDereferenceObject(DriverObject);
    return Status;
}

/* Windows 8, win8-serialise=defer: the load has ended, now the unload may go on. */
static VOID FltpDeferredUnload(PDRIVER_OBJECT DriverObject, PVOID Context)
{
    PFLT_FILTER Filter = Context;

    UNREFERENCED_PARAMETER(DriverObject);
    FltpDoUnloadFilter(Filter, 0);
    FltpObjectPointerDereference(Filter);
}

/*
 * Windows 8 keeps the request apart from the driver's load (model switch win8-serialise). A filter that does not drain
 * yet has its driver: one step finds that out and references it.
 */
static NTSTATUS FltpSerialisedUnload(PFLT_FILTER Filter)
{
    PDRIVER_OBJECT DriverObject = Filter->DriverObject;
    NTSTATUS Status = STATUS_FLT_DELETING_OBJECT;

    HvAtomicBegin();
    if (!(Filter->Base.Flags & FLT_OBFL_DRAINING)) {
        ObfReferenceObject(DriverObject);
        Status = STATUS_SUCCESS;
    }
    HvAtomicEnd();
    if (Status != STATUS_SUCCESS) {
        return Status;
    }
    Status = IopBeginUnload(DriverObject, FltpDeferredUnload, Filter);
    if (Status == STATUS_SUCCESS) {
        Status = FltpDoUnloadFilter(Filter, 0);
        IopEndUnload(DriverObject);
    }
    ObfDereferenceObject(DriverObject);
    return Status;
}

/* Delayed worker: one request to unload, not mandatory. */
static VOID NTAPI FltpSyncOpWorker(PVOID Context)
{
    PFLTP_SYNC_OP Op = Context;

    Op->Status = NtModel.Os < MODEL_WIN8 ? FltpDoUnloadFilter(Op->Filter, 0) : FltpSerialisedUnload(Op->Filter);
    KeSetEvent(&Op->Done, IO_NO_INCREMENT, FALSE);
}

/*
 * The common part of both requests: find, queue, wait. The reference keeps the FLT_FILTER until the unload is over. The
 * driver object is referenced by FltpDoUnloadFilter (so the order of calls in Windows 10 and 11, by names), which may be
 * long after; whether something else keeps it until then is not known: model switch unload-reference.
 */
static NTSTATUS FltpUnloadByName(PCUNICODE_STRING FilterName)
{
    FLTP_SYNC_OP Op;
    PDRIVER_OBJECT DriverObject;
    NTSTATUS Status = FltpReferenceActiveFilter(FilterName, &Op.Filter);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    DriverObject = Op.Filter->DriverObject;
    KeInitializeEvent(&Op.Done, NotificationEvent, FALSE);
    ExInitializeWorkItem(&Op.WorkItem, FltpSyncOpWorker, &Op);
    ExQueueWorkItem(&Op.WorkItem, DelayedWorkQueue);
    KeWaitForSingleObject(&Op.Done, Executive, KernelMode, FALSE, NULL);
    if (Op.Status != STATUS_PENDING) {
        FltpObjectPointerDereference(Op.Filter);
    }
    if (NtModel.UnloadReference == UNLOAD_REFERENCE_FOUND) {
        ObfDereferenceObject(DriverObject);
    }
    return Op.Status;
}

/*
 * What FilterUnload and fltmc reach in the kernel: the unload request of the filter manager's message device. Exported
 * for the session. STATUS_FLT_FILTER_NOT_FOUND, STATUS_FLT_DELETING_OBJECT, or the driver's refusal. PASSIVE_LEVEL.
 */
NTSTATUS NTAPI FltpMsgUnloadFilter(PCUNICODE_STRING FilterName) { return FltpUnloadByName(FilterName); }

/* Microsoft: FltUnloadFilter. As above, for kernel callers; not for a minifilter to unload itself. PASSIVE_LEVEL. */
NTSTATUS FLTAPI FltUnloadFilter(PCUNICODE_STRING FilterName) { return FltpUnloadByName(FilterName); }

/*
 * Microsoft: FltLoadFilter: loads the minifilter's driver by its service name. Status of ZwLoadDriver. PASSIVE_LEVEL.
 */
NTSTATUS FLTAPI FltLoadFilter(PCUNICODE_STRING FilterName)
{
    WCHAR Buffer[128];
    UNICODE_STRING Path = {0, sizeof(Buffer), Buffer};
    NTSTATUS Status = RtlAppendUnicodeToString(&Path, CM_SERVICES);

    if (NT_SUCCESS(Status)) {
        Status = RtlAppendUnicodeStringToString(&Path, FilterName);
    }
    return NT_SUCCESS(Status) ? ZwLoadDriver(&Path) : STATUS_INVALID_PARAMETER;
}

/*
 * DriverUnload of every minifilter that can be stopped. If the callback has run already (the fltmc route, which ends
 * here too), only the DriverUnload that the driver had set before FltRegisterFilter is left to call.
 */
VOID NTAPI FltpMiniFilterDriverUnload(PDRIVER_OBJECT DriverObject)
{
    PDRIVER_UNLOAD OldDriverUnload = NULL;
    PFLT_FILTER Filter = FltpReferenceFilterByDriver(DriverObject);

    if (Filter != NULL) {
        FltpDoUnloadFilter(Filter, FLTFL_FILTER_UNLOAD_MANDATORY);
        OldDriverUnload = Filter->OldDriverUnload;
        FltpObjectPointerDereference(Filter);
    }
    if (OldDriverUnload != NULL) {
        OldDriverUnload(DriverObject);
    }
}
