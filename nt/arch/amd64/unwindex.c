/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwindex.c - RtlUnwindEx: leave every frame up to a target, running their termination handlers on the way.
 *
 * Two contexts: Current, of the frame whose handler is being asked, and Next, that of its caller. A collided unwind (a
 * termination handler that unwinds itself) makes Current that of the frame where the older unwind stands.
 * Source: Microsoft: RtlUnwindEx, x64 exception handling.
 */
#include "arch.h"

#define STATUS_UNWIND_CONSOLIDATE ((NTSTATUS)0x80000029)

typedef struct _UNWIND {
    PVOID TargetFrame;
    PVOID TargetIp;
    PVOID ReturnValue;
    PEXCEPTION_RECORD Record;
    ULONG Flags;
} UNWIND;

static DECLSPEC_NORETURN VOID RtlpBadStack(VOID)
{
    RtlRaiseStatus(STATUS_BAD_STACK);
    __builtin_trap();
}

/*
 * Ask the handlers of one frame. *Current is that frame's context, *Next becomes its caller's. Returns the frame, which
 * after a collision is another one.
 */
static inline __attribute__((always_inline)) ULONG64 RtlpUnwindFrame(UNWIND *Unwind, PRUNTIME_FUNCTION Function,
                                                                     ULONG64 ImageBase, PCONTEXT Current, PCONTEXT Next)
{
    DISPATCHER_CONTEXT Dispatcher;
    Dispatcher.ControlPc = Current->Rip;
    Dispatcher.ImageBase = ImageBase;
    Dispatcher.FunctionEntry = Function;
    Dispatcher.ContextRecord = Current;
    Dispatcher.HistoryTable = NULL;
    Dispatcher.TargetIp = (ULONG64)Unwind->TargetIp;
    Dispatcher.ScopeIndex = 0;
    RtlpCopyContext(Next, Current);
    Dispatcher.LanguageHandler = RtlVirtualUnwind(UNW_FLAG_UHANDLER, ImageBase, Current->Rip, Function, Next,
                                                  &Dispatcher.HandlerData, &Dispatcher.EstablisherFrame, NULL);
    while (Dispatcher.LanguageHandler != NULL) {
        PVOID Frame = (PVOID)Dispatcher.EstablisherFrame;
        EXCEPTION_DISPOSITION Disposition;
        if (!RtlpIsFrameInBounds((ULONG64)Frame)) {
            RtlpBadStack();
        }
        if (Frame == Unwind->TargetFrame) {
            Unwind->Flags |= EXCEPTION_TARGET_UNWIND;
        }
        Unwind->Record->ExceptionFlags = Unwind->Flags;
        Current->Rax = (ULONG64)Unwind->ReturnValue;
        Disposition = RtlpExecuteHandlerForUnwind(Unwind->Record, Frame, Current, &Dispatcher);
        Unwind->Flags &= ~(EXCEPTION_COLLIDED_UNWIND | EXCEPTION_TARGET_UNWIND);
        if (Disposition == ExceptionContinueSearch) {
            break;
        }
        if (Disposition != ExceptionCollidedUnwind) {
            RtlRaiseStatus(STATUS_INVALID_DISPOSITION);
        }
        RtlpCopyContext(Current, Dispatcher.ContextRecord);
        RtlpCopyContext(Next, Current);
        Dispatcher.ContextRecord = Current;
        Unwind->Flags |= EXCEPTION_COLLIDED_UNWIND;
        RtlVirtualUnwind(UNW_FLAG_NHANDLER, Dispatcher.ImageBase, Dispatcher.ControlPc, Dispatcher.FunctionEntry, Next,
                         &Dispatcher.HandlerData, &Dispatcher.EstablisherFrame, NULL);
    }
    return Dispatcher.EstablisherFrame;
}

static DECLSPEC_NORETURN VOID RtlpArrive(const UNWIND *Unwind, PCONTEXT Context)
{
    Context->Rax = (ULONG64)Unwind->ReturnValue;
    if (Unwind->Record->ExceptionCode != STATUS_UNWIND_CONSOLIDATE) {
        Context->Rip = (ULONG64)Unwind->TargetIp;
    }
    RtlpForgetTrapFrames(Context->Rsp);
    RtlRestoreContext(Context, Unwind->Record);
    __builtin_trap();
}

/*
 * Unwind to TargetFrame (NULL: as far as the stack goes) and continue at TargetIp there with ReturnValue in RAX.
 * ContextRecord is scratch space. ExceptionRecord NULL: one of STATUS_UNWIND is made. Does not return when a target is
 * given. Any IRQL.
 */
VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue,
                       PCONTEXT ContextRecord, PUNWIND_HISTORY_TABLE HistoryTable)
{
    EXCEPTION_RECORD OwnRecord;
    CONTEXT Other;
    PCONTEXT Current = ContextRecord, Next = &Other;
    UNWIND Unwind = {TargetFrame, TargetIp, ReturnValue, ExceptionRecord, EXCEPTION_UNWINDING};
    ULONG64 ImageBase, Frame;
    PVOID HandlerData;
    PRUNTIME_FUNCTION Function;
    UNREFERENCED_PARAMETER(HistoryTable);

    RtlCaptureContext(Current);
    Other.ContextFlags = 0;
    if (ExceptionRecord == NULL) {
        OwnRecord.ExceptionCode = STATUS_UNWIND;
        OwnRecord.ExceptionRecord = NULL;
        OwnRecord.ExceptionAddress = (PVOID)Current->Rip;
        OwnRecord.NumberParameters = 0;
        Unwind.Record = &OwnRecord;
    }
    if (TargetFrame == NULL) {
        Unwind.Flags |= EXCEPTION_EXIT_UNWIND;
    }
    Function = RtlLookupFunctionEntry(Current->Rip, &ImageBase, NULL);
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, ImageBase, Current->Rip, Function, Current, &HandlerData, &Frame, NULL);

    while (RtlpIsFrameInBounds(Current->Rsp)) {
        PCONTEXT Swap;
        Function = RtlLookupFunctionEntry(Current->Rip, &ImageBase, NULL);
        if (Function == NULL) {
            if (!RtlpUnwindLeaf(Current)) {
                break;
            }
            continue;
        }
        Frame = RtlpUnwindFrame(&Unwind, Function, ImageBase, Current, Next);
        if ((PVOID)Frame == TargetFrame) {
            RtlpArrive(&Unwind, Current);
        }
        if (TargetFrame != NULL && (PVOID)Frame > TargetFrame) {
            RtlRaiseStatus(STATUS_INVALID_UNWIND_TARGET);
        }
        Swap = Current;
        Current = Next;
        Next = Swap;
    }
    if (TargetFrame != NULL) {
        RtlpBadStack();
    }
}

/* Source: Microsoft: RtlUnwind. */
VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue)
{
    CONTEXT Context;
    RtlUnwindEx(TargetFrame, TargetIp, ExceptionRecord, ReturnValue, &Context, NULL);
}

/* Any IRQL. Returns if a handler continues the execution. Source: Microsoft: RtlRaiseException. */
VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord)
{
    CONTEXT Context;
    RtlpCaptureCaller(&Context);
    RtlpRaise(ExceptionRecord, &Context);
}
