/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.S - what the processor enters on a trap, one routine per vector under its public name.
 * Source: Intel SDM volume 3 chapter 6 (frames, error codes); names and flow as Windows debuggers show them.
 */
#include "arch.h"
#include "macros.inc"

#define STATUS_ACCESS_VIOLATION        0xC0000005
#define STATUS_IN_PAGE_ERROR           0xC0000006
#define STATUS_ILLEGAL_INSTRUCTION     0xC000001D
#define STATUS_BREAKPOINT              0x80000003
#define STATUS_SINGLE_STEP             0x80000004
#define STATUS_ARRAY_BOUNDS_EXCEEDED   0xC000008C
#define STATUS_DATATYPE_MISALIGNMENT   0x80000002
#define STATUS_FLOAT_INVALID_OPERATION 0xC0000090
#define STATUS_FLOAT_MULTIPLE_TRAPS    0xC00002B5
#define STATUS_INTEGER_DIVIDE_BY_ZERO  0xC0000094
#define STATUS_INTEGER_OVERFLOW        0xC0000095
#define STATUS_ASSERTION_FAILURE       0xC0000420

#define IRQL_NOT_LESS_OR_EQUAL         0x0A
#define UNEXPECTED_KERNEL_MODE_TRAP    0x7F

        .text

/* Raise \code at the trapped instruction, with no parameters. */
.macro EXCEPTION_TRAP name, code, error=0
        TRAP_ENTRY \name, \error
        mov     ecx, \code
        xor     edx, edx
        mov     r8, [rbp + KTF_RIP - KTF_BIAS]
        call    KiExceptionDispatch
        nop
        TRAP_END \name
.endm

/* Bug check 7F with the vector. */
.macro FATAL_TRAP name, vector, error=0
        TRAP_ENTRY \name, \error
        mov     ecx, UNEXPECTED_KERNEL_MODE_TRAP
        mov     edx, \vector
        xor     r8d, r8d
        xor     r9d, r9d
        mov     r10, [rbp + KTF_RIP - KTF_BIAS]
        call    KiBugCheckDispatch
        nop
        TRAP_END \name
.endm

        EXCEPTION_TRAP KiDivideErrorFault, STATUS_INTEGER_DIVIDE_BY_ZERO
        EXCEPTION_TRAP KiDebugTrapOrFault, STATUS_SINGLE_STEP
        FATAL_TRAP     KiNmiInterrupt, 2
        EXCEPTION_TRAP KiOverflowTrap, STATUS_INTEGER_OVERFLOW
        EXCEPTION_TRAP KiBoundFault, STATUS_ARRAY_BOUNDS_EXCEEDED
        EXCEPTION_TRAP KiInvalidOpcodeFault, STATUS_ILLEGAL_INSTRUCTION
        FATAL_TRAP     KiNpxNotAvailableFault, 7
        FATAL_TRAP     KiDoubleFaultAbort, 8, 1
        FATAL_TRAP     KiNpxSegmentOverrunAbort, 9
        FATAL_TRAP     KiInvalidTssFault, 10, 1
        FATAL_TRAP     KiSegmentNotPresentFault, 11, 1
        FATAL_TRAP     KiStackFault, 12, 1
        EXCEPTION_TRAP KiFloatingErrorFault, STATUS_FLOAT_INVALID_OPERATION
        EXCEPTION_TRAP KiAlignmentFault, STATUS_DATATYPE_MISALIGNMENT, 1
        FATAL_TRAP     KiMcheckAbort, 18
        EXCEPTION_TRAP KiXmmException, STATUS_FLOAT_MULTIPLE_TRAPS
        EXCEPTION_TRAP KiRaiseAssertion, STATUS_ASSERTION_FAILURE
        FATAL_TRAP     KiUnexpectedInterrupt, 0xff

/*
 * int 3. RIP is behind the instruction; the exception's address, and the context's RIP (KiDispatchException), are the
 * instruction itself. One parameter: 0 = a breakpoint that was hit.
 */
        TRAP_ENTRY KiBreakpointTrap
        mov     ecx, STATUS_BREAKPOINT
        mov     edx, 1
        mov     r8, [rbp + KTF_RIP - KTF_BIAS]
        dec     r8
        xor     r9d, r9d
        xor     r10d, r10d
        xor     r11d, r11d
        call    KiExceptionDispatch
        nop
        TRAP_END KiBreakpointTrap

/*
 * int 2d: a request to the debugger (number in EAX). There is none: the request is skipped with the int 3 that
 * follows it, and reports success.
 */
        TRAP_ENTRY KiDebugServiceTrap
        inc     qword ptr [rbp + KTF_RIP - KTF_BIAS]
        mov     qword ptr [rbp + KTF_RAX - KTF_BIAS], 0
        jmp     KiTrapReturn
        TRAP_END KiDebugServiceTrap

/* int 29: __fastfail. The code is in ECX. Never dispatched to handlers. */
        TRAP_ENTRY KiRaiseSecurityCheckFailure
        mov     r8, [rbp + KTF_RIP - KTF_BIAS]
        sub     r8, 2
        mov     r9, rcx
        call    KiFastFailDispatch
        nop
        TRAP_END KiRaiseSecurityCheckFailure

/*
 * #GP. In kernel mode nearly always a non-canonical address: an access violation whose address the processor does not
 * tell, hence -1.
 */
        TRAP_ENTRY KiGeneralProtectionFault, 1
        mov     rcx, rsp
        call    KiCheckNonCanonical
        mov     ecx, STATUS_ACCESS_VIOLATION
        mov     edx, 2
        mov     r8, [rbp + KTF_RIP - KTF_BIAS]
        xor     r9d, r9d
        mov     r10, -1
        xor     r11d, r11d
        call    KiExceptionDispatch
        nop
        TRAP_END KiGeneralProtectionFault

/*
 * #PF. MmAccessFault decides: it bug checks, or asks for an access violation (information: 0 read, 1 write,
 * 8 execute; address), or for bug check A (address, IRQL, access, instruction).
 */
        TRAP_ENTRY KiPageFault, 1
        mov     rax, cr2
        mov     [rbp + KTF_FAULT_ADDRESS - KTF_BIAS], rax
        mov     rcx, [rbp + KTF_ERROR_CODE - KTF_BIAS]
        mov     rdx, rax
        xor     r8d, r8d
        mov     r9, rsp
        call    MmAccessFault
        test    eax, eax
        jns     1f
        mov     r11, [rbp + KTF_ERROR_CODE - KTF_BIAS]
        mov     r9d, r11d
        shr     r9d, 1
        and     r9d, 1
        shr     r11d, 1
        and     r11d, 8
        or      r9d, r11d               /* 0, 1 or 8 */
        cmp     eax, STATUS_IN_PAGE_ERROR
        je      2f
        mov     ecx, eax
        mov     edx, 2
        mov     r8, [rbp + KTF_RIP - KTF_BIAS]
        mov     r10, [rbp + KTF_FAULT_ADDRESS - KTF_BIAS]
        xor     r11d, r11d
        call    KiExceptionDispatch
        nop
1:      jmp     KiTrapReturn
2:      mov     ecx, IRQL_NOT_LESS_OR_EQUAL
        mov     rdx, [rbp + KTF_FAULT_ADDRESS - KTF_BIAS]
        movzx   r8d, byte ptr gs:[0x50]
        mov     r10, [rbp + KTF_RIP - KTF_BIAS]
        call    KiBugCheckDispatch
        nop
        TRAP_END KiPageFault
