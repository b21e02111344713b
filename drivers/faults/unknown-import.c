/* SPDX-License-Identifier: MIT */
/*
 * Unknown import: the driver wants a function of ntoskrnl.exe that no Windows has.
 *
 * It does not load anywhere: STATUS_DRIVER_ENTRYPOINT_NOT_FOUND before DriverEntry. There is no twin.
 */
#include "fault.h"

DECLSPEC_IMPORT NTSTATUS NTAPI AirlockNoSuchFunction(_In_ PDRIVER_OBJECT DriverObject);

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    return AirlockNoSuchFunction(DriverObject);
}
