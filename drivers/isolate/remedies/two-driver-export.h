/* SPDX-License-Identifier: MIT */
/*
 * two-driver-export - driver 1 (gate.sys) loads this one, and when the load has ended calls the function that it exports:
 * that registers the filter. The unload waits until driver 1 says that it has left.
 *
 * Until then the driver has no DriverUnload and cannot be unloaded. FltRegisterFilter is called outside DriverEntry,
 * which is not what its page says.
 */
#include "two-driver.h"

__declspec(dllexport) NTSTATUS NTAPI GateRegister(_In_ PDRIVER_OBJECT DriverObject, _In_ PKEVENT Released);

NTSTATUS NTAPI GateRegister(_In_ PDRIVER_OBJECT DriverObject, _In_ PKEVENT Released)
{
    return StartForGate(DriverObject, Released);
}

#define RemedyStart(DriverObject) STATUS_SUCCESS
#define RemedyUnload(Flags)       WaitForGate()
