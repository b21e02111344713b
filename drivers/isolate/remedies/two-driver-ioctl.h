/* SPDX-License-Identifier: MIT */
/*
 * two-driver-ioctl - like two-driver-export, but driver 1 (gate.sys) asks by an IOCTL to this driver's device. As long as
 * it has the device open, an unload by the I/O manager is put off.
 */
#include "two-driver.h"

static PDEVICE_OBJECT GateDevice;

static NTSTATUS Complete(_Inout_ PIRP Irp, _In_ NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE */
static NTSTATUS NTAPI OpenClose(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS);
}

/* IRP_MJ_INTERNAL_DEVICE_CONTROL: only drivers can send it, so the pointer in it can be believed. */
static NTSTATUS NTAPI InternalDeviceControl(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    PGATE_REGISTER Register = Irp->AssociatedIrp.SystemBuffer;

    if (Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_GATE_REGISTER ||
        Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*Register)) {
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
    }
    return Complete(Irp, StartForGate(DeviceObject->DriverObject, Register->Released));
}

static inline NTSTATUS CreateGateDevice(_In_ PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\" ISOLATE_NAME);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = OpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = OpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = OpenClose;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = InternalDeviceControl;
    return IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &GateDevice);
}

#define RemedyStart(DriverObject) CreateGateDevice(DriverObject)
#define RemedyUnload(Flags)       WaitForGate()
#define RemedyUnloaded()          IoDeleteDevice(GateDevice)
