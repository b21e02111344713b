/* SPDX-License-Identifier: GPL-2.0-or-later */
/* twice.sys - loads another driver from its DriverEntry: the lock of loading lets its owner in again. */
#include "check.h"

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("twice unloaded\n");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    TEXT(Other, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\defer");
    TEXT(Nobody, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\nobody");

    UNREFERENCED_PARAMETER(RegistryPath);
    CHECK(ZwLoadDriver(&Nobody) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwUnloadDriver(&Nobody) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwLoadDriver(&Other) == STATUS_SUCCESS);
    CHECK(ZwLoadDriver(&Other) == STATUS_IMAGE_ALREADY_LOADED);
    CHECK(ZwUnloadDriver(&Other) == STATUS_SUCCESS);
    CHECK(ZwUnloadDriver(&Other) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwLoadDriver(&Other) == STATUS_SUCCESS);
    DriverObject->DriverUnload = Unload;
    DbgPrint("twice loaded\n");
    return STATUS_SUCCESS;
}
