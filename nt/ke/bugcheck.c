/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bugcheck.c - KeBugCheckEx, and the names under which it reports two codes. */
#include "arch.h"
#include "rtl.h"

/* Does Address lie in an image that was unloaded (and not in the discarded part of a loaded one)? */
static BOOLEAN MiIsUnloadedImage(ULONG_PTR Address)
{
    PVOID Base;
    return HvFaultInfo(Address) == HV_PAGE_UNLOADED && RtlPcToFileHeader((PVOID)Address, &Base) == NULL;
}

/*
 * Bug check A from a driver's code (or from no image at all) is D1. From the system's own code it is D4 when the
 * address lies in an unloaded image, D3 when it lies in a loaded driver. Arguments stay.
 * Source: Microsoft: bug checks 0x0A, 0xD1, 0xD3, 0xD4; ReactOS ke/bug.c for the order of the questions.
 */
static ULONG KiRenameIrqlFault(ULONG_PTR Address, ULONG_PTR Pc)
{
    PVOID Base;
    if (!RtlpIsSystemImage((PVOID)Pc)) {
        return DRIVER_IRQL_NOT_LESS_OR_EQUAL;
    }
    if (MiIsUnloadedImage(Address)) {
        return SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROPER_DRIVER_UNLOAD;
    }
    if (RtlPcToFileHeader((PVOID)Address, &Base) != NULL && !RtlpIsSystemImage((PVOID)Address)) {
        return DRIVER_PORTION_MUST_BE_NONPAGED;
    }
    return IRQL_NOT_LESS_OR_EQUAL;
}

/*
 * Bug check 50 on an unloaded image, by code that belongs to no loaded image, is CE. Source: Microsoft: bug check 0xCE.
 */
static ULONG KiRenamePageFault(ULONG_PTR Address, ULONG_PTR Pc)
{
    PVOID Base;
    if (RtlPcToFileHeader((PVOID)Pc, &Base) == NULL && MiIsUnloadedImage(Address)) {
        return DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS;
    }
    return PAGE_FAULT_IN_NONPAGED_AREA;
}

/* Only codes that this processor's own newest trap raised are renamed, not those that a driver passes by itself. */
static ULONG KiRenameBugCheck(ULONG Code, const uint64_t *Parameter, PKTRAP_FRAME TrapFrame)
{
    if (TrapFrame == NULL) {
        return Code;
    }
    if (Code == IRQL_NOT_LESS_OR_EQUAL && Parameter[3] == KI_TRAP_PC(TrapFrame)) {
        return KiRenameIrqlFault((ULONG_PTR)Parameter[0], (ULONG_PTR)Parameter[3]);
    }
    if (Code == PAGE_FAULT_IN_NONPAGED_AREA && Parameter[2] == KI_TRAP_PC(TrapFrame)) {
        return KiRenamePageFault((ULONG_PTR)Parameter[0], (ULONG_PTR)Parameter[2]);
    }
    return Code;
}

/*
 * Stop the system. Any IRQL. Source: Microsoft: KeBugCheckEx. Bug check callbacks are not run.
 */
DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                          ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                                          ULONG_PTR BugCheckParameter4)
{
    struct hv_stop Stop;
    PKTRAP_FRAME TrapFrame = KiCurrentTrapFrame();
    Stop.reserved = 0;
    Stop.parameter[0] = BugCheckParameter1;
    Stop.parameter[1] = BugCheckParameter2;
    Stop.parameter[2] = BugCheckParameter3;
    Stop.parameter[3] = BugCheckParameter4;
    Stop.trap_frame = HvAddress(TrapFrame);
    Stop.context = 0;
    if (BugCheckCode == SYSTEM_THREAD_EXCEPTION_NOT_HANDLED) {
        Stop.context = BugCheckParameter4;
    }
    if (BugCheckCode == SYSTEM_SERVICE_EXCEPTION) {
        Stop.context = BugCheckParameter3;
    }
    Stop.code = KiRenameBugCheck(BugCheckCode, Stop.parameter, TrapFrame);
    if (Stop.code == DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS) {
        Stop.parameter[3] = 0;
    }
    HvCall1(HV_STOP, HvAddress(&Stop));
    __builtin_trap();
}

DECLSPEC_NORETURN VOID NTAPI KeBugCheck(ULONG BugCheckCode) { KeBugCheckEx(BugCheckCode, 0, 0, 0, 0); }

/*
 * The filter around every system thread: bug check 7E with the exception's code (sign-extended), its address, its
 * record and its context. On a thread that came from user mode it is that of a system service.
 * Source: Microsoft: bug check 0x7E.
 */
LONG PspUnhandledExceptionInSystemThread(PEXCEPTION_POINTERS Pointers)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    if (KiThread()->Role == ThreadUser) {
        KiBugCheckService(Pointers);
    }
    KeBugCheckEx(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED, (ULONG_PTR)(LONG_PTR)Record->ExceptionCode,
                 (ULONG_PTR)Record->ExceptionAddress, (ULONG_PTR)Record, (ULONG_PTR)Pointers->ContextRecord);
}
