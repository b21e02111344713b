/* SPDX-License-Identifier: MIT */
/* worker.h - one system thread and its orderly stop. Whoever includes it writes WorkerThread. */
#ifndef FAULT_WORKER_H
#define FAULT_WORKER_H

#include "fault.h"

static KEVENT WorkerStop;     /* initialise before StartWorker and StopWorker */
static PKTHREAD WorkerObject; /* referenced; NULL = no worker */

static KSTART_ROUTINE WorkerThread;

/* A driver that cannot have its worker does without. IRQL PASSIVE_LEVEL. */
static VOID StartWorker(VOID)
{
    HANDLE Handle;
    NTSTATUS Status;

    Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, WorkerThread, NULL);
    if (!NT_SUCCESS(Status)) {
        return;
    }
    ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, (PVOID *)&WorkerObject, NULL);
    ZwClose(Handle);
}

#endif
