/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry.sys - the keys of its service, through handles and through Rtl. */
#include "check.h"

static union {
    KEY_VALUE_PARTIAL_INFORMATION Partial;
    KEY_VALUE_FULL_INFORMATION Full;
    KEY_BASIC_INFORMATION Basic;
    KEY_FULL_INFORMATION Key;
    UCHAR Room[512];
} Buffer;

static NTSTATUS Open(HANDLE Root, PUNICODE_STRING Path, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES Attributes;

    InitializeObjectAttributes(&Attributes, Path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, Root, NULL);
    return ZwOpenKey(Handle, KEY_READ, &Attributes);
}

static ULONG Query(HANDLE Key, PUNICODE_STRING Name)
{
    ULONG Length;

    CHECK(ZwQueryValueKey(Key, Name, KeyValuePartialInformation, &Buffer, sizeof(Buffer), &Length) == STATUS_SUCCESS);
    return *(PULONG)Buffer.Partial.Data;
}

static VOID CheckInstances(HANDLE Key)
{
    TEXT(Instances, L"instances");
    TEXT(Default, L"DefaultInstance");
    TEXT(Altitude, L"Altitude");
    UNICODE_STRING Name;
    HANDLE Handle, Instance;

    CHECK(Open(Key, &Instances, &Handle) == STATUS_SUCCESS);
    Query(Handle, &Default);
    CHECK(Buffer.Partial.Type == REG_SZ && Buffer.Partial.DataLength == sizeof(L"registry Instance"));
    RtlInitUnicodeString(&Name, (PWSTR)Buffer.Partial.Data);
    CHECK(Open(Handle, &Name, &Instance) == STATUS_SUCCESS);
    Query(Instance, &Altitude);
    CHECK(Buffer.Partial.Type == REG_SZ && ((PWSTR)Buffer.Partial.Data)[0] == L'3');
    ZwClose(Instance);
    ZwClose(Handle);
}

static VOID CheckValues(HANDLE Key)
{
    TEXT(Type, L"Type");
    TEXT(Given, L"Given");
    TEXT(Missing, L"Missing");
    ULONG Value = 7, Length;

    CHECK(Query(Key, &Type) == 2);
    CHECK(Query(Key, &Given) == 0x2a); /* from the boot options */
    CHECK(ZwQueryValueKey(Key, &Missing, KeyValuePartialInformation, &Buffer, sizeof(Buffer), &Length) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwQueryValueKey(Key, &Type, KeyValuePartialInformation, &Buffer, 4, &Length) == STATUS_BUFFER_TOO_SMALL);
    CHECK(ZwQueryValueKey(Key, &Type, KeyValuePartialInformation, &Buffer, 14, &Length) == STATUS_BUFFER_OVERFLOW);
    CHECK(Length == FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + 4);
    CHECK(ZwSetValueKey(Key, &Missing, 0, REG_DWORD, &Value, sizeof(Value)) == STATUS_SUCCESS);
    CHECK(Query(Key, &Missing) == 7);
    CHECK(ZwDeleteValueKey(Key, &Missing) == STATUS_SUCCESS);
    CHECK(ZwDeleteValueKey(Key, &Missing) == STATUS_OBJECT_NAME_NOT_FOUND);
}

static VOID CheckKeys(HANDLE Key)
{
    TEXT(Name, L"Parameters\\Made");
    OBJECT_ATTRIBUTES Attributes;
    ULONG Disposition, Length, Index = 0;
    HANDLE Made;

    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, Key, NULL);
    CHECK(ZwCreateKey(&Made, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, &Disposition) == STATUS_SUCCESS);
    CHECK(Disposition == REG_CREATED_NEW_KEY);
    CHECK(ZwDeleteKey(Made) == STATUS_SUCCESS);
    CHECK(ZwDeleteKey(Made) == STATUS_KEY_DELETED);
    ZwClose(Made);
    while (ZwEnumerateKey(Key, Index, KeyBasicInformation, &Buffer, sizeof(Buffer), &Length) == STATUS_SUCCESS) {
        Index++;
    }
    CHECK(Index == 2); /* Instances, Parameters */
    CHECK(ZwQueryKey(Key, KeyFullInformation, &Buffer, sizeof(Buffer), &Length) == STATUS_SUCCESS);
    CHECK(Buffer.Key.SubKeys == 2 && Buffer.Key.Values >= 5);
}

static VOID CheckRtl(PUNICODE_STRING RegistryPath)
{
    ULONG Type = 0, Start = 99;
    UNICODE_STRING Image = {0, 0, NULL};
    RTL_QUERY_REGISTRY_TABLE Table[] = {
        {NULL, RTL_QUERY_REGISTRY_DIRECT, L"Type", &Type, REG_NONE, NULL, 0},
        {NULL, RTL_QUERY_REGISTRY_DIRECT, L"None", &Start, REG_DWORD, &Type, sizeof(Type)},
        {NULL, RTL_QUERY_REGISTRY_DIRECT, L"ImagePath", &Image, REG_NONE, NULL, 0},
        {NULL, 0, NULL, NULL, 0, NULL, 0}};

    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, RegistryPath->Buffer, Table, NULL, NULL) == STATUS_SUCCESS);
    CHECK(Type == 2 && Start == 2 && Image.Length != 0);
    if (Image.Buffer) {
        ExFreePool(Image.Buffer);
    }
    CHECK(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"registry") == STATUS_SUCCESS);
    CHECK(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"nobody") == STATUS_OBJECT_NAME_NOT_FOUND);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HANDLE Key;

    UNREFERENCED_PARAMETER(DriverObject);
    CHECK(Open(NULL, RegistryPath, &Key) == STATUS_SUCCESS);
    CheckInstances(Key);
    CheckValues(Key);
    CheckKeys(Key);
    CheckRtl(RegistryPath);
    ZwClose(Key);
    DbgPrint("registry done\n");
    return STATUS_UNSUCCESSFUL; /* it has done its work, and nothing may be left */
}
