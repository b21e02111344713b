/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.S - capture and restore the processor's registers. Source: Microsoft: RtlCaptureContext, RtlRestoreContext.
 */
#include "arch.h"
#include "macros.inc"

        .text

/* VOID RtlCaptureContext(PCONTEXT): the caller's registers as they are when this returns. Any IRQL. */
        LEAF RtlCaptureContext
        mov     [rcx + CTX_RAX], rax
        mov     [rcx + CTX_RCX], rcx
        mov     [rcx + CTX_RDX], rdx
        mov     [rcx + CTX_RBX], rbx
        mov     [rcx + CTX_RBP], rbp
        mov     [rcx + CTX_RSI], rsi
        mov     [rcx + CTX_RDI], rdi
        mov     [rcx + CTX_R8], r8
        mov     [rcx + CTX_R8 + 8], r9
        mov     [rcx + CTX_R8 + 0x10], r10
        mov     [rcx + CTX_R8 + 0x18], r11
        mov     [rcx + CTX_R12], r12
        mov     [rcx + CTX_R12 + 8], r13
        mov     [rcx + CTX_R12 + 0x10], r14
        mov     [rcx + CTX_R12 + 0x18], r15
        lea     rax, [rsp + 8]
        mov     [rcx + CTX_RSP], rax
        mov     rax, [rsp]
        mov     [rcx + CTX_RIP], rax
        pushfq
        pop     rax
        mov     [rcx + CTX_EFLAGS], eax
        mov     word ptr [rcx + CTX_SEG_CS], cs
        mov     word ptr [rcx + CTX_SEG_SS], ss
        stmxcsr dword ptr [rcx + CTX_MXCSR]
        movaps  [rcx + CTX_XMM0], xmm0
        movaps  [rcx + CTX_XMM0 + 0x10], xmm1
        movaps  [rcx + CTX_XMM0 + 0x20], xmm2
        movaps  [rcx + CTX_XMM0 + 0x30], xmm3
        movaps  [rcx + CTX_XMM0 + 0x40], xmm4
        movaps  [rcx + CTX_XMM0 + 0x50], xmm5
        movaps  [rcx + CTX_XMM0 + 0x60], xmm6
        movaps  [rcx + CTX_XMM0 + 0x70], xmm7
        movaps  [rcx + CTX_XMM0 + 0x80], xmm8
        movaps  [rcx + CTX_XMM0 + 0x90], xmm9
        movaps  [rcx + CTX_XMM0 + 0xa0], xmm10
        movaps  [rcx + CTX_XMM0 + 0xb0], xmm11
        movaps  [rcx + CTX_XMM0 + 0xc0], xmm12
        movaps  [rcx + CTX_XMM0 + 0xd0], xmm13
        movaps  [rcx + CTX_XMM0 + 0xe0], xmm14
        movaps  [rcx + CTX_XMM0 + 0xf0], xmm15
        mov     dword ptr [rcx + CTX_FLAGS], 0x10000f   /* control, integer, segments, floating point */
        mov     rax, [rcx + CTX_RAX]
        ret

