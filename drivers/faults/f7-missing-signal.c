/* SPDX-License-Identifier: MIT */
/*
 * F7: the unload routine waits for an event that a failure path never sets.
 *
 * DriverEntry reads an optional value of its service key and signals when that is over; where the value is missing it
 * takes a short cut past the signal. The unload routine then waits for ever, and the service hangs in STOP_PENDING. The
 * twin signals on every path.
 *
 * Meant for: --load sc --unload sc
 */
#include "fault.h"

static KEVENT SettingsRead;
static ULONG Workers = 1;

/* Leaves Workers as it is where the key has no such value. IRQL PASSIVE_LEVEL. */
static NTSTATUS ReadSettings(_In_ PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"Workers");
    ULONG Buffer[(FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG)) / sizeof(ULONG) + 1];
    PKEY_VALUE_PARTIAL_INFORMATION Value = (PKEY_VALUE_PARTIAL_INFORMATION)Buffer;
    OBJECT_ATTRIBUTES Attributes;
    ULONG Length;
    HANDLE Key;
    NTSTATUS Status;

    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    Status = ZwOpenKey(&Key, KEY_READ, &Attributes);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Value, sizeof(Buffer), &Length);
    if (NT_SUCCESS(Status) && Value->Type == REG_DWORD && Value->DataLength == sizeof(ULONG)) {
        Workers = *(PULONG)Value->Data;
    }
    ZwClose(Key);
    return Status;
}

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();

    WaitFor(&SettingsRead);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    KeInitializeEvent(&SettingsRead, NotificationEvent, FALSE);
    DriverObject->DriverUnload = Unload;

    Status = ReadSettings(RegistryPath);
#ifdef FIXED
    UNREFERENCED_PARAMETER(Status);
#else
    if (!NT_SUCCESS(Status)) {
        return STATUS_SUCCESS; /* the defaults will do */
    }
#endif
    KeSetEvent(&SettingsRead, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}
