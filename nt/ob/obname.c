/* SPDX-License-Identifier: GPL-2.0-or-later */
/* obname.c - objects made and found through the documented interface: by name, by attributes; names asked for. */
#include "ob.h"

NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING Name, ULONG Attributes, PACCESS_STATE AccessState,
                                       ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PVOID ParseContext,
                                       PVOID *Object)
{
    UNREFERENCED_PARAMETER(Attributes);
    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Mode);
    UNREFERENCED_PARAMETER(ParseContext);
    return ObpLookupPath(Name, Type, NULL, Object);
}

NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES Attributes, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                  PACCESS_STATE AccessState, ACCESS_MASK Access, PVOID ParseContext, PHANDLE Handle)
{
    PVOID Object;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Mode);
    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(ParseContext);
    Status = ObpLookupPath(Attributes->ObjectName, Type, NULL, &Object);
    if (NT_SUCCESS(Status)) {
        Status = ObpCreateHandle(Object, Attributes->Attributes, __builtin_return_address(0), Handle);
        ObfDereferenceObject(Object);
    }
    return Status;
}

/*
 * Exported, undocumented for drivers. The object bears the last component of the attributes' name; ObInsertObject
 * enters it into the directory. Body contents are unspecified, as on Windows.
 */
NTSTATUS NTAPI ObCreateObject(KPROCESSOR_MODE ProbeMode, POBJECT_TYPE Type, POBJECT_ATTRIBUTES Attributes,
                              KPROCESSOR_MODE OwnershipMode, PVOID ParseContext, ULONG Size, ULONG PagedCharge,
                              ULONG NonPagedCharge, PVOID *Object)
{
    POBJECT_DIRECTORY Directory = NULL;
    UNICODE_STRING Last;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(ProbeMode);
    UNREFERENCED_PARAMETER(OwnershipMode);
    UNREFERENCED_PARAMETER(ParseContext);
    UNREFERENCED_PARAMETER(PagedCharge);
    UNREFERENCED_PARAMETER(NonPagedCharge);
    if (Attributes && Attributes->ObjectName) {
        Status = ObpParsePath(Attributes->ObjectName, &Directory, &Last);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    *Object = ObAllocateObject(Type, Size, Directory ? &Last : NULL, __builtin_return_address(0));
    if (!*Object) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Directory) {
        ObHeader(*Object)->NextName = (POBJECT_HEADER)Directory;
        ObHeader(*Object)->Flags |= OB_FLAG_PLACE_KNOWN;
    }
    if (Attributes && (Attributes->Attributes & OBJ_PERMANENT)) {
        ObHeader(*Object)->Flags |= OB_FLAG_PERMANENT;
    }
    return STATUS_SUCCESS;
}

/* The creation reference is handed over to the handle; it is dropped on failure, too. */
NTSTATUS NTAPI ObInsertObject(PVOID Object, PACCESS_STATE AccessState, ACCESS_MASK Access, ULONG PointerBias,
                              PVOID *NewObject, PHANDLE Handle)
{
    POBJECT_HEADER Header = ObHeader(Object);
    NTSTATUS Status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(Access);
    if (Header->Flags & OB_FLAG_PLACE_KNOWN) {
        POBJECT_DIRECTORY Directory = (POBJECT_DIRECTORY)Header->NextName;
        Header->Flags &= ~(ULONG)OB_FLAG_PLACE_KNOWN;
        Status = ObpInsertName(Object, Directory);
    }
    if (NT_SUCCESS(Status) && Handle) {
        Status = ObpCreateHandle(Object, OBJ_KERNEL_HANDLE, __builtin_return_address(0), Handle);
    }
    if (NT_SUCCESS(Status)) {
        InterlockedExchangeAdd(&Header->PointerCount, (LONG)PointerBias);
        if (NewObject) {
            *NewObject = Object;
        }
    }
    if (Handle || !NT_SUCCESS(Status)) {
        ObfDereferenceObject(Object);
    }
    return Status;
}

static ULONG ObpAppend(PWCH Buffer, ULONG Used, ULONG Room, const VOID *Text, ULONG Bytes)
{
    if (Used + Bytes <= Room) {
        memcpy((PUCHAR)Buffer + Used, Text, Bytes);
    }
    return Used + Bytes;
}

/*
 * Microsoft: ObQueryNameString. PASSIVE_LEVEL. STATUS_INFO_LENGTH_MISMATCH with the length needed if the buffer is
 * small. A file's name is its device's name and then the file object's.
 */
NTSTATUS NTAPI ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION Information, ULONG Length, PULONG ReturnLength)
{
    PUNICODE_STRING Rest = NULL;
    PWCH Text = (PWCH)(Information + 1);
    ULONG Room = Information && Length > sizeof(*Information) ? Length - sizeof(*Information) : 0, Used = 0;
    POBJECT_HEADER Header = ObHeader(Object);

    if (Header->Type == ObpFileType) {
        Rest = &((PFILE_OBJECT)Object)->FileName;
        Header = ObHeader(((PFILE_OBJECT)Object)->DeviceObject);
    }
    if (Header->Name.Length) {
        POBJECT_DIRECTORY Directory = Header->Directory;
        if (Directory && Directory != ObpRootDirectory) {
            Used = ObpAppend(Text, Used, Room, L"\\", sizeof(WCHAR));
            Used = ObpAppend(Text, Used, Room, ObHeader(Directory)->Name.Buffer, ObHeader(Directory)->Name.Length);
        }
        Used = ObpAppend(Text, Used, Room, L"\\", sizeof(WCHAR));
        Used = ObpAppend(Text, Used, Room, Header->Name.Buffer, Header->Name.Length);
    }
    if (Rest) {
        Used = ObpAppend(Text, Used, Room, Rest->Buffer, Rest->Length);
    }
    *ReturnLength = sizeof(*Information) + (Used ? Used + sizeof(WCHAR) : 0);
    if (*ReturnLength > Length || !Information) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    Information->Name.Length = (USHORT)Used;
    Information->Name.MaximumLength = (USHORT)(Used ? Used + sizeof(WCHAR) : 0);
    Information->Name.Buffer = Used ? Text : NULL;
    if (Used) {
        Text[Used / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}
