/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk.c - stack back traces for drivers. Source: Microsoft: RtlCaptureStackBackTrace; RtlWalkFrameChain. Any IRQL. */
#include "arch.h"

typedef struct _KI_STACK_FRAME {
    struct _KI_STACK_FRAME *Before;
    PVOID Return;
} KI_STACK_FRAME;

/* Return addresses from Frame on: Callers[0] is Frame's. Returns how many. */
static ULONG RtlpWalk(const KI_STACK_FRAME *Frame, PVOID *Callers, ULONG Skip, ULONG Count)
{
    ULONG Found = 0;
    while (Found < Count && RtlpIsFrameInBounds((ULONG_PTR)Frame) && Frame->Return != NULL) {
        if (Skip) {
            Skip--;
        } else {
            Callers[Found++] = Frame->Return;
        }
        if (Frame->Before <= Frame) {
            break;
        }
        Frame = Frame->Before;
    }
    return Found;
}

/* Flags: the upper bits hold frames to skip. */
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    return RtlpWalk(__builtin_frame_address(0), Callers, Flags >> 8, Count);
}

USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace, PULONG BackTraceHash)
{
    ULONG Hash = 0, Count = RtlpWalk(__builtin_frame_address(0), BackTrace, FramesToSkip, min(FramesToCapture, 0xffff));
    for (ULONG Index = 0; Index < Count; Index++) {
        Hash += (ULONG)BackTrace[Index];
    }
    if (BackTraceHash) {
        *BackTraceHash = Hash;
    }
    return (USHORT)Count;
}
