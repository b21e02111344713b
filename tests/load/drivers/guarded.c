/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guarded.sys - imports what came with Windows Server 2003: not there on Windows XP for x86. */
#include "check.h"

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    KeEnterGuardedRegion();
    KeLeaveGuardedRegion();
    DbgPrint("guarded loaded\n");
    return STATUS_SUCCESS;
}
