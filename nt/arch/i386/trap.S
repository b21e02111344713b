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
#define STATUS_STACK_BUFFER_OVERRUN    0xC0000409

#define IRQL_NOT_LESS_OR_EQUAL         0x0A
#define UNEXPECTED_KERNEL_MODE_TRAP    0x7F
#define KERNEL_SECURITY_CHECK_FAILURE  0x139

        .text

/* Raise \code at the trapped instruction, with no parameters. */
.macro EXCEPTION_TRAP name, code, error=0
        TRAP_ENTRY \name, \error
        mov     eax, \code
        mov     ebx, [ebp + KTF_EIP]
        xor     ecx, ecx
        call    CommonDispatchException
        jmp     Kei386EoiHelper
.endm

/* Bug check 7F with the vector. */
.macro FATAL_TRAP name, vector, error=0
        TRAP_ENTRY \name, \error
        push    0
        push    [ebp + KTF_EIP]
        push    0
        push    \vector
        push    UNEXPECTED_KERNEL_MODE_TRAP
        call    _KeBugCheckEx@20
        int3
.endm

        EXCEPTION_TRAP _KiTrap00, STATUS_INTEGER_DIVIDE_BY_ZERO
        EXCEPTION_TRAP _KiTrap01, STATUS_SINGLE_STEP
        FATAL_TRAP     _KiTrap02, 2
        EXCEPTION_TRAP _KiTrap04, STATUS_INTEGER_OVERFLOW
        EXCEPTION_TRAP _KiTrap05, STATUS_ARRAY_BOUNDS_EXCEEDED
        EXCEPTION_TRAP _KiTrap06, STATUS_ILLEGAL_INSTRUCTION
        FATAL_TRAP     _KiTrap07, 7
        FATAL_TRAP     _KiTrap08, 8, 1
        FATAL_TRAP     _KiTrap09, 9
        FATAL_TRAP     _KiTrap0A, 10, 1
        FATAL_TRAP     _KiTrap0B, 11, 1
        FATAL_TRAP     _KiTrap0C, 12, 1
        FATAL_TRAP     _KiTrap0F, 15
        EXCEPTION_TRAP _KiTrap10, STATUS_FLOAT_INVALID_OPERATION
        EXCEPTION_TRAP _KiTrap11, STATUS_DATATYPE_MISALIGNMENT, 1
        FATAL_TRAP     _KiTrap12, 18
        EXCEPTION_TRAP _KiTrap13, STATUS_FLOAT_MULTIPLE_TRAPS
        EXCEPTION_TRAP _KiRaiseAssertion, STATUS_ASSERTION_FAILURE
        FATAL_TRAP     _KiUnexpectedInterrupt, 0xff

/*
 * int 3. EIP is behind the instruction; the exception's address, and the context's EIP (KiDispatchException), are the
 * instruction itself. One parameter: 0 = a breakpoint that was hit.
 */
        TRAP_ENTRY _KiTrap03
        mov     eax, STATUS_BREAKPOINT
        mov     ebx, [ebp + KTF_EIP]
        dec     ebx
        mov     ecx, 1
        xor     edx, edx
        call    CommonDispatchException
        jmp     Kei386EoiHelper

/*
 * int 2d from a driver: a request to the debugger (number in EAX). There is none: the request is skipped with the int 3
 * that follows it, and reports success.
 */
        TRAP_ENTRY _KiDebugService
        inc     dword ptr [ebp + KTF_EIP]
        mov     dword ptr [ebp + KTF_EAX], 0
        jmp     Kei386EoiHelper

/* int 29: __fastfail. The code is in ECX. Never dispatched to handlers. */
        TRAP_ENTRY _KiRaiseSecurityCheckFailure
        mov     ecx, [ebp + KTF_ECX]
        mov     eax, [ebp + KTF_EIP]
        sub     eax, 2
        sub     esp, EXR_SIZE
        mov     dword ptr [esp + EXR_CODE], STATUS_STACK_BUFFER_OVERRUN
        mov     dword ptr [esp + EXR_FLAGS], 1          /* EXCEPTION_NONCONTINUABLE */
        mov     dword ptr [esp + EXR_RECORD], 0
        mov     [esp + EXR_ADDRESS], eax
        mov     dword ptr [esp + EXR_PARAMETERS], 1
        mov     [esp + EXR_INFORMATION], ecx
        mov     eax, esp
        push    0
        push    eax
        push    ebp
        push    ecx
        push    KERNEL_SECURITY_CHECK_FAILURE
        call    _KeBugCheckEx@20
        int3

