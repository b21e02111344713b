/* SPDX-License-Identifier: GPL-2.0-or-later */
/* silent.sys - loads, and has nothing that gate.sys could ask. It cannot be unloaded. */
#include "check.h"

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
