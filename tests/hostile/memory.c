/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory.c - pool, stacks and pages that are not the driver's, or not there. */
#include "hostile.h"

#define ASM(...) __asm__ volatile(__VA_ARGS__)

static PUCHAR Take(SIZE_T Size) { return ExAllocatePoolWithTag(NonPagedPool, Size, HOSTILE_TAG); }
static void Give(PVOID Block) { ExFreePoolWithTag(Block, HOSTILE_TAG); }

static void Allocate(ULONG64 Size)
{
    PVOID Block = Take((SIZE_T)Size);
    if (Block) {
        Give(Block);
    }
}

static void AllocateNegative(ULONG64 Size) { Allocate(0 - Size); }

static void AllocateAll(ULONG64 Size)
{
    while (Take(Size ? (SIZE_T)Size : 0x10000)) {
    }
}

static void FreeInterior(ULONG64 Offset) { Give(Take(0x3000) + Offset); }
static void FreeAddress(ULONG64 Address) { Give((PVOID)(ULONG_PTR)Address); }
static void FreeStack(ULONG64 Argument) { Give(&Argument); }
static void FreeStackLimit(ULONG64 Argument)
{
    ULONG_PTR Low, High;
    (void)Argument;
    IoGetStackLimits(&Low, &High);
    Give((PVOID)Low);
}
static void FreeCode(ULONG64 Argument)
{
    (void)Argument;
    Give((PVOID)(ULONG_PTR)(PVOID)KeBugCheckEx);
}
static void FreeData(ULONG64 Argument)
{
    (void)Argument;
    Give(&HostileDriver);
}
static void FreeDriver(ULONG64 Argument)
{
    (void)Argument;
    Give(HostileDriver);
}
static void FreeThread(ULONG64 Argument)
{
    (void)Argument;
    Give(KeGetCurrentThread());
}
static void FreeArena(ULONG64 Number) { Give((PVOID)(0xfffffa8001800000 + Number * 0x800000)); }

static void WriteCode(ULONG64 Argument)
{
    (void)Argument;
    *(volatile UCHAR *)(ULONG_PTR)(PVOID)KeBugCheckEx = 0xc3;
}
static void WriteThread(ULONG64 Value) { RtlFillMemory(KeGetCurrentThread(), 0x400, (UCHAR)Value); }
static void WriteDriver(ULONG64 Value) { RtlFillMemory(HostileDriver, sizeof *HostileDriver, (UCHAR)Value); }

static void WriteSlots(ULONG64 Argument)
{
    PUCHAR Base = HostileDriver->DriverStart;
    (void)Argument;
    for (ULONG i = 0; i < HostileDriver->DriverSize; i++) {
        Base[i] = 0xcc;
    }
}

/* Everything writable in the system's image: its globals, whatever they are. */
static void WriteSystem(ULONG64 Value)
{
    PUCHAR p = (PUCHAR)((ULONG_PTR)(PVOID)KeBugCheckEx & ~(ULONG_PTR)0xfff);
    for (ULONG Page = 0; Page < 0x200; Page++, p += 0x1000) {
        if (MmIsAddressValid(p)) {
            *(volatile UCHAR *)(p + 8 * Value) = 0x5a;
        }
    }
}

/* The system's variables, through an export that is one. */
static void WriteGlobals(ULONG64 Value)
{
    PUCHAR p = (PUCHAR)((ULONG_PTR)&IoFileObjectType & ~(ULONG_PTR)0xfff);
    RtlFillMemory(p, 0x1000, (UCHAR)Value);
}

static void Freed(ULONG64 Argument)
{
    PUCHAR Block = Take(64);
    Give(Block);
    switch (Argument) {
    case 0: ASM("cmpxchg16b %0" : "+m"(*Block) : : "rax", "rbx", "rcx", "rdx"); break;
    case 1: ASM("lock incl %0" : "+m"(*Block)); break;
    case 2: ASM("xchg %%rax, %0" : "+m"(*Block) : : "rax"); break;
    case 3: ASM("fxsave %0" : "+m"(*(PUCHAR)((ULONG_PTR)Block & ~15ull))); break;
    case 4: ASM("call *%0" : : "r"(Block)); break;
    case 5: ASM("jmp *(%0)" : : "r"(Block)); break;
    default: ASM("push (%0)" : : "r"(Block)); break;
    }
}

/* From a block of a page, over its end: the guard. */
static void CopyOver(ULONG64 Size)
{
    PUCHAR From = Take(0x1000), To = Take(0x2000);
    ASM("rep movsb" : "+S"(From), "+D"(To), "+c"(Size) : : "memory");
}

static void Misaligned(ULONG64 Argument)
{
    PUCHAR Block = Take(0x1000) + 0xffc;
    if (Argument) {
        *(volatile ULONG64 *)Block = 1;
    } else {
        ASM("movups (%0), %%xmm0" : : "r"(Block - 8) : "xmm0");
    }
}

static void CodeOverEnd(ULONG64 Argument)
{
    PUCHAR Block = Take(0x1000) + 0xffd;
    (void)Argument;
    Block[0] = 0x48, Block[1] = 0xb8, Block[2] = 0x00; /* movabs, its operand in the guard */
    ((void (*)(void))(PVOID)Block)();
}

static ULONG Recurse(ULONG Depth)
{
    volatile UCHAR Space[256];
    Space[0] = (UCHAR)Depth;
    return Recurse(Depth + 1) + Space[0];
}

static void Overflow(ULONG64 Argument) { Recurse((ULONG)Argument); }

const ATTACK MemoryAttacks[] = {{"allocate", Allocate},
                                {"negative", AllocateNegative},
                                {"exhaust", AllocateAll},
                                {"interior", FreeInterior},
                                {"free", FreeAddress},
                                {"freestack", FreeStack},
                                {"freelimit", FreeStackLimit},
                                {"freecode", FreeCode},
                                {"freedata", FreeData},
                                {"freedriver", FreeDriver},
                                {"freethread", FreeThread},
                                {"freearena", FreeArena},
                                {"writecode", WriteCode},
                                {"writethread", WriteThread},
                                {"writedriver", WriteDriver},
                                {"writeimage", WriteSlots},
                                {"writesystem", WriteSystem},
                                {"writeglobals", WriteGlobals},
                                {"freed", Freed},
                                {"copyover", CopyOver},
                                {"misaligned", Misaligned},
                                {"codeover", CodeOverEnd},
                                {"overflow", Overflow},
                                {NULL, NULL}};