/*
 * VOID RtlRestoreContext(PCONTEXT, PEXCEPTION_RECORD): continue there. The current stack must lie below the target's,
 * as it does when unwinding: the frame for iretq is made on it. Does not return.
 */
        FUNCTION RtlRestoreContext
        sub     rsp, 0x28
        .seh_stackalloc 0x28
        .seh_endprologue
        mov     rax, [rcx + CTX_RIP]
        mov     [rsp], rax
        movzx   eax, word ptr [rcx + CTX_SEG_CS]
        mov     [rsp + 8], rax
        mov     eax, [rcx + CTX_EFLAGS]
        mov     [rsp + 0x10], rax
        mov     rax, [rcx + CTX_RSP]
        mov     [rsp + 0x18], rax
        movzx   eax, word ptr [rcx + CTX_SEG_SS]
        mov     [rsp + 0x20], rax
        ldmxcsr dword ptr [rcx + CTX_MXCSR]
        movaps  xmm0, [rcx + CTX_XMM0]
        movaps  xmm1, [rcx + CTX_XMM0 + 0x10]
        movaps  xmm2, [rcx + CTX_XMM0 + 0x20]
        movaps  xmm3, [rcx + CTX_XMM0 + 0x30]
        movaps  xmm4, [rcx + CTX_XMM0 + 0x40]
        movaps  xmm5, [rcx + CTX_XMM0 + 0x50]
        movaps  xmm6, [rcx + CTX_XMM0 + 0x60]
        movaps  xmm7, [rcx + CTX_XMM0 + 0x70]
        movaps  xmm8, [rcx + CTX_XMM0 + 0x80]
        movaps  xmm9, [rcx + CTX_XMM0 + 0x90]
        movaps  xmm10, [rcx + CTX_XMM0 + 0xa0]
        movaps  xmm11, [rcx + CTX_XMM0 + 0xb0]
        movaps  xmm12, [rcx + CTX_XMM0 + 0xc0]
        movaps  xmm13, [rcx + CTX_XMM0 + 0xd0]
        movaps  xmm14, [rcx + CTX_XMM0 + 0xe0]
        movaps  xmm15, [rcx + CTX_XMM0 + 0xf0]
        mov     rax, [rcx + CTX_RAX]
        mov     rdx, [rcx + CTX_RDX]
        mov     rbx, [rcx + CTX_RBX]
        mov     rbp, [rcx + CTX_RBP]
        mov     rsi, [rcx + CTX_RSI]
        mov     rdi, [rcx + CTX_RDI]
        mov     r8, [rcx + CTX_R8]
        mov     r9, [rcx + CTX_R8 + 8]
        mov     r10, [rcx + CTX_R8 + 0x10]
        mov     r11, [rcx + CTX_R8 + 0x18]
        mov     r12, [rcx + CTX_R12]
        mov     r13, [rcx + CTX_R12 + 8]
        mov     r14, [rcx + CTX_R12 + 0x10]
        mov     r15, [rcx + CTX_R12 + 0x18]
        mov     rcx, [rcx + CTX_RCX]
        iretq
        END_FUNCTION RtlRestoreContext

/* VOID RtlpCopyContext(PCONTEXT Destination, const CONTEXT *Source): what a call preserves. */
        LEAF RtlpCopyContext
        mov     rax, [rdx + CTX_RIP]
        mov     [rcx + CTX_RIP], rax
        mov     rax, [rdx + CTX_RSP]
        mov     [rcx + CTX_RSP], rax
        mov     rax, [rdx + CTX_RBX]
        mov     [rcx + CTX_RBX], rax
        mov     rax, [rdx + CTX_RBP]
        mov     [rcx + CTX_RBP], rax
        mov     rax, [rdx + CTX_RSI]
        mov     [rcx + CTX_RSI], rax
        mov     rax, [rdx + CTX_RDI]
        mov     [rcx + CTX_RDI], rax
        mov     rax, [rdx + CTX_R12]
        mov     [rcx + CTX_R12], rax
        mov     rax, [rdx + CTX_R12 + 8]
        mov     [rcx + CTX_R12 + 8], rax
        mov     rax, [rdx + CTX_R12 + 0x10]
        mov     [rcx + CTX_R12 + 0x10], rax
        mov     rax, [rdx + CTX_R12 + 0x18]
        mov     [rcx + CTX_R12 + 0x18], rax
        mov     rax, [rdx + CTX_FLAGS]          /* and MxCsr */
        mov     [rcx + CTX_FLAGS], rax
        mov     rax, [rdx + CTX_SEG_CS]
        mov     [rcx + CTX_SEG_CS], rax
        mov     rax, [rdx + CTX_SEG_SS - 2]     /* SegGs, SegSs, EFlags */
        mov     [rcx + CTX_SEG_SS - 2], rax
        movaps  xmm0, [rdx + CTX_XMM0 + 0x60]
        movaps  [rcx + CTX_XMM0 + 0x60], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0x70]
        movaps  [rcx + CTX_XMM0 + 0x70], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0x80]
        movaps  [rcx + CTX_XMM0 + 0x80], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0x90]
        movaps  [rcx + CTX_XMM0 + 0x90], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xa0]
        movaps  [rcx + CTX_XMM0 + 0xa0], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xb0]
        movaps  [rcx + CTX_XMM0 + 0xb0], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xc0]
        movaps  [rcx + CTX_XMM0 + 0xc0], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xd0]
        movaps  [rcx + CTX_XMM0 + 0xd0], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xe0]
        movaps  [rcx + CTX_XMM0 + 0xe0], xmm0
        movaps  xmm0, [rdx + CTX_XMM0 + 0xf0]
        movaps  [rcx + CTX_XMM0 + 0xf0], xmm0
        ret
