/* SPDX-License-Identifier: GPL-2.0-or-later */
/* first.sys - loads a driver of gate.sys's, then gate.sys: somebody else was first. */
#include "check.h"

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    TEXT(Target, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\isolate-two-driver-export");
    TEXT(Gate, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\gate");

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    CHECK(ZwLoadDriver(&Target) == STATUS_SUCCESS);
    CHECK(ZwLoadDriver(&Gate) == STATUS_SUCCESS);
    Sleep(100);
    return STATUS_SUCCESS;
}
