/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * states.sys - what a driver sees of its driver object and devices from DriverEntry to its unload, and what others can
 * do with them meanwhile. Expected values: ReactOS kernel tests (IoDeviceObject), which ran on Windows Server 2003;
 * Microsoft, "What does DO_DEVICE_INITIALIZING really do?".
 */
#include "check.h"

#define OBJECT_SIZE    (sizeof(PVOID) == 8 ? 0x150 : 0xb8) /* of a DEVICE_OBJECT, to the system */
#define LEGACY         0x02
#define INITIALIZED    0x10
#define UNLOAD_INVOKED 0x01
#define UNLOAD_PENDING 0x01
#define IOCTL_ECHO     CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PDEVICE_OBJECT Old, New;

/* DEVOBJ_EXTENSION.ExtensionFlags, which the DDK does not declare. */
static ULONG ExtensionFlags(PDEVICE_OBJECT Device)
{
    return *(PULONG)((PUCHAR)Device->DeviceObjectExtension + 4 * sizeof(PVOID));
}

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Finish(Irp, STATUS_SUCCESS, 0);
}

/* Gives every byte back, plus one. */
static NTSTATUS NTAPI Echo(PDEVICE_OBJECT Device, PIRP Irp)
{
    ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.InputBufferLength;
    PUCHAR Buffer = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(Device);
    for (ULONG i = 0; i < Length; i++) {
        Buffer[i]++;
    }
    return Finish(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS Open(PHANDLE Handle)
{
    TEXT(Name, L"\\DosDevices\\States");
    OBJECT_ATTRIBUTES Attributes;
    IO_STATUS_BLOCK IoStatus;

    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    return ZwCreateFile(Handle, GENERIC_READ, &Attributes, &IoStatus, NULL, 0, 0, FILE_OPEN, 0, NULL, 0);
}

static VOID CheckControl(VOID)
{
    UCHAR In[4] = {1, 2, 3, 4}, Out[4] = {0};
    IO_STATUS_BLOCK IoStatus;
    HANDLE Handle;

    CHECK(Open(&Handle) == STATUS_SUCCESS);
    CHECK(Old->ReferenceCount == 1);
    CHECK(ZwDeviceIoControlFile(Handle, NULL, NULL, NULL, &IoStatus, IOCTL_ECHO, In, 4, Out, 4) == STATUS_SUCCESS);
    CHECK(IoStatus.Information == 4 && Out[0] == 2 && Out[3] == 5);
    CHECK(ZwDeviceIoControlFile(Handle, NULL, NULL, NULL, &IoStatus, IOCTL_ECHO, In, 4, NULL, 0) == STATUS_SUCCESS);
    CHECK(ZwReadFile(Handle, NULL, NULL, NULL, &IoStatus, Out, 4, NULL, NULL) == STATUS_INVALID_DEVICE_REQUEST);
    CHECK(ZwClose(Handle) == STATUS_SUCCESS);
    CHECK(Old->ReferenceCount == 0);
}

static VOID NTAPI Loaded(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    CHECK(Context == &Old && Count == 1);
    CHECK(DriverObject->Flags == (LEGACY | INITIALIZED));
    CHECK(!(Old->Flags & DO_DEVICE_INITIALIZING) && !(New->Flags & DO_DEVICE_INITIALIZING));
    CHECK(DriverObject->MajorFunction[IRP_MJ_READ] != NULL); /* DriverEntry left NULL there */
    CheckControl();
    DbgPrint("states loaded\n");
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    TEXT(Link, L"\\DosDevices\\States");
    HANDLE Handle;

    CHECK(DriverObject->Flags == (LEGACY | INITIALIZED | UNLOAD_INVOKED));
    CHECK(ExtensionFlags(Old) == UNLOAD_PENDING && ExtensionFlags(New) == UNLOAD_PENDING);
    CHECK(Open(&Handle) == STATUS_NO_SUCH_DEVICE);
    CHECK(IoDeleteSymbolicLink(&Link) == STATUS_SUCCESS);
    CHECK(IoDeleteSymbolicLink(&Link) == STATUS_OBJECT_NAME_NOT_FOUND);
    IoDeleteDevice(Old);
    CHECK(DriverObject->DeviceObject == New && New->NextDevice == NULL);
    IoDeleteDevice(New);
    CHECK(DriverObject->DeviceObject == NULL);
    DbgPrint("states unloaded\n");
}

static VOID CheckDriverObject(PDRIVER_OBJECT DriverObject)
{
    CHECK(DriverObject->Type == 4 && DriverObject->Size == sizeof(DRIVER_OBJECT));
    CHECK(DriverObject->Flags == LEGACY);
    CHECK(DriverObject->DeviceObject == NULL);
    CHECK(DriverObject->DriverUnload == NULL);
    CHECK(DriverObject->DriverInit == DriverEntry);
    CHECK(DriverObject->DriverExtension == (PDRIVER_EXTENSION)(DriverObject + 1));
    CHECK(DriverObject->DriverExtension->AddDevice == NULL && DriverObject->DriverExtension->Count == 0);
    CHECK(DriverObject->DriverName.Length == sizeof(L"\\FileSystem\\states") - sizeof(WCHAR));
    CHECK(*(PUSHORT)DriverObject->DriverStart == 0x5A4D);
}

static VOID CheckDevice(PDRIVER_OBJECT DriverObject)
{
    TEXT(Name, L"\\Device\\States");
    PDEVICE_OBJECT Device;
    PFILE_OBJECT File;

    CHECK(IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device) ==
          STATUS_OBJECT_NAME_COLLISION);
    CHECK(DriverObject->DeviceObject == New && New->NextDevice == Old && Old->NextDevice == NULL);
    CHECK(Old->Type == 3 && Old->Size == OBJECT_SIZE + 24 && Old->ReferenceCount == 0 && Old->StackSize == 1);
    CHECK(Old->Flags == (DO_DEVICE_INITIALIZING | DO_DEVICE_HAS_NAME));
    CHECK(New->Flags == DO_DEVICE_INITIALIZING && New->DeviceExtension == NULL);
    CHECK(Old->DeviceExtension == (PUCHAR)Old + OBJECT_SIZE && *(PULONG64)Old->DeviceExtension == 0);
    CHECK(IoGetDeviceObjectPointer(&Name, 0, &File, &Device) == STATUS_NO_SUCH_DEVICE);
    CHECK(IoAttachDeviceToDeviceStack(New, Old) == NULL);
}

static VOID CheckAttach(VOID)
{
    Old->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    CHECK(IoAttachDeviceToDeviceStack(New, Old) == Old);
    CHECK(Old->AttachedDevice == New && New->StackSize == 2);
    IoDetachDevice(Old);
    CHECK(Old->AttachedDevice == NULL);
    Old->Flags |= DO_DEVICE_INITIALIZING;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    TEXT(Name, L"\\Device\\States");
    TEXT(Link, L"\\DosDevices\\States");

    CheckDriverObject(DriverObject);
    CHECK(ZwLoadDriver(RegistryPath) == STATUS_IMAGE_ALREADY_LOADED);
    CHECK(ZwUnloadDriver(RegistryPath) == STATUS_INVALID_DEVICE_REQUEST);
    CHECK(IoCreateDevice(DriverObject, 24, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Old) == STATUS_SUCCESS);
    CHECK(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &New) == STATUS_SUCCESS);
    CheckDevice(DriverObject);
    CheckAttach();
    CHECK(IoCreateSymbolicLink(&Link, &Name) == STATUS_SUCCESS);
    CHECK(IoCreateSymbolicLink(&Link, &Name) == STATUS_OBJECT_NAME_COLLISION);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Echo;
    DriverObject->MajorFunction[IRP_MJ_READ] = NULL;
    DriverObject->DriverUnload = Unload;
    IoRegisterDriverReinitialization(DriverObject, Loaded, &Old);
    return STATUS_SUCCESS;
}
