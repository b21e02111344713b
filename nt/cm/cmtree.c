/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmtree.c - the registry's tree: keys and values in memory. Each public routine of this file is one atomic section;
 * the nodes are never freed, so that what it returns stays readable.
 */
#include "cm.h"
#include "ob.h"

static CM_KEY CmpRoot; /* above "Registry" */
PCM_KEY CmpServicesKey;

static BOOLEAN CmpSplit(PUNICODE_STRING Path, PUNICODE_STRING First)
{
    ULONG Count = Path->Length / sizeof(WCHAR), Start = 0, End;

    while (Start < Count && Path->Buffer[Start] == L'\\') {
        Start++;
    }
    for (End = Start; End < Count && Path->Buffer[End] != L'\\'; End++) {
    }
    First->Buffer = Path->Buffer + Start;
    First->Length = First->MaximumLength = (USHORT)((End - Start) * sizeof(WCHAR));
    Path->Buffer += End;
    Path->Length = (USHORT)((Count - End) * sizeof(WCHAR));
    return End > Start;
}

static PCM_KEY CmpChild(PCM_KEY Key, PCUNICODE_STRING Name)
{
    PCM_KEY Child = Key->Child;

    while (Child && (Child->Deleted || !ObpSameName(&Child->Name, Name))) {
        Child = Child->Next;
    }
    return Child;
}

static PVOID CmpCopy(const VOID *Data, ULONG Bytes)
{
    PVOID Copy = HvAlloc(Bytes ? Bytes : 1, HV_SYSTEM);

    memcpy(Copy, Data, Bytes);
    return Copy;
}

static PCM_KEY CmpAddChild(PCM_KEY Parent, PCUNICODE_STRING Name)
{
    PCM_KEY Child = HvAlloc(sizeof(*Child), HV_SYSTEM), *Link = &Parent->Child;

    Child->Parent = Parent;
    Child->Name.Buffer = CmpCopy(Name->Buffer, Name->Length);
    Child->Name.Length = Child->Name.MaximumLength = Name->Length;
    while (*Link) {
        Link = &(*Link)->Next;
    }
    *Link = Child;
    return Child;
}

/* Most paths begin with the Services key, spelt as everybody spells it: skip the walk. */
static PCM_KEY CmpStart(PCM_KEY Root, PUNICODE_STRING Path)
{
    static const WCHAR Services[] = CM_SERVICES;
    const ULONG Bytes = sizeof(Services) - sizeof(WCHAR);

    if (Root) {
        return Root;
    }
    if (CmpServicesKey && Path->Length > Bytes && memcmp(Path->Buffer, Services, Bytes) == 0) {
        Path->Buffer += Bytes / sizeof(WCHAR);
        Path->Length = (USHORT)(Path->Length - Bytes);
        return CmpServicesKey;
    }
    return &CmpRoot;
}

PCM_KEY CmpFindKey(PCM_KEY Root, PCUNICODE_STRING Path)
{
    UNICODE_STRING Rest = *Path, Name;
    PCM_KEY Key;

    HvAtomicBegin();
    Key = CmpStart(Root, &Rest);
    while (Key && CmpSplit(&Rest, &Name)) {
        Key = CmpChild(Key, &Name);
    }
    HvAtomicEnd();
    return Key;
}

PCM_KEY CmpCreateKey(PCM_KEY Root, PCUNICODE_STRING Path, PBOOLEAN Created)
{
    UNICODE_STRING Rest = *Path, Name;
    BOOLEAN New = FALSE;
    PCM_KEY Key;

    HvAtomicBegin();
    Key = CmpStart(Root, &Rest);
    while (CmpSplit(&Rest, &Name)) {
        PCM_KEY Child = CmpChild(Key, &Name);
        New = Child == NULL;
        Key = Child ? Child : CmpAddChild(Key, &Name);
    }
    HvAtomicEnd();
    if (Created) {
        *Created = New;
    }
    return Key;
}

