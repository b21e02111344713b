/* SPDX-License-Identifier: MIT */
/*
 * Endless loop: DriverEntry polls a flag that nobody sets.
 *
 * It never returns; its load request never ends. There is no twin.
 *
 * Meant for: any load and unload.
 */
#include "fault.h"

static volatile LONG HardwareReady;

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);

    while (!HardwareReady) {
        YieldProcessor();
    }
    return STATUS_SUCCESS;
}
