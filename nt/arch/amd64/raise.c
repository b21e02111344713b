/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raise.c - exceptions that software raises. All at any IRQL; they return only if a handler continues the execution. */
#include "arch.h"

/* Registers of the caller of the routine that captured Context. */
static inline VOID RtlpUnwindToCaller(PCONTEXT Context)
{
    ULONG64 ImageBase, Frame;
    PVOID HandlerData;
    PRUNTIME_FUNCTION Function = RtlLookupFunctionEntry(Context->Rip, &ImageBase, NULL);
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, ImageBase, Context->Rip, Function, Context, &HandlerData, &Frame, NULL);
}

/* Offer Record to the handlers of the caller. When none takes it: bug check 1E. */
static inline __attribute__((always_inline)) VOID RtlpRaise(PEXCEPTION_RECORD Record, PCONTEXT Context)
{
    RtlpUnwindToCaller(Context);
    Record->ExceptionAddress = (PVOID)Context->Rip;
    if (RtlDispatchException(Record, Context)) {
        RtlRestoreContext(Context, Record);
    }
    KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)(LONG_PTR)Record->ExceptionCode,
                 (ULONG_PTR)Record->ExceptionAddress, Record->ExceptionInformation[0], Record->ExceptionInformation[1]);
}

/* Source: Microsoft: RtlRaiseException. */
VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord)
{
    CONTEXT Context;
    RtlCaptureContext(&Context);
    RtlpRaise(ExceptionRecord, &Context);
}

static inline VOID RtlpStatusRecord(PEXCEPTION_RECORD Record, NTSTATUS Status)
{
    Record->ExceptionCode = Status;
    Record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
    Record->ExceptionRecord = NULL;
    Record->NumberParameters = 0;
    Record->ExceptionInformation[0] = 0;
    Record->ExceptionInformation[1] = 0;
}

VOID NTAPI RtlRaiseStatus(NTSTATUS Status)
{
    EXCEPTION_RECORD Record;
    CONTEXT Context;
    RtlCaptureContext(&Context);
    RtlpStatusRecord(&Record, Status);
    RtlpRaise(&Record, &Context);
}

/* Source: Microsoft: ExRaiseStatus. Does not return: the exception is not continuable. */
DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    EXCEPTION_RECORD Record;
    CONTEXT Context;
    RtlCaptureContext(&Context);
    RtlpStatusRecord(&Record, Status);
    RtlpRaise(&Record, &Context);
    __builtin_unreachable();
}

DECLSPEC_NORETURN VOID NTAPI ExRaiseAccessViolation(VOID) { ExRaiseStatus(STATUS_ACCESS_VIOLATION); }

DECLSPEC_NORETURN VOID NTAPI ExRaiseDatatypeMisalignment(VOID) { ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT); }
