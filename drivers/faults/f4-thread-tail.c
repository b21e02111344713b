/* SPDX-License-Identifier: MIT */
/*
 * F4: the image is unmapped while a thread of the driver executes its last instructions.
 *
 * The worker signals "done" as its last act, and the unload routine waits for that signal. But after KeSetEvent there is
 * more: the way back, the call that ends the thread. If the unload goes through in between, those instructions are gone:
 * bug check CE. (OSR, "Thread termination in a Win2K driver".) The twin waits for the thread itself, which is signalled
 * when it has ended.
 *
 * Meant for: --load sc --unload sc, which never lets an unload begin before the load is done.
 */
#include "worker.h"

static KEVENT WorkerDone;

static VOID NTAPI WorkerThread(_In_ PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);

    WaitFor(&WorkerStop);
    KeSetEvent(&WorkerDone, IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

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
#else
    WaitFor(&WorkerDone);
#endif
    ObDereferenceObject(WorkerObject);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeEvent(&WorkerStop, NotificationEvent, FALSE);
    KeInitializeEvent(&WorkerDone, NotificationEvent, FALSE);
    StartWorker();
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
