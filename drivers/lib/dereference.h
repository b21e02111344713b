/* SPDX-License-Identifier: MIT */
/*
 * dereference.h - a reference on the driver object that the kernel drops after all of loading is done.
 *
 * DereferenceWhenLoaded requests a reinitialisation routine that is the kernel's own ObfDereferenceObject: no instruction
 * of the driver runs after the reference is gone, so that it may be the one that holds the image.
 *
 * x64: the driver object is the routine's first argument, and arguments travel in registers: the two that it ignores do
 * no harm. x86: a reinitialisation routine takes its arguments off the stack, ObfDereferenceObject wants its own in ECX:
 * between them stands a routine that moves it there and jumps.
 */
#ifndef DEREFERENCE_H
#define DEREFERENCE_H

#include <ntifs.h>

#if defined(_M_AMD64) || defined(__x86_64__)

#define DereferenceRoutine ((PDRIVER_REINITIALIZE)(PVOID)ObfDereferenceObject)

#elif defined(_MSC_VER)

static __declspec(naked) VOID NTAPI DereferenceRoutine(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    __asm {
        pop edx /* where to return to */
        pop ecx /* DriverObject */
        add esp, 8 /* Context, Count */
        push edx
        jmp dword ptr [ObfDereferenceObject]
    }
}

#else

VOID NTAPI DereferenceRoutine(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count) __asm__("DereferenceRoutine");
__asm__(".text\n"
        "DereferenceRoutine:\n\t"
        "popl %edx\n\t"     /* where to return to */
        "popl %ecx\n\t"     /* DriverObject */
        "addl $8, %esp\n\t" /* Context, Count */
        "pushl %edx\n\t"
        "jmp *\"__imp_@ObfDereferenceObject@4\"");

#endif

/* Not in a DriverEntry that fails: such a one may not request the routine. IRQL PASSIVE_LEVEL. */
static inline VOID DereferenceWhenLoaded(_In_ PDRIVER_OBJECT DriverObject)
{
    IoRegisterDriverReinitialization(DriverObject, DereferenceRoutine, NULL);
}

#endif
