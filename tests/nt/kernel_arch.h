/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_arch.h - what the tests of this folder have to know of the processor that they run on. */
#ifndef AIRLOCK_TESTS_NT_KERNEL_ARCH_H
#define AIRLOCK_TESTS_NT_KERNEL_ARCH_H

#include "arch.h"

typedef VOID(NTAPI *ROUTINE)(PVOID Context);

#ifdef __x86_64__
#define CONTEXT_CX(Context) ((Context)->Rcx)
#define SYSTEM_ADDRESS      0xfffff88012345678 /* nothing is there */
VOID NTAPI TestNonCanonical(PVOID Context);    /* canonical-amd64.c */
VOID NTAPI TestNonCanonical50(PVOID Context);
#define ARCH_TESTS \
    {"non-canonical", TestNonCanonical}, { "non-canonical-50", TestNonCanonical50 }
#else
#define CONTEXT_CX(Context) ((Context)->Ecx)
#define SYSTEM_ADDRESS      0x92345678
VOID NTAPI TestScopes(PVOID Context); /* scopes-i386.h */
#define ARCH_TESTS           \
    {                        \
        "scopes", TestScopes \
    }
#endif

/* Reads through its argument, which it keeps in RCX (ECX). */
VOID NTAPI ReadAt(PVOID Address);

/* seh-ARCHITECTURE.S: call Routine(Context) in a scope. */
ULONG TryExecute(ROUTINE Routine, PVOID Context); /* __except(1); returns the code, 0 = none */
ULONG TryFilter(ROUTINE Routine, PVOID Context);  /* __except(TestFilter) */
VOID TryFinally(ROUTINE Routine, PVOID Context);  /* __finally(TestFinally) */
ULONG_PTR KeepsRegisters(VOID);                   /* a fault with all nonvolatile registers set, caught; 0 = all kept */

#endif
