/* SPDX-License-Identifier: MIT */
/*
 * Failure: DriverEntry returns STATUS_UNSUCCESSFUL.
 *
 * Nothing of a driver is called any more after that: what DriverEntry does not give back is lost. fault-fail.sys keeps a
 * block of pool. fixed-fail.sys gives it back: a driver that refuses to load and is otherwise fine.
 *
 * Meant for: any load and unload.
 */
#include "fault.h"

#define STATE_BYTES 96

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    PVOID State;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);

    State = ExAllocatePoolWithTag(NonPagedPool, STATE_BYTES, FAULT_TAG);
    if (State == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
#ifdef FIXED
    ExFreePoolWithTag(State, FAULT_TAG);
#endif
    return STATUS_UNSUCCESSFUL;
}
