/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * section.c - sections by name: there is none here, not even \Device\PhysicalMemory, so that nothing can be mapped.
 * PASSIVE_LEVEL. Sources: Microsoft, the page of each routine.
 */
#include "mm.h"

NTSTATUS NTAPI ZwOpenSection(PHANDLE Section, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    UNREFERENCED_PARAMETER(Section);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Attributes);
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS NTAPI ZwMapViewOfSection(HANDLE Section, HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits, SIZE_T CommitSize,
                                  PLARGE_INTEGER Offset, PSIZE_T ViewSize, SECTION_INHERIT Inherit,
                                  ULONG AllocationType, ULONG Protect)
{
    UNREFERENCED_PARAMETER(Section);
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(Base);
    UNREFERENCED_PARAMETER(ZeroBits);
    UNREFERENCED_PARAMETER(CommitSize);
    UNREFERENCED_PARAMETER(Offset);
    UNREFERENCED_PARAMETER(ViewSize);
    UNREFERENCED_PARAMETER(Inherit);
    UNREFERENCED_PARAMETER(AllocationType);
    UNREFERENCED_PARAMETER(Protect);
    return STATUS_INVALID_HANDLE;
}

NTSTATUS NTAPI ZwUnmapViewOfSection(HANDLE Process, PVOID Base)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(Base);
    return STATUS_NOT_MAPPED_VIEW;
}
