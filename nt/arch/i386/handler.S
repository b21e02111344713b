/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handler.S - calls of exception handlers, under registrations of their own: an exception or unwind that runs into one
 * of these has met a dispatch or unwind that is still going on.
 */
#include "arch.h"
#include "macros.inc"

#define EXCEPTION_UNWIND_MASK    0x66
#define ExceptionContinueSearch  1
#define ExceptionNestedException 2
#define ExceptionCollidedUnwind  3
#define OWN_ESTABLISHER          8      /* in the registrations made here, behind Next and Handler */

        .text

/* (Record, Frame, Context, Dispatcher, Handler), all five for the code behind */
        FUNCTION _RtlpExecuteHandlerForException@20
        mov     edx, offset ExceptionHandler
        jmp     ExecuteHandler

        FUNCTION _RtlpExecuteHandlerForUnwind@20
        mov     edx, offset UnwindHandler
        jmp     ExecuteHandler

/* The handler finds no values in the registers that a compiler keeps across calls: it must not rely on any. */
        FUNCTION ExecuteHandler
        push    ebp
        mov     ebp, esp
        push    ebx
        push    esi
        push    edi
        xor     ebx, ebx
        xor     esi, esi
        xor     edi, edi
        push    [ebp + 0x18]
        push    [ebp + 0x14]
        push    [ebp + 0x10]
        push    [ebp + 0xc]
        push    [ebp + 8]
        call    ExecuteHandler2
        pop     edi
        pop     esi
        pop     ebx
        leave
        ret     20

        FUNCTION ExecuteHandler2
        push    ebp
        mov     ebp, esp
        push    [ebp + 0xc]             /* OWN_ESTABLISHER */
        push    edx
        push    dword ptr fs:[PCR_EXCEPTION_LIST]
        mov     fs:[PCR_EXCEPTION_LIST], esp
        push    [ebp + 0x14]
        push    [ebp + 0x10]
        push    [ebp + 0xc]
        push    [ebp + 8]
        call    [ebp + 0x18]
        mov     ecx, [ebp - 0xc]        /* Next: wherever the handler left ESP */
        mov     fs:[PCR_EXCEPTION_LIST], ecx
        leave
        ret     20

/* An exception inside a handler: tell the dispatcher down to which frame handlers are already being asked. */
        FUNCTION ExceptionHandler
        mov     ecx, [esp + 4]
        mov     eax, ExceptionContinueSearch
        test    dword ptr [ecx + EXR_FLAGS], EXCEPTION_UNWIND_MASK
        jnz     1f
        mov     ecx, [esp + 8]
        mov     edx, [esp + 0x10]
        mov     eax, [ecx + OWN_ESTABLISHER]
        mov     [edx], eax
        mov     eax, ExceptionNestedException
1:      ret

/* An unwind over an unwind in progress: go on from where that one is. */
        FUNCTION UnwindHandler
        mov     ecx, [esp + 4]
        mov     eax, ExceptionContinueSearch
        test    dword ptr [ecx + EXR_FLAGS], EXCEPTION_UNWIND_MASK
        jz      1f
        mov     ecx, [esp + 8]
        mov     edx, [esp + 0x10]
        mov     eax, [ecx + OWN_ESTABLISHER]
        mov     [edx], eax
        mov     eax, ExceptionCollidedUnwind
1:      ret
