/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data.c - callback data. No operation is delivered to filters yet, so the only callback data there is is what a filter
 * allocates for a request of its own; and the volume has no file system to answer it.
 */
#include "fltp.h"
#include "vf.h"

typedef struct _FLTP_REQUEST {
    FLT_CALLBACK_DATA Data;
    FLT_IO_PARAMETER_BLOCK Iopb;
    PFLT_INSTANCE Instance; /* rundown reference */
} FLTP_REQUEST, *PFLTP_REQUEST;

static VOID FltpFillRequest(PFLTP_REQUEST Request, PFLT_INSTANCE Instance, PFILE_OBJECT FileObject)
{
    RtlZeroMemory(Request, sizeof(*Request));
    *(PETHREAD *)(ULONG_PTR)&Request->Data.Thread = PsGetCurrentThread();
    *(PFLT_IO_PARAMETER_BLOCK *)(ULONG_PTR)&Request->Data.Iopb = &Request->Iopb;
    Request->Data.Flags = FLTFL_CALLBACK_DATA_IRP_OPERATION | FLTFL_CALLBACK_DATA_GENERATED_IO;
    Request->Data.RequestorMode = KernelMode;
    Request->Iopb.TargetFileObject = FileObject;
    Request->Iopb.TargetInstance = Instance;
    Request->Instance = Instance;
}

