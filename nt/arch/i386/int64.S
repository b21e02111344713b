/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * int64.S - 64-bit arithmetic under the names that MSVC's compiler calls: operands on the stack, which the routine pops,
 * result in EDX:EAX; shifts: operand in EDX:EAX, count in CL. Division itself is in divide.c.
 */
#include "arch.h"
#include "macros.inc"

        .text

/* \name(dividend, divisor), through \function of divide.c */
.macro DIVIDE name, function
        FUNCTION \name
        push    ebp
        mov     ebp, esp
        push    [ebp + 0x14]
        push    [ebp + 0x10]
        push    [ebp + 0xc]
        push    [ebp + 8]
        call    \function
        leave
        ret     16
.endm

        DIVIDE  __alldiv, ___divdi3
        DIVIDE  __allrem, ___moddi3
        DIVIDE  __aulldiv, ___udivdi3
        DIVIDE  __aullrem, ___umoddi3

/* Both: quotient in EDX:EAX, remainder in EBX:ECX. */
.macro DIVIDE_AND_REST name, divide, remainder
        FUNCTION \name
        push    ebp
        mov     ebp, esp
        push    [ebp + 0x14]
        push    [ebp + 0x10]
        push    [ebp + 0xc]
        push    [ebp + 8]
        call    \remainder
        mov     ebx, edx
        push    eax
        push    [ebp + 0x14]
        push    [ebp + 0x10]
        push    [ebp + 0xc]
        push    [ebp + 8]
        call    \divide
        mov     ecx, [ebp - 0x14]
        leave
        ret     16
.endm

        DIVIDE_AND_REST __alldvrm, ___divdi3, ___moddi3
        DIVIDE_AND_REST __aulldvrm, ___udivdi3, ___umoddi3

        FUNCTION __allmul
        mov     eax, [esp + 8]
        imul    eax, [esp + 0xc]        /* high A * low B */
        mov     ecx, [esp + 0x10]
        imul    ecx, [esp + 4]          /* high B * low A */
        add     ecx, eax
        mov     eax, [esp + 4]
        mul     dword ptr [esp + 0xc]
        add     edx, ecx
        ret     16

        FUNCTION __allshl
        cmp     cl, 64
        jae     2f
        cmp     cl, 32
        jae     1f
        shld    edx, eax, cl
        shl     eax, cl
        ret
1:      mov     edx, eax
        xor     eax, eax
        shl     edx, cl
        ret
2:      xor     eax, eax
        xor     edx, edx
        ret

        FUNCTION __aullshr
        cmp     cl, 64
        jae     2b
        cmp     cl, 32
        jae     1f
        shrd    eax, edx, cl
        shr     edx, cl
        ret
1:      mov     eax, edx
        xor     edx, edx
        shr     eax, cl
        ret

        FUNCTION __allshr
        cmp     cl, 32
        jae     1f
        shrd    eax, edx, cl
        sar     edx, cl
        ret
1:      mov     eax, edx
        sar     edx, 31
        cmp     cl, 64
        jae     2f
        sar     eax, cl
        ret
2:      mov     eax, edx
        ret
