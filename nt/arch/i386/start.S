/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.S - where threads begin, and where walks over their stacks end: EBP is 0. */
#include "arch.h"
#include "macros.inc"

#define EXCEPTION_UNWIND_MASK   0x66
#define ExceptionContinueSearch 1

        .text

/* Entry of the system image: ECX = struct hv_loader_block *, ESP = high end of the first thread's stack. */
        FUNCTION _KiSystemStartup
        xor     ebp, ebp
        push    ecx
        call    _KiInitializeKernel
        int3

/* VOID KiThreadStartup(PKTHREAD Thread), in ECX */
        FUNCTION _KiThreadStartup
        xor     ebp, ebp
        push    [ecx + KTH_START_CONTEXT]
        push    [ecx + KTH_START_ROUTINE]
        call    _PspSystemThreadStartup@8
        int3

/*
 * VOID PspSystemThreadStartup(PKSTART_ROUTINE StartRoutine, PVOID StartContext)
 * The outermost exception registration of every system thread: an exception that nobody handled is a bug check in its
 * handler, while the faulting frames are still there.
 */
        FUNCTION _PspSystemThreadStartup@8
        push    ebp
        mov     ebp, esp
        push    offset _PspSystemThreadStartup$filt$0
        push    dword ptr fs:[PCR_EXCEPTION_LIST]
        mov     fs:[PCR_EXCEPTION_LIST], esp
        push    [ebp + 0xc]
        call    [ebp + 8]
        push    0
        call    _PsTerminateSystemThread@4
        int3

/* EXCEPTION_DISPOSITION (PEXCEPTION_RECORD, PVOID Frame, PCONTEXT, PVOID Dispatcher) */
        FUNCTION _PspSystemThreadStartup$filt$0
        push    ebp
        mov     ebp, esp
        mov     eax, [ebp + 8]
        test    dword ptr [eax + EXR_FLAGS], EXCEPTION_UNWIND_MASK
        jnz     1f
        push    [ebp + 0x10]            /* EXCEPTION_POINTERS */
        push    eax
        push    esp
        call    _PspUnhandledExceptionInSystemThread
        int3
1:      mov     eax, ExceptionContinueSearch
        leave
        ret