/* #GP. The processor tells no address, hence -1. */
        TRAP_ENTRY _KiTrap0D, 1
        mov     eax, STATUS_ACCESS_VIOLATION
        mov     ebx, [ebp + KTF_EIP]
        mov     ecx, 2
        xor     edx, edx
        mov     esi, -1
        call    CommonDispatchException
        jmp     Kei386EoiHelper

/*
 * #PF. MmAccessFault decides: it bug checks, or asks for an access violation (information: 0 read, 1 write,
 * 8 execute; address), or for bug check A (address, IRQL, access, instruction).
 */
        TRAP_ENTRY _KiTrap0E, 1
        mov     eax, cr2
        mov     [ebp + KTF_FAULT_ADDRESS], eax
        push    ebp
        push    0                       /* KernelMode */
        push    eax
        push    [ebp + KTF_ERROR_CODE]
        call    _MmAccessFault
        add     esp, 0x10
        test    eax, eax
        jns     1f
        mov     ecx, [ebp + KTF_ERROR_CODE]
        mov     edx, ecx
        shr     edx, 1
        and     edx, 1
        shr     ecx, 1
        and     ecx, 8
        or      edx, ecx                /* 0, 1 or 8 */
        mov     ebx, [ebp + KTF_EIP]
        mov     esi, [ebp + KTF_FAULT_ADDRESS]
        cmp     eax, STATUS_IN_PAGE_ERROR
        je      2f
        mov     ecx, 2
        call    CommonDispatchException
1:      jmp     Kei386EoiHelper
2:      movzx   eax, byte ptr fs:[PCR_STACK_IRQL]
        push    ebx
        push    edx
        push    eax
        push    esi
        push    IRQL_NOT_LESS_OR_EQUAL
        call    _KeBugCheckEx@20
        int3

/*
 * EAX = exception code, EBX = address, ECX = number of parameters (0 to 2), EDX, ESI = parameters, EBP = trap frame.
 * Returns when a handler continues the execution.
 */
        FUNCTION CommonDispatchException
        push    ebp
        mov     edi, ebp
        mov     ebp, esp
        sub     esp, EXR_SIZE
        mov     [esp + EXR_CODE], eax
        mov     dword ptr [esp + EXR_FLAGS], 0
        mov     dword ptr [esp + EXR_RECORD], 0
        mov     [esp + EXR_ADDRESS], ebx
        mov     [esp + EXR_PARAMETERS], ecx
        mov     [esp + EXR_INFORMATION], edx
        mov     [esp + EXR_INFORMATION + 4], esi
        mov     eax, esp
        push    1                       /* first chance */
        push    0                       /* KernelMode */
        push    edi
        push    0                       /* no exception frame */
        push    eax
        call    _KiDispatchException
        leave
        ret

/* Leave the trap: EBP = trap frame, ESP anywhere below. Jumped to. ESP afterwards is the frame's. */
        FUNCTION Kei386EoiHelper
        mov     eax, [ebp + KTF_TRAP_FRAME]
        mov     fs:[PCR_TRAP_FRAME], eax
        mov     eax, [ebp + KTF_EXCEPTION_LIST]
        mov     fs:[PCR_EXCEPTION_LIST], eax
        mov     ecx, [ebp + KTF_ESP]
        sub     ecx, 12                 /* where the words for iret go: where they are, unless a handler moved ESP */
        mov     eax, [ebp + KTF_EIP]
        mov     edx, [ebp + KTF_SEG_CS]
        mov     ebx, [ebp + KTF_EFLAGS]
        mov     [ebp + KTF_ERROR_CODE], ecx
        mov     [ecx], eax
        mov     [ecx + 4], edx
        mov     [ecx + 8], ebx
        mov     eax, [ebp + KTF_EAX]
        mov     ecx, [ebp + KTF_ECX]
        mov     edx, [ebp + KTF_EDX]
        mov     ebx, [ebp + KTF_EBX]
        mov     esi, [ebp + KTF_ESI]
        mov     edi, [ebp + KTF_EDI]
        mov     esp, [ebp + KTF_ERROR_CODE]
        mov     ebp, [ebp + KTF_EBP]
        iretd
