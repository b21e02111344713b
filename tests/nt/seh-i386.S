/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seh-i386.S - routines with scopes, as MSVC compiles __try for x86, which GCC cannot: for _except_handler3; with EH4 as
 * /GS has them, for _except_handler4. One registration per routine, below EBP:
 *
 *   -0x04 try level   -0x08 scope table   -0x0c handler   -0x10 next   -0x14 EXCEPTION_POINTERS   -0x18 ESP for __except
 *   EH4: the scope table's address is encoded with the security cookie; -0x24 what AbnormalTermination() says
 *        -0x28, -0x38 the cookie, encoded with EBP
 *
 * A scope: level of the enclosing one, filter (0: __finally), body of __except or __finally.
 */
#include "arch.h"
#include "../../nt/arch/i386/macros.inc"

#define TRY_LEVEL [ebp - 4]
#ifdef EH4
#define NO_TRY    -2
#define HANDLER   __except_handler4
#define ABNORMAL  [ebp - 0x24]
#else
#define NO_TRY    -1
#define HANDLER   __except_handler3
#endif

        .text

.macro ENTER scopes
        push    ebp
        mov     ebp, esp
        push    NO_TRY
        push    offset \scopes
        push    offset HANDLER
        push    dword ptr fs:[PCR_EXCEPTION_LIST]
        mov     fs:[PCR_EXCEPTION_LIST], esp
        sub     esp, 0x18
        push    ebx
        push    esi
        push    edi
#ifdef EH4
        mov     eax, ___security_cookie
        xor     [ebp - 8], eax
        xor     eax, ebp
        mov     [ebp - 0x28], eax
        push    eax
        mov     dword ptr ABNORMAL, 1
#endif
        mov     [ebp - 0x18], esp
.endm

.macro LEAVE pops=0
#ifdef EH4
        add     esp, 4
#endif
        mov     ecx, [ebp - 0x10]
        mov     fs:[PCR_EXCEPTION_LIST], ecx
        pop     edi
        pop     esi
        pop     ebx
        mov     esp, ebp
        pop     ebp
        ret     \pops
.endm

.macro TRY level
        mov     dword ptr TRY_LEVEL, \level
.endm

/* GetExceptionCode() in a filter */
.macro EXCEPTION_CODE
        mov     eax, [ebp - 0x14]
        mov     eax, [eax]
        mov     eax, [eax + EXR_CODE]
.endm

/* The body of an __except begins so. */
.macro EXCEPT
        mov     esp, [ebp - 0x18]
.endm

/* DbgPrint(text) or DbgPrint(text, register) */
.macro SAY text, value:vararg
        .section .rdata, "dr"
7:      .asciz  "\text"
        .text
.ifb \value
        push    0
.else
        push    \value
.endif
        push    offset 7b
        call    _DbgPrint
        add     esp, 8
.endm

/* In a __finally: with AbnormalTermination(), which newer compilers keep in a variable. */
.macro SAY_ABNORMAL text
#ifdef EH4
        SAY     "\text", dword ptr ABNORMAL
#else
        call    __abnormal_termination
        SAY     "\text", eax
#endif
.endm

/* Leave the __try in its own time. */
.macro FINALLY level, body
        TRY     \level
#ifdef EH4
        mov     dword ptr ABNORMAL, 0
#endif
        call    \body
.endm

.macro RAISE code
        push    \code
        call    _ExRaiseStatus@4
.endm

.macro SCOPES name
        .section .rdata, "dr"
        .p2align 2
\name:
#ifdef EH4
        .long   -0x28, 0, -0x38, 0
#endif
.endm

.macro SCOPE enclosing, filter, body
        .long   \enclosing, \filter, \body
.endm

#define STATUS_NO_MEMORY         0xC0000017
#define STATUS_INVALID_PARAMETER 0xC000000D

