/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch.S - between trap entries and C: save the nonvolatile registers in a KEXCEPTION_FRAME, go on in C, and the
 * way back from a trap. All are entered with RBP = trap frame + KTF_BIAS.
 */
#include "arch.h"
#include "macros.inc"

#define STATUS_STACK_BUFFER_OVERRUN   0xC0000409
#define KERNEL_SECURITY_CHECK_FAILURE 0x139

        .text

/* RSP = KEXCEPTION_FRAME, with \extra bytes between it and the return address. */
.macro EXCEPTION_FRAME extra=0
        sub     rsp, KXF_RETURN + \extra
        .seh_stackalloc KXF_RETURN + \extra
        movaps  [rsp + KXF_XMM6], xmm6
        .seh_savexmm xmm6, KXF_XMM6
        movaps  [rsp + KXF_XMM6 + 0x10], xmm7
        .seh_savexmm xmm7, KXF_XMM6 + 0x10
        movaps  [rsp + KXF_XMM6 + 0x20], xmm8
        .seh_savexmm xmm8, KXF_XMM6 + 0x20
        movaps  [rsp + KXF_XMM6 + 0x30], xmm9
        .seh_savexmm xmm9, KXF_XMM6 + 0x30
        movaps  [rsp + KXF_XMM6 + 0x40], xmm10
        .seh_savexmm xmm10, KXF_XMM6 + 0x40
        movaps  [rsp + KXF_XMM6 + 0x50], xmm11
        .seh_savexmm xmm11, KXF_XMM6 + 0x50
        movaps  [rsp + KXF_XMM6 + 0x60], xmm12
        .seh_savexmm xmm12, KXF_XMM6 + 0x60
        movaps  [rsp + KXF_XMM6 + 0x70], xmm13
        .seh_savexmm xmm13, KXF_XMM6 + 0x70
        movaps  [rsp + KXF_XMM6 + 0x80], xmm14
        .seh_savexmm xmm14, KXF_XMM6 + 0x80
        movaps  [rsp + KXF_XMM6 + 0x90], xmm15
        .seh_savexmm xmm15, KXF_XMM6 + 0x90
        mov     [rsp + KXF_RBX], rbx
        .seh_savereg rbx, KXF_RBX
        mov     [rsp + KXF_RDI], rdi
        .seh_savereg rdi, KXF_RDI
        mov     [rsp + KXF_RSI], rsi
        .seh_savereg rsi, KXF_RSI
        mov     [rsp + KXF_R12], r12
        .seh_savereg r12, KXF_R12
        mov     [rsp + KXF_R13], r13
        .seh_savereg r13, KXF_R13
        mov     [rsp + KXF_R14], r14
        .seh_savereg r14, KXF_R14
        mov     [rsp + KXF_R15], r15
        .seh_savereg r15, KXF_R15
        .seh_endprologue
.endm

/* The EXCEPTION_RECORD that KiExceptionDispatch and KiFastFailDispatch build lies behind the frame. */
#define RECORD KXF_SIZE

/*
 * ECX = exception code, EDX = number of parameters (0 to 3), R8 = address, R9, R10, R11 = parameters.
 * Returns to the trapped instruction if a handler says so.
 */
        FUNCTION KiExceptionDispatch
        EXCEPTION_FRAME EXR_SIZE + 8
        lea     rax, [rsp + RECORD]
        mov     [rax + EXR_CODE], ecx
        mov     dword ptr [rax + EXR_FLAGS], 0
        mov     qword ptr [rax + EXR_RECORD], 0
        mov     [rax + EXR_ADDRESS], r8
        mov     [rax + EXR_PARAMETERS], edx
        mov     [rax + EXR_INFORMATION], r9
        mov     [rax + EXR_INFORMATION + 8], r10
        mov     [rax + EXR_INFORMATION + 0x10], r11
        mov     rcx, rax
        mov     rdx, rsp
        lea     r8, [rbp - KTF_BIAS]
        xor     r9d, r9d                        /* KernelMode */
        mov     qword ptr [rsp + 0x20], 1       /* first chance */
        call    KiDispatchException
        movaps  xmm6, [rsp + KXF_XMM6]
        movaps  xmm7, [rsp + KXF_XMM6 + 0x10]
        movaps  xmm8, [rsp + KXF_XMM6 + 0x20]
        movaps  xmm9, [rsp + KXF_XMM6 + 0x30]
        movaps  xmm10, [rsp + KXF_XMM6 + 0x40]
        movaps  xmm11, [rsp + KXF_XMM6 + 0x50]
        movaps  xmm12, [rsp + KXF_XMM6 + 0x60]
        movaps  xmm13, [rsp + KXF_XMM6 + 0x70]
        movaps  xmm14, [rsp + KXF_XMM6 + 0x80]
        movaps  xmm15, [rsp + KXF_XMM6 + 0x90]
        mov     rbx, [rsp + KXF_RBX]
        mov     rdi, [rsp + KXF_RDI]
        mov     rsi, [rsp + KXF_RSI]
        mov     r12, [rsp + KXF_R12]
        mov     r13, [rsp + KXF_R13]
        mov     r14, [rsp + KXF_R14]
        mov     r15, [rsp + KXF_R15]
        jmp     KiTrapReturn
        END_FUNCTION KiExceptionDispatch

