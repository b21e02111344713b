/* SPDX-License-Identifier: MIT */
/*
 * F5: the I/O manager touches a device that the unload routine has deleted.
 *
 * After DriverEntry has returned, the I/O manager walks the driver's devices: it clears DO_DEVICE_INITIALIZING in one,
 * then reads its NextDevice. The unload routine polls that flag to learn that the load is over, and deletes the device at
 * once: the read goes into freed memory. One instruction wide, and real. The twin waits for an event instead, which a
 * reinitialisation routine sets: those run when the walk is done.
 *
 * Meant for: --load nt --unload nt
 */
#include "fault.h"

static PDEVICE_OBJECT ControlDevice;

#ifdef FIXED

static KEVENT Loaded;

static VOID NTAPI SetLoaded(_In_ PDRIVER_OBJECT DriverObject, _In_opt_ PVOID Context, _In_ ULONG Count)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Count);

    KeSetEvent(&Loaded, IO_NO_INCREMENT, FALSE);
}

/* Reinitialisation routines run in the order of registration: this one before that of PinUntilLoaded. */
static VOID PrepareLoaded(_In_ PDRIVER_OBJECT DriverObject)
{
    KeInitializeEvent(&Loaded, NotificationEvent, FALSE);
    IoRegisterDriverReinitialization(DriverObject, SetLoaded, NULL);
}

static VOID WaitUntilLoaded(VOID) { WaitFor(&Loaded); }

#else

static VOID PrepareLoaded(_In_ PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

static VOID WaitUntilLoaded(VOID)
{
    LARGE_INTEGER Millisecond;

    Millisecond.QuadPart = -10 * 1000;
    while (*(volatile ULONG *)&ControlDevice->Flags & DO_DEVICE_INITIALIZING) {
        KeDelayExecutionThread(KernelMode, FALSE, &Millisecond);
    }
}

#endif

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

    WaitUntilLoaded();
    IoDeleteDevice(ControlDevice);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    Status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &ControlDevice);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    PrepareLoaded(DriverObject);
    PinUntilLoaded(DriverObject);
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
