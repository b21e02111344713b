/* SPDX-License-Identifier: GPL-2.0-or-later */
/* debugger.c - the kernel debugger, which is never there. Source: Microsoft: KdEnableDebugger, KdChangeOption. */
#include "ntos.h"

BOOLEAN KdDebuggerEnabled = FALSE;
BOOLEAN KdDebuggerNotPresent = TRUE;

NTSTATUS NTAPI KdEnableDebugger(VOID) { return STATUS_ACCESS_DENIED; }
NTSTATUS NTAPI KdDisableDebugger(VOID) { return STATUS_DEBUGGER_INACTIVE; }
BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID) { return TRUE; }

NTSTATUS NTAPI KdChangeOption(KD_OPTION Option, ULONG InBufferBytes, PVOID InBuffer, ULONG OutBufferBytes,
                              PVOID OutBuffer, PULONG OutBufferNeeded)
{
    UNREFERENCED_PARAMETER(Option);
    UNREFERENCED_PARAMETER(InBufferBytes);
    UNREFERENCED_PARAMETER(InBuffer);
    UNREFERENCED_PARAMETER(OutBufferBytes);
    UNREFERENCED_PARAMETER(OutBuffer);
    UNREFERENCED_PARAMETER(OutBufferNeeded);
    return STATUS_DEBUGGER_INACTIVE;
}

/* Without a debugger a breakpoint is an exception that, unhandled, stops the system. */
VOID NTAPI DbgBreakPoint(VOID) { __asm__ volatile("int3"); }

VOID NTAPI DbgBreakPointWithStatus(ULONG Status) { __asm__ volatile("int3" : : "c"(Status)); }
