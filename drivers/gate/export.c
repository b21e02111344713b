/* SPDX-License-Identifier: MIT */
/* export.c - the export directory of a mapped image (Microsoft: "PE Format"). Nothing in it is trusted to be in bounds. */
#include "gatep.h"
#include <ntimage.h>

typedef struct _GATE_IMAGE {
    PUCHAR Base;
    ULONG Size;
} GATE_IMAGE, *PGATE_IMAGE;

/* Address of Count elements of Size bytes, NULL if they are not inside the image. */
static PVOID GateAt(_In_ const GATE_IMAGE *Image, _In_ ULONG Offset, _In_ ULONG Count, _In_ ULONG Size)
{
    if (Offset > Image->Size || Count > (Image->Size - Offset) / Size) {
        return NULL;
    }
    return Image->Base + Offset;
}

static BOOLEAN GateIsName(_In_ const GATE_IMAGE *Image, _In_ ULONG Offset, _In_ PCSTR Name)
{
    ULONG Length = (ULONG)strlen(Name) + 1;
    PVOID Text = GateAt(Image, Offset, Length, 1);

    return Text != NULL && RtlCompareMemory(Text, Name, Length) == Length;
}

static PIMAGE_EXPORT_DIRECTORY GateExportDirectory(_In_ const GATE_IMAGE *Image)
{
    PIMAGE_DOS_HEADER Dos = GateAt(Image, 0, 1, sizeof(*Dos));
    PIMAGE_NT_HEADERS Headers;
    ULONG Offset;

    if (Dos == NULL || Dos->e_magic != IMAGE_DOS_SIGNATURE) {
        return NULL;
    }
    Headers = GateAt(Image, (ULONG)Dos->e_lfanew, 1, sizeof(*Headers));
    if (Headers == NULL || Headers->Signature != IMAGE_NT_SIGNATURE) {
        return NULL;
    }
    Offset = Headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress;
    return Offset != 0 ? GateAt(Image, Offset, 1, sizeof(IMAGE_EXPORT_DIRECTORY)) : NULL;
}

PVOID GateFindExport(_In_ PVOID ImageBase, _In_ ULONG ImageSize, _In_ PCSTR Name)
{
    GATE_IMAGE Image = {ImageBase, ImageSize};
    PIMAGE_EXPORT_DIRECTORY Directory = GateExportDirectory(&Image);
    PULONG Names, Functions;
    PUSHORT Ordinals;
    ULONG Index;

    if (Directory == NULL) {
        return NULL;
    }
    Names = GateAt(&Image, Directory->AddressOfNames, Directory->NumberOfNames, sizeof(*Names));
    Ordinals = GateAt(&Image, Directory->AddressOfNameOrdinals, Directory->NumberOfNames, sizeof(*Ordinals));
    Functions = GateAt(&Image, Directory->AddressOfFunctions, Directory->NumberOfFunctions, sizeof(*Functions));
    if (Names == NULL || Ordinals == NULL || Functions == NULL) {
        return NULL;
    }
    for (Index = 0; Index < Directory->NumberOfNames; Index++) {
        if (GateIsName(&Image, Names[Index], Name)) {
            return Ordinals[Index] < Directory->NumberOfFunctions ? GateAt(&Image, Functions[Ordinals[Index]], 1, 1)
                                                                  : NULL;
        }
    }
    return NULL;
}
