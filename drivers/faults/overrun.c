/* SPDX-License-Identifier: MIT */
/*
 * Overrun: DriverEntry writes one byte behind its pool.
 *
 * On most days the byte belongs to nobody. The lab's pool ends at the end of a page, so the store itself faults (bug check
 * CD or D6). The twin stops one byte earlier.
 *
 * Meant for: any load and unload.
 */
#include "fault.h"

#define MAP_BYTES 64

static volatile UCHAR *Map;

static VOID ClearMap(VOID)
{
#ifdef FIXED
    const ULONG Last = MAP_BYTES - 1;
#else
    const ULONG Last = MAP_BYTES;
#endif
    ULONG Index;

    for (Index = 0; Index <= Last; Index++) {
        Map[Index] = 0;
    }
}

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);

    ExFreePoolWithTag((PVOID)Map, FAULT_TAG);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    Map = ExAllocatePoolWithTag(NonPagedPool, MAP_BYTES, FAULT_TAG);
    if (Map == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ClearMap();
    PinUntilLoaded(DriverObject);
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
