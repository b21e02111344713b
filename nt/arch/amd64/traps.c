/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traps.c - the interrupt descriptor table. */
#include "arch.h"

#include "arch_private.h"

#define IDT_VECTORS   0x2e
#define IDT_INTERRUPT 0x8e /* present, DPL 0, 64-bit interrupt gate */

typedef struct _KIDT_GATE {
    USHORT OffsetLow;
    USHORT Selector;
    UCHAR IstIndex;
    UCHAR Type;
    USHORT OffsetMiddle;
    ULONG OffsetHigh;
    ULONG Reserved;
} KIDT_GATE;
C_ASSERT(sizeof(KIDT_GATE) == 16);

static KIDT_GATE KiIdt[IDT_VECTORS];

static const struct {
    UCHAR Vector;
    VOID (*Routine)(VOID);
} KiTraps[] = {
    {0x00, KiDivideErrorFault},   {0x01, KiDebugTrapOrFault},
    {0x02, KiNmiInterrupt},       {0x03, KiBreakpointTrap},
    {0x04, KiOverflowTrap},       {0x05, KiBoundFault},
    {0x06, KiInvalidOpcodeFault}, {0x07, KiNpxNotAvailableFault},
    {0x08, KiDoubleFaultAbort},   {0x09, KiNpxSegmentOverrunAbort},
    {0x0a, KiInvalidTssFault},    {0x0b, KiSegmentNotPresentFault},
    {0x0c, KiStackFault},         {0x0d, KiGeneralProtectionFault},
    {0x0e, KiPageFault},          {0x10, KiFloatingErrorFault},
    {0x11, KiAlignmentFault},     {0x12, KiMcheckAbort},
    {0x13, KiXmmException},       {0x29, KiRaiseSecurityCheckFailure},
    {0x2c, KiRaiseAssertion},     {0x2d, KiDebugServiceTrap},
};

static VOID KiSetGate(ULONG Vector, VOID (*Routine)(VOID))
{
    ULONG64 Address = (ULONG64)Routine;
    KIDT_GATE *Gate = &KiIdt[Vector];
    USHORT CodeSegment;
    __asm__("mov %%cs, %0" : "=r"(CodeSegment));
    Gate->OffsetLow = (USHORT)Address;
    Gate->OffsetMiddle = (USHORT)(Address >> 16);
    Gate->OffsetHigh = (ULONG)(Address >> 32);
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