static PCM_VALUE CmpValueOf(PCM_KEY Key, PCUNICODE_STRING Name)
{
    PCM_VALUE Value = Key->Value;

    while (Value && !ObpSameName(&Value->Name, Name)) {
        Value = Value->Next;
    }
    return Value;
}

PCM_VALUE CmpFindValue(PCM_KEY Key, PCUNICODE_STRING Name)
{
    PCM_VALUE Value;

    HvAtomicBegin();
    Value = CmpValueOf(Key, Name);
    HvAtomicEnd();
    return Value;
}

/* A value that is replaced becomes a new node: readers of the old one keep what they have. */
NTSTATUS CmpSetValue(PCM_KEY Key, PCUNICODE_STRING Name, ULONG Type, const VOID *Data, ULONG Bytes)
{
    PCM_VALUE New = HvAlloc(sizeof(*New), HV_SYSTEM), *Link;

    New->Name.Buffer = CmpCopy(Name->Buffer, Name->Length);
    New->Name.Length = New->Name.MaximumLength = Name->Length;
    New->Type = Type;
    New->Bytes = Bytes;
    New->Data = CmpCopy(Data, Bytes);
    HvAtomicBegin();
    for (Link = &Key->Value; *Link && !ObpSameName(&(*Link)->Name, Name); Link = &(*Link)->Next) {
    }
    if (*Link) {
        New->Next = (*Link)->Next;
    }
    *Link = New;
    HvAtomicEnd();
    return STATUS_SUCCESS;
}

BOOLEAN CmpDeleteValue(PCM_KEY Key, PCUNICODE_STRING Name)
{
    PCM_VALUE *Link;
    BOOLEAN Found;

    HvAtomicBegin();
    for (Link = &Key->Value; *Link && !ObpSameName(&(*Link)->Name, Name); Link = &(*Link)->Next) {
    }
    Found = *Link != NULL;
    if (Found) {
        *Link = (*Link)->Next;
    }
    HvAtomicEnd();
    return Found;
}

/* STATUS_CANNOT_DELETE if it has subkeys. Open handles see STATUS_KEY_DELETED from now on. */
NTSTATUS CmpDeleteKey(PCM_KEY Key)
{
    PCM_KEY *Link;
    NTSTATUS Status = STATUS_CANNOT_DELETE;

    HvAtomicBegin();
    if (Key->Deleted) {
        Status = STATUS_KEY_DELETED;
    } else if (!Key->Child && Key->Parent) {
        for (Link = &Key->Parent->Child; *Link != Key; Link = &(*Link)->Next) {
        }
        *Link = Key->Next;
        Key->Deleted = TRUE;
        Status = STATUS_SUCCESS;
    }
    HvAtomicEnd();
    return Status;
}

ULONG CmpQueryDword(PCM_KEY Key, PCWSTR Name, ULONG Default)
{
    UNICODE_STRING Text;
    PCM_VALUE Value;

    RtlInitUnicodeString(&Text, Name);
    Value = CmpFindValue(Key, &Text);
    return Value && Value->Type == REG_DWORD && Value->Bytes == sizeof(ULONG) ? *(PULONG)Value->Data : Default;
}

ULONG CmpKeyPath(PCM_KEY Key, PWCH Buffer, ULONG Room)
{
    ULONG Used = 0;

    if (Key->Parent) {
        Used = CmpKeyPath(Key->Parent, Buffer, Room);
        if (Used + Key->Name.Length + 2 * sizeof(WCHAR) <= Room) {
            Buffer[Used / sizeof(WCHAR)] = L'\\';
            memcpy((PUCHAR)Buffer + Used + sizeof(WCHAR), Key->Name.Buffer, Key->Name.Length);
            Buffer[(Used + Key->Name.Length) / sizeof(WCHAR) + 1] = 0;
        }
        Used += Key->Name.Length + (ULONG)sizeof(WCHAR);
    }
    return Used;
}
