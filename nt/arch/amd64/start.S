/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.S - where threads begin, and where walks over their stacks end.
 *
 * A root frame's unwind data says 8 bytes less than RSP was lowered: the walker takes the uppermost slot of the stack,
 * which holds 0, for the return address.
 */
#include "arch.h"
#include "macros.inc"

        .text

.macro ROOT_FRAME
        sub     rsp, 0x40
        .seh_stackalloc 0x38
        .seh_endprologue
        mov     qword ptr [rsp + 0x38], 0
.endm

/* Entry of the system image: RCX = struct hv_loader_block *, RSP = high end of the first thread's stack. */
        FUNCTION KiSystemStartup
        ROOT_FRAME
        call    KiInitializeKernel
        nop
        int3
        END_FUNCTION KiSystemStartup

/* VOID KiStartSystemThread(PKTHREAD Thread) */
        FUNCTION KiStartSystemThread
        ROOT_FRAME
        mov     rdx, [rcx + KTH_START_CONTEXT]
        mov     rcx, [rcx + KTH_START_ROUTINE]
        call    PspSystemThreadStartup
        nop
        int3
        END_FUNCTION KiStartSystemThread

/*
 * VOID PspSystemThreadStartup(PKSTART_ROUTINE StartRoutine, PVOID StartContext)
 * The outermost __try of every system thread: an exception that nobody handled is a bug check in the filter, while the
 * faulting frames are still there. The body of the handler is never reached.
 */
        FUNCTION PspSystemThreadStartup
        .seh_handler __C_specific_handler, @except
        sub     rsp, 0x28
        .seh_stackalloc 0x28
        .seh_endprologue
        mov     rax, rcx
        mov     rcx, rdx
.Ltry:
        call    rax
        nop
.Ltry_end:
        xor     ecx, ecx
        call    PsTerminateSystemThread
        nop
.Lexcept:
        int3
        .seh_handlerdata
        .long   1
        .rva    .Ltry, .Ltry_end, PspUnhandledExceptionInSystemThread, .Lexcept
        .text
        END_FUNCTION PspSystemThreadStartup
