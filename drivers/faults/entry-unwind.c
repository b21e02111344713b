/* SPDX-License-Identifier: MIT */
/*
 * Failure: a DriverEntry that undoes too little when a step of it fails.
 *
 * Three steps can fail: a block of pool, a device, a link to the device. fault-entry-unwind.sys forgets the device when
 * the link cannot be made: it stays, and with it the driver object and the image. No run in which every step succeeds
 * shows that. fixed-entry-unwind.sys undoes each step in reverse order.
 *
 * Meant for: sc start, sc stop, and a call of DriverEntry that fails: airlock explore --fail each.
 */
#include "fault.h"

#define STATE_BYTES 96

static PVOID State;
static PDEVICE_OBJECT Device;
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\EntryUnwind");

static VOID NTAPI DriverUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(Device);
    ExFreePoolWithTag(State, FAULT_TAG);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\EntryUnwind");
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    State = ExAllocatePoolWithTag(NonPagedPool, STATE_BYTES, FAULT_TAG);
    if (State == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    if (!NT_SUCCESS(Status)) {
        goto ExitState;
    }
    Status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(Status)) {
        goto ExitDevice;
    }
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;

ExitDevice:
#ifdef FIXED
    IoDeleteDevice(Device);
#endif
ExitState:
    ExFreePoolWithTag(State, FAULT_TAG);
    return Status;
}
