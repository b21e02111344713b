/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch.c - RtlDispatchException and RtlUnwind: ask the registrations of the thread, innermost first, who handles an
 * exception; and leave every one up to a target, running their termination handlers on the way.
 */
#include "arch.h"

BOOLEAN RtlpIsFrameInBounds(ULONG_PTR Frame)
{
    return !(Frame & 3) && Frame >= (ULONG_PTR)KiPcr()->StackLimit &&
           Frame + sizeof(KI_REGISTRATION) <= (ULONG_PTR)KiPcr()->StackBase;
}

/*
 * TRUE: a handler continues the execution at *ContextRecord. FALSE: no handler took it, or the stack is bad
 * (EXCEPTION_STACK_INVALID in the record's flags). A handler that unwinds to itself never returns here.
 */
BOOLEAN RtlDispatchException(PEXCEPTION_RECORD ExceptionRecord, PCONTEXT ContextRecord)
{
    PKI_REGISTRATION NestedFrame = NULL, Dispatcher = NULL;
    PKI_REGISTRATION Frame = KiExceptionList();
    for (; Frame != EXCEPTION_CHAIN_END; Frame = Frame->Next) {
        EXCEPTION_DISPOSITION Disposition;
        if (!RtlpIsFrameInBounds((ULONG_PTR)Frame)) {
            ExceptionRecord->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            return FALSE;
        }
        Disposition =
            RtlpExecuteHandlerForException(ExceptionRecord, Frame, ContextRecord, &Dispatcher, Frame->Handler);
        if (Frame == NestedFrame) {
            ExceptionRecord->ExceptionFlags &= ~EXCEPTION_NESTED_CALL;
            NestedFrame = NULL;
        }
        switch (Disposition) {
        case ExceptionContinueExecution:
            if (!(ExceptionRecord->ExceptionFlags & EXCEPTION_NONCONTINUABLE)) {
                return TRUE;
            }
            RtlpRaiseNoncontinuable(ExceptionRecord, STATUS_NONCONTINUABLE_EXCEPTION);
            break;
        case ExceptionContinueSearch:
            if (ExceptionRecord->ExceptionFlags & EXCEPTION_STACK_INVALID) {
                return FALSE;
            }
            break;
        case ExceptionNestedException:
            ExceptionRecord->ExceptionFlags |= EXCEPTION_NESTED_CALL;
            if (Dispatcher > NestedFrame) {
                NestedFrame = Dispatcher;
            }
            break;
        default: RtlpRaiseNoncontinuable(ExceptionRecord, STATUS_INVALID_DISPOSITION);
        }
    }
    return FALSE;
}

/*
 * Ask one registration, and take it off the list. Returns the next one. After a collision that is the one at which the
 * older unwind stands: what that has not run of its termination handlers is still to run, or it is the target. One that
 * collides with itself is a compiler's own, of a local unwind, and done.
 */
static PKI_REGISTRATION RtlpUnwindFrame(PEXCEPTION_RECORD Record, PKI_REGISTRATION Frame, PCONTEXT Context)
{
    PKI_REGISTRATION Dispatcher = NULL;
    if (!RtlpIsFrameInBounds((ULONG_PTR)Frame)) {
        RtlpRaiseNoncontinuable(Record, STATUS_BAD_STACK);
    }
    switch (RtlpExecuteHandlerForUnwind(Record, Frame, Context, &Dispatcher, Frame->Handler)) {
    case ExceptionContinueSearch: Frame = Frame->Next; break;
    case ExceptionCollidedUnwind: Frame = Dispatcher == Frame ? Frame->Next : Dispatcher; break;
    default: RtlpRaiseNoncontinuable(Record, STATUS_INVALID_DISPOSITION);
    }
    KiSetExceptionList(Frame);
    return Frame;
}

static PVOID RtlpUnwindTo(PKI_REGISTRATION TargetFrame, PEXCEPTION_RECORD Record, PVOID ReturnValue)
{
    CONTEXT Context;
    RtlCaptureContext(&Context);
    Context.Eax = (ULONG)ReturnValue;
    Record->ExceptionFlags |= EXCEPTION_UNWINDING | (TargetFrame == NULL ? EXCEPTION_EXIT_UNWIND : 0);
    for (PKI_REGISTRATION Frame = KiExceptionList(); Frame != TargetFrame && Frame != EXCEPTION_CHAIN_END;) {
        if (TargetFrame != NULL && Frame > TargetFrame) {
            RtlpRaiseNoncontinuable(Record, STATUS_INVALID_UNWIND_TARGET);
        }
        Frame = RtlpUnwindFrame(Record, Frame, &Context);
    }
    if (TargetFrame != NULL) {
        RtlpForgetTrapFrames((ULONG_PTR)TargetFrame);
    }
    return ReturnValue;
}

/*
 * Unwind to TargetFrame (NULL: to the end of the list), and return to the caller with ReturnValue in EAX: TargetIp is
 * where that is, and not used. ExceptionRecord NULL: one of STATUS_UNWIND is made. Any IRQL. Source: Microsoft: RtlUnwind.
 */
PVOID NTAPI RtlpUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord,
                       PVOID ReturnValue) __asm__("_RtlUnwind@16");
PVOID NTAPI RtlpUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue)
{
    EXCEPTION_RECORD OwnRecord;
    UNREFERENCED_PARAMETER(TargetIp);
    if (ExceptionRecord == NULL) {
        OwnRecord.ExceptionCode = STATUS_UNWIND;
        OwnRecord.ExceptionFlags = 0;
        OwnRecord.ExceptionRecord = NULL;
        OwnRecord.ExceptionAddress = __builtin_return_address(0);
        OwnRecord.NumberParameters = 0;
        ExceptionRecord = &OwnRecord;
    }
    return RtlpUnwindTo(TargetFrame, ExceptionRecord, ReturnValue);
}
