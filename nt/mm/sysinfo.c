/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysinfo.c - ZwQuerySystemInformation: the list of loaded modules, which drivers look through for each other.
 * Sources: Microsoft, "ZwQuerySystemInformation"; public headers of the structures (phnt).
 */
#include "mm.h"
#include "ke.h"

enum { SystemModuleInformation = 11 };

typedef struct _RTL_PROCESS_MODULE_INFORMATION {
    HANDLE Section;
    PVOID MappedBase;
    PVOID ImageBase;
    ULONG ImageSize;
    ULONG Flags;
    USHORT LoadOrderIndex;
    USHORT InitOrderIndex;
    USHORT LoadCount;
    USHORT OffsetToFileName;
    UCHAR FullPathName[256];
} RTL_PROCESS_MODULE_INFORMATION, *PRTL_PROCESS_MODULE_INFORMATION;

typedef struct _RTL_PROCESS_MODULES {
    ULONG NumberOfModules;
    RTL_PROCESS_MODULE_INFORMATION Modules[1];
} RTL_PROCESS_MODULES, *PRTL_PROCESS_MODULES;

NTSTATUS NTAPI ZwQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength);

static VOID MmpDescribeModule(PKLDR_DATA_TABLE_ENTRY Entry, USHORT Index, PRTL_PROCESS_MODULE_INFORMATION Module)
{
    ULONG Characters = Entry->FullDllName.Length / sizeof(WCHAR);
    ULONG Base = Entry->BaseDllName.Length / sizeof(WCHAR);

    RtlZeroMemory(Module, sizeof(*Module));
    Module->ImageBase = Entry->DllBase;
    Module->ImageSize = Entry->SizeOfImage;
    Module->Flags = Entry->Flags;
    Module->LoadOrderIndex = Index;
    Module->LoadCount = Entry->LoadCount;
    Module->OffsetToFileName = (USHORT)(Characters - Base);
    for (ULONG i = 0; i < Characters && i < sizeof(Module->FullPathName) - 1; i++) {
        Module->FullPathName[i] = (UCHAR)Entry->FullDllName.Buffer[i];
    }
}

/* The load lock is held. Describes as many as fit, returns how many there are. */
static ULONG MmpDescribeModules(PRTL_PROCESS_MODULES Modules, ULONG Room)
{
    ULONG Count = 0;

    for (PLIST_ENTRY Link = PsLoadedModuleList.Flink; Link != &PsLoadedModuleList; Link = Link->Flink) {
        if (Count < Room) {
            MmpDescribeModule(CONTAINING_RECORD(Link, KLDR_DATA_TABLE_ENTRY, InLoadOrderLinks), (USHORT)Count,
                              &Modules->Modules[Count]);
        }
        Count++;
    }
    return Count;
}

/*
 * SystemModuleInformation; all else is STATUS_INVALID_INFO_CLASS. STATUS_INFO_LENGTH_MISMATCH: the buffer is too small,
 * *ReturnLength says what it would take. PASSIVE_LEVEL.
 */
NTSTATUS NTAPI ZwQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength)
{
    const ULONG Header = FIELD_OFFSET(RTL_PROCESS_MODULES, Modules);
    PRTL_PROCESS_MODULES Modules = Information;
    ULONG Room = Length > Header ? (Length - Header) / sizeof(RTL_PROCESS_MODULE_INFORMATION) : 0;
    ULONG Count;

    if (Class != SystemModuleInformation) {
        return STATUS_INVALID_INFO_CLASS;
    }
    KiAcquireWord(&MmSystemLoadLock);
    Count = MmpDescribeModules(Modules, Room);
    KiReleaseWord(&MmSystemLoadLock);
    if (ReturnLength != NULL) {
        *ReturnLength = Header + Count * (ULONG)sizeof(RTL_PROCESS_MODULE_INFORMATION);
    }
    if (Count > Room) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    Modules->NumberOfModules = Count;
    return STATUS_SUCCESS;
}
