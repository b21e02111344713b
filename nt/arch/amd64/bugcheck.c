/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bugcheck.c - KeBugCheckEx, and the names under which it reports two codes. */
#include "arch.h"
#include "rtl.h"

/* Does Address lie in an image that was unloaded (and not in the discarded part of a loaded one)? */
static BOOLEAN MiIsUnloadedImage(ULONG64 Address)
{
    PVOID Base;
    return HvFaultInfo(Address) == HV_PAGE_UNLOADED && RtlPcToFileHeader((PVOID)Address, &Base) == NULL;
}

/*
 * Bug check A from a driver's code (or from no image at all) is D1. From the system's own code it is D4 when the
 * address lies in an unloaded image, D3 when it lies in a loaded driver. Arguments stay.
 * Source: Microsoft: bug checks 0x0A, 0xD1, 0xD3, 0xD4; ReactOS ke/bug.c for the order of the questions.
 */
static ULONG KiRenameIrqlFault(ULONG64 Address, ULONG64 Pc)
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
static ULONG KiRenamePageFault(ULONG64 Address, ULONG64 Pc)
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
    if (Code == IRQL_NOT_LESS_OR_EQUAL && Parameter[3] == TrapFrame->Rip) {
        return KiRenameIrqlFault(Parameter[0], Parameter[3]);
    }
    if (Code == PAGE_FAULT_IN_NONPAGED_AREA && Parameter[2] == TrapFrame->Rip) {
        return KiRenamePageFault(Parameter[0], Parameter[2]);
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
    Stop.trap_frame = (uint64_t)TrapFrame;
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
 * record and its context. On a thread that came from user mode it is 3B, as of a system service (x86: 8E).
 * Source: Microsoft: bug checks 0x7E, 0x3B.
 */
LONG PspUnhandledExceptionInSystemThread(PEXCEPTION_POINTERS Pointers)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    ULONG_PTR Code = (ULONG_PTR)(LONG_PTR)Record->ExceptionCode;
    ULONG_PTR Address = (ULONG_PTR)Record->ExceptionAddress;
    ULONG_PTR Context = (ULONG_PTR)Pointers->ContextRecord;
    if (KiThread()->Role == ThreadUser) {
        KeBugCheckEx(SYSTEM_SERVICE_EXCEPTION, Code, Address, Context, 0);
    }
    KeBugCheckEx(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED, Code, Address, (ULONG_PTR)Record, Context);
}
