/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.S - capture and restore the processor's registers; raise an exception. Floating point state is not recorded:
 * kernel code does not use it outside KeSaveFloatingPointState.
 */
#include "arch.h"
#include "macros.inc"

        .text

/*
 * VOID RtlCaptureContext(PCONTEXT): EIP, ESP and EBP of the caller's caller, found by the caller's frame pointer; the
 * other registers as they are. Any IRQL. Source: Microsoft: RtlCaptureContext; what it records on x86 is long known.
 */
        FUNCTION _RtlCaptureContext@4
        push    eax
        mov     eax, [esp + 8]
        mov     [eax + CTX_ECX], ecx
        pop     ecx
        mov     [eax + CTX_EAX], ecx
        mov     [eax + CTX_EDX], edx
        mov     [eax + CTX_EBX], ebx
        mov     [eax + CTX_ESI], esi
        mov     [eax + CTX_EDI], edi
        mov     ecx, [ebp]
        mov     [eax + CTX_EBP], ecx
        mov     ecx, [ebp + 4]
        mov     [eax + CTX_EIP], ecx
        lea     ecx, [ebp + 8]
        mov     [eax + CTX_ESP], ecx
        pushfd
        pop     dword ptr [eax + CTX_EFLAGS]
        mov     dword ptr [eax + CTX_FLAGS], CTX_FULL
        mov     ecx, cs
        mov     [eax + CTX_SEG_CS], ecx
        mov     ecx, ds
        mov     [eax + CTX_SEG_DS], ecx
        mov     ecx, es
        mov     [eax + CTX_SEG_ES], ecx
        mov     ecx, fs
        mov     [eax + CTX_SEG_FS], ecx
        mov     ecx, gs
        mov     [eax + CTX_SEG_GS], ecx
        mov     ecx, ss
        mov     [eax + CTX_SEG_SS], ecx
        mov     ecx, [eax + CTX_ECX]
        mov     eax, [eax + CTX_EAX]
        ret     4

/*
 * VOID RtlRestoreContext(PCONTEXT, PEXCEPTION_RECORD): continue there. The current stack must lie below the target's.
 * Does not return. Not exported on x86.
 */
        FUNCTION _RtlRestoreContext@8
        mov     ecx, [esp + 4]
        mov     eax, [ecx + CTX_ESP]
        sub     eax, 12
        mov     edx, [ecx + CTX_EIP]
        mov     [eax], edx
        mov     edx, [ecx + CTX_EFLAGS]
        mov     [eax + 8], edx
        mov     edx, cs
        mov     [eax + 4], edx
        mov     ebx, [ecx + CTX_EBX]
        mov     esi, [ecx + CTX_ESI]
        mov     edi, [ecx + CTX_EDI]
        mov     ebp, [ecx + CTX_EBP]
        mov     edx, [ecx + CTX_EDX]
        push    [ecx + CTX_EAX]
        push    [ecx + CTX_ECX]
        mov     ecx, eax
        pop     dword ptr [ecx - 8]
        pop     dword ptr [ecx - 4]
        lea     esp, [ecx - 8]
        pop     ecx
        pop     eax
        iretd

/* VOID RtlRaiseException(PEXCEPTION_RECORD). Any IRQL. Returns if a handler continues. Source: Microsoft. */
        FUNCTION _RtlRaiseException@4
        push    ebp
        mov     ebp, esp
        pushfd
        sub     esp, CTX_SIZE
        push    esp
        call    _RtlCaptureContext@4
        mov     ecx, [ebp - 4]
        mov     [esp + CTX_EFLAGS], ecx
        add     dword ptr [esp + CTX_ESP], 4    /* the argument is gone */
        mov     eax, esp
        push    eax
        push    [ebp + 8]
        call    _KiRaiseException
        int3
