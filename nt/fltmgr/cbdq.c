/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cbdq.c - callback data queues: the driver gives the queue and its lock, the filter manager the order of calls.
 * Operations cannot be cancelled here, so CompleteCanceledIo is never called.
 */
#include "fltp.h"

/* Microsoft: FltCbdqInitialize. Enabled at first. */
NTSTATUS FLTAPI FltCbdqInitialize(PFLT_INSTANCE Instance, PFLT_CALLBACK_DATA_QUEUE Cbdq,
                                  PFLT_CALLBACK_DATA_QUEUE_INSERT_IO CbdqInsertIo,
                                  PFLT_CALLBACK_DATA_QUEUE_REMOVE_IO CbdqRemoveIo,
                                  PFLT_CALLBACK_DATA_QUEUE_PEEK_NEXT_IO CbdqPeekNextIo,
                                  PFLT_CALLBACK_DATA_QUEUE_ACQUIRE CbdqAcquire,
                                  PFLT_CALLBACK_DATA_QUEUE_RELEASE CbdqRelease,
                                  PFLT_CALLBACK_DATA_QUEUE_COMPLETE_CANCELED_IO CbdqCompleteCanceledIo)
{
    Cbdq->Flags = 0;
    Cbdq->Instance = Instance;
    Cbdq->InsertIo = CbdqInsertIo;
    Cbdq->RemoveIo = CbdqRemoveIo;
    Cbdq->PeekNextIo = CbdqPeekNextIo;
    Cbdq->Acquire = CbdqAcquire;
    Cbdq->Release = CbdqRelease;
    Cbdq->CompleteCanceledIo = CbdqCompleteCanceledIo;
    return STATUS_SUCCESS;
}

static VOID FltpSetQueueFlags(PFLT_CALLBACK_DATA_QUEUE Cbdq, FLT_CALLBACK_DATA_QUEUE_FLAGS Flags)
{
    KIRQL Irql = PASSIVE_LEVEL;

    Cbdq->Acquire(Cbdq, &Irql);
    Cbdq->Flags = Flags;
    Cbdq->Release(Cbdq, Irql);
}

/* Microsoft: FltCbdqEnable, FltCbdqDisable. */
VOID FLTAPI FltCbdqEnable(PFLT_CALLBACK_DATA_QUEUE Cbdq) { FltpSetQueueFlags(Cbdq, 0); }

VOID FLTAPI FltCbdqDisable(PFLT_CALLBACK_DATA_QUEUE Cbdq)
{
    FltpSetQueueFlags(Cbdq, FLTFL_CALLBACK_DATA_QUEUE_DISABLED);
}

/* Microsoft: FltCbdqInsertIo. STATUS_FLT_CBDQ_DISABLED, or the status of the driver's InsertIo. */
NTSTATUS FLTAPI FltCbdqInsertIo(PFLT_CALLBACK_DATA_QUEUE Cbdq, PFLT_CALLBACK_DATA CallbackData,
                                PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    NTSTATUS Status = STATUS_FLT_CBDQ_DISABLED;
    KIRQL Irql = PASSIVE_LEVEL;

    Cbdq->Acquire(Cbdq, &Irql);
    if (!(Cbdq->Flags & FLTFL_CALLBACK_DATA_QUEUE_DISABLED)) {
        Status = Cbdq->InsertIo(Cbdq, CallbackData, InsertContext);
    }
    if (NT_SUCCESS(Status) && Context != NULL) {
        Context->Type = 1;
        Context->Irp = (PIRP)CallbackData;
    }
    Cbdq->Release(Cbdq, Irql);
    return Status;
}

static PFLT_CALLBACK_DATA FltpRemoveFromQueue(PFLT_CALLBACK_DATA_QUEUE Cbdq, PFLT_CALLBACK_DATA Data)
{
    if (Data != NULL) {
        Cbdq->RemoveIo(Cbdq, Data);
    }
    return Data;
}

/* Microsoft: FltCbdqRemoveIo: the one that Context was given for; NULL = it has left the queue. */
PFLT_CALLBACK_DATA FLTAPI FltCbdqRemoveIo(PFLT_CALLBACK_DATA_QUEUE Cbdq, PIO_CSQ_IRP_CONTEXT Context)
{
    PFLT_CALLBACK_DATA Data;
    KIRQL Irql = PASSIVE_LEVEL;

    Cbdq->Acquire(Cbdq, &Irql);
    Data = FltpRemoveFromQueue(Cbdq, (PFLT_CALLBACK_DATA)Context->Irp);
    Context->Irp = NULL;
    Cbdq->Release(Cbdq, Irql);
    return Data;
}

/* Microsoft: FltCbdqRemoveNextIo: the next one that the driver's PeekNextIo finds; NULL = none. */
PFLT_CALLBACK_DATA FLTAPI FltCbdqRemoveNextIo(PFLT_CALLBACK_DATA_QUEUE Cbdq, PVOID PeekContext)
{
    PFLT_CALLBACK_DATA Data;
    KIRQL Irql = PASSIVE_LEVEL;

    Cbdq->Acquire(Cbdq, &Irql);
    Data = FltpRemoveFromQueue(Cbdq, Cbdq->PeekNextIo(Cbdq, NULL, PeekContext));
    Cbdq->Release(Cbdq, Irql);
    return Data;
}
