/* SPDX-License-Identifier: MIT */
/* config.c - the targets, as the service key of gate.sys lists them. */
#include "gatep.h"

#define GATE_SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

static NTSTATUS GateOpenKey(_In_opt_ HANDLE Parent, _In_ PCUNICODE_STRING Path, _Out_ PHANDLE Key)
{
    OBJECT_ATTRIBUTES Attributes;

    InitializeObjectAttributes(&Attributes, (PUNICODE_STRING)Path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Parent,
                               NULL);
    return ZwOpenKey(Key, KEY_QUERY_VALUE, &Attributes);
}

/* The value, followed by two zero characters; free it with ExFreePoolWithTag. */
static NTSTATUS GateQueryValue(_In_ HANDLE Key, _In_ PCUNICODE_STRING Name,
                               _Outptr_ PKEY_VALUE_PARTIAL_INFORMATION *Value)
{
    const ULONG Header = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    PKEY_VALUE_PARTIAL_INFORMATION Result;
    ULONG Bytes = 0;
    NTSTATUS Status;

    Status = ZwQueryValueKey(Key, (PUNICODE_STRING)Name, KeyValuePartialInformation, NULL, 0, &Bytes);
    if (Status != STATUS_BUFFER_TOO_SMALL && Status != STATUS_BUFFER_OVERFLOW) {
        return NT_SUCCESS(Status) ? STATUS_NOT_FOUND : Status;
    }
    Result = ExAllocatePoolWithTag(PagedPool, Bytes + 2 * sizeof(WCHAR), GATE_TAG);
    if (Result == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = ZwQueryValueKey(Key, (PUNICODE_STRING)Name, KeyValuePartialInformation, Result, Bytes, &Bytes);
    if (!NT_SUCCESS(Status)) {
        ExFreePoolWithTag(Result, GATE_TAG);
        return Status;
    }
    RtlZeroMemory((PUCHAR)Result + Header + Result->DataLength, 2 * sizeof(WCHAR));
    *Value = Result;
    return STATUS_SUCCESS;
}

/* A value of a key; the same, with the key's path. */
static NTSTATUS GateReadValue(_In_opt_ HANDLE Parent, _In_ PCUNICODE_STRING Path, _In_ PCWSTR Name,
                              _Outptr_ PKEY_VALUE_PARTIAL_INFORMATION *Value)
{
    UNICODE_STRING ValueName;
    HANDLE Key;
    NTSTATUS Status = GateOpenKey(Parent, Path, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    RtlInitUnicodeString(&ValueName, Name);
    Status = GateQueryValue(Key, &ValueName, Value);
    ZwClose(Key);
    return Status;
}

/* Room behind the target, taken from *Free. */
static VOID GateCopy(_Out_ PUNICODE_STRING Target, _In_ PCWSTR Text, _In_ USHORT Length, _Inout_ PWCHAR *Free)
{
    Target->Buffer = *Free;
    Target->Length = Target->MaximumLength = Length;
    RtlCopyMemory(*Free, Text, Length);
    *Free += Length / sizeof(WCHAR);
}

/* A copy of the part after the last backslash of the service's ImagePath; SERVICE.sys without one. */
static NTSTATUS GateReadImageName(_Inout_ PGATE_TARGET Target)
{
    static const WCHAR Suffix[] = L".sys";
    PKEY_VALUE_PARTIAL_INFORMATION Value = NULL;
    UNICODE_STRING Path = Target->Service;
    ULONG Start;

    if (NT_SUCCESS(GateReadValue(NULL, &Target->Key, L"ImagePath", &Value))) {
        RtlInitUnicodeString(&Path, (PCWSTR)Value->Data);
    }
    for (Start = Path.Length / sizeof(WCHAR); Start != 0 && Path.Buffer[Start - 1] != L'\\'; Start--) {
    }
    Target->Image.MaximumLength = (USHORT)(Path.Length - Start * sizeof(WCHAR) + sizeof(Suffix));
    Target->Image.Buffer = ExAllocatePoolWithTag(NonPagedPool, Target->Image.MaximumLength, GATE_TAG);
    if (Target->Image.Buffer != NULL) {
        Path.Buffer += Start;
        Path.Length -= (USHORT)(Start * sizeof(WCHAR));
        RtlAppendUnicodeStringToString(&Target->Image, &Path);
        if (Value == NULL) {
            RtlAppendUnicodeToString(&Target->Image, Suffix);
        }
    }
    if (Value != NULL) {
        ExFreePoolWithTag(Value, GATE_TAG);
    }
    return Target->Image.Buffer != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID GateFreeTarget(_In_ PGATE_TARGET Target)
{
    if (Target->Image.Buffer != NULL) {
        ExFreePoolWithTag(Target->Image.Buffer, GATE_TAG);
    }
    ExFreePoolWithTag(Target, GATE_TAG);
}

/* From "service" or "service=\Device\Name", Length bytes. */
static NTSTATUS GateMakeTarget(_In_ PCWSTR Text, _In_ USHORT Length, _Outptr_ PGATE_TARGET *NewTarget)
{
    const USHORT RootLength = sizeof(GATE_SERVICES) - sizeof(WCHAR);
    PGATE_TARGET Target;
    USHORT ServiceLength = 0;
    PWCHAR Free;
    NTSTATUS Status;

    while (ServiceLength < Length && Text[ServiceLength / sizeof(WCHAR)] != L'=') {
        ServiceLength += sizeof(WCHAR);
    }
    Target = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Target) + RootLength + Length, GATE_TAG);
    if (Target == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(Target, sizeof(*Target));
    KeInitializeEvent(&Target->Released, NotificationEvent, FALSE);
    Free = (PWCHAR)(Target + 1);
    GateCopy(&Target->Key, GATE_SERVICES, RootLength, &Free);
    GateCopy(&Target->Service, Text, ServiceLength, &Free);
    Target->Key.Length = Target->Key.MaximumLength = RootLength + ServiceLength; /* the name follows the root */
    if (ServiceLength < Length) {
        GateCopy(&Target->Device, Text + ServiceLength / sizeof(WCHAR) + 1, Length - ServiceLength - sizeof(WCHAR),
                 &Free);
    }
    Status = GateReadImageName(Target);
    if (!NT_SUCCESS(Status)) {
        GateFreeTarget(Target);
        return Status;
    }
    *NewTarget = Target;
    return STATUS_SUCCESS;
}

VOID GateFreeTargets(_In_opt_ PGATE_TARGET Targets)
{
    PGATE_TARGET Next;

    for (; Targets != NULL; Targets = Next) {
        Next = Targets->Next;
        GateFreeTarget(Targets);
    }
}

/* Strings, each with its zero, up to an empty one. */
static NTSTATUS GateMakeTargets(_In_ PCWSTR Text, _Outptr_ PGATE_TARGET *Targets)
{
    PGATE_TARGET First = NULL, *Link = &First;
    UNICODE_STRING Item;
    NTSTATUS Status = STATUS_SUCCESS;

    for (; *Text != 0 && NT_SUCCESS(Status); Text += Item.Length / sizeof(WCHAR) + 1) {
        RtlInitUnicodeString(&Item, Text);
        Status = GateMakeTarget(Text, Item.Length, Link);
        if (NT_SUCCESS(Status)) {
            Link = &(*Link)->Next;
        }
    }
    if (NT_SUCCESS(Status) && First == NULL) {
        Status = STATUS_NOT_FOUND;
    }
    if (!NT_SUCCESS(Status)) {
        GateFreeTargets(First);
        return Status;
    }
    *Targets = First;
    return STATUS_SUCCESS;
}

NTSTATUS GateReadTargets(_In_ PUNICODE_STRING RegistryPath, _Outptr_ PGATE_TARGET *Targets)
{
    static const UNICODE_STRING Parameters = RTL_CONSTANT_STRING(L"Parameters");
    PKEY_VALUE_PARTIAL_INFORMATION Value;
    HANDLE Key;
    NTSTATUS Status = GateOpenKey(NULL, RegistryPath, &Key);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = GateReadValue(Key, &Parameters, L"Targets", &Value);
    ZwClose(Key);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = Value->Type == REG_MULTI_SZ || Value->Type == REG_SZ ? GateMakeTargets((PCWSTR)Value->Data, Targets)
                                                                  : STATUS_OBJECT_TYPE_MISMATCH;
    ExFreePoolWithTag(Value, GATE_TAG);
    return Status;
}
