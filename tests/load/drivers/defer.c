/* SPDX-License-Identifier: GPL-2.0-or-later */
/* defer.sys - can be unloaded before its DriverEntry has returned, which takes its time. */
#include "check.h"

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("defer unloaded\n");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    Sleep(10);
    DbgPrint("defer loaded\n");
    return STATUS_SUCCESS;
}
