/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raise.c - exceptions that software raises, by their status. All at any IRQL. None is continuable: they do not return. */
#include "arch.h"

static inline VOID RtlpStatusRecord(PEXCEPTION_RECORD Record, NTSTATUS Status, PEXCEPTION_RECORD Cause)
{
    Record->ExceptionCode = Status;
    Record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
    Record->ExceptionRecord = Cause;
    Record->NumberParameters = 0;
    Record->ExceptionInformation[0] = 0;
    Record->ExceptionInformation[1] = 0;
}

VOID RtlpRaiseNoncontinuable(PEXCEPTION_RECORD Cause, NTSTATUS Status)
{
    EXCEPTION_RECORD Record;
    RtlpStatusRecord(&Record, Status, Cause);
    RtlRaiseException(&Record);
}

VOID NTAPI RtlRaiseStatus(NTSTATUS Status)
{
    EXCEPTION_RECORD Record;
    CONTEXT Context;
    RtlpCaptureCaller(&Context);
    RtlpStatusRecord(&Record, Status, NULL);
    RtlpRaise(&Record, &Context);
}

/* Source: Microsoft: ExRaiseStatus. Does not return: the exception is not continuable. */
DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    EXCEPTION_RECORD Record;
    CONTEXT Context;
    RtlpCaptureCaller(&Context);
    RtlpStatusRecord(&Record, Status, NULL);
    RtlpRaise(&Record, &Context);
    __builtin_unreachable();
}

DECLSPEC_NORETURN VOID NTAPI ExRaiseAccessViolation(VOID) { ExRaiseStatus(STATUS_ACCESS_VIOLATION); }

DECLSPEC_NORETURN VOID NTAPI ExRaiseDatatypeMisalignment(VOID) { ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT); }
