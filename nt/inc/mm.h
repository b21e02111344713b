/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mm.h - images and addresses inside nt.
 */
#ifndef AIRLOCK_NT_MM_H
#define AIRLOCK_NT_MM_H

#include "ntos.h"

/*
 * Loader entry: what DRIVER_OBJECT.DriverSection points to. Offsets up to LoadCount are Windows' (public symbols); it
 * lives in pool, so that a late user of it is caught.
 */
typedef struct _KLDR_DATA_TABLE_ENTRY {
    LIST_ENTRY InLoadOrderLinks; /* PsLoadedModuleList */
    PVOID ExceptionTable;
    ULONG ExceptionTableSize;
    PVOID GpValue;
    PVOID NonPagedDebugInfo;
    PVOID DllBase; /* x64 0x30 */
    PVOID EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName;
    UNICODE_STRING BaseDllName;
    ULONG Flags;      /* 0x68 */
    USHORT LoadCount; /* 0x6C */
    USHORT Reserved1;
    PVOID SectionPointer;
    ULONG CheckSum;
    ULONG TimeDateStamp;
    PVOID LoadedImports;
    /* ours */
    PCSTR Name; /* base name, lower case; outlives the entry */
    ULONG ImportCount;
    struct _KLDR_DATA_TABLE_ENTRY *Imports[16]; /* loaded drivers that it holds in memory */
    WCHAR FullName[96];                         /* buffer of FullDllName; BaseDllName points into it */
} KLDR_DATA_TABLE_ENTRY, *PKLDR_DATA_TABLE_ENTRY;
#if defined(_WIN64)
C_ASSERT(FIELD_OFFSET(KLDR_DATA_TABLE_ENTRY, DllBase) == 0x30);
C_ASSERT(FIELD_OFFSET(KLDR_DATA_TABLE_ENTRY, BaseDllName) == 0x58);
C_ASSERT(FIELD_OFFSET(KLDR_DATA_TABLE_ENTRY, LoadCount) == 0x6C);
#endif

/* KLDR_DATA_TABLE_ENTRY.Flags */
#define LDRP_INTEGRITY_FORCED 0x00000020 /* linked with /INTEGRITYCHECK; the bit is Windows' */
#define LDRP_SYSTEM_MODULE    0x00001000 /* mapped by the machine at boot: never goes */
#define LDRP_IMPORT_ONLY      0x00002000 /* an export driver that was loaded for its importers */

extern LIST_ENTRY PsLoadedModuleList;
extern volatile LONG MmSystemLoadLock; /* held while the list or a LoadCount changes (KiAcquireWord) */

VOID MmInitSystem(VOID); /* boot: loader entries of the images that the machine mapped */

/*
 * Map the driver image of that path ("\SystemRoot\System32\drivers\isolate.sys"; the base name counts) and those that
 * it imports from. PASSIVE_LEVEL. Takes and releases the load lock. On success *Entry (LoadCount 1) and *Base.
 *   STATUS_IMAGE_ALREADY_LOADED            the image is still in memory
 *   STATUS_OBJECT_NAME_NOT_FOUND           no such file, or no such module to import from
 *   STATUS_INVALID_IMAGE_FORMAT            not an image of this machine
 *   STATUS_DRIVER_ENTRYPOINT_NOT_FOUND, STATUS_DRIVER_ORDINAL_NOT_FOUND    this Windows lacks an import
 */
NTSTATUS MmLoadSystemImage(PCUNICODE_STRING ImagePath, PKLDR_DATA_TABLE_ENTRY *Entry, PVOID *Base);

/* Drop one load of the image; the last one unmaps it. PASSIVE_LEVEL. Takes the load lock. */
VOID MmUnloadSystemImage(PKLDR_DATA_TABLE_ENTRY Entry);

/* Discard the INIT sections. Reads DriverSection as it finds it. */
VOID MmFreeDriverInitialization(PKLDR_DATA_TABLE_ENTRY Entry);

/* Give the mapped image's security cookie a value, if this Windows does (cookie.c). */
VOID MmpInitializeSecurityCookie(PVOID Base, SIZE_T Size);

/* The loader entry whose image contains the address, NULL if none. No lock: for faults, bug checks and audits. */
PKLDR_DATA_TABLE_ENTRY MmpEntryOf(PVOID Address);

/* Whether the image that contains the routine was linked with /INTEGRITYCHECK. IRQL <= APC_LEVEL. Takes the load lock. */
BOOLEAN MmpIntegrityForced(PVOID Routine);

/* Whether the export exists on the Windows that NtModel names. Module and Name as in nt/exports. */
BOOLEAN MmpExportVisible(PCSTR Module, PCSTR Name);

/* Address of an export of a loaded image by name; NULL if it has none. Ignores NtModel. Follows no forwarders. */
PVOID MmpFindExport(PVOID Base, PCSTR Name);

#endif
