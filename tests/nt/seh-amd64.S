/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seh.S - routines with scopes for __C_specific_handler, which GCC cannot write. */
#include "../../nt/arch/amd64/macros.inc"

        .text

/* ULONG name(Routine, Context): code of the exception, 0 = none. */
.macro TRY_EXCEPT name, filter:vararg
        FUNCTION \name
        .seh_handler __C_specific_handler, @except, @unwind
        sub     rsp, 0x28
        .seh_stackalloc 0x28
        .seh_endprologue
        mov     rax, rcx
        mov     rcx, rdx
1:      call    rax
        nop
2:      xor     eax, eax
3:      add     rsp, 0x28
        ret
        .seh_handlerdata
        .long   1
        .rva    1b, 2b
        \filter
        .rva    3b
        .text
        END_FUNCTION \name
.endm

        TRY_EXCEPT TryExecute, .long 1
        TRY_EXCEPT TryFilter, .rva TestFilter

        FUNCTION TryFinally
        .seh_handler __C_specific_handler, @except, @unwind
        sub     rsp, 0x28
        .seh_stackalloc 0x28
        .seh_endprologue
        mov     rax, rcx
        mov     rcx, rdx
1:      call    rax
        nop
2:      xor     ecx, ecx
        call    TestFinally
        nop
        add     rsp, 0x28
        ret
        .seh_handlerdata
        .long   1
        .rva    1b, 2b, TestFinally
        .long   0
        .text
        END_FUNCTION TryFinally

/*
 * Set every nonvolatile register, call a routine with a frame pointer that saves some of them, changes them and faults,
 * catch that, count the registers that changed.
 */
        FUNCTION KeepsRegisters
        .seh_handler __C_specific_handler, @except, @unwind
        push    rbp
        .seh_pushreg rbp
        push    rbx
        .seh_pushreg rbx
        push    rsi
        .seh_pushreg rsi
        push    rdi
        .seh_pushreg rdi
        push    r12
        .seh_pushreg r12
        push    r13
        .seh_pushreg r13
        push    r14
        .seh_pushreg r14
        push    r15
        .seh_pushreg r15
        sub     rsp, 0x48
        .seh_stackalloc 0x48
        movaps  [rsp + 0x20], xmm6
        .seh_savexmm xmm6, 0x20
        movaps  [rsp + 0x30], xmm15
        .seh_savexmm xmm15, 0x30
        .seh_endprologue
        mov     ebx, 1
        mov     ebp, 2
        mov     esi, 3
        mov     edi, 4
        mov     r12d, 5
        mov     r13d, 6
        mov     r14d, 7
        mov     r15d, 8
        movq    xmm6, r14
        movq    xmm15, r15
1:      call    SaveAndFault
        nop
2:      mov     eax, 99
        jmp     4f
3:      xor     eax, eax
        dec     rbx
        or      rax, rbx
        sub     rbp, 2
        or      rax, rbp
        sub     rsi, 3
        or      rax, rsi
        sub     rdi, 4
        or      rax, rdi
        sub     r12, 5
        or      rax, r12
        sub     r13, 6
        or      rax, r13
        movq    rcx, xmm6
        sub     rcx, r14
        or      rax, rcx
        movq    rcx, xmm15
        sub     rcx, r15
        or      rax, rcx
        sub     r14, 7
        or      rax, r14
        sub     r15, 8
        or      rax, r15
4:      movaps  xmm6, [rsp + 0x20]
        movaps  xmm15, [rsp + 0x30]
        add     rsp, 0x48
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rdi
        pop     rsi
        pop     rbx
        pop     rbp
        ret
        .seh_handlerdata
        .long   1
        .rva    1b, 2b
        .long   1
        .rva    3b
        .text
        END_FUNCTION KeepsRegisters

        FUNCTION SaveAndFault
        push    rbp
        .seh_pushreg rbp
        sub     rsp, 0x1050
        .seh_stackalloc 0x1050
        lea     rbp, [rsp + 0x40]
        .seh_setframe rbp, 0x40
        mov     [rsp + 0x1000], rbx
        .seh_savereg rbx, 0x1000
        movaps  [rsp + 0x1010], xmm6
        .seh_savexmm xmm6, 0x1010
        movaps  [rsp + 0x1020], xmm15
        .seh_savexmm xmm15, 0x1020
        mov     [rsp + 0x1030], r12
        .seh_savereg r12, 0x1030
        .seh_endprologue
        xor     ebx, ebx
        xor     r12d, r12d
        xorps   xmm6, xmm6
        xorps   xmm15, xmm15
        sub     rsp, 0x100              /* alloca */
        mov     rax, [rbx + 8]
        lea     rsp, [rbp + 0x1010]
        pop     rbp
        ret
        END_FUNCTION SaveAndFault
