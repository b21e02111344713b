/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image.c - the headers of a mapped PE image. Source: Microsoft: PE format; RtlImageNtHeader. */
#include "rtl.h"
#include <ntimage.h>

PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID Base)
{
    PIMAGE_DOS_HEADER Dos = Base;
    PIMAGE_NT_HEADERS Nt;
    if (Base == NULL || Base == (PVOID)-1 || Dos->e_magic != IMAGE_DOS_SIGNATURE) {
        return NULL;
    }
    Nt = (PIMAGE_NT_HEADERS)((PUCHAR)Base + Dos->e_lfanew);
    return Nt->Signature == IMAGE_NT_SIGNATURE ? Nt : NULL;
}

BOOLEAN RtlpIntegrityForced(PVOID BaseOfImage)
{
    PIMAGE_NT_HEADERS Nt = RtlImageNtHeader(BaseOfImage);

    return Nt && (Nt->OptionalHeader.DllCharacteristics & IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY);
}

PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseOfImage, BOOLEAN MappedAsImage, USHORT DirectoryEntry, PULONG Size)
{
    PIMAGE_NT_HEADERS Nt = RtlImageNtHeader(BaseOfImage);
    PIMAGE_DATA_DIRECTORY Directory;
    if (Nt == NULL || !MappedAsImage || DirectoryEntry >= Nt->OptionalHeader.NumberOfRvaAndSizes) {
        return NULL;
    }
    Directory = &Nt->OptionalHeader.DataDirectory[DirectoryEntry];
    if (Directory->VirtualAddress == 0) {
        return NULL;
    }
    *Size = Directory->Size;
    return (PUCHAR)BaseOfImage + Directory->VirtualAddress;
}

/* Flags: 1 = do not check the size. Size: of the mapped file, else 0 with that flag. */
NTSTATUS NTAPI RtlImageNtHeaderEx(ULONG Flags, PVOID Base, ULONG64 Size, PIMAGE_NT_HEADERS *OutHeaders)
{
    PIMAGE_DOS_HEADER Dos = Base;
    *OutHeaders = NULL;
    if (Base == NULL || Base == (PVOID)-1 || (Flags & ~1U)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!(Flags & 1)) {
        if (Size < sizeof(*Dos) || Dos->e_magic != IMAGE_DOS_SIGNATURE || Dos->e_lfanew < 0 ||
            (ULONG64)Dos->e_lfanew + sizeof(IMAGE_NT_HEADERS) > Size) {
            return STATUS_INVALID_IMAGE_FORMAT;
        }
    }
    *OutHeaders = RtlImageNtHeader(Base);
    return *OutHeaders ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
}

/* Source: public descriptions of the export; there is no page. NULL: no such export. Forwarders are not followed. */
PVOID NTAPI RtlFindExportedRoutineByName(PVOID ImageBase, PCSTR RoutineName)
{
    ULONG Size;
    PUCHAR Base = ImageBase;
    PIMAGE_EXPORT_DIRECTORY Exports =
        RtlImageDirectoryEntryToData(ImageBase, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &Size);
    if (Exports == NULL) {
        return NULL;
    }
    for (ULONG Index = 0; Index < Exports->NumberOfNames; Index++) {
        PCSTR Name = (PCSTR)(Base + ((PULONG)(Base + (ULONG)Exports->AddressOfNames))[Index]);
        if (strcmp(Name, RoutineName) != 0) {
            continue;
        }
        return Base + ((PULONG)(Base + (ULONG)Exports->AddressOfFunctions))[(
                          (PUSHORT)(Base + (ULONG)Exports->AddressOfNameOrdinals))[Index]];
    }
    return NULL;
}
