/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failpoint-i386.S - the fail points of a module (failable.c). */
#include "macros.inc"

        .text

/* Returns as the routine does: without its arguments. */
#define VF_FAILABLE(Name, Symbol, Pops, Failure, Text) FAIL_POINT Name, Pops
.macro FAIL_POINT name, pops
        FUNCTION _VfFail_\name
        mov     eax, offset _VfFailable_\name
        call    VfpFailPoint
        ret     \pops
.endm
#include VF_FAILABLES

/*
 * EAX = VF_FAILABLE_ROUTINE, on the stack the return address in the fail point, all else as the driver called. Goes on to
 * the routine as if nothing had been, or returns to the fail point with the failure in EAX.
 */
        FUNCTION VfpFailPoint
        push    ebp
        mov     ebp, esp
        push    eax
        push    ecx
        push    edx
        push    eax
        call    _VfFailHere@4
        pop     edx
        pop     ecx
        test    al, al
        pop     eax
        jnz     1f
        mov     eax, [eax + 4]
        pop     ebp
        add     esp, 4
        jmp     eax
1:      mov     eax, [eax + 8]
        pop     ebp
        ret