/* Microsoft: FltAllocateCallbackData. Holds a rundown reference on the instance until freed. IRQL <= DISPATCH_LEVEL. */
NTSTATUS FLTAPI FltAllocateCallbackData(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject,
                                        PFLT_CALLBACK_DATA *RetNewCallbackData)
{
    PFLTP_REQUEST Request;
    NTSTATUS Status = FltObjectReference(Instance);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Request = ExpAllocateSystemPool(sizeof(*Request));
    if (Request == NULL) {
        FltObjectDereference(Instance);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FltpFillRequest(Request, Instance, FileObject);
    *RetNewCallbackData = &Request->Data;
    return STATUS_SUCCESS;
}

/* Microsoft: FltFreeCallbackData. */
VOID FLTAPI FltFreeCallbackData(PFLT_CALLBACK_DATA CallbackData)
{
    PFLTP_REQUEST Request = CONTAINING_RECORD(CallbackData, FLTP_REQUEST, Data);
    PFLT_INSTANCE Instance = Request->Instance;

    ExpFreeSystemPool(Request);
    FltObjectDereference(Instance);
}

/* Microsoft: FltReuseCallbackData. */
VOID FLTAPI FltReuseCallbackData(PFLT_CALLBACK_DATA CallbackData)
{
    PFLTP_REQUEST Request = CONTAINING_RECORD(CallbackData, FLTP_REQUEST, Data);
    FltpFillRequest(Request, Request->Instance, Request->Iopb.TargetFileObject);
}

static VOID FltpFailRequest(PFLT_CALLBACK_DATA CallbackData)
{
    CallbackData->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    CallbackData->IoStatus.Information = 0;
}

/* Microsoft: FltPerformSynchronousIo. */
VOID FLTAPI FltPerformSynchronousIo(PFLT_CALLBACK_DATA CallbackData) { FltpFailRequest(CallbackData); }

/* Microsoft: FltPerformAsynchronousIo: completed at once, by the callback. */
NTSTATUS FLTAPI FltPerformAsynchronousIo(PFLT_CALLBACK_DATA CallbackData,
                                         PFLT_COMPLETED_ASYNC_IO_CALLBACK CallbackRoutine, PVOID CallbackContext)
{
    FltpFailRequest(CallbackData);
    CallbackRoutine(CallbackData, CallbackContext);
    return STATUS_PENDING;
}

/* Microsoft: FltReissueSynchronousIo. */
VOID FLTAPI FltReissueSynchronousIo(PFLT_INSTANCE InitiatingInstance, PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(InitiatingInstance);
    FltpFailRequest(CallbackData);
}

/* Microsoft: FltSetCallbackDataDirty, FltClearCallbackDataDirty, FltIsCallbackDataDirty. */
VOID FLTAPI FltSetCallbackDataDirty(PFLT_CALLBACK_DATA Data) { Data->Flags |= FLTFL_CALLBACK_DATA_DIRTY; }

VOID FLTAPI FltClearCallbackDataDirty(PFLT_CALLBACK_DATA Data) { Data->Flags &= ~FLTFL_CALLBACK_DATA_DIRTY; }

BOOLEAN FLTAPI FltIsCallbackDataDirty(PFLT_CALLBACK_DATA Data)
{
    return (Data->Flags & FLTFL_CALLBACK_DATA_DIRTY) != 0;
}

/*
 * Microsoft: FltIsOperationSynchronous: IRPs by the file object's mode, fast I/O and file-system filter requests
 * always.
 */
BOOLEAN FLTAPI FltIsOperationSynchronous(PFLT_CALLBACK_DATA CallbackData)
{
    PFLT_IO_PARAMETER_BLOCK Iopb = CallbackData->Iopb;

    if (!FLT_IS_IRP_OPERATION(CallbackData) || Iopb->IrpFlags & (IRP_SYNCHRONOUS_API | IRP_SYNCHRONOUS_PAGING_IO)) {
        return TRUE;
    }
    return Iopb->TargetFileObject != NULL && (Iopb->TargetFileObject->Flags & FO_SYNCHRONOUS_IO) != 0;
}

/* Microsoft: FltIs32bitProcess: everything here is native. */
BOOLEAN FLTAPI FltIs32bitProcess(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return FALSE;
}

/* Microsoft: FltGetRequestorProcess, FltGetRequestorProcessId. */
PEPROCESS FLTAPI FltGetRequestorProcess(PFLT_CALLBACK_DATA CallbackData)
{
    return CallbackData->Thread != NULL ? IoThreadToProcess(CallbackData->Thread) : NULL;
}

ULONG FLTAPI FltGetRequestorProcessId(PFLT_CALLBACK_DATA CallbackData)
{
    PEPROCESS Process = FltGetRequestorProcess(CallbackData);
    return Process != NULL ? HandleToULong(PsGetProcessId(Process)) : 0;
}

/* Microsoft: FltDoCompletionProcessingWhenSafe: below DISPATCH_LEVEL it is safe now. */
BOOLEAN FLTAPI FltDoCompletionProcessingWhenSafe(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS FltObjects,
                                                 PVOID CompletionContext, FLT_POST_OPERATION_FLAGS Flags,
                                                 PFLT_POST_OPERATION_CALLBACK SafePostCallback,
                                                 PFLT_POSTOP_CALLBACK_STATUS RetPostOperationStatus)
{
    *RetPostOperationStatus = FLT_POSTOP_FINISHED_PROCESSING;
    if (KiIrql() >= DISPATCH_LEVEL) {
        return FALSE;
    }
    *RetPostOperationStatus = SafePostCallback(Data, FltObjects, CompletionContext, Flags);
    return TRUE;
}

/* Microsoft: FltCompletePendedPreOperation, FltCompletePendedPostOperation. Nothing can have been pended. */
VOID FLTAPI FltCompletePendedPreOperation(PFLT_CALLBACK_DATA CallbackData, FLT_PREOP_CALLBACK_STATUS CallbackStatus,
                                          PVOID Context)
{
    UNREFERENCED_PARAMETER(CallbackStatus);
    UNREFERENCED_PARAMETER(Context);
    VfMisuse("FltCompletePendedPreOperation: no such operation", (ULONG_PTR)CallbackData, 0,
             __builtin_return_address(0));
}

VOID FLTAPI FltCompletePendedPostOperation(PFLT_CALLBACK_DATA CallbackData)
{
    VfMisuse("FltCompletePendedPostOperation: no such operation", (ULONG_PTR)CallbackData, 0,
             __builtin_return_address(0));
}

/* Microsoft: FltRequestOperationStatusCallback: accepted; nothing is ever sent down whose status could be reported. */
NTSTATUS FLTAPI FltRequestOperationStatusCallback(PFLT_CALLBACK_DATA Data,
                                                  PFLT_GET_OPERATION_STATUS_CALLBACK CallbackRoutine,
                                                  PVOID RequesterContext)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(CallbackRoutine);
    UNREFERENCED_PARAMETER(RequesterContext);
    return STATUS_SUCCESS;
}

/* Microsoft: FltLockUserBuffer: kernel buffers only, so there is nothing to lock. */
NTSTATUS FLTAPI FltLockUserBuffer(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return STATUS_SUCCESS;
}

/* Microsoft: FltGetSwappedBufferMdlAddress, FltRetainSwappedBufferMdlAddress: no buffer was swapped. */
PVOID FLTAPI FltGetSwappedBufferMdlAddress(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return NULL;
}

VOID FLTAPI FltRetainSwappedBufferMdlAddress(PFLT_CALLBACK_DATA CallbackData) { UNREFERENCED_PARAMETER(CallbackData); }
