/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmvalue.c - values through handles: ZwQueryValueKey and its family. PASSIVE_LEVEL. */
#include "cm.h"
#include "ob.h"

static NTSTATUS CmpReturn(ULONG Fixed, ULONG Bytes, ULONG Length, PULONG Result)
{
    *Result = Fixed + Bytes;
    return Length < Fixed ? STATUS_BUFFER_TOO_SMALL : Length < *Result ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS CmpReturnBasic(PCM_VALUE Value, PKEY_VALUE_BASIC_INFORMATION Basic, ULONG Length, PULONG Result)
{
    const ULONG Fixed = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
    NTSTATUS Status = CmpReturn(Fixed, Value->Name.Length, Length, Result);

    if (Status != STATUS_BUFFER_TOO_SMALL) {
        Basic->TitleIndex = 0;
        Basic->Type = Value->Type;
        Basic->NameLength = Value->Name.Length;
        memcpy(Basic->Name, Value->Name.Buffer, min(Value->Name.Length, Length - Fixed));
    }
    return Status;
}

static NTSTATUS CmpReturnFullValue(PCM_VALUE Value, PKEY_VALUE_FULL_INFORMATION Full, ULONG Length, PULONG Result)
{
    const ULONG Fixed = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
    const ULONG Offset = (Fixed + Value->Name.Length + 7) & ~7u;
    NTSTATUS Status = CmpReturn(Fixed, Offset - Fixed + Value->Bytes, Length, Result);

    if (Status == STATUS_BUFFER_TOO_SMALL) {
        return Status;
    }
    Full->TitleIndex = 0;
    Full->Type = Value->Type;
    Full->DataOffset = Offset;
    Full->DataLength = Value->Bytes;
    Full->NameLength = Value->Name.Length;
    if (Status == STATUS_SUCCESS) {
        memcpy(Full->Name, Value->Name.Buffer, Value->Name.Length);
        memcpy((PUCHAR)Full + Offset, Value->Data, Value->Bytes);
    }
    return Status;
}

static NTSTATUS CmpReturnPartial(PCM_VALUE Value, PKEY_VALUE_PARTIAL_INFORMATION Partial, ULONG Length, PULONG Result)
{
    const ULONG Fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    NTSTATUS Status = CmpReturn(Fixed, Value->Bytes, Length, Result);

    if (Status != STATUS_BUFFER_TOO_SMALL) {
        Partial->TitleIndex = 0;
        Partial->Type = Value->Type;
        Partial->DataLength = Value->Bytes;
        memcpy(Partial->Data, Value->Data, min(Value->Bytes, Length - Fixed));
    }
    return Status;
}

static NTSTATUS CmpQueryValue(PCM_VALUE Value, KEY_VALUE_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                              PULONG Result)
{
    switch (Class) {
    case KeyValueBasicInformation: return CmpReturnBasic(Value, Information, Length, Result);
    case KeyValueFullInformation:
    case KeyValueFullInformationAlign64: return CmpReturnFullValue(Value, Information, Length, Result);
    case KeyValuePartialInformation: return CmpReturnPartial(Value, Information, Length, Result);
    default: return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE Handle, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class,
                               PVOID Information, ULONG Length, PULONG Result)
{
    PCM_KEY Key;
    PCM_VALUE Value;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Value = CmpFindValue(Key, Name);
    return Value ? CmpQueryValue(Value, Class, Information, Length, Result) : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE Handle, ULONG Index, KEY_VALUE_INFORMATION_CLASS Class, PVOID Information,
                                   ULONG Length, PULONG Result)
{
    PCM_KEY Key;
    PCM_VALUE Value;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    HvAtomicBegin();
    for (Value = Key->Value; Value && Index; Index--) {
        Value = Value->Next;
    }
    HvAtomicEnd();
    return Value ? CmpQueryValue(Value, Class, Information, Length, Result) : STATUS_NO_MORE_ENTRIES;
}

NTSTATUS NTAPI ZwSetValueKey(HANDLE Handle, PUNICODE_STRING Name, ULONG TitleIndex, ULONG Type, PVOID Data, ULONG Bytes)
{
    PCM_KEY Key;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    UNREFERENCED_PARAMETER(TitleIndex);
    return NT_SUCCESS(Status) ? CmpSetValue(Key, Name, Type, Data, Bytes) : Status;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE Handle, PUNICODE_STRING Name)
{
    PCM_KEY Key;
    NTSTATUS Status = CmpKeyOfHandle(Handle, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    return CmpDeleteValue(Key, Name) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
