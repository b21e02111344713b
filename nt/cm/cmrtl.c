/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmrtl.c - the registry without handles: RtlQueryRegistryValues and relatives. PASSIVE_LEVEL. */
#include "cm.h"
#include "ex.h"

/* The key that RelativeTo and Path name. */
static NTSTATUS CmpRelative(ULONG RelativeTo, PCWSTR Path, BOOLEAN Create, PCM_KEY *Result)
{
    static const PCWSTR Root[] = {NULL,
                                  L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
                                  L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
                                  L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
                                  L"\\Registry\\Machine\\Hardware\\DeviceMap",
                                  L"\\Registry\\User"};
    UNICODE_STRING Text;
    PCM_KEY Key = NULL;

    if (RelativeTo & RTL_REGISTRY_HANDLE) {
        return CmpKeyOfHandle((HANDLE)Path, Result);
    }
    RelativeTo &= ~RTL_REGISTRY_OPTIONAL;
    if (RelativeTo >= RTL_REGISTRY_MAXIMUM) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Root[RelativeTo]) {
        RtlInitUnicodeString(&Text, Root[RelativeTo]);
        Key = CmpCreateKey(NULL, &Text, NULL);
    }
    RtlInitUnicodeString(&Text, Path);
    Key = Create ? CmpCreateKey(Key, &Text, NULL) : CmpFindKey(Key, &Text);
    *Result = Key;
    return Key ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* Microsoft: RtlCheckRegistryKey, RtlCreateRegistryKey, RtlWriteRegistryValue, RtlDeleteRegistryValue. */
NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    PCM_KEY Key;

    return CmpRelative(RelativeTo, Path, FALSE, &Key);
}

NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    PCM_KEY Key;

    return CmpRelative(RelativeTo, Path, TRUE, &Key);
}

NTSTATUS NTAPI RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR Name, ULONG Type, PVOID Data, ULONG Bytes)
{
    UNICODE_STRING Text;
    PCM_KEY Key;
    NTSTATUS Status = CmpRelative(RelativeTo, Path, TRUE, &Key);

    RtlInitUnicodeString(&Text, Name);
    return NT_SUCCESS(Status) ? CmpSetValue(Key, &Text, Type, Data, Bytes) : Status;
}

NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR Name)
{
    UNICODE_STRING Text;
    PCM_KEY Key;
    NTSTATUS Status = CmpRelative(RelativeTo, Path, FALSE, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    RtlInitUnicodeString(&Text, Name);
    return CmpDeleteValue(Key, &Text) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static BOOLEAN CmpIsText(ULONG Type) { return Type == REG_SZ || Type == REG_EXPAND_SZ || Type == REG_MULTI_SZ; }

/* RTL_QUERY_REGISTRY_DIRECT with text: EntryContext is a UNICODE_STRING; without a buffer one is allocated. */
static NTSTATUS CmpStoreText(PUNICODE_STRING To, const VOID *Data, ULONG Bytes)
{
    if (!To->Buffer) {
        To->Buffer = ExAllocatePoolWithTag(PagedPool, Bytes, 0x74537152 /* RqSt */);
        To->MaximumLength = (USHORT)Bytes;
        if (!To->Buffer) {
            return STATUS_NO_MEMORY;
        }
    } else if (To->MaximumLength < Bytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(To->Buffer, Data, Bytes);
    To->Length = (USHORT)(Bytes - sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* Other data up to 4 bytes: stored as they are. More: size (negative = room given) and type in front of them. */
static NTSTATUS CmpStoreDirect(PVOID To, ULONG Type, const VOID *Data, ULONG Bytes)
{
    PLONG Length = To;

    if (CmpIsText(Type)) {
        return CmpStoreText(To, Data, Bytes);
    }
    if (Bytes <= sizeof(ULONG)) {
        memcpy(To, Data, Bytes);
        return STATUS_SUCCESS;
    }
    if (*Length < 0) {
        if ((ULONG) - *Length < Bytes) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        memcpy(To, Data, Bytes);
    } else {
        if ((ULONG)*Length < Bytes + 2 * sizeof(ULONG)) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        Length[0] = (LONG)Bytes;
        Length[1] = (LONG)Type;
        memcpy(Length + 2, Data, Bytes);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS CmpDeliver(PRTL_QUERY_REGISTRY_TABLE Entry, PVOID Context, PWSTR Name, ULONG Type, PVOID Data,
                           ULONG Bytes)
{
    if (Entry->Flags & RTL_QUERY_REGISTRY_DIRECT) {
        return CmpStoreDirect(Entry->EntryContext, Type, Data, Bytes);
    }
    return Entry->QueryRoutine ? Entry->QueryRoutine(Name, Type, Data, Bytes, Context, Entry->EntryContext)
                               : STATUS_SUCCESS;
}

static ULONG CmpDefaultBytes(PRTL_QUERY_REGISTRY_TABLE Entry)
{
    ULONG Bytes = Entry->DefaultLength;

    if (!Bytes && CmpIsText(Entry->DefaultType)) {
        PCWSTR Text = Entry->DefaultData;
        while (Text[Bytes / sizeof(WCHAR)]) {
            Bytes += sizeof(WCHAR);
        }
        Bytes += sizeof(WCHAR);
    }
    return Bytes;
}

static NTSTATUS CmpQueryOne(PCM_KEY Key, PRTL_QUERY_REGISTRY_TABLE Entry, PVOID Context)
{
    UNICODE_STRING Name;
    PCM_VALUE Value;
    NTSTATUS Status;

    RtlInitUnicodeString(&Name, Entry->Name);
    Value = Key ? CmpFindValue(Key, &Name) : NULL;
    if (!Value) {
        if (Entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        return Entry->DefaultType == REG_NONE ? STATUS_SUCCESS
                                              : CmpDeliver(Entry, Context, (PWSTR)Entry->Name, Entry->DefaultType,
                                                           Entry->DefaultData, CmpDefaultBytes(Entry));
    }
    Status = CmpDeliver(Entry, Context, (PWSTR)Entry->Name, Value->Type, Value->Data, Value->Bytes);
    if (NT_SUCCESS(Status) && (Entry->Flags & RTL_QUERY_REGISTRY_DELETE)) {
        CmpDeleteValue(Key, &Name);
    }
    return Status;
}

/* No name: the routine is called for every value. */
static NTSTATUS CmpQueryAll(PCM_KEY Key, PRTL_QUERY_REGISTRY_TABLE Entry, PVOID Context)
{
    NTSTATUS Status = STATUS_SUCCESS;

    for (PCM_VALUE Value = Key->Value; Value && NT_SUCCESS(Status); Value = Value->Next) {
        WCHAR Name[128];
        ULONG Count = min(Value->Name.Length / sizeof(WCHAR), 127);
        memcpy(Name, Value->Name.Buffer, Count * sizeof(WCHAR));
        Name[Count] = 0;
        Status = CmpDeliver(Entry, Context, Name, Value->Type, Value->Data, Value->Bytes);
    }
    return Status;
}

/* Microsoft: RtlQueryRegistryValues. REG_EXPAND_SZ is not expanded: there are no environment variables. */
NTSTATUS NTAPI RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE Table, PVOID Context,
                                      PVOID Environment)
{
    PCM_KEY Top, Key;
    NTSTATUS Status = CmpRelative(RelativeTo, Path, FALSE, &Top);

    UNREFERENCED_PARAMETER(Environment);
    if (!NT_SUCCESS(Status)) {
        return (RelativeTo & RTL_REGISTRY_OPTIONAL) && !(RelativeTo & RTL_REGISTRY_HANDLE) ? STATUS_SUCCESS : Status;
    }
    for (Key = Top; (Table->QueryRoutine || Table->Name) && NT_SUCCESS(Status); Table++) {
        if (Table->Flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY)) {
            Key = Top;
        }
        if (Table->Flags & RTL_QUERY_REGISTRY_SUBKEY) {
            UNICODE_STRING Name;
            RtlInitUnicodeString(&Name, Table->Name);
            Key = CmpFindKey(Top, &Name);
            if (!Key && (Table->Flags & RTL_QUERY_REGISTRY_REQUIRED)) {
                return STATUS_OBJECT_NAME_NOT_FOUND;
            }
            if (Key && Table->QueryRoutine) {
                Status = CmpQueryAll(Key, Table, Context);
            }
        } else if (Table->Flags & RTL_QUERY_REGISTRY_NOVALUE) {
            Status = Table->QueryRoutine(NULL, REG_NONE, NULL, 0, Context, Table->EntryContext);
        } else if (Table->Name) {
            Status = CmpQueryOne(Key, Table, Context);
        } else if (Key) {
            Status = CmpQueryAll(Key, Table, Context);
        }
    }
    return Status;
}
