/* SPDX-License-Identifier: GPL-2.0-or-later */
/* obevent.c - event objects through handles, and what can be asked of any handle. PASSIVE_LEVEL. */
#include "ob.h"

static NTSTATUS ObpOpenNamed(PHANDLE Handle, POBJECT_ATTRIBUTES Attributes, PVOID Caller)
{
    PVOID Event;
    NTSTATUS Status = ObpLookupPath(Attributes->ObjectName, ObpEventType, NULL, &Event);

    if (NT_SUCCESS(Status)) {
        Status = ObpCreateHandle(Event, Attributes->Attributes, Caller, Handle);
        ObDereferenceObject(Event);
    }
    return Status;
}

/* A named event that exists is opened if OBJ_OPENIF says so (STATUS_OBJECT_NAME_EXISTS), else it is a collision. */
static NTSTATUS ObpNameEvent(PVOID Event, POBJECT_DIRECTORY Directory, PHANDLE Handle, POBJECT_ATTRIBUTES Attributes,
                             PVOID Caller)
{
    NTSTATUS Status = ObpInsertName(Event, Directory);

    if (Status == STATUS_OBJECT_NAME_COLLISION && (Attributes->Attributes & OBJ_OPENIF)) {
        Status = ObpOpenNamed(Handle, Attributes, Caller);
        return NT_SUCCESS(Status) ? STATUS_OBJECT_NAME_EXISTS : Status;
    }
    return NT_SUCCESS(Status) ? ObpCreateHandle(Event, Attributes->Attributes, Caller, Handle) : Status;
}

/* Microsoft: ZwCreateEvent. */
NTSTATUS NTAPI ZwCreateEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, EVENT_TYPE Type,
                             BOOLEAN State)
{
    BOOLEAN Named = Attributes && Attributes->ObjectName && Attributes->ObjectName->Length;
    PVOID Caller = __builtin_return_address(0);
    POBJECT_DIRECTORY Directory = NULL;
    UNICODE_STRING Last;
    NTSTATUS Status;
    PKEVENT Event;

    UNREFERENCED_PARAMETER(Access);
    if (Named && !NT_SUCCESS(Status = ObpParsePath(Attributes->ObjectName, &Directory, &Last))) {
        return Status;
    }
    Event = ObAllocateObject(ObpEventType, sizeof(*Event), Named ? &Last : NULL, Caller);
    if (!Event) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeEvent(Event, Type, State);
    Status = Named ? ObpNameEvent(Event, Directory, Handle, Attributes, Caller)
                   : ObpCreateHandle(Event, Attributes ? Attributes->Attributes : 0, Caller, Handle);
    ObDereferenceObject(Event);
    return Status;
}

/* Microsoft: ZwOpenEvent. */
NTSTATUS NTAPI ZwOpenEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI ZwOpenEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    UNREFERENCED_PARAMETER(Access);
    return ObpOpenNamed(Handle, Attributes, __builtin_return_address(0));
}

/* Microsoft: ZwSetEvent. */
NTSTATUS NTAPI ZwSetEvent(HANDLE Handle, PLONG PreviousState)
{
    PKEVENT Event;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpEventType, KernelMode, (PVOID *)&Event, NULL);
    LONG Previous;

    if (NT_SUCCESS(Status)) {
        Previous = KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
        if (PreviousState) {
            *PreviousState = Previous;
        }
        ObDereferenceObject(Event);
    }
    return Status;
}

NTSTATUS NTAPI ZwClearEvent(HANDLE Handle);
NTSTATUS NTAPI ZwClearEvent(HANDLE Handle)
{
    PKEVENT Event;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpEventType, KernelMode, (PVOID *)&Event, NULL);

    if (NT_SUCCESS(Status)) {
        KeClearEvent(Event);
        ObDereferenceObject(Event);
    }
    return Status;
}

/* Microsoft: ZwWaitForSingleObject. STATUS_OBJECT_TYPE_MISMATCH: cannot be waited for. A file's event is waited for. */
NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PVOID Object = ObpHandleObject(Handle);
    NTSTATUS Status = STATUS_OBJECT_TYPE_MISMATCH;

    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    if (ObHeader(Object)->Type == ObpFileType) {
        Status = KeWaitForSingleObject(&((PFILE_OBJECT)Object)->Event, UserRequest, KernelMode, Alertable, Timeout);
    } else if (ObHeader(Object)->Type->HasWaitHeader) {
        Status = KeWaitForSingleObject(Object, UserRequest, KernelMode, Alertable, Timeout);
    }
    ObDereferenceObject(Object);
    return Status;
}

static NTSTATUS ObpQueryType(PVOID Object, PPUBLIC_OBJECT_TYPE_INFORMATION Information, ULONG Length, PULONG Needed)
{
    PUNICODE_STRING Name = &ObHeader(Object)->Type->Name;

    *Needed = sizeof(*Information) + Name->Length + sizeof(WCHAR);
    if (Length < *Needed) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memset(Information, 0, sizeof(*Information));
    Information->TypeName.Length = Name->Length;
    Information->TypeName.MaximumLength = (USHORT)(Name->Length + sizeof(WCHAR));
    Information->TypeName.Buffer = (PWCH)(Information + 1);
    memcpy(Information + 1, Name->Buffer, Name->Length);
    Information->TypeName.Buffer[Name->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS ObpQueryBasic(PVOID Object, PPUBLIC_OBJECT_BASIC_INFORMATION Information, ULONG Length, PULONG Needed)
{
    *Needed = sizeof(*Information);
    if (Length < *Needed) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memset(Information, 0, sizeof(*Information));
    Information->GrantedAccess = GENERIC_ALL;
    Information->HandleCount = (ULONG)ObHeader(Object)->HandleCount;
    Information->PointerCount = (ULONG)ObHeader(Object)->PointerCount;
    return STATUS_SUCCESS;
}

/* Microsoft: ZwQueryObject: basic information, type; and the name (class 1). */
NTSTATUS NTAPI ZwQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                             PULONG ReturnLength)
{
    PVOID Object = ObpHandleObject(Handle);
    NTSTATUS Status;
    ULONG Needed;

    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    switch ((int)Class) {
    case 0: Status = ObpQueryBasic(Object, Information, Length, &Needed); break;
    case 1: Status = ObQueryNameString(Object, Information, Length, &Needed); break;
    case 2: Status = ObpQueryType(Object, Information, Length, &Needed); break;
    default:
        Needed = 0;
        Status = STATUS_INVALID_INFO_CLASS;
        break;
    }
    if (ReturnLength) {
        *ReturnLength = Needed;
    }
    ObDereferenceObject(Object);
    return Status;
}

/* Microsoft: ZwDuplicateObject. There is one handle table: both processes are the same. */
NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess, PHANDLE Target,
                                 ACCESS_MASK Access, ULONG Attributes, ULONG Options)
{
    PVOID Object = ObpHandleObject(Source);
    NTSTATUS Status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(SourceProcess);
    UNREFERENCED_PARAMETER(TargetProcess);
    UNREFERENCED_PARAMETER(Access);
    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    if (Target) {
        Status = ObpCreateHandle(Object, Attributes, __builtin_return_address(0), Target);
    }
    if (Options & DUPLICATE_CLOSE_SOURCE) {
        NtClose(Source);
    }
    ObDereferenceObject(Object);
    return Status;
}
