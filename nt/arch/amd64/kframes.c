/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kframes.c - from trap and exception frames to a context and back. */
#include "arch.h"

/* The context of the trapped code. Segment and debug registers beyond CS and SS are not recorded. */
VOID KeContextFromKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, PCONTEXT Context)
{
    Context->ContextFlags = CONTEXT_FULL;
    Context->MxCsr = Trap->MxCsr;
    Context->SegCs = (USHORT)Trap->SegCs;
    Context->SegDs = Context->SegEs = Context->SegFs = Context->SegGs = 0;
    Context->SegSs = (USHORT)Trap->SegSs;
    Context->EFlags = (ULONG)Trap->EFlags;
    Context->Rip = Trap->Rip;
    Context->Rsp = Trap->Rsp;
    Context->Rbp = Trap->Rbp;
    Context->Rax = Trap->Rax;
    Context->Rcx = Trap->Rcx;
    Context->Rdx = Trap->Rdx;
    Context->R8 = Trap->R8;
    Context->R9 = Trap->R9;
    Context->R10 = Trap->R10;
    Context->R11 = Trap->R11;
    Context->Rbx = Exception->Rbx;
    Context->Rsi = Exception->Rsi;
    Context->Rdi = Exception->Rdi;
    Context->R12 = Exception->R12;
    Context->R13 = Exception->R13;
    Context->R14 = Exception->R14;
    Context->R15 = Exception->R15;
    for (ULONG Index = 0; Index < 6; Index++) {
        (&Context->Xmm0)[Index] = Trap->Xmm[Index];
    }
    for (ULONG Index = 0; Index < 10; Index++) {
        (&Context->Xmm6)[Index] = Exception->Xmm[Index];
    }
}

/* The other way, for a handler that continues the execution. RSP and the segments follow the context too. */
VOID KeContextToKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, const CONTEXT *Context)
{
    Trap->MxCsr = Context->MxCsr;
    Trap->EFlags = Context->EFlags;
    Trap->Rip = Context->Rip;
    Trap->Rsp = Context->Rsp;
    Trap->Rbp = Context->Rbp;
    Trap->Rax = Context->Rax;
    Trap->Rcx = Context->Rcx;
    Trap->Rdx = Context->Rdx;
    Trap->R8 = Context->R8;
    Trap->R9 = Context->R9;
    Trap->R10 = Context->R10;
    Trap->R11 = Context->R11;
    Exception->Rbx = Context->Rbx;
    Exception->Rsi = Context->Rsi;
    Exception->Rdi = Context->Rdi;
    Exception->R12 = Context->R12;
    Exception->R13 = Context->R13;
    Exception->R14 = Context->R14;
    Exception->R15 = Context->R15;
    for (ULONG Index = 0; Index < 6; Index++) {
        Trap->Xmm[Index] = (&Context->Xmm0)[Index];
    }
    for (ULONG Index = 0; Index < 10; Index++) {
        Exception->Xmm[Index] = (&Context->Xmm6)[Index];
    }
}
