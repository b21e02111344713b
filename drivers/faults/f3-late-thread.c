/* SPDX-License-Identifier: MIT */
/*
 * F3: DriverEntry creates a thread after the unload routine has cleaned up.
 *
 * DriverEntry makes itself unloadable and starts its worker afterwards. An unload in between finds no worker to stop;
 * the worker that comes then stays behind in an image that is gone (bug check CE as soon as it runs). The twin starts it
 * first.
 *
 * Meant for: --load nt --unload nt
 */
#include "worker.h"

static VOID NTAPI WorkerThread(_In_ PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);

    WaitFor(&WorkerStop);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID StopWorker(VOID)
{
    if (WorkerObject == NULL) {
        return;
    }
    KeSetEvent(&WorkerStop, IO_NO_INCREMENT, FALSE);
    WaitFor(WorkerObject);
    ObDereferenceObject(WorkerObject);
}

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

    StopWorker();
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeEvent(&WorkerStop, NotificationEvent, FALSE);
    PinUntilLoaded(DriverObject);
#ifdef FIXED
    StartWorker();
    DriverObject->DriverUnload = Unload;
#else
    DriverObject->DriverUnload = Unload;
    StartWorker();
#endif
    return STATUS_SUCCESS;
}
