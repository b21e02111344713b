/* SPDX-License-Identifier: GPL-2.0-or-later */
/* idt.c - the interrupt descriptor table. Source: Intel SDM volume 3, 6.11 and 6.14.1. */
#include "arch.h"

#define IDT_VECTORS   0x2e
#define IDT_INTERRUPT 0x8e                /* present, DPL 0, interrupt gate */
#define GATE_WORDS    (sizeof(PVOID) / 2) /* x64's gates are x86's, with the upper half of the address behind */

static ULONG KiIdt[IDT_VECTORS][GATE_WORDS];

static VOID KiSetGate(ULONG Vector, VOID (*Routine)(VOID))
{
    ULONG64 Address = (ULONG_PTR)Routine;
    ULONG *Gate = KiIdt[Vector];
    USHORT CodeSegment;
    __asm__("mov %%cs, %0" : "=r"(CodeSegment));
    Gate[0] = (ULONG)CodeSegment << 16 | (USHORT)Address;
    Gate[1] = ((ULONG)Address & 0xffff0000) | IDT_INTERRUPT << 8;
    if (GATE_WORDS > 2) {
        Gate[2] = (ULONG)(Address >> 32);
    }
}

VOID KiInitializeTraps(VOID)
{
    struct __attribute__((packed)) {
        USHORT Limit;
        PVOID Base;
    } Descriptor = {sizeof(KiIdt) - 1, KiIdt};
    for (ULONG Vector = 0; Vector < IDT_VECTORS; Vector++) {
        KiSetGate(Vector, KiUnexpectedInterrupt);
    }
    for (const KI_TRAP *Trap = KiTraps; Trap->Routine; Trap++) {
        KiSetGate(Trap->Vector, Trap->Routine);
    }
    __asm__ volatile("lidt %0" : : "m"(Descriptor));
}
