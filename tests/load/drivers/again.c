/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * again.sys - loads gate.sys, and when that has loaded its driver, unloads it, loads it again, and unloads it again. In a
 * thread: while a DriverEntry runs nobody else can load.
 */
#include "check.h"

static VOID NTAPI Thread(PVOID Context)
{
    TEXT(Target, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\isolate-two-driver-export");
    TEXT(Gate, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\gate");

    UNREFERENCED_PARAMETER(Context);
    CHECK(ZwLoadDriver(&Gate) == STATUS_SUCCESS);
    Sleep(1000);
    CHECK(ZwUnloadDriver(&Target) == STATUS_SUCCESS);
    DbgPrint("again: unloaded\n");
    CHECK(ZwLoadDriver(&Target) == STATUS_SUCCESS);
    Sleep(1000);
    CHECK(ZwUnloadDriver(&Target) == STATUS_SUCCESS);
    DbgPrint("again: unloaded\n");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HANDLE Handle;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    CHECK(PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Thread, NULL) == STATUS_SUCCESS);
    CHECK(ZwClose(Handle) == STATUS_SUCCESS);
    return STATUS_SUCCESS;
}
