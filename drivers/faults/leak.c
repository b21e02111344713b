/* SPDX-License-Identifier: MIT */
/*
 * Leak: the unload routine forgets a device and a block of pool.
 *
 * The pool stays allocated for ever (Driver Verifier: C4/62). The device holds a reference to the driver object, so the
 * image stays mapped although the service shows as stopped, and the next start fails. The twin gives both back.
 *
 * Meant for: --load sc --unload sc
 */
#include "fault.h"

#define TABLE_BYTES 256

static PDEVICE_OBJECT ControlDevice;
static PVOID Table;

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

#ifdef FIXED
    IoDeleteDevice(ControlDevice);
    ExFreePoolWithTag(Table, FAULT_TAG);
#endif
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    Table = ExAllocatePoolWithTag(NonPagedPool, TABLE_BYTES, FAULT_TAG);
    if (Table == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &ControlDevice);
    if (!NT_SUCCESS(Status)) {
        ExFreePoolWithTag(Table, FAULT_TAG);
        return Status;
    }
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
