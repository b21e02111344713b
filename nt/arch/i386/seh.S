/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seh.S - run a piece of a function (filter, handler) on that function's EBP. See except3.c. */
#include "arch.h"
#include "macros.inc"

        .text

#define ExceptionContinueSearch 1
#define OWN_EBP                 8       /* in the registration made here, behind Next and Handler */

/* LONG KiCallInFrame(VOID (*Code)(VOID), PVOID Ebp): under a registration by which _abnormal_termination knows. */
        FUNCTION _KiCallInFrame
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     eax, [esp + 0x14]
        mov     ebp, [esp + 0x18]
        push    ebp                     /* OWN_EBP */
        push    offset InFrameHandler
        push    dword ptr fs:[PCR_EXCEPTION_LIST]
        mov     fs:[PCR_EXCEPTION_LIST], esp
        xor     ebx, ebx
        xor     esi, esi
        xor     edi, edi
        call    eax
        pop     dword ptr fs:[PCR_EXCEPTION_LIST]
        add     esp, 8
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret

        FUNCTION InFrameHandler
        mov     eax, ExceptionContinueSearch
        ret

/*
 * LONG _abnormal_termination(VOID), of a termination handler: does an unwind run it? Older compilers call it for
 * AbnormalTermination(), and have the function's EBP in EBP. Source: Microsoft: AbnormalTermination.
 */
        FUNCTION __abnormal_termination
        xor     eax, eax
        mov     ecx, fs:[PCR_EXCEPTION_LIST]
        cmp     dword ptr [ecx + 4], offset InFrameHandler
        jne     1f
        cmp     [ecx + OWN_EBP], ebp
        sete    al
1:      ret

/* VOID KiJumpInFrame(VOID (*Code)(VOID), PVOID Ebp) */
        FUNCTION _KiJumpInFrame
        mov     eax, [esp + 4]
        mov     ebp, [esp + 8]
        jmp     eax