/* ECX = bug check code, RDX, R8, R9, R10 = its parameters. Does not return. */
        FUNCTION KiBugCheckDispatch
        EXCEPTION_FRAME
        mov     [rsp + 0x20], r10
        call    KeBugCheckEx
        nop
        int3
        END_FUNCTION KiBugCheckDispatch

/* R8 = address of the int 29, R9 = its code. Does not return. */
        FUNCTION KiFastFailDispatch
        EXCEPTION_FRAME EXR_SIZE + 8
        lea     rax, [rsp + RECORD]
        mov     dword ptr [rax + EXR_CODE], STATUS_STACK_BUFFER_OVERRUN
        mov     dword ptr [rax + EXR_FLAGS], 1  /* EXCEPTION_NONCONTINUABLE */
        mov     qword ptr [rax + EXR_RECORD], 0
        mov     [rax + EXR_ADDRESS], r8
        mov     dword ptr [rax + EXR_PARAMETERS], 1
        mov     [rax + EXR_INFORMATION], r9
        mov     ecx, KERNEL_SECURITY_CHECK_FAILURE
        mov     rdx, r9
        lea     r8, [rbp - KTF_BIAS]
        mov     r9, rax
        xor     r10d, r10d
        call    KiBugCheckDispatch
        nop
        int3
        END_FUNCTION KiFastFailDispatch

/* Leave the trap: RBP = trap frame + KTF_BIAS, RSP anywhere below. Jumped to, not called. */
        LEAF KiTrapReturn
        mov     rax, [rbp + KTF_TRAP_FRAME - KTF_BIAS]
        mov     gs:[PCR_TRAP_FRAME], rax
        ldmxcsr dword ptr [rbp + KTF_MXCSR - KTF_BIAS]
        movaps  xmm0, [rbp + KTF_XMM0 - KTF_BIAS]
        movaps  xmm1, [rbp + KTF_XMM0 + 0x10 - KTF_BIAS]
        movaps  xmm2, [rbp + KTF_XMM0 + 0x20 - KTF_BIAS]
        movaps  xmm3, [rbp + KTF_XMM0 + 0x30 - KTF_BIAS]
        movaps  xmm4, [rbp + KTF_XMM0 + 0x40 - KTF_BIAS]
        movaps  xmm5, [rbp + KTF_XMM0 + 0x50 - KTF_BIAS]
        mov     rax, [rbp + KTF_RAX - KTF_BIAS]
        mov     rcx, [rbp + KTF_RCX - KTF_BIAS]
        mov     rdx, [rbp + KTF_RDX - KTF_BIAS]
        mov     r8, [rbp + KTF_R8 - KTF_BIAS]
        mov     r9, [rbp + KTF_R9 - KTF_BIAS]
        mov     r10, [rbp + KTF_R10 - KTF_BIAS]
        mov     r11, [rbp + KTF_R11 - KTF_BIAS]
        lea     rsp, [rbp + KTF_RIP - KTF_BIAS]
        mov     rbp, [rbp + KTF_RBP - KTF_BIAS]
        iretq
