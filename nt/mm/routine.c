/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * routine.c - exports by name: MmGetSystemRoutineAddress. A name that the chosen Windows does not have is not found,
 * although it is there: MmpNewerExports (made by the build from nt/exports) knows since when each exists.
 */
#include "mm.h"
#include "exportsince.h"
#include "rtl.h"
#include "vf.h"

static LONG MmpCompare(PCSTR A, PCSTR B)
{
    while (*A && *A == *B) {
        A++;
        B++;
    }
    return (LONG)(UCHAR)*A - (LONG)(UCHAR)*B;
}

#define MMP_EXPORT_DIRECTORY (sizeof(PVOID) == 8 ? 0x88 : 0x78) /* in the PE header: the first data directory */

/* Source: Microsoft, "PE Format". The name table is in order of names. */
static PVOID MmpLookUpExport(PVOID Base, PCSTR Name)
{
    PUCHAR Image = Base;
    PUCHAR Header = Image + *(PULONG)(Image + 0x3C);
    ULONG DirectoryRva = *(PULONG)(Header + MMP_EXPORT_DIRECTORY);
    ULONG DirectorySize = *(PULONG)(Header + MMP_EXPORT_DIRECTORY + 4);

    if (!DirectoryRva) {
        return NULL;
    }
    PULONG Directory = (PULONG)(Image + DirectoryRva);
    PULONG Functions = (PULONG)(Image + Directory[7]);
    PULONG Names = (PULONG)(Image + Directory[8]);
    PUSHORT Ordinals = (PUSHORT)(Image + Directory[9]);
    ULONG Low = 0, High = Directory[6];

    while (Low < High) {
        ULONG Middle = (Low + High) / 2;
        LONG Order = MmpCompare(Name, (PCSTR)(Image + Names[Middle]));
        if (Order == 0) {
            ULONG Rva = Functions[Ordinals[Middle]];
            return Rva - DirectoryRva < DirectorySize ? NULL : Image + Rva;
        }
        if (Order < 0) {
            High = Middle;
        } else {
            Low = Middle + 1;
        }
    }
    return NULL;
}

/* If calls are to fail on purpose, a routine's fail point stands for it. */
PVOID MmpFindExport(PVOID Base, PCSTR Name)
{
    CHAR FailPoint[80] = "VfFail_";
    PVOID Routine = NULL;
    ULONG At = sizeof("VfFail_") - 1;

    if (VfFailCall) {
        for (PCSTR c = Name; *c && At < sizeof(FailPoint) - 1; c++) {
            FailPoint[At++] = *c;
        }
        FailPoint[At] = 0;
        Routine = MmpLookUpExport(Base, FailPoint);
    }
    return Routine ? Routine : MmpLookUpExport(Base, Name);
}

static BOOLEAN MmpSameModule(PCSTR A, PCSTR B) { return MmpCompare(A, B) == 0; }

BOOLEAN MmpExportVisible(PCSTR Module, PCSTR Name)
{
    /* Windows XP for x64 is Windows Server 2003 with another name. */
    static const UCHAR Newest[] = {[MODEL_XP] = sizeof(PVOID) == 8 ? SINCE_2003 : SINCE_XPSP3,
                                   [MODEL_WIN7] = SINCE_WIN7,
                                   [MODEL_WIN8] = SINCE_WIN8};

    for (ULONG i = 0; i < RTL_NUMBER_OF(MmpNewerExports); i++) {
        if (MmpCompare(MmpNewerExports[i].Name, Name) == 0 && MmpSameModule(MmpNewerExports[i].Module, Module)) {
            return MmpNewerExports[i].Since <= Newest[NtModel.Os];
        }
    }
    return TRUE;
}

/*
 * Address of a routine that ntoskrnl or hal exports; NULL if this Windows has none of that name. PASSIVE_LEVEL.
 * Source: Microsoft, "MmGetSystemRoutineAddress".
 */
PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    CHAR Name[64];
    ULONG Length = SystemRoutineName->Length / sizeof(WCHAR);
    PVOID Kernel = CONTAINING_RECORD(PsLoadedModuleList.Flink, KLDR_DATA_TABLE_ENTRY, InLoadOrderLinks)->DllBase;
    PVOID Address;

    if (Length >= sizeof(Name)) {
        return NULL;
    }
    for (ULONG i = 0; i < Length; i++) {
        Name[i] = SystemRoutineName->Buffer[i] < 0x80 ? (CHAR)SystemRoutineName->Buffer[i] : '?';
    }
    Name[Length] = 0;
    Address = MmpFindExport(Kernel, Name); /* hal's routines live in ntoskrnl too */
    return Address && MmpExportVisible("ntoskrnl.exe", Name) ? Address : NULL;
}
