/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failpoint-amd64.S - the fail points of a module (failable.c). */
#include "macros.inc"

        .text

#define VF_FAILABLE(Name, Symbol, Pops, Failure, Text) FAIL_POINT Name
.macro FAIL_POINT name
        LEAF    VfFail_\name
        lea     rax, VfFailable_\name[rip]
        jmp     VfpFailPoint
.endm
#include VF_FAILABLES

/*
 * RAX = VF_FAILABLE_ROUTINE, all else as the driver called. Goes on to the routine as if nothing had been, or returns
 * its failure.
 */
        FUNCTION VfpFailPoint
        sub     rsp, 0x48
        .seh_stackalloc 0x48
        .seh_endprologue
        mov     [rsp + 0x20], rcx
        mov     [rsp + 0x28], rdx
        mov     [rsp + 0x30], r8
        mov     [rsp + 0x38], r9
        mov     [rsp + 0x40], rax
        mov     rcx, rax
        call    VfFailHere
        mov     r10, [rsp + 0x40]
        test    al, al
        jnz     1f
        mov     rcx, [rsp + 0x20]
        mov     rdx, [rsp + 0x28]
        mov     r8, [rsp + 0x30]
        mov     r9, [rsp + 0x38]
        mov     r10, [r10 + 8]
        add     rsp, 0x48
        jmp     r10
1:      mov     rax, [r10 + 16]
        add     rsp, 0x48
        ret
        END_FUNCTION VfpFailPoint
