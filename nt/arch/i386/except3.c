/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * except3.c - _except_handler3 and its helpers: __try, __except, __finally as MSVC compiles them for x86 without /GS.
 *
 * Each function with scopes has one registration on its stack, 0x10 below its saved EBP, in which TryLevel says which
 * scope it is in. Filters and handlers are pieces of the function's own code: they run on its EBP.
 *   __except   Filter; Handler = body, jumped to, restores ESP itself
 *   __finally  Filter NULL; Handler = termination handler, called
 * Source: "A Crash Course on the Depths of Win32 Structured Exception Handling" (Microsoft Systems Journal, January 1997).
 */
#include "arch.h"

#define TRYLEVEL_NONE (-1)

typedef struct _KI_SCOPE {
    LONG EnclosingLevel;
    VOID (*Filter)(VOID);
    VOID (*Handler)(VOID);
} KI_SCOPE;

typedef struct _KI_FRAME3 {
    KI_REGISTRATION Registration;
    const KI_SCOPE *ScopeTable;
    LONG TryLevel;
    ULONG Ebp[]; /* the function's EBP points here */
} KI_FRAME3, *PKI_FRAME3;

/* seh.S */
LONG KiCallInFrame(VOID (*Code)(VOID), PVOID Ebp);                   /* call it; EAX */
DECLSPEC_NORETURN VOID KiJumpInFrame(VOID (*Code)(VOID), PVOID Ebp); /* never comes back */

VOID __cdecl _global_unwind2(PVOID Frame) { RtlUnwind(Frame, NULL, NULL, NULL); }

/* Run the termination handlers of the scopes that Frame is in, out to TryLevel Stop. */
VOID __cdecl _local_unwind2(PKI_FRAME3 Frame, LONG Stop)
{
    while (Frame->TryLevel != TRYLEVEL_NONE && Frame->TryLevel != Stop) {
        const KI_SCOPE *Scope = &Frame->ScopeTable[Frame->TryLevel];
        Frame->TryLevel = Scope->EnclosingLevel; /* before it runs: an unwind out of it goes on behind it */
        if (Scope->Filter == NULL) {
            KiCallInFrame(Scope->Handler, Frame->Ebp);
        }
    }
}

/* The filter wants the exception: leave everything inside the scope, and go there. */
static DECLSPEC_NORETURN VOID KiEnterHandler3(PKI_FRAME3 Frame, LONG Level)
{
    const KI_SCOPE *Scope = &Frame->ScopeTable[Level];
    _global_unwind2(Frame);
    _local_unwind2(Frame, Level);
    Frame->TryLevel = Scope->EnclosingLevel;
    KiJumpInFrame(Scope->Handler, Frame->Ebp);
}

/* Where GetExceptionInformation looks: below the registration. Valid while the filters run. */
static PEXCEPTION_POINTERS volatile *KiPointersOf(PKI_FRAME3 Frame)
{
    return (PEXCEPTION_POINTERS volatile *)((ULONG_PTR)Frame - sizeof(PVOID));
}

EXCEPTION_DISPOSITION __cdecl _except_handler3(PEXCEPTION_RECORD Record, PKI_FRAME3 Frame, PCONTEXT Context,
                                               PVOID Dispatcher)
{
    EXCEPTION_POINTERS Pointers = {Record, Context};
    UNREFERENCED_PARAMETER(Dispatcher);
    if (Record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) {
        _local_unwind2(Frame, TRYLEVEL_NONE);
        return ExceptionContinueSearch;
    }
    *KiPointersOf(Frame) = &Pointers;
    for (LONG Level = Frame->TryLevel; Level != TRYLEVEL_NONE; Level = Frame->ScopeTable[Level].EnclosingLevel) {
        LONG Answer = 0;
        if (Frame->ScopeTable[Level].Filter != NULL) {
            Answer = KiCallInFrame(Frame->ScopeTable[Level].Filter, Frame->Ebp);
        }
        if (Answer < 0) {
            return ExceptionContinueExecution;
        }
        if (Answer > 0) {
            KiEnterHandler3(Frame, Level);
        }
    }
    return ExceptionContinueSearch;
}
