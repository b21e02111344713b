/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init.c - the filter manager comes up: its lists, its device objects, the volume to filter. */
#include "fltp.h"

DRIVER_INITIALIZE DriverEntry;

LIST_ENTRY FltpFilterList = {&FltpFilterList, &FltpFilterList};
LIST_ENTRY FltpVolumeList = {&FltpVolumeList, &FltpVolumeList};
PCM_KEY FltpServicesKey;
volatile LONG FltpUnloadLock;
volatile LONG FltpEverRegistered;

/* The volume itself can be opened; there are no files on it. */
static NTSTATUS FltpCreate(PIO_STACK_LOCATION Location)
{
    return Location->FileObject->FileName.Length == 0 ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS NTAPI FltpDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = Location->MajorFunction == IRP_MJ_CREATE ? FltpCreate(Location) : STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = NT_SUCCESS(Status) ? FILE_OPENED : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* Called by the I/O manager at boot, before any other driver. PASSIVE_LEVEL. */
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UNICODE_STRING Services =
        RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services");

    UNREFERENCED_PARAMETER(RegistryPath);
    FltpServicesKey = CmpFindKey(NULL, &Services);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = FltpDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = FltpDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = FltpDispatch;
    return FltpCreateVolume(DriverObject);
}
