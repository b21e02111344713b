/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysload.c - driver images in memory: loading, the imports they hold, unloading.
 *
 * One lock, MmSystemLoadLock, covers the list and every LoadCount; nobody holds it while DriverEntry runs. An image
 * goes when its LoadCount reaches 0: one for its driver object, one for each image that imports from it.
 * Sources: ReactOS (MmLoadSystemImage, MmUnloadSystemImage: steps only); Microsoft, "Creating Export Drivers",
 * "KeCancelTimer" (DPCs are flushed before a driver's memory goes).
 */
#include "mm.h"
#include "ex.h"
#include "ke.h"
#include "ps.h"
#include "rtl.h"

LIST_ENTRY PsLoadedModuleList = {&PsLoadedModuleList, &PsLoadedModuleList};
volatile LONG MmSystemLoadLock;

typedef NTSTATUS(NTAPI *MMP_DLL_INITIALIZE)(PUNICODE_STRING RegistryPath);
typedef NTSTATUS(NTAPI *MMP_DLL_UNLOAD)(VOID);

/* The loaded image of that name (64 bytes, zero-filled behind the text); NULL = none. */
static PKLDR_DATA_TABLE_ENTRY MmpFindByName(const CHAR *Name)
{
    const ULONG64 *Wanted = (const ULONG64 *)Name;

    for (PLIST_ENTRY Link = PsLoadedModuleList.Flink; Link != &PsLoadedModuleList; Link = Link->Flink) {
        PKLDR_DATA_TABLE_ENTRY Entry = CONTAINING_RECORD(Link, KLDR_DATA_TABLE_ENTRY, InLoadOrderLinks);
        const ULONG64 *Have = (const ULONG64 *)Entry->Name;
        ULONG i = 0;
        while (i < 8 && Have[i] == Wanted[i]) {
            i++;
        }
        if (i == 8) {
            return Entry;
        }
    }
    return NULL;
}

/* Offset in characters of the last component of a path. */
static USHORT MmpBaseName(PCUNICODE_STRING Path)
{
    USHORT At = Path->Length / sizeof(WCHAR);
    while (At > 0 && Path->Buffer[At - 1] != L'\\') {
        At--;
    }
    return At;
}

/* The machine's name of the image: ASCII, lower case, eight characters to a store. FALSE: longer than it can be. */
static BOOLEAN MmpMachineName(const WCHAR *Base, ULONG Length, CHAR *Name)
{
    if (Length >= 64) {
        return FALSE;
    }
    for (ULONG i = 0; i < Length; i += 8) {
        ULONG64 Word = 0;
        for (ULONG k = i; k < Length && k < i + 8; k++) {
            WCHAR c = Base[k];
            c = c >= L'A' && c <= L'Z' ? c + 32 : c;
            Word |= (ULONG64)(UCHAR)c << 8 * (k - i);
        }
        ((ULONG64 *)Name)[i / 8] = Word;
    }
    return TRUE;
}

static PKLDR_DATA_TABLE_ENTRY MmpMakeEntry(const struct hv_image *Image, PCUNICODE_STRING Path, USHORT Base)
{
    PKLDR_DATA_TABLE_ENTRY Entry = ExpAllocateSystemPool(sizeof(*Entry));
    USHORT Bytes = Path->Length < sizeof(Entry->FullName) - 8 ? Path->Length : sizeof(Entry->FullName) - 8;

    if (!Entry) {
        return NULL;
    }
    Entry->ExceptionTable = (PVOID)(ULONG_PTR)Image->exception_directory;
    Entry->ExceptionTableSize = Image->exception_size;
    Entry->DllBase = (PVOID)(ULONG_PTR)Image->base;
    Entry->EntryPoint = (PVOID)(ULONG_PTR)Image->entry;
    Entry->SizeOfImage = (ULONG)Image->size;
    Entry->CheckSum = Image->checksum;
    Entry->TimeDateStamp = Image->timestamp;
    memcpy(Entry->FullName, Path->Buffer, Bytes);
    Entry->FullDllName.Length = Bytes;
    Entry->FullDllName.MaximumLength = sizeof(Entry->FullName);
    Entry->FullDllName.Buffer = Entry->FullName;
    Entry->BaseDllName.Length = Entry->BaseDllName.MaximumLength = (USHORT)(Bytes - Base * sizeof(WCHAR));
    Entry->BaseDllName.Buffer = Entry->FullName + Base;
    Entry->Flags = RtlpIntegrityForced(Entry->DllBase) ? LDRP_INTEGRITY_FORCED : 0;
    Entry->LoadCount = 1;
    Entry->Name = Image->name;
    Entry->ImportCount = 0;
    return Entry;
}

/* Every loaded driver that the image imports from gets one load more. The system's own modules are not counted. */
static VOID MmpReferenceImports(PKLDR_DATA_TABLE_ENTRY Entry, struct hv_image *Image)
{
    for (ULONG i = 0; i < Image->import_count; i++) {
        CHAR *Name = Image->imports[i];
        PKLDR_DATA_TABLE_ENTRY Import;

        for (ULONG k = 0; Name[k]; k++) {
            if (Name[k] >= 'A' && Name[k] <= 'Z') {
                Name[k] += 32;
            }
        }
        Import = MmpFindByName(Name);
        if (Import && !(Import->Flags & LDRP_SYSTEM_MODULE)) {
            Import->LoadCount++;
            Entry->Imports[Entry->ImportCount++] = Import;
        }
    }
}

static NTSTATUS MmpImageStatus(const struct hv_image *Image, ULONG HvStatus)
{
    const CHAR *c = Image->missing;

    switch (HvStatus) {
    case HV_IMAGE_OK: return STATUS_SUCCESS;
    case HV_IMAGE_MISSING_EXPORT:
        while (*c && *c != '!') {
            c++;
        }
        return *c && c[1] == '#' ? STATUS_DRIVER_ORDINAL_NOT_FOUND : STATUS_DRIVER_ENTRYPOINT_NOT_FOUND;
    case HV_IMAGE_INVALID: return STATUS_INVALID_IMAGE_FORMAT;
    default: return STATUS_OBJECT_NAME_NOT_FOUND;
    }
}

static NTSTATUS MmpLoadImage(PCUNICODE_STRING Path, PKLDR_DATA_TABLE_ENTRY *Entry);

/* An export driver that nobody loaded yet: load it, let it initialise. Its only load is the importer's. */
static NTSTATUS MmpLoadImport(const CHAR *Module)
{
    WCHAR Text[64];
    UNICODE_STRING Path = {0, sizeof(Text), Text};
    PKLDR_DATA_TABLE_ENTRY Entry;
    MMP_DLL_INITIALIZE Initialize;
    NTSTATUS Status;

    while (Module[Path.Length / 2] && Path.Length < sizeof(Text)) {
        Text[Path.Length / 2] = (WCHAR)Module[Path.Length / 2];
        Path.Length += sizeof(WCHAR);
    }
    Status = MmpLoadImage(&Path, &Entry);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Entry->LoadCount = 0;
    Entry->Flags |= LDRP_IMPORT_ONLY;
    Initialize = (MMP_DLL_INITIALIZE)MmpFindExport(Entry->DllBase, "DllInitialize");
    return Initialize ? Initialize(&Path) : STATUS_SUCCESS;
}

static NTSTATUS MmpMapImage(struct hv_image *Image)
{
    NTSTATUS Status;
    ULONG HvStatus;

    while ((HvStatus = HvImageLoad(Image)) == HV_IMAGE_MISSING_MODULE) {
        Status = MmpLoadImport(Image->missing);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    return MmpImageStatus(Image, HvStatus);
}

/* The load lock is held. */
static NTSTATUS MmpLoadImage(PCUNICODE_STRING Path, PKLDR_DATA_TABLE_ENTRY *EntryPointer)
{
    struct hv_image *Image = HvAlloc(sizeof(*Image), HV_SYSTEM);
    USHORT Base = MmpBaseName(Path);
    PKLDR_DATA_TABLE_ENTRY Entry;
    NTSTATUS Status;

    if (!Image) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!MmpMachineName(Path->Buffer + Base, Path->Length / sizeof(WCHAR) - Base, Image->name)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (MmpFindByName(Image->name)) {
        return STATUS_IMAGE_ALREADY_LOADED;
    }
    Status = MmpMapImage(Image);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Entry = MmpMakeEntry(Image, Path, Base);
    if (!Entry || !RtlpInsertInvertedFunctionTable(Entry->DllBase, Entry->SizeOfImage, Entry->ExceptionTable,
                                                   Entry->ExceptionTableSize)) {
        HvImageUnload((PVOID)(ULONG_PTR)Image->base);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmpInitializeSecurityCookie(Entry->DllBase, Entry->SizeOfImage);
    MmpReferenceImports(Entry, Image);
    InsertTailList(&PsLoadedModuleList, &Entry->InLoadOrderLinks);
    *EntryPointer = Entry;
    return STATUS_SUCCESS;
}

NTSTATUS MmLoadSystemImage(PCUNICODE_STRING ImagePath, PKLDR_DATA_TABLE_ENTRY *Entry, PVOID *Base)
{
    NTSTATUS Status;

    KiAcquireWord(&MmSystemLoadLock);
    Status = MmpLoadImage(ImagePath, Entry);
    KiReleaseWord(&MmSystemLoadLock);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    *Base = (*Entry)->DllBase;
    if (PspNotify[PspNotifyImage].Count) {
        PspCallImageNotify(&(*Entry)->FullDllName, (*Entry)->DllBase, (*Entry)->SizeOfImage);
    }
    return STATUS_SUCCESS;
}

static VOID MmpReleaseImage(PKLDR_DATA_TABLE_ENTRY Entry);

/* What the image imported from has one load less. An export driver that only importers held goes if it agrees. */
static VOID MmpDereferenceImports(PKLDR_DATA_TABLE_ENTRY *Imports, ULONG Count)
{
    for (ULONG i = 0; i < Count; i++) {
        PKLDR_DATA_TABLE_ENTRY Import = Imports[i];
        MMP_DLL_UNLOAD Unload;

        if (--Import->LoadCount != 0) {
            continue;
        }
        Unload = (MMP_DLL_UNLOAD)MmpFindExport(Import->DllBase, "DllUnload");
        if ((Import->Flags & LDRP_IMPORT_ONLY) && (!Unload || !NT_SUCCESS(Unload()))) {
            Import->LoadCount = 1; /* stays for ever */
            continue;
        }
        MmpReleaseImage(Import);
    }
}

/* Nobody needs the image any more. The load lock is held. */
static __declspec(noinline) VOID MmpReleaseImage(PKLDR_DATA_TABLE_ENTRY Entry)
{
    PVOID Base = Entry->DllBase;

    KeFlushQueuedDpcs();
    VfImageUnloading(Base, Entry->SizeOfImage);
    RemoveEntryList(&Entry->InLoadOrderLinks);
    HvAtomicBegin();
    RtlpRemoveInvertedFunctionTable(Base);
    HvImageUnload(Base);
    HvAtomicEnd();
    MmpDereferenceImports(Entry->Imports, Entry->ImportCount);
    ExpFreeSystemPool(Entry);
}

__declspec(noinline) VOID MmUnloadSystemImage(PKLDR_DATA_TABLE_ENTRY Entry)
{
    KiAcquireWord(&MmSystemLoadLock);
    if (--Entry->LoadCount == 0) {
        MmpReleaseImage(Entry);
    }
    KiReleaseWord(&MmSystemLoadLock);
}

VOID MmFreeDriverInitialization(PKLDR_DATA_TABLE_ENTRY Entry)
{
    HvCall1(HV_IMAGE_FREE_INIT, HvAddress(*(PVOID volatile *)&Entry->DllBase));
}

PKLDR_DATA_TABLE_ENTRY MmpEntryOf(PVOID Address)
{
    for (PLIST_ENTRY Link = PsLoadedModuleList.Flink; Link != &PsLoadedModuleList; Link = Link->Flink) {
        PKLDR_DATA_TABLE_ENTRY Entry = CONTAINING_RECORD(Link, KLDR_DATA_TABLE_ENTRY, InLoadOrderLinks);
        if ((ULONG_PTR)Address - (ULONG_PTR)Entry->DllBase < Entry->SizeOfImage) {
            return Entry;
        }
    }
    return NULL;
}
