/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cspecific.c - __C_specific_handler: __try, __except, __finally. Source: Microsoft: x64 exception handling;
 * __C_specific_handler.
 *
 * The handler data of a function is its scope table: innermost scopes first, offsets from the image base.
 *   __except   HandlerAddress = filter (1: EXCEPTION_EXECUTE_HANDLER), JumpTarget = body of the handler
 *   __finally  HandlerAddress = termination handler, JumpTarget = 0
 */
#include "arch.h"

typedef struct _SCOPE_RECORD {
    ULONG BeginAddress;
    ULONG EndAddress;
    ULONG HandlerAddress;
    ULONG JumpTarget;
} SCOPE_RECORD;

typedef struct _SCOPE_TABLE {
    ULONG Count;
    SCOPE_RECORD ScopeRecord[];
} SCOPE_TABLE;

typedef LONG(NTAPI *PEXCEPTION_FILTER)(PEXCEPTION_POINTERS Pointers, PVOID EstablisherFrame);
typedef VOID(NTAPI *PTERMINATION_HANDLER)(BOOLEAN AbnormalTermination, PVOID EstablisherFrame);

#define EXCEPTION_EXECUTE_HANDLER_CONSTANT 1

static BOOLEAN RtlpInScope(const SCOPE_RECORD *Scope, ULONG64 Offset)
{
    return Offset >= Scope->BeginAddress && Offset < Scope->EndAddress;
}

/*
 * Does the target of the unwind lie in the same __try as Scope? Then control stays inside it, and its termination
 * handler does not run: some scope with the same handler and target encloses the target.
 */
static BOOLEAN RtlpTargetInScope(const SCOPE_TABLE *Table, const SCOPE_RECORD *Scope, ULONG64 Target)
{
    for (ULONG Index = 0; Index < Table->Count; Index++) {
        const SCOPE_RECORD *Other = &Table->ScopeRecord[Index];
        if (RtlpInScope(Other, Target) && Other->JumpTarget == Scope->JumpTarget &&
            Other->HandlerAddress == Scope->HandlerAddress) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Second pass: run the termination handlers that enclose the instruction, up to the target. */
static EXCEPTION_DISPOSITION RtlpUnwindScopes(PEXCEPTION_RECORD Record, PVOID Frame, PDISPATCHER_CONTEXT Dispatcher)
{
    const SCOPE_TABLE *Table = Dispatcher->HandlerData;
    ULONG64 Offset = Dispatcher->ControlPc - Dispatcher->ImageBase;
    ULONG64 Target = Dispatcher->TargetIp - Dispatcher->ImageBase;
    BOOLEAN AtTarget = (Record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) != 0;
    while (Dispatcher->ScopeIndex < Table->Count) {
        const SCOPE_RECORD *Scope = &Table->ScopeRecord[Dispatcher->ScopeIndex];
        Dispatcher->ScopeIndex++; /* before the handler runs: a collided unwind goes on behind it */
        if (!RtlpInScope(Scope, Offset)) {
            continue;
        }
        if (AtTarget && RtlpTargetInScope(Table, Scope, Target)) {
            break;
        }
        if (Scope->JumpTarget != 0) {
            if (AtTarget && Target == Scope->JumpTarget) {
                break;
            }
            continue;
        }
        ((PTERMINATION_HANDLER)(Dispatcher->ImageBase + Scope->HandlerAddress))(TRUE, Frame);
    }
    return ExceptionContinueSearch;
}

EXCEPTION_DISPOSITION __cdecl __C_specific_handler(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                   PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext)
{
    const SCOPE_TABLE *Table = DispatcherContext->HandlerData;
    ULONG64 ImageBase = DispatcherContext->ImageBase;
    ULONG64 Offset = DispatcherContext->ControlPc - ImageBase;
    EXCEPTION_POINTERS Pointers = {ExceptionRecord, ContextRecord};

    if (ExceptionRecord->ExceptionFlags & EXCEPTION_UNWIND) {
        return RtlpUnwindScopes(ExceptionRecord, EstablisherFrame, DispatcherContext);
    }
    for (ULONG Index = DispatcherContext->ScopeIndex; Index < Table->Count; Index++) {
        const SCOPE_RECORD *Scope = &Table->ScopeRecord[Index];
        LONG Answer = EXCEPTION_EXECUTE_HANDLER;
        if (Scope->JumpTarget == 0 || !RtlpInScope(Scope, Offset)) {
            continue;
        }
        if (Scope->HandlerAddress != EXCEPTION_EXECUTE_HANDLER_CONSTANT) {
            Answer = ((PEXCEPTION_FILTER)(ImageBase + Scope->HandlerAddress))(&Pointers, EstablisherFrame);
        }
        if (Answer < 0) {
            return ExceptionContinueExecution;
        }
        if (Answer > 0) {
            RtlUnwindEx(EstablisherFrame, (PVOID)(ImageBase + Scope->JumpTarget), ExceptionRecord,
                        (PVOID)(ULONG_PTR)(ULONG)ExceptionRecord->ExceptionCode, DispatcherContext->ContextRecord,
                        DispatcherContext->HistoryTable);
        }
    }
    return ExceptionContinueSearch;
}

/* Leave the __try blocks up to TargetIp in the function whose frame is TargetFrame (MSVC: goto out of one). */
VOID __cdecl _local_unwind(PVOID TargetFrame, PVOID TargetIp) { RtlUnwind(TargetFrame, TargetIp, NULL, NULL); }
