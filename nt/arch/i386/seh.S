/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seh.S - run a piece of a function (filter, handler) on that function's EBP. See except3.c. */
#include "arch.h"
#include "macros.inc"

        .text

/* LONG KiCallInFrame(VOID (*Code)(VOID), PVOID Ebp) */
        FUNCTION _KiCallInFrame
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     eax, [esp + 0x14]
        mov     ebp, [esp + 0x18]
        xor     ebx, ebx
        xor     esi, esi
        xor     edi, edi
        call    eax
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret

/* VOID KiJumpInFrame(VOID (*Code)(VOID), PVOID Ebp) */
        FUNCTION _KiJumpInFrame
        mov     eax, [esp + 4]
        mov     ebp, [esp + 8]
        jmp     eax
