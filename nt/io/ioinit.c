/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioinit.c - boot: types, and the drivers that the machine mapped with the system (fltmgr.sys). */
#include "cm.h"
#include "init.h"
#include "io.h"
#include "mm.h"

static BOOLEAN IopIsDriverFile(const char *Name)
{
    ULONG End = 0;

    while (Name[End]) {
        End++;
    }
    return End > 4 && Name[End - 4] == '.' && Name[End - 3] == 's' && Name[End - 2] == 'y' && Name[End - 1] == 's';
}

NTSTATUS IopInitializeBuiltinDriver(PCUNICODE_STRING Name, PVOID Base, SIZE_T Size, PDRIVER_INITIALIZE Entry,
                                    PDRIVER_OBJECT *DriverObject)
{
    WCHAR Path[128] = CM_SERVICES;
    UNICODE_STRING RegistryPath = {0, sizeof(Path), Path}, Last;
    POBJECT_DIRECTORY Directory;
    PDRIVER_OBJECT Driver;
    NTSTATUS Status = ObpParsePath(Name, &Directory, &Last);

    if (!NT_SUCCESS(Status) || !NT_SUCCESS(Status = IopCreateDriverObject(&Last, Directory, &Driver))) {
        return Status;
    }
    RegistryPath.Length = sizeof(CM_SERVICES) - sizeof(WCHAR);
    RtlAppendUnicodeStringToString(&RegistryPath, &Last);
    Driver->Flags = DRVO_BUILTIN_DRIVER | DRVO_LEGACY_DRIVER;
    Driver->DriverStart = Base;
    Driver->DriverSize = (ULONG)Size;
    Driver->DriverInit = Entry;
    IopDriverExtension(Driver)->ImageBase = Base;
    ObpInsertName(Driver, Directory);
    IopNameDriver(Driver, &Last, Directory);
    if (DriverObject) {
        *DriverObject = Driver;
    }
    Status = Entry(Driver, &RegistryPath);
    if (NT_SUCCESS(Status)) {
        IopReadyDeviceObjects(Driver);
    }
    return Status;
}

static VOID IopStartMappedDriver(struct hv_module *Module)
{
    WCHAR Text[80] = L"\\FileSystem\\";
    UNICODE_STRING Name = {12 * sizeof(WCHAR), sizeof(Text), Text};

    for (ULONG i = 0; Module->name[i] && Module->name[i] != '.'; i++) {
        Text[12 + i] = (UCHAR)Module->name[i];
        Name.Length += sizeof(WCHAR);
    }
    IopInitializeBuiltinDriver(&Name, (PVOID)(ULONG_PTR)Module->base, Module->size,
                               (PDRIVER_INITIALIZE)(ULONG_PTR)Module->entry, NULL);
}

/* Phase 1, on the first thread. */
VOID IoInitSystem(VOID)
{
    ObpSetTypeMethods(ObpDriverType, IopDeleteDriver, NULL);
    ObpSetTypeMethods(ObpDeviceType, IopDeleteDevice, NULL);
    ObpSetTypeMethods(ObpFileType, IopDeleteFile, IopCloseFile);
    for (ULONG i = 1; i < KeLoaderBlock->module_count; i++) {
        if (IopIsDriverFile(KeLoaderBlock->module[i].name)) {
            IopStartMappedDriver(&KeLoaderBlock->module[i]);
        }
    }
}

/*
 * Exported, undocumented for drivers: a driver object without an image. Its code belongs to whoever calls.
 */
NTSTATUS NTAPI IoCreateDriver(PUNICODE_STRING Name, PDRIVER_INITIALIZE Entry)
{
    WCHAR Text[32] = L"\\Driver\\";
    UNICODE_STRING Path = {8 * sizeof(WCHAR), sizeof(Text), Text}, Last;
    POBJECT_DIRECTORY Directory;
    PDRIVER_OBJECT Driver;
    NTSTATUS Status;

    if (!Name) {
        static volatile LONG Number;
        ULONG Value = (ULONG)InterlockedIncrement(&Number);
        for (int i = 0; i < 8; i++) {
            Text[8 + i] =
                (WCHAR)L"0123456789"[Value / (ULONG[]){10000000, 1000000, 100000, 10000, 1000, 100, 10, 1}[i] % 10];
        }
        Path.Length = 16 * sizeof(WCHAR);
        Name = &Path;
    }
    Status = ObpParsePath(Name, &Directory, &Last);
    if (!NT_SUCCESS(Status) || !NT_SUCCESS(Status = IopCreateDriverObject(&Last, Directory, &Driver))) {
        return Status;
    }
    Driver->Flags |= DRVO_BUILTIN_DRIVER;
    Driver->DriverInit = Entry;
    Status = ObpInsertName(Driver, Directory);
    if (!NT_SUCCESS(Status)) {
        ObDereferenceObject(Driver);
        return Status;
    }
    IopNameDriver(Driver, &Last, Directory);
    Status = Entry(Driver, NULL);
    if (NT_SUCCESS(Status)) {
        IopReadyDeviceObjects(Driver);
    } else {
        ObMakeTemporaryObject(Driver);
        ObDereferenceObject(Driver);
    }
    return Status;
}

VOID NTAPI IoDeleteDriver(PDRIVER_OBJECT Driver);
VOID NTAPI IoDeleteDriver(PDRIVER_OBJECT Driver)
{
    ObMakeTemporaryObject(Driver);
    ObDereferenceObject(Driver);
}
