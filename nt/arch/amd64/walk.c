/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk.c - stack back traces for drivers. Source: Microsoft: RtlCaptureStackBackTrace; RtlWalkFrameChain. Any IRQL. */
#include "arch.h"

/* Return addresses from the caller on: Callers[0] is where the exported routine returns to. Returns how many. */
static DECLSPEC_NOINLINE ULONG RtlpWalk(PVOID *Callers, ULONG Skip, ULONG Count)
{
    CONTEXT Context;
    ULONG64 ImageBase, Frame;
    PVOID HandlerData;
    ULONG Found = 0;
    RtlCaptureContext(&Context);
    Skip++; /* this routine's own, in the exported one */
    while (Found < Count && RtlpIsFrameInBounds(Context.Rsp)) {
        PRUNTIME_FUNCTION Function = RtlLookupFunctionEntry(Context.Rip, &ImageBase, NULL);
        if (Function == NULL) {
            if (!RtlpUnwindLeaf(&Context)) {
                break;
            }
        } else {
            RtlVirtualUnwind(UNW_FLAG_NHANDLER, ImageBase, Context.Rip, Function, &Context, &HandlerData, &Frame, NULL);
        }
        if (Context.Rip == 0) {
            break;
        }
        if (Skip) {
            Skip--;
        } else {
            Callers[Found++] = (PVOID)Context.Rip;
        }
    }
    return Found;
}

/* Flags: the upper bits hold frames to skip. */
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags) { return RtlpWalk(Callers, Flags >> 8, Count); }

USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace, PULONG BackTraceHash)
{
    ULONG Hash = 0, Count = RtlpWalk(BackTrace, FramesToSkip, min(FramesToCapture, 0xffff));
    for (ULONG Index = 0; Index < Count; Index++) {
        Hash += (ULONG)(ULONG_PTR)BackTrace[Index];
    }
    if (BackTraceHash) {
        *BackTraceHash = Hash;
    }
    return (USHORT)Count;
}
