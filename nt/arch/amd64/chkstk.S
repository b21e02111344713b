/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chkstk.S - called by prologues that reserve a page of stack and more: RAX = bytes. Kernel stacks are all there, so
 * the pages are only touched; a stack that is too small faults here, in a prologue. All registers are kept.
 */
#include "macros.inc"

        .text
        LEAF __chkstk
        .globl ___chkstk_ms
___chkstk_ms:
        push    rcx
        push    rax
        lea     rcx, [rsp + 0x18]
1:      cmp     rax, 0x1000
        jb      2f
        sub     rcx, 0x1000
        test    [rcx], rcx
        sub     rax, 0x1000
        jmp     1b
2:      sub     rcx, rax
        test    [rcx], rcx
        pop     rax
        pop     rcx
        ret
