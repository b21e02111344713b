/* SPDX-License-Identifier: MIT */
/*
 * F4: the image is unmapped while DriverEntry executes its last instructions.
 *
 * There is nothing in this driver, and it does what everybody advises: it becomes unloadable as the very last act of
 * DriverEntry. It is not enough. Up to Windows 7 an unload can go through between that store and the return instruction,
 * which is then gone (bug check CE); and a moment later the I/O manager itself still uses the driver object (F5). No
 * order of statements closes that. The twin holds a reference which the kernel drops when the load is over.
 *
 * Meant for: --load nt --unload nt
 */
#include "fault.h"

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

#ifdef FIXED
    PinUntilLoaded(DriverObject);
#endif
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
