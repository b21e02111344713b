/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vffail.c - calls of DriverEntry that fail on purpose (option /FAIL:isolate.sys=N): the Nth call of a routine of
 * failable.tsv that the thread which runs that driver's DriverEntry makes from a driver. Each call is counted by its own
 * thread, in its
 * processor block, so that counting orders nothing. A note tells the lab which call it was; with VF_FAIL_LIST none
 * fails, and each is noted.
 */
#include "failable.h"
#include "init.h"
#include "mm.h"
#include "vf.h"

ULONG VfFailCall;

static PCSTR VfpSubject; /* file name of the driver whose calls count */

VOID VfInitialize(VOID)
{
    PCSTR Number = "";
    ULONG Cookie = 0;

    InitNextOption("FAIL", &Cookie, &VfpSubject, &Number);
    for (; *Number >= '0' && *Number <= '9'; Number++) {
        VfFailCall = VfFailCall * 10 + (ULONG)(*Number - '0');
    }
}

/* Is that the driver's file? Names of images are in lower case. */
static BOOLEAN VfpIsSubject(PDRIVER_OBJECT DriverObject)
{
    PKLDR_DATA_TABLE_ENTRY Section = DriverObject->DriverSection;
    PCSTR File = VfpSubject, Name = Section->Name;

    for (; *File; File++, Name++) {
        CHAR c = *File >= 'A' && *File <= 'Z' ? *File + 32 : *File;
        if (c != *Name) {
            return FALSE;
        }
    }
    return !*Name;
}

BOOLEAN VfEnterDriver(PDRIVER_OBJECT DriverObject)
{
    BOOLEAN Outer = KiPcr()->CountsCalls;

    KiPcr()->CountsCalls = VfpIsSubject(DriverObject);
    return Outer;
}

VOID VfLeaveDriver(BOOLEAN Outer) { KiPcr()->CountsCalls = Outer; }

BOOLEAN NTAPI VfFailHere(PVF_FAILABLE_ROUTINE Routine)
{
    PNT_PCR Pcr = KiPcr();
    BOOLEAN Fails;

    if (!Pcr->CountsCalls) {
        return FALSE;
    }
    Fails = ++Pcr->FailableCalls == VfFailCall;
    if (Fails || VfFailCall == VF_FAIL_LIST) {
        VfNote(HV_NOTE_CALL, Routine->Text, Pcr->FailableCalls, Fails, 0, 0);
    }
    return Fails;
}
