/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pending.sys - its own device is open when the unload is asked for: the request succeeds, the unload waits, and is
 * done when the device is closed (Microsoft: "Unload Routine Environment"). The close is in a work item, which holds
 * the device until its routine has returned: the driver may be gone by then but for that.
 */
#include "check.h"

static PDEVICE_OBJECT Device;
static PFILE_OBJECT File;
static PIO_WORKITEM Item;
static BOOLEAN Unloaded;

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI CloseLater(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    TEXT(Service, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\pending");

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    Sleep(10);
    CHECK(!Unloaded);
    CHECK(ZwUnloadDriver(&Service) == STATUS_SUCCESS); /* a second request while the first is pending */
    CHECK(!Unloaded);
    ObDereferenceObject(File);
    CHECK(Unloaded);
    DbgPrint("pending closed\n");
    IoFreeWorkItem(Item);
}

static VOID NTAPI Loaded(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    TEXT(Name, L"\\Device\\Pending");
    PDEVICE_OBJECT Top;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Count);
    CHECK(IoGetDeviceObjectPointer(&Name, 0, &File, &Top) == STATUS_SUCCESS && Top == Device);
    IoQueueWorkItem(Item, CloseLater, DelayedWorkQueue, NULL);
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    Unloaded = TRUE;
    IoDeleteDevice(Device);
    DbgPrint("pending unloaded\n");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    TEXT(Name, L"\\Device\\Pending");

    UNREFERENCED_PARAMETER(RegistryPath);
    CHECK(IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device) == STATUS_SUCCESS);
    Item = IoAllocateWorkItem(Device);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->DriverUnload = Unload;
    IoRegisterDriverReinitialization(DriverObject, Loaded, NULL);
    return STATUS_SUCCESS;
}
