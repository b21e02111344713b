/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mminit.c - boot: loader entries and unwind tables of the images that the machine mapped. */
#include "init.h"
#include "mm.h"
#include "rtl.h"

/* Where addresses of user mode end. The client's memory is the system's: no user-mode address is ever valid here. */
PVOID MmHighestUserAddress = (PVOID)(MM_PROBE_LIMIT - 1);
PVOID MmSystemRangeStart = (PVOID)MM_SYSTEM_START;
ULONG_PTR MmUserProbeAddress = MM_PROBE_LIMIT;

static VOID MmpSetNames(PKLDR_DATA_TABLE_ENTRY Entry, const CHAR *Name)
{
    static const WCHAR Directory[] = L"\\SystemRoot\\System32\\";
    ULONG At = 0;

    for (; Directory[At]; At++) {
        Entry->FullName[At] = Directory[At];
    }
    Entry->BaseDllName.Buffer = Entry->FullName + At;
    for (ULONG i = 0; Name[i]; i++) {
        Entry->FullName[At++] = (WCHAR)Name[i];
    }
    Entry->FullDllName.Buffer = Entry->FullName;
    Entry->FullDllName.Length = (USHORT)(At * sizeof(WCHAR));
    Entry->FullDllName.MaximumLength = sizeof(Entry->FullName);
    Entry->BaseDllName.Length = (USHORT)((Entry->FullName + At - Entry->BaseDllName.Buffer) * sizeof(WCHAR));
    Entry->BaseDllName.MaximumLength = Entry->BaseDllName.Length;
}

VOID MmInitSystem(VOID)
{
    for (ULONG i = 0; i < KeLoaderBlock->module_count; i++) {
        struct hv_module *Module = &KeLoaderBlock->module[i];
        PKLDR_DATA_TABLE_ENTRY Entry = HvAlloc(sizeof(*Entry), HV_SYSTEM);

        Entry->DllBase = (PVOID)(ULONG_PTR)Module->base;
        Entry->EntryPoint = (PVOID)(ULONG_PTR)Module->entry;
        Entry->SizeOfImage = (ULONG)Module->size;
        Entry->ExceptionTable = (PVOID)(ULONG_PTR)Module->exception_directory;
        Entry->ExceptionTableSize = Module->exception_size;
        Entry->TimeDateStamp = Module->timestamp;
        Entry->LoadCount = 1;
        Entry->Flags = LDRP_SYSTEM_MODULE;
        Entry->Name = Module->name;
        MmpSetNames(Entry, Module->name);
        InsertTailList(&PsLoadedModuleList, &Entry->InLoadOrderLinks);
        RtlpInsertInvertedFunctionTable(Entry->DllBase, Entry->SizeOfImage, Entry->ExceptionTable,
                                        Entry->ExceptionTableSize);
    }
}
