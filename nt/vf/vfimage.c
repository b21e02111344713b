/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfimage.c - the drivers that were ever loaded, and the notes about them. A record is made when a driver object gets
 * its image and lives on; only loads and unloads of drivers write here.
 */
#include "vfp.h"

static PVF_DRIVER VfpDrivers; /* newest first; changes in a section */

VOID VfDriverLoaded(PDRIVER_OBJECT DriverObject, PVOID Base, SIZE_T Size, PCSTR Name)
{
    PVF_DRIVER New = HvAlloc(sizeof(*New), HV_SYSTEM);

    New->DriverObject = DriverObject;
    New->Base = Base;
    New->Size = Size;
    for (ULONG i = 0; i < sizeof(New->Name) - 1 && Name[i]; i++) {
        New->Name[i] = Name[i];
    }
    HvAtomicBegin();
    New->Next = VfpDrivers;
    VfpDrivers = New;
    HvAtomicEnd();
}

/* The record of the driver object; addresses are not used twice. */
VOID VfDriverDeleted(PDRIVER_OBJECT DriverObject)
{
    for (PVF_DRIVER Driver = VfpDrivers; Driver; Driver = Driver->Next) {
        if (Driver->DriverObject == DriverObject) {
            Driver->Deleted = TRUE;
        }
    }
}

VOID VfImageUnloading(PVOID Base, SIZE_T Size)
{
    UNREFERENCED_PARAMETER(Size);
    for (PVF_DRIVER Driver = VfpDrivers; Driver; Driver = Driver->Next) {
        if (Driver->Base == Base) {
            Driver->Unmapped = TRUE;
        }
    }
}

PVF_DRIVER VfpNextDriver(PVF_DRIVER Driver) { return Driver ? Driver->Next : VfpDrivers; }

PVF_DRIVER VfpDriverOf(const VOID *Address)
{
    PVF_DRIVER Driver = VfpDrivers;

    while (Driver && (ULONG_PTR)Address - (ULONG_PTR)Driver->Base >= Driver->Size) {
        Driver = Driver->Next;
    }
    return Driver;
}

PVOID VfImageOf(const VOID *Address)
{
    PVF_DRIVER Driver = VfpDriverOf(Address);

    return Driver ? Driver->Base : NULL;
}

VOID VfNote(ULONG Kind, PCSTR Text, ULONG_PTR First, ULONG_PTR Second, ULONG_PTR Third, ULONG_PTR Fourth)
{
    struct hv_note Note;
    ULONG i;

    Note.kind = Kind;
    Note.reserved = 0;
    Note.value[0] = First;
    Note.value[1] = Second;
    Note.value[2] = Third;
    Note.value[3] = Fourth;
    for (i = 0; i < sizeof(Note.text) - 1 && Text[i]; i++) {
        Note.text[i] = Text[i];
    }
    Note.text[i] = 0;
    HvNote(&Note);
}

VOID VfMisuse(PCSTR Text, ULONG_PTR First, ULONG_PTR Second, PVOID Caller)
{
    VfNote(HV_NOTE_MISUSE, Text, First, Second, 0, (ULONG_PTR)Caller);
}
