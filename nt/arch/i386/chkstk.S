/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chkstk.S - called by prologues that reserve a page of stack and more: EAX = bytes; lowers ESP by them. Kernel stacks
 * are all there, so the pages are only touched; a stack that is too small faults here. Keeps the other registers.
 */
#include "macros.inc"

        .text
        FUNCTION __alloca_probe
        .globl  __chkstk
__chkstk:
        push    ecx
        lea     ecx, [esp + 8]
1:      cmp     eax, 0x1000
        jb      2f
        sub     ecx, 0x1000
        test    [ecx], ecx
        sub     eax, 0x1000
        jmp     1b
2:      sub     ecx, eax
        test    [ecx], ecx
        mov     eax, esp
        mov     esp, ecx
        mov     ecx, [eax]
        push    [eax + 4]
        ret
