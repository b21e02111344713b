/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init.c - the filter manager comes up: its lists, its device objects, the volume to filter. */
#include "fltp.h"

DRIVER_INITIALIZE DriverEntry;

LIST_ENTRY FltpFilterList = {&FltpFilterList, &FltpFilterList};
LIST_ENTRY FltpVolumeList = {&FltpVolumeList, &FltpVolumeList};
PCM_KEY FltpServicesKey;
volatile LONG FltpUnloadLock;
volatile LONG FltpEverRegistered;

static NTSTATUS NTAPI FltpDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
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
