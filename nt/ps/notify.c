/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notify.c - process, thread and image notify routines.
 * A removal waits until nobody is inside the routine any more. Source: Microsoft, "PsRemoveLoadImageNotifyRoutine",
 * "PsSetCreateProcessNotifyRoutineEx".
 */
#include "ps.h"
#include "ke.h"
#include "mm.h"

PSP_NOTIFY_TABLE PspNotify[PspNotifyKinds];
static volatile LONG PspNotifyActive[PspNotifyKinds][PSP_NOTIFY_MAX]; /* calls in progress, per slot */

static NTSTATUS PspAddNotify(PSP_NOTIFY_KIND Kind, PVOID Routine)
{
    PSP_NOTIFY_TABLE *Table = &PspNotify[Kind];
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;

    HvAtomicBegin();
    for (ULONG i = 0; i < PSP_NOTIFY_MAX; i++) {
        if (!Table->Routine[i]) {
            Table->Routine[i] = Routine;
            Table->Count++;
            Status = STATUS_SUCCESS;
            break;
        }
    }
    HvAtomicEnd();
    return Status;
}

/* Take it out and wait until nobody is inside it. NotFound: the status if it was not there. */
static NTSTATUS PspRemoveNotify(PSP_NOTIFY_KIND Kind, PVOID Routine, NTSTATUS NotFound)
{
    PSP_NOTIFY_TABLE *Table = &PspNotify[Kind];
    LONG Slot = -1;

    HvAtomicBegin();
    for (LONG i = 0; i < PSP_NOTIFY_MAX; i++) {
        if (Table->Routine[i] == Routine) {
            Table->Routine[i] = NULL;
            Table->Count--;
            Slot = i;
            break;
        }
    }
    HvAtomicEnd();
    if (Slot < 0) {
        return NotFound;
    }
    HvWaitWord(&PspNotifyActive[Kind][Slot], sizeof(LONG), HV_EQ, 0, 0, Routine);
    HvAtomicEnd();
    return STATUS_SUCCESS;
}

static BOOLEAN PspHasNotify(PSP_NOTIFY_KIND Kind, PVOID Routine)
{
    for (ULONG i = 0; i < PSP_NOTIFY_MAX; i++) {
        if (PspNotify[Kind].Routine[i] == Routine) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The routine of the slot, with a call counted as in progress; NULL = empty. */
static PVOID PspEnterNotify(PSP_NOTIFY_KIND Kind, ULONG Slot)
{
    PVOID Routine;

    HvAtomicBegin();
    Routine = PspNotify[Kind].Routine[Slot];
    if (Routine) {
        PspNotifyActive[Kind][Slot]++;
    }
    HvAtomicEnd();
    return Routine;
}

static VOID PspLeaveNotify(PSP_NOTIFY_KIND Kind, ULONG Slot) { InterlockedDecrement(&PspNotifyActive[Kind][Slot]); }

VOID PspCallThreadNotify(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create)
{
    for (ULONG i = 0; i < PSP_NOTIFY_MAX && PspNotify[PspNotifyThread].Count; i++) {
        PCREATE_THREAD_NOTIFY_ROUTINE Routine = PspEnterNotify(PspNotifyThread, i);
        if (Routine) {
            Routine(ProcessId, ThreadId, Create);
            PspLeaveNotify(PspNotifyThread, i);
        }
    }
}

VOID PspCallImageNotify(PUNICODE_STRING FullName, PVOID Base, SIZE_T Size)
{
    IMAGE_INFO Info = {.ImageBase = Base, .ImageSize = Size};

    Info.ImageAddressingMode = IMAGE_ADDRESSING_MODE_32BIT;
    Info.SystemModeImage = TRUE;
    for (ULONG i = 0; i < PSP_NOTIFY_MAX && PspNotify[PspNotifyImage].Count; i++) {
        PLOAD_IMAGE_NOTIFY_ROUTINE Routine = PspEnterNotify(PspNotifyImage, i);
        if (Routine) {
            Routine(FullName, NULL, &Info);
            PspLeaveNotify(PspNotifyImage, i);
        }
    }
}

/* No process is created after boot, so these are kept and never called. STATUS_INVALID_PARAMETER: there already. */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove)
{
    if (Remove) {
        return PspRemoveNotify(PspNotifyProcess, Routine, STATUS_PROCEDURE_NOT_FOUND);
    }
    if (PspHasNotify(PspNotifyProcess, Routine)) {
        return STATUS_INVALID_PARAMETER;
    }
    return PspAddNotify(PspNotifyProcess, Routine);
}

/*
 * Windows Vista SP1. STATUS_INVALID_PARAMETER: there already. STATUS_ACCESS_DENIED: the image that contains the routine
 * does not have IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY in its header. Source: Microsoft,
 * "PsSetCreateProcessNotifyRoutineEx".
 */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine, BOOLEAN Remove)
{
    if (Remove) {
        return PspRemoveNotify(PspNotifyProcessEx, Routine, STATUS_PROCEDURE_NOT_FOUND);
    }
    if (!MmpIntegrityForced(Routine)) {
        return STATUS_ACCESS_DENIED;
    }
    if (PspHasNotify(PspNotifyProcessEx, Routine)) {
        return STATUS_INVALID_PARAMETER;
    }
    return PspAddNotify(PspNotifyProcessEx, Routine);
}

NTSTATUS NTAPI PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE Routine)
{
    return PspAddNotify(PspNotifyThread, Routine);
}

NTSTATUS NTAPI PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE Routine)
{
    return PspRemoveNotify(PspNotifyThread, Routine, STATUS_PROCEDURE_NOT_FOUND);
}

NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return PspAddNotify(PspNotifyImage, Routine);
}

NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine)
{
    return PspRemoveNotify(PspNotifyImage, Routine, STATUS_PROCEDURE_NOT_FOUND);
}

VOID PspWalkNotifyRoutines(NT_VISITOR *Visit, PVOID Context)
{
    static const UCHAR KindNumber[PspNotifyKinds] = {
        [PspNotifyProcess] = 0, [PspNotifyProcessEx] = 0, [PspNotifyThread] = 1, [PspNotifyImage] = 2};

    for (ULONG Kind = 0; Kind < PspNotifyKinds; Kind++) {
        for (ULONG i = 0; PspNotify[Kind].Count && i < PSP_NOTIFY_MAX; i++) {
            PVOID Routine = PspNotify[Kind].Routine[i];
            if (Routine) {
                Visit(Routine, KindNumber[Kind], 0, Routine, Context);
            }
        }
    }
}
