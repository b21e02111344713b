/* SPDX-License-Identifier: MIT */
/*
 * selftest-byname.sys - asks for a routine by its name, and calls it. It has no DriverUnload. It fails to load when
 * either does.
 */
#include <ntifs.h>

#define BYNAME_TAG 'NyB '

typedef PVOID(NTAPI *ALLOCATE)(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag);

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"ExAllocatePoolWithTag");
    ALLOCATE Allocate;
    PVOID Block;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    Allocate = (ALLOCATE)MmGetSystemRoutineAddress(&Name);
    if (Allocate == NULL) {
        return STATUS_NOT_FOUND;
    }
    Block = Allocate(NonPagedPool, 16, BYNAME_TAG);
    if (Block == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ExFreePoolWithTag(Block, BYNAME_TAG);
    return STATUS_SUCCESS;
}
