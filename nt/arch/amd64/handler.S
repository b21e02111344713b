/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handler.S - calls of language handlers, under handlers of their own: an exception or unwind that runs into one of
 * these frames has met a dispatch or unwind that is still going on.
 */
#include "arch.h"
#include "macros.inc"

#define EXCEPTION_UNWIND_MASK    0x66
#define ExceptionContinueSearch  1
#define ExceptionNestedException 2
#define ExceptionCollidedUnwind  3
#define SAVED_DISPATCHER         0x20   /* from the frame: behind the callee's home area */

        .text

.macro EXECUTE_HANDLER name, handler
        FUNCTION \name
        .seh_handler \handler, @except, @unwind
        sub     rsp, 0x28
        .seh_stackalloc 0x28
        .seh_endprologue
        mov     [rsp + SAVED_DISPATCHER], r9
        call    [r9 + DSP_HANDLER]
        nop
        add     rsp, 0x28
        ret
        .seh_handlerdata
        .text
        END_FUNCTION \name
.endm

/*
 * EXCEPTION_DISPOSITION (PEXCEPTION_RECORD, PVOID EstablisherFrame, PCONTEXT, PDISPATCHER_CONTEXT): call the
 * dispatcher context's language handler.
 */
        EXECUTE_HANDLER RtlpExecuteHandlerForException, RtlpExceptionHandler
        EXECUTE_HANDLER RtlpExecuteHandlerForUnwind, RtlpUnwindHandler

/* An exception inside a handler: tell the dispatcher down to which frame handlers are already being asked. */
        LEAF RtlpExceptionHandler
        mov     eax, ExceptionContinueSearch
        test    dword ptr [rcx + EXR_FLAGS], EXCEPTION_UNWIND_MASK
        jnz     1f
        mov     rax, [rdx + SAVED_DISPATCHER]
        mov     rax, [rax + DSP_ESTABLISHER]
        mov     [r9 + DSP_ESTABLISHER], rax
        mov     eax, ExceptionNestedException
1:      ret

/* An unwind over an unwind in progress: go on from where that one is. */
        LEAF RtlpUnwindHandler
        mov     rax, [rdx + SAVED_DISPATCHER]
        xor     edx, edx
1:      mov     r8, [rax + rdx]
        cmp     edx, 0x20                       /* TargetIp stays the new unwind's own */
        je      2f
        mov     [r9 + rdx], r8
2:      add     edx, 8
        cmp     edx, 0x50
        jne     1b
        mov     eax, ExceptionCollidedUnwind
        ret
