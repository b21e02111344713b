/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.c - a minifilter as it was built for one Windows: VERSION is the version of its FLT_REGISTRATION, which ends where
 * that version ends, and its memory with it. Reading on is an overrun.
 */
#include "check.h"

#include <fltkernel.h>

#define STRING_(Value) #Value
#define STRING(Value)  STRING_(Value)

#if VERSION == 0x0200
#define SIZE RTL_SIZEOF_THROUGH_FIELD(FLT_REGISTRATION, NormalizeContextCleanupCallback)
C_ASSERT(SIZE == (sizeof(PVOID) == 8 ? 0x58 : 0x30));
#elif VERSION == 0x0201
#define SIZE RTL_SIZEOF_THROUGH_FIELD(FLT_REGISTRATION, TransactionNotificationCallback)
C_ASSERT(SIZE == (sizeof(PVOID) == 8 ? 0x60 : 0x34));
#elif VERSION == 0x0202
#define SIZE RTL_SIZEOF_THROUGH_FIELD(FLT_REGISTRATION, NormalizeNameComponentExCallback)
C_ASSERT(SIZE == (sizeof(PVOID) == 8 ? 0x68 : 0x38));
#else
#define SIZE sizeof(FLT_REGISTRATION)
C_ASSERT(SIZE == (sizeof(PVOID) == 8 ? 0x70 : 0x3C));
#endif

static PFLT_FILTER Filter;
static PFLT_REGISTRATION Registration;

static NTSTATUS FLTAPI Setup(PCFLT_RELATED_OBJECTS Objects, FLT_INSTANCE_SETUP_FLAGS Flags,
                             DEVICE_TYPE VolumeDeviceType, FLT_FILESYSTEM_TYPE VolumeFilesystemType)
{
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(VolumeDeviceType);
    UNREFERENCED_PARAMETER(VolumeFilesystemType);
    CHECK(Objects->Filter == Filter);
    DbgPrint("filter " STRING(VERSION) ": instance\n");
    return STATUS_SUCCESS;
}

static VOID FLTAPI Teardown(PCFLT_RELATED_OBJECTS Objects, FLT_INSTANCE_TEARDOWN_FLAGS Reason)
{
    UNREFERENCED_PARAMETER(Objects);
    UNREFERENCED_PARAMETER(Reason);
    DbgPrint("filter " STRING(VERSION) ": teardown\n");
}

static NTSTATUS FLTAPI Unload(FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    FltUnregisterFilter(Filter);
    ExFreePoolWithTag(Registration, 'geRF');
    DbgPrint("filter " STRING(VERSION) ": unloaded\n");
    return STATUS_SUCCESS;
}

/* Another major version is refused, and one that ends before the oldest version's end. */
static VOID CheckRefusals(PDRIVER_OBJECT DriverObject)
{
    Registration->Version = 0x0300;
    CHECK(FltRegisterFilter(DriverObject, Registration, &Filter) == STATUS_INVALID_PARAMETER);
    Registration->Version = VERSION;
    Registration->Size = RTL_SIZEOF_THROUGH_FIELD(FLT_REGISTRATION, NormalizeNameComponentCallback);
    CHECK(FltRegisterFilter(DriverObject, Registration, &Filter) == STATUS_INVALID_PARAMETER);
    Registration->Size = SIZE;
    CHECK(Filter == NULL);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Registration = ExAllocatePoolWithTag(NonPagedPool, SIZE, 'geRF');
    if (Registration == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(Registration, SIZE);
    Registration->Size = SIZE;
    Registration->Version = VERSION;
    Registration->FilterUnloadCallback = Unload;
    Registration->InstanceSetupCallback = Setup;
    Registration->InstanceTeardownCompleteCallback = Teardown;
    CheckRefusals(DriverObject);
    Status = FltRegisterFilter(DriverObject, Registration, &Filter);
    if (NT_SUCCESS(Status)) {
        Status = FltStartFiltering(Filter);
        CHECK(NT_SUCCESS(Status));
    }
    return Status;
}
