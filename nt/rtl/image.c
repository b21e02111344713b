/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image.c - the headers of a mapped PE image. Source: Microsoft: PE format; RtlImageNtHeader. */
#include "rtl.h"
#include <ntimage.h>

PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID Base)
{
    PIMAGE_DOS_HEADER Dos = Base;
    PIMAGE_NT_HEADERS Nt;
    if (Base == NULL || Base == (PVOID)-1 || Dos->e_magic != IMAGE_DOS_SIGNATURE) return NULL;
    Nt = (PIMAGE_NT_HEADERS)((PUCHAR)Base + Dos->e_lfanew);
    return Nt->Signature == IMAGE_NT_SIGNATURE ? Nt : NULL;
}

PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseOfImage, BOOLEAN MappedAsImage, USHORT DirectoryEntry, PULONG Size)
{
    PIMAGE_NT_HEADERS Nt = RtlImageNtHeader(BaseOfImage);
    PIMAGE_DATA_DIRECTORY Directory;
    if (Nt == NULL || !MappedAsImage || DirectoryEntry >= Nt->OptionalHeader.NumberOfRvaAndSizes) return NULL;
    Directory = &Nt->OptionalHeader.DataDirectory[DirectoryEntry];
    if (Directory->VirtualAddress == 0) return NULL;
    *Size = Directory->Size;
    return (PUCHAR)BaseOfImage + Directory->VirtualAddress;
}
