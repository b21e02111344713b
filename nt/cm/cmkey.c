/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmkey.c - ZwOpenKey and its family: keys as handles. PASSIVE_LEVEL, as Microsoft's pages say. */
#include "cm.h"
#include "ob.h"

VOID CmpInitKeyObjects(VOID) { ObpSetTypeMethods(ObpKeyType, NULL, NULL); }

/* The key behind a handle, which stays valid: nodes are never freed. */
NTSTATUS CmpKeyOfHandle(HANDLE Handle, PCM_KEY *Key)
{
    PCM_KEY_BODY Body;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpKeyType, KernelMode, (PVOID *)&Body, NULL);

    if (NT_SUCCESS(Status)) {
        *Key = Body->Key;
        Status = Body->Key->Deleted ? STATUS_KEY_DELETED : STATUS_SUCCESS;
        ObDereferenceObject(Body);
    }
    return Status;
}

static NTSTATUS CmpHandleOfKey(PCM_KEY Key, ULONG Attributes, PVOID Caller, PHANDLE Handle)
{
    PCM_KEY_BODY Body = ObAllocateObject(ObpKeyType, sizeof(*Body), NULL, Caller);
    NTSTATUS Status;

    if (!Body) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Body->Key = Key;
    Status = ObpCreateHandle(Body, Attributes, Caller, Handle);
    ObDereferenceObject(Body);
    return Status;
}

static NTSTATUS CmpRootOf(POBJECT_ATTRIBUTES Attributes, PCM_KEY *Root)
{
    *Root = NULL;
    return Attributes->RootDirectory ? CmpKeyOfHandle(Attributes->RootDirectory, Root) : STATUS_SUCCESS;
}

static NTSTATUS CmpOpen(PHANDLE Handle, POBJECT_ATTRIBUTES Attributes, PVOID Caller)
{
    PCM_KEY Root, Key;
    NTSTATUS Status = CmpRootOf(Attributes, &Root);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Key = CmpFindKey(Root, Attributes->ObjectName);
    return Key ? CmpHandleOfKey(Key, Attributes->Attributes, Caller, Handle) : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    UNREFERENCED_PARAMETER(Access);
    return CmpOpen(Handle, Attributes, __builtin_return_address(0));
}

NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, ULONG Options)
{
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Options);
    return CmpOpen(Handle, Attributes, __builtin_return_address(0));
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, ULONG TitleIndex,
                           PUNICODE_STRING Class, ULONG Options, PULONG Disposition)
{
    BOOLEAN Created;
    PCM_KEY Root, Key;
    NTSTATUS Status = CmpRootOf(Attributes, &Root);

    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(TitleIndex);
    UNREFERENCED_PARAMETER(Class);
    UNREFERENCED_PARAMETER(Options);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Key = CmpCreateKey(Root, Attributes->ObjectName, &Created);
    Status = CmpHandleOfKey(Key, Attributes->Attributes, __builtin_return_address(0), Handle);
    if (NT_SUCCESS(Status) && Disposition) {
        *Disposition = Created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return Status;
}

NTSTATUS NTAPI ZwDeleteKey(HANDLE Handle)
{
    PCM_KEY Key;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    return NT_SUCCESS(Status) ? CmpDeleteKey(Key) : Status;
}

NTSTATUS NTAPI ZwFlushKey(HANDLE Handle)
{
    PCM_KEY Key;

    return CmpKeyOfHandle(Handle, &Key);
}

static PCM_KEY CmpNthChild(PCM_KEY Key, ULONG Index)
{
    PCM_KEY Child;

    HvAtomicBegin();
    Child = Key->Child;
    while (Child && Index--) {
        Child = Child->Next;
    }
    HvAtomicEnd();
    return Child;
}

typedef struct _CMP_COUNTS {
    ULONG Keys, Values, MaxName, MaxValueName, MaxData;
} CMP_COUNTS;

static VOID CmpCount(PCM_KEY Key, CMP_COUNTS *Counts)
{
    memset(Counts, 0, sizeof(*Counts));
    HvAtomicBegin();
    for (PCM_KEY Child = Key->Child; Child; Child = Child->Next) {
        Counts->Keys++;
        Counts->MaxName = max(Counts->MaxName, Child->Name.Length);
    }
    for (PCM_VALUE Value = Key->Value; Value; Value = Value->Next) {
        Counts->Values++;
        Counts->MaxValueName = max(Counts->MaxValueName, Value->Name.Length);
        Counts->MaxData = max(Counts->MaxData, Value->Bytes);
    }
    HvAtomicEnd();
}

/* Fixed part, then the name as far as it fits. */
static NTSTATUS CmpReturnName(PVOID Name, ULONG Fixed, const VOID *Text, ULONG Bytes, ULONG Length, PULONG Result)
{
    *Result = Fixed + Bytes;
    if (Length < Fixed) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(Name, Text, min(Bytes, Length - Fixed));
    return Length < *Result ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS CmpReturnFull(PCM_KEY Key, PKEY_FULL_INFORMATION Full, ULONG Length, PULONG Result)
{
    CMP_COUNTS Counts;

    *Result = FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
    if (Length < *Result) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    CmpCount(Key, &Counts);
    memset(Full, 0, *Result);
    Full->ClassOffset = (ULONG)-1;
    Full->SubKeys = Counts.Keys;
    Full->MaxNameLen = Counts.MaxName;
    Full->Values = Counts.Values;
    Full->MaxValueNameLen = Counts.MaxValueName;
    Full->MaxValueDataLen = Counts.MaxData;
    return STATUS_SUCCESS;
}

typedef struct _KEY_NAME_INFORMATION {
    ULONG NameLength;
    WCHAR Name[1];
} KEY_NAME_INFORMATION, *PKEY_NAME_INFORMATION;

static NTSTATUS CmpReturnPath(PCM_KEY Key, PKEY_NAME_INFORMATION Information, ULONG Length, PULONG Result)
{
    WCHAR Path[300];
    ULONG Bytes = CmpKeyPath(Key, Path, sizeof(Path)), Fixed = FIELD_OFFSET(KEY_NAME_INFORMATION, Name);

    if (Length >= Fixed) {
        Information->NameLength = Bytes;
    }
    return CmpReturnName(Information->Name, Fixed, Path, Bytes, Length, Result);
}

static NTSTATUS CmpQueryKey(PCM_KEY Key, KEY_INFORMATION_CLASS Class, PVOID Information, ULONG Length, PULONG Result)
{
    PKEY_BASIC_INFORMATION Basic = Information;
    PKEY_NODE_INFORMATION Node = Information;

    switch (Class) {
    case KeyBasicInformation:
        if (Length >= FIELD_OFFSET(KEY_BASIC_INFORMATION, Name)) {
            memset(Basic, 0, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name));
            Basic->NameLength = Key->Name.Length;
        }
        return CmpReturnName(Basic->Name, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name), Key->Name.Buffer, Key->Name.Length,
                             Length, Result);
    case KeyNodeInformation:
        if (Length >= FIELD_OFFSET(KEY_NODE_INFORMATION, Name)) {
            memset(Node, 0, FIELD_OFFSET(KEY_NODE_INFORMATION, Name));
            Node->ClassOffset = (ULONG)-1;
            Node->NameLength = Key->Name.Length;
        }
        return CmpReturnName(Node->Name, FIELD_OFFSET(KEY_NODE_INFORMATION, Name), Key->Name.Buffer, Key->Name.Length,
                             Length, Result);
    case KeyFullInformation: return CmpReturnFull(Key, Information, Length, Result);
    case KeyNameInformation: return CmpReturnPath(Key, Information, Length, Result);
    default: return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS NTAPI ZwQueryKey(HANDLE Handle, KEY_INFORMATION_CLASS Class, PVOID Information, ULONG Length, PULONG Result)
{
    PCM_KEY Key;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    return NT_SUCCESS(Status) ? CmpQueryKey(Key, Class, Information, Length, Result) : Status;
}

NTSTATUS NTAPI ZwEnumerateKey(HANDLE Handle, ULONG Index, KEY_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                              PULONG Result)
{
    PCM_KEY Key, Child;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Child = CmpNthChild(Key, Index);
    return Child ? CmpQueryKey(Child, Class, Information, Length, Result) : STATUS_NO_MORE_ENTRIES;
}