/* ULONG \name(Routine, Context): code of the exception that \filter took, 0 = none. */
.macro TRY_EXCEPT name, filter
        SCOPES  \name\()Scopes
        SCOPE   NO_TRY, \name\()$filter, \name\()$except
        .text
        FUNCTION _\name
        ENTER   \name\()Scopes
        TRY     0
        push    [ebp + 0xc]
        call    [ebp + 8]
        xor     eax, eax
        jmp     2f
\name\()$filter:
        EXCEPTION_CODE
        mov     [ebp - 0x1c], eax
        \filter
        ret
\name\()$except:
        EXCEPT
        mov     eax, [ebp - 0x1c]
2:      TRY     NO_TRY
        LEAVE
.endm

.macro ALWAYS
        mov     eax, 1
.endm

#ifndef EH4
.macro ASK
        push    ebp
        push    [ebp - 0x14]
        call    _TestFilter
        add     esp, 8
.endm

        TRY_EXCEPT TryFilter, ASK

        SCOPES  TryFinallyScopes
        SCOPE   NO_TRY, 0, TryFinally$finally
        .text
        FUNCTION _TryFinally
        ENTER   TryFinallyScopes
        TRY     0
        push    [ebp + 0xc]
        call    [ebp + 8]
        FINALLY NO_TRY, TryFinally$finally
        LEAVE
TryFinally$finally:
        call    __abnormal_termination
        push    ebp
        push    eax
        call    _TestFinally
        add     esp, 8
        ret
#endif

        TRY_EXCEPT TryExecute, ALWAYS

/* Which of EBX, ESI, EDI and EBP a routine does not keep that handles an exception. */
        FUNCTION _KeepsRegisters
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     ebp, 2
        mov     ebx, 1
        mov     esi, 3
        mov     edi, 4
        push    0
        push    offset SpoilAndFault
        call    _TryExecute
        add     esp, 8
        dec     ebx
        sub     ebp, 2
        sub     esi, 3
        sub     edi, 4
        mov     eax, ebx
        or      eax, ebp
        or      eax, esi
        or      eax, edi
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret

SpoilAndFault:
        xor     ebx, ebx
        xor     esi, esi
        xor     edi, edi
        xor     ebp, ebp
        mov     eax, [ebx + 8]
        ret     4

/* try { try { try { raise } finally inner } except (search) } finally outer: for somebody outside */
        SCOPES  PassesScopes
        SCOPE   NO_TRY, 0, Passes$outer
        SCOPE   0, Passes$filter, Passes$except
        SCOPE   1, 0, Passes$inner
        .text
        FUNCTION _Passes@4
        ENTER   PassesScopes
        TRY     2
        RAISE   STATUS_NO_MEMORY
Passes$filter:
        EXCEPTION_CODE
        SAY     "declined %x\n", eax
        xor     eax, eax
        ret
Passes$except:
        EXCEPT
        SAY     "not this one\n"
Passes$inner:
        SAY_ABNORMAL "inner %u\n"
        ret
Passes$outer:
        SAY_ABNORMAL "outer %u\n"
        ret

/* try { try { try { raise } finally inner } except (1) } finally outer: goes on in here */
        SCOPES  HandlesScopes
        SCOPE   NO_TRY, 0, Handles$outer
        SCOPE   0, Handles$filter, Handles$except
        SCOPE   1, 0, Handles$inner
        .text
        FUNCTION _Handles@4
        ENTER   HandlesScopes
        mov     dword ptr [ebp - 0x20], 7
        TRY     2
        RAISE   STATUS_NO_MEMORY
Handles$filter:
        EXCEPTION_CODE
        mov     [ebp - 0x1c], eax
        ALWAYS
        ret
Handles$except:
        EXCEPT
        SAY     "handled %x", dword ptr [ebp - 0x1c]
        SAY     " at level %d", dword ptr TRY_LEVEL
        SAY     " with %u\n", dword ptr [ebp - 0x20]
        FINALLY NO_TRY, Handles$outer
        LEAVE   4
Handles$inner:
        SAY_ABNORMAL "inner %u\n"
        ret
Handles$outer:
        SAY_ABNORMAL "outer %u\n"
        ret

