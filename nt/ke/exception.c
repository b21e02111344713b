/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exception.c - what becomes of a trap that is an exception: KiDispatchException. */
#include "arch.h"

VOID RtlpForgetTrapFrames(ULONG_PTR StackPointer)
{
    PKTRAP_FRAME Frame = KiCurrentTrapFrame();
    while (Frame != NULL && (ULONG_PTR)Frame < StackPointer) {
        Frame = KI_TRAP_BEFORE(Frame);
    }
    KiSetCurrentTrapFrame(Frame);
}

/*
 * Offer an exception of kernel mode to the handlers on the stack. Returns when one of them continues the execution;
 * when none takes it: bug check 1E, on x86 8E (KiBugCheckUnhandled). Any IRQL. There is no debugger.
 * Source: Microsoft: bug checks 0x1E, 0x8E; Windows stacks for the frames.
 */
VOID KiDispatchException(PEXCEPTION_RECORD ExceptionRecord, PKEXCEPTION_FRAME ExceptionFrame, PKTRAP_FRAME TrapFrame,
                         KPROCESSOR_MODE PreviousMode, BOOLEAN FirstChance)
{
    CONTEXT Context;
    UNREFERENCED_PARAMETER(PreviousMode);
    KeContextFromKframes(TrapFrame, ExceptionFrame, &Context);
    if (ExceptionRecord->ExceptionCode == STATUS_BREAKPOINT) {
        KI_CONTEXT_PC(&Context)--;
    }
    if (!FirstChance || !RtlDispatchException(ExceptionRecord, &Context)) {
        KiBugCheckUnhandled(ExceptionRecord, TrapFrame);
    }
    KeContextToKframes(TrapFrame, ExceptionFrame, &Context);
}
