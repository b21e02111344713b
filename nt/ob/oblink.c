/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oblink.c - symbolic links and directories as drivers make and open them. */
#include "ob.h"
#include "vf.h"

static NTSTATUS ObpMakeLink(PCUNICODE_STRING Path, PCUNICODE_STRING Target, ULONG Flags, PVOID Caller, PVOID *Object)
{
    POBJECT_DIRECTORY Directory;
    POBJECT_SYMBOLIC_LINK Link;
    UNICODE_STRING Last;
    NTSTATUS Status = ObpParsePath(Path, &Directory, &Last);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Link = ObAllocateObject(ObpSymbolicLinkType, sizeof(*Link) + Target->Length, &Last, Caller);
    if (!Link) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ObHeader(Link)->Flags = Flags;
    Link->Target.Length = Link->Target.MaximumLength = Target->Length;
    Link->Target.Buffer = (PWCH)(Link + 1);
    memcpy(Link + 1, Target->Buffer, Target->Length);
    Status = ObpInsertName(Link, Directory);
    if (!NT_SUCCESS(Status)) {
        ObfDereferenceObject(Link);
        return Status;
    }
    *Object = Link;
    return STATUS_SUCCESS;
}

/* Microsoft: IoCreateSymbolicLink. PASSIVE_LEVEL. The link is permanent. STATUS_OBJECT_NAME_COLLISION. */
NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING Link, PUNICODE_STRING Target)
{
    PVOID Object;
    NTSTATUS Status = ObpMakeLink(Link, Target, OB_FLAG_PERMANENT, __builtin_return_address(0), &Object);

    if (NT_SUCCESS(Status)) {
        ObfDereferenceObject(Object); /* the directory keeps it */
    }
    return Status;
}

NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING Link, PUNICODE_STRING Target)
{
    PVOID Object;
    NTSTATUS Status = ObpMakeLink(Link, Target, OB_FLAG_PERMANENT, __builtin_return_address(0), &Object);

    if (NT_SUCCESS(Status)) {
        ObfDereferenceObject(Object);
    }
    return Status;
}

/* Microsoft: IoDeleteSymbolicLink. PASSIVE_LEVEL. STATUS_OBJECT_NAME_NOT_FOUND if there is none. */
NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING Link)
{
    PVOID Object;
    NTSTATUS Status = ObpLookupPath(Link, ObpSymbolicLinkType, NULL, &Object);

    if (NT_SUCCESS(Status)) {
        ObMakeTemporaryObject(Object);
        ObfDereferenceObject(Object);
    }
    return Status;
}

/* Microsoft: ZwCreateSymbolicLinkObject (wdm.h since Windows 2000 as an export). */
NTSTATUS NTAPI ZwCreateSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                                          PUNICODE_STRING Target);
NTSTATUS NTAPI ZwCreateSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                                          PUNICODE_STRING Target)
{
    PVOID Object, Caller = __builtin_return_address(0);
    ULONG Flags = (Attributes->Attributes & OBJ_PERMANENT) ? OB_FLAG_PERMANENT : 0;
    NTSTATUS Status = ObpMakeLink(Attributes->ObjectName, Target, Flags, Caller, &Object);

    UNREFERENCED_PARAMETER(Access);
    if (NT_SUCCESS(Status)) {
        Status = ObpCreateHandle(Object, Attributes->Attributes, Caller, Handle);
        ObfDereferenceObject(Object);
    }
    return Status;
}

static NTSTATUS ObpOpen(POBJECT_ATTRIBUTES Attributes, POBJECT_TYPE Type, PVOID Caller, PHANDLE Handle)
{
    PVOID Object;
    NTSTATUS Status = ObpLookupPath(Attributes->ObjectName, Type, NULL, &Object);

    if (NT_SUCCESS(Status)) {
        Status = ObpCreateHandle(Object, Attributes->Attributes, Caller, Handle);
        ObfDereferenceObject(Object);
    }
    return Status;
}

/* Microsoft: ZwOpenSymbolicLinkObject, ZwQuerySymbolicLinkObject, ZwOpenDirectoryObject. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwOpenSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    UNREFERENCED_PARAMETER(Access);
    return ObpOpen(Attributes, ObpSymbolicLinkType, __builtin_return_address(0), Handle);
}

NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    UNREFERENCED_PARAMETER(Access);
    return ObpOpen(Attributes, ObpDirectoryType, __builtin_return_address(0), Handle);
}

NTSTATUS NTAPI ZwQuerySymbolicLinkObject(HANDLE Handle, PUNICODE_STRING Target, PULONG ReturnedLength)
{
    POBJECT_SYMBOLIC_LINK Link;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpSymbolicLinkType, KernelMode, (PVOID *)&Link, NULL);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (ReturnedLength) {
        *ReturnedLength = Link->Target.Length;
    }
    if (Target->MaximumLength < Link->Target.Length) {
        Status = STATUS_BUFFER_TOO_SMALL;
    } else {
        memcpy(Target->Buffer, Link->Target.Buffer, Link->Target.Length);
        Target->Length = Link->Target.Length;
    }
    ObfDereferenceObject(Link);
    return Status;
}

/* Microsoft: ZwCreateDirectoryObject. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwCreateDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    PVOID Caller = __builtin_return_address(0);
    POBJECT_DIRECTORY Parent, Directory;
    UNICODE_STRING Last;
    NTSTATUS Status = ObpParsePath(Attributes->ObjectName, &Parent, &Last);

    UNREFERENCED_PARAMETER(Access);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Directory = ObAllocateObject(ObpDirectoryType, sizeof(*Directory), &Last, Caller);
    if (!Directory) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memset(Directory, 0, sizeof(*Directory));
    ObHeader(Directory)->Flags = (Attributes->Attributes & OBJ_PERMANENT) ? OB_FLAG_PERMANENT : 0;
    Status = ObpInsertName(Directory, Parent);
    if (NT_SUCCESS(Status)) {
        Status = ObpCreateHandle(Directory, Attributes->Attributes, Caller, Handle);
    }
    ObfDereferenceObject(Directory);
    return Status;
}
