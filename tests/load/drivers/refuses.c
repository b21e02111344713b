/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuses.sys - a driver for gate.sys that does not want to register. It cannot be unloaded. */
#include "check.h"

#include <gate.h>

__declspec(dllexport) GATE_REGISTER_ROUTINE GateRegister;

NTSTATUS NTAPI GateRegister(PDRIVER_OBJECT DriverObject, PKEVENT Released)
{
    UNREFERENCED_PARAMETER(DriverObject);
    CHECK(KeReadStateEvent(Released) == 0);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