/* try { raise } except (raises another, which it then takes): the nested one goes through the same filter. */
        SCOPES  FilterRaisesScopes
        SCOPE   NO_TRY, FilterRaises$filter, FilterRaises$except
        .text
        FUNCTION _FilterRaises@4
        ENTER   FilterRaisesScopes
        TRY     0
        RAISE   STATUS_NO_MEMORY
FilterRaises$filter:
        EXCEPTION_CODE
        mov     [ebp - 0x1c], eax
        SAY     "asked %x", eax
        mov     ecx, [ebp - 0x14]
        mov     ecx, [ecx]
        SAY     " flags %x\n", dword ptr [ecx + EXR_FLAGS]
        ALWAYS
        cmp     dword ptr [ebp - 0x1c], STATUS_NO_MEMORY
        jne     1f
        RAISE   STATUS_INVALID_PARAMETER
1:      ret
FilterRaises$except:
        EXCEPT
        SAY     "took %x\n", dword ptr [ebp - 0x1c]
        LEAVE   4

/* try { try { raise } finally { raises another } } finally outer: both are for somebody outside */
        SCOPES  FinallyRaisesScopes
        SCOPE   NO_TRY, 0, FinallyRaises$outer
        SCOPE   0, 0, FinallyRaises$inner
        .text
        FUNCTION _FinallyRaises@4
        ENTER   FinallyRaisesScopes
        TRY     1
        RAISE   STATUS_NO_MEMORY
FinallyRaises$inner:
        SAY_ABNORMAL "inner %u\n"
        RAISE   STATUS_INVALID_PARAMETER
FinallyRaises$outer:
        SAY_ABNORMAL "outer %u\n"
        ret

/* try { try { raise } finally { try { raise } except (1) } } finally outer: the first one is for somebody outside */
        SCOPES  FinallyTriesScopes
        SCOPE   NO_TRY, 0, FinallyTries$outer
        SCOPE   0, 0, FinallyTries$inner
        SCOPE   0, FinallyTries$filter, FinallyTries$except
        .text
        FUNCTION _FinallyTries@4
        ENTER   FinallyTriesScopes
        TRY     1
        RAISE   STATUS_NO_MEMORY
FinallyTries$inner:
        push    [ebp - 0x18]
        push    ebx
        mov     [ebp - 0x18], esp
        TRY     2
        RAISE   STATUS_INVALID_PARAMETER
FinallyTries$filter:
        ALWAYS
        ret
FinallyTries$except:
        EXCEPT
        SAY     "tried at level %d\n", dword ptr TRY_LEVEL
        pop     ebx
        pop     [ebp - 0x18]
        ret
FinallyTries$outer:
        SAY_ABNORMAL "outer %u\n"
        ret

/* try { raise } except (1) { raises another }: that one is for somebody outside */
        SCOPES  BodyRaisesScopes
        SCOPE   NO_TRY, BodyRaises$filter, BodyRaises$except
        .text
        FUNCTION _BodyRaises@4
        ENTER   BodyRaisesScopes
        TRY     0
        RAISE   STATUS_NO_MEMORY
BodyRaises$filter:
        ALWAYS
        ret
BodyRaises$except:
        EXCEPT
        SAY     "body\n"
        RAISE   STATUS_INVALID_PARAMETER

/* try { try { return } finally inner } finally outer */
        SCOPES  ReturnsScopes
        SCOPE   NO_TRY, 0, Returns$outer
        SCOPE   0, 0, Returns$inner
        .text
        FUNCTION _Returns
        ENTER   ReturnsScopes
        TRY     1
        push    NO_TRY
        lea     eax, [ebp - 0x10]
        push    eax
#ifdef EH4
        push    offset ___security_cookie
        call    __local_unwind4
        add     esp, 12
#else
        call    __local_unwind2
        add     esp, 8
#endif
        SAY     "level %d\n", dword ptr TRY_LEVEL
        LEAVE
Returns$inner:
        SAY_ABNORMAL "inner %u\n"
        ret
Returns$outer:
        SAY_ABNORMAL "outer %u\n"
        ret
