/* SPDX-License-Identifier: GPL-2.0-or-later */
/* newer.sys - imports what came with Windows 8. */
#include "check.h"

NTSYSAPI VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER Now;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    KeQuerySystemTimePrecise(&Now);
    DbgPrint("newer loaded\n");
    return STATUS_SUCCESS;
}
