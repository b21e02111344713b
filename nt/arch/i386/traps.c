/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traps.c - the interrupt descriptor table. */
#include "arch.h"

#define IDT_VECTORS   0x2e
#define IDT_INTERRUPT 0x8e /* present, DPL 0, 32-bit interrupt gate */

VOID KiUnexpectedInterrupt(VOID);

/* TRAPS(X): X(vector, routine in trap.S) */
#define TRAPS(X)      \
    X(0x00, KiTrap00) \
    X(0x01, KiTrap01) \
    X(0x02, KiTrap02) \
    X(0x03, KiTrap03) \
    X(0x04, KiTrap04) \
    X(0x05, KiTrap05) \
    X(0x06, KiTrap06) \
    X(0x07, KiTrap07) \
    X(0x08, KiTrap08) \
    X(0x09, KiTrap09) \
    X(0x0a, KiTrap0A) \
    X(0x0b, KiTrap0B) \
    X(0x0c, KiTrap0C) \
    X(0x0d, KiTrap0D) \
    X(0x0e, KiTrap0E) \
    X(0x0f, KiTrap0F) \
    X(0x10, KiTrap10) \
    X(0x11, KiTrap11) \
    X(0x12, KiTrap12) \
    X(0x13, KiTrap13) X(0x29, KiRaiseSecurityCheckFailure) X(0x2c, KiRaiseAssertion) X(0x2d, KiDebugService)

#define TRAP_DECLARE(vector, routine) VOID routine(VOID);
TRAPS(TRAP_DECLARE)

typedef struct _KIDT_GATE {
    USHORT OffsetLow;
    USHORT Selector;
    UCHAR Reserved;
    UCHAR Type;
    USHORT OffsetHigh;
} KIDT_GATE;
C_ASSERT(sizeof(KIDT_GATE) == 8);

static KIDT_GATE KiIdt[IDT_VECTORS];

static const struct {
    UCHAR Vector;
    VOID (*Routine)(VOID);
} KiTraps[] = {
#define TRAP_ENTRY(vector, routine) {vector, routine},
    TRAPS(TRAP_ENTRY)};

static VOID KiSetGate(ULONG Vector, VOID (*Routine)(VOID))
{
    ULONG Address = (ULONG)Routine;
    KIDT_GATE *Gate = &KiIdt[Vector];
    USHORT CodeSegment;
    __asm__("mov %%cs, %0" : "=r"(CodeSegment));
    Gate->OffsetLow = (USHORT)Address;
    Gate->OffsetHigh = (USHORT)(Address >> 16);
    Gate->Selector = CodeSegment;
    Gate->Type = IDT_INTERRUPT;
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
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(KiTraps); Index++) {
        KiSetGate(KiTraps[Index].Vector, KiTraps[Index].Routine);
    }
    __asm__ volatile("lidt %0" : : "m"(Descriptor));
}
