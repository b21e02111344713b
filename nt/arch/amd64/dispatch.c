/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dispatch.c - RtlDispatchException: ask the frames of the stack, innermost first, who handles an exception. */
#include "arch.h"

BOOLEAN RtlpIsFrameInBounds(ULONG64 Frame)
{
    PKTHREAD Thread = KiThread();
    if (Frame & 7) {
        return FALSE;
    }
    if (Thread == NULL || Thread->StackBase == NULL) {
        return TRUE;
    }
    return Frame >= (ULONG64)Thread->StackLimit && Frame < (ULONG64)Thread->StackBase;
}

/*
 * One frame: unwind Context over it, and ask its handler if it has one. On ExceptionNestedException, and until the
 * frame where that dispatch stands, *NestedFrame is the frame being asked there.
 */
static inline __attribute__((always_inline)) EXCEPTION_DISPOSITION
RtlpDispatchFrame(PEXCEPTION_RECORD Record, PCONTEXT ContextRecord, PCONTEXT Context, PRUNTIME_FUNCTION Function,
                  ULONG64 ImageBase, PULONG64 NestedFrame)
{
    DISPATCHER_CONTEXT Dispatcher;
    EXCEPTION_DISPOSITION Disposition;
    ULONG64 ControlPc = Context->Rip;
    PEXCEPTION_ROUTINE Handler = RtlVirtualUnwind(UNW_FLAG_EHANDLER, ImageBase, ControlPc, Function, Context,
                                                  &Dispatcher.HandlerData, &Dispatcher.EstablisherFrame, NULL);
    if (!RtlpIsFrameInBounds(Dispatcher.EstablisherFrame)) {
        Record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
        return ExceptionContinueSearch;
    }
    if (Handler == NULL) {
        return ExceptionContinueSearch;
    }

    Dispatcher.ControlPc = ControlPc;
    Dispatcher.ImageBase = ImageBase;
    Dispatcher.FunctionEntry = Function;
    Dispatcher.LanguageHandler = Handler;
    Dispatcher.ContextRecord = Context;
    Dispatcher.HistoryTable = NULL;
    Dispatcher.ScopeIndex = 0;
    Dispatcher.TargetIp = 0;
    for (;;) {
        ULONG64 Frame = Dispatcher.EstablisherFrame;
        Disposition = RtlpExecuteHandlerForException(Record, (PVOID)Frame, ContextRecord, &Dispatcher);
        if (Frame == *NestedFrame) {
            Record->ExceptionFlags &= ~EXCEPTION_NESTED_CALL;
            *NestedFrame = 0;
        }
        if (Disposition != ExceptionCollidedUnwind) {
            break;
        }
        RtlpCopyContext(Context, Dispatcher.ContextRecord);
        RtlVirtualUnwind(UNW_FLAG_NHANDLER, Dispatcher.ImageBase, Dispatcher.ControlPc, Dispatcher.FunctionEntry,
                         Context, &Dispatcher.HandlerData, &Dispatcher.EstablisherFrame, NULL);
        Dispatcher.ContextRecord = Context;
    }
    if (Disposition == ExceptionNestedException) {
        Record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
        if (Dispatcher.EstablisherFrame > *NestedFrame) {
            *NestedFrame = Dispatcher.EstablisherFrame;
        }
    }
    return Disposition;
}

/*
 * TRUE: a handler continues the execution at *ContextRecord. FALSE: no handler took it, or the stack is bad
 * (EXCEPTION_STACK_INVALID in the record's flags). A handler that unwinds to itself never returns here.
 * Source: Microsoft: x64 exception handling.
 */
BOOLEAN RtlDispatchException(PEXCEPTION_RECORD ExceptionRecord, PCONTEXT ContextRecord)
{
    CONTEXT Context;
    ULONG64 NestedFrame = 0;
    RtlpCopyContext(&Context, ContextRecord);
    while (RtlpIsFrameInBounds(Context.Rsp)) {
        ULONG64 ImageBase;
        PRUNTIME_FUNCTION Function = RtlLookupFunctionEntry(Context.Rip, &ImageBase, NULL);
        if (Function == NULL) {
            if (!RtlpUnwindLeaf(&Context)) {
                break;
            }
            continue;
        }
        switch (RtlpDispatchFrame(ExceptionRecord, ContextRecord, &Context, Function, ImageBase, &NestedFrame)) {
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
        case ExceptionNestedException: break;
        default: RtlpRaiseNoncontinuable(ExceptionRecord, STATUS_INVALID_DISPOSITION);
        }
    }
    return FALSE;
}
