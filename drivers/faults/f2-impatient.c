/* SPDX-License-Identifier: MIT */
/*
 * F2: the unload routine waits for its worker, but only so long, and then frees what the worker still uses.
 *
 * It looks at a flag up to 20 times, 50 milliseconds apart, or (fault-f2-deadline) until a time; or it does not wait at all
 * if the driver has been there for long (fault-f2-elapsed, --model clock=jumps). A second is long, and enough on every
 * computer that this was tried on; but a virtual machine is paused for longer, a debugger breaks in, and
 * the worker writes to freed pool. No delay proves anything. The twin waits for the thread itself.
 *
 * Meant for: --load sc --unload sc
 */
#include "worker.h"

static volatile BOOLEAN WorkerFinished;
static volatile ULONG *Requests; /* how many there were */

static VOID NTAPI WorkerThread(_In_ PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);

    WaitFor(&WorkerStop);
    ++*Requests;
    WorkerFinished = TRUE;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

#if defined(ELAPSED)
static LARGE_INTEGER Loaded;

static VOID GiveWorkerTime(VOID)
{
    LARGE_INTEGER Now;

    KeQuerySystemTime(&Now);
    if (Now.QuadPart - Loaded.QuadPart < 10 * 1000 * 10000) {
        WaitFor(WorkerObject);
    }
}
#elif !defined(FIXED)
static VOID Sleep(VOID)
{
    LARGE_INTEGER Interval;

    Interval.QuadPart = -50 * 10000;
    KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

#ifdef DEADLINE
static VOID GiveWorkerTime(VOID)
{
    LARGE_INTEGER Now, End;

    KeQuerySystemTime(&Now);
    for (End.QuadPart = Now.QuadPart + 20 * 50 * 10000; Now.QuadPart < End.QuadPart && !WorkerFinished;) {
        Sleep();
        KeQuerySystemTime(&Now);
    }
}
#else
static VOID GiveWorkerTime(VOID)
{
    for (ULONG Tries = 0; Tries < 20 && !WorkerFinished; Tries++) {
        Sleep();
    }
}
#endif
#endif

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

    if (WorkerObject == NULL) {
        return;
    }
    KeSetEvent(&WorkerStop, IO_NO_INCREMENT, FALSE);
#ifdef FIXED
    WaitFor(WorkerObject);
    ExFreePoolWithTag((PVOID)Requests, FAULT_TAG);
#else
    GiveWorkerTime();
    ExFreePoolWithTag((PVOID)Requests, FAULT_TAG);
    WaitFor(WorkerObject);
#endif
    ObDereferenceObject(WorkerObject);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    Requests = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Requests), FAULT_TAG);
    if (Requests == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Requests = 0;
#ifdef ELAPSED
    KeQuerySystemTime(&Loaded);
#endif
    KeInitializeEvent(&WorkerStop, NotificationEvent, FALSE);
    StartWorker();
    if (WorkerObject == NULL) {
        ExFreePoolWithTag((PVOID)Requests, FAULT_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
