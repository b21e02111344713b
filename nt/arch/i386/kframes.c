/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kframes.c - from a trap frame to a context and back. */
#include "arch.h"

#define KI_STACK_SELECTOR 0x10

/* The context of the trapped code. Debug registers and floating point state are not recorded. */
VOID KeContextFromKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, PCONTEXT Context)
{
    UNREFERENCED_PARAMETER(Exception);
    Context->ContextFlags = CTX_FULL;
    Context->SegGs = Trap->SegGs & 0xffff;
    Context->SegFs = Trap->SegFs & 0xffff;
    Context->SegEs = Trap->SegEs & 0xffff;
    Context->SegDs = Trap->SegDs & 0xffff;
    Context->SegCs = Trap->SegCs & 0xffff;
    Context->SegSs = KI_STACK_SELECTOR;
    Context->Edi = Trap->Edi;
    Context->Esi = Trap->Esi;
    Context->Ebx = Trap->Ebx;
    Context->Edx = Trap->Edx;
    Context->Ecx = Trap->Ecx;
    Context->Eax = Trap->Eax;
    Context->Ebp = Trap->Ebp;
    Context->Eip = Trap->Eip;
    Context->EFlags = Trap->EFlags;
    Context->Esp = Trap->Esp;
}

/* The other way, for a handler that continues the execution. ESP may only move up. */
VOID KeContextToKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, const CONTEXT *Context)
{
    UNREFERENCED_PARAMETER(Exception);
    Trap->Edi = Context->Edi;
    Trap->Esi = Context->Esi;
    Trap->Ebx = Context->Ebx;
    Trap->Edx = Context->Edx;
    Trap->Ecx = Context->Ecx;
    Trap->Eax = Context->Eax;
    Trap->Ebp = Context->Ebp;
    Trap->Eip = Context->Eip;
    Trap->EFlags = Context->EFlags;
    if (Context->Esp >= Trap->Esp) {
        Trap->Esp = Context->Esp;
    }
}

/* The rest of RtlRaiseException (context.S), whose caller's registers Context holds. */
VOID KiRaiseException(PEXCEPTION_RECORD Record, PCONTEXT Context);
VOID KiRaiseException(PEXCEPTION_RECORD Record, PCONTEXT Context) { RtlpRaise(Record, Context); }
