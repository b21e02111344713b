/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iocsq.c - cancel-safe queues (Microsoft: "Cancel-Safe IRP Queues"). The driver's lock callbacks protect everything; a
 * packet is owned by whoever takes its cancel routine away.
 */
#include "io.h"

static VOID NTAPI IopCsqCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_CSQ_IRP_CONTEXT Context = Irp->Tail.Overlay.DriverContext[3];
    PIO_CSQ Csq = Context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? Context->Csq : (PIO_CSQ)Context;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Csq->CsqAcquireLock(Csq, &Irql);
    Csq->CsqRemoveIrp(Csq, Irp);
    if ((PVOID)Context != (PVOID)Csq) {
        Context->Irp = NULL;
    }
    Csq->CsqReleaseLock(Csq, Irql);
    Csq->CsqCompleteCanceledIrp(Csq, Irp);
}

static NTSTATUS IopCsqSet(PIO_CSQ Csq, LONG Type, PVOID Insert, PIO_CSQ_REMOVE_IRP Remove, PIO_CSQ_PEEK_NEXT_IRP Peek,
                          PIO_CSQ_ACQUIRE_LOCK Acquire, PIO_CSQ_RELEASE_LOCK Release,
                          PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    Csq->Type = Type;
    Csq->CsqInsertIrp = (PIO_CSQ_INSERT_IRP)(ULONG_PTR)Insert;
    Csq->CsqRemoveIrp = Remove;
    Csq->CsqPeekNextIrp = Peek;
    Csq->CsqAcquireLock = Acquire;
    Csq->CsqReleaseLock = Release;
    Csq->CsqCompleteCanceledIrp = Complete;
    Csq->ReservePointer = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP Insert, PIO_CSQ_REMOVE_IRP Remove,
                               PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire, PIO_CSQ_RELEASE_LOCK Release,
                               PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    return IopCsqSet(Csq, IO_TYPE_CSQ, (PVOID)(ULONG_PTR)Insert, Remove, Peek, Acquire, Release, Complete);
}

NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX Insert, PIO_CSQ_REMOVE_IRP Remove,
                                 PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire, PIO_CSQ_RELEASE_LOCK Release,
                                 PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    return IopCsqSet(Csq, IO_TYPE_CSQ_EX, (PVOID)(ULONG_PTR)Insert, Remove, Peek, Acquire, Release, Complete);
}

/* Takes the cancel routine back: TRUE if the packet is now the caller's. */
static BOOLEAN IopCsqClaim(PIRP Irp) { return InterlockedExchangePointer((PVOID *)&Irp->CancelRoutine, NULL) != NULL; }

/* IRQL <= DISPATCH_LEVEL. */
NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    NTSTATUS Status = STATUS_SUCCESS;
    KIRQL Irql;

    Irp->Tail.Overlay.DriverContext[3] = Context ? (PVOID)Context : (PVOID)Csq;
    if (Context) {
        Context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
        Context->Irp = Irp;
        Context->Csq = Csq;
    }
    Csq->CsqAcquireLock(Csq, &Irql);
    if (Csq->Type == IO_TYPE_CSQ_EX) {
        Status = ((PIO_CSQ_INSERT_IRP_EX)(ULONG_PTR)Csq->CsqInsertIrp)(Csq, Irp, InsertContext);
        if (!NT_SUCCESS(Status)) {
            Csq->CsqReleaseLock(Csq, Irql);
            return Status;
        }
    } else {
        Csq->CsqInsertIrp(Csq, Irp);
    }
    IoMarkIrpPending(Irp);
    InterlockedExchangePointer((PVOID *)&Irp->CancelRoutine, (PVOID)(ULONG_PTR)IopCsqCancel);
    if (Irp->Cancel && IopCsqClaim(Irp)) {
        Csq->CsqRemoveIrp(Csq, Irp);
        if (Context) {
            Context->Irp = NULL;
        }
        Csq->CsqReleaseLock(Csq, Irql);
        Csq->CsqCompleteCanceledIrp(Csq, Irp);
        return Status;
    }
    Csq->CsqReleaseLock(Csq, Irql);
    return Status;
}

VOID NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    PIRP Irp = NULL;
    KIRQL Irql;

    Csq->CsqAcquireLock(Csq, &Irql);
    while ((Irp = Csq->CsqPeekNextIrp(Csq, Irp, PeekContext)) != NULL) {
        if (IopCsqClaim(Irp)) {
            PIO_CSQ_IRP_CONTEXT Context = Irp->Tail.Overlay.DriverContext[3];
            Csq->CsqRemoveIrp(Csq, Irp);
            if ((PVOID)Context != (PVOID)Csq) {
                Context->Irp = NULL;
            }
            Irp->Tail.Overlay.DriverContext[3] = NULL;
            break;
        }
    }
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}

PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    PIRP Irp;
    KIRQL Irql;

    Csq->CsqAcquireLock(Csq, &Irql);
    Irp = Context->Irp;
    if (Irp && IopCsqClaim(Irp)) {
        Csq->CsqRemoveIrp(Csq, Irp);
        Context->Irp = NULL;
        Irp->Tail.Overlay.DriverContext[3] = NULL;
    } else {
        Irp = NULL;
    }
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}
