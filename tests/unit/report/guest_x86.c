/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_x86.c - a 32-bit program with one of each kind of function, built by mingw-w64 with and without frame pointers.
 * stacks_x86_test.c runs it instruction by instruction and walks its stack at every one of them.
 */
volatile int Sink;
unsigned char TrapFrame[0x200];

#define NOINLINE __attribute__((noinline))
#define STDCALL  __attribute__((stdcall))
#define FASTCALL __attribute__((fastcall))

NOINLINE int Leaf(int Value) { return Value * 3 + Sink; }
NOINLINE STDCALL int Removes(int A, int B, int C) { return Leaf(A) + B * C; }
NOINLINE FASTCALL int Fast(int A, int B, int C) { return Leaf(A) - B - C; }

/* Every register that a function keeps for its caller. */
NOINLINE int Saves(int Value)
{
    __asm__ volatile("" ::: "ebx", "esi", "edi");
    return Removes(Value, 2, 3) + Leaf(Value) + Removes(4, Value, 6);
}

#ifndef FRAMES
NOINLINE int LosesEbp(int Value)
{
    __asm__ volatile("xor %%ebp, %%ebp" ::: "ebx", "esi", "edi", "ebp");
    return Saves(Value) + Leaf(Value);
}
#else
#define LosesEbp Saves
#endif

NOINLINE int Dynamic(int Value)
{
    volatile char *Buffer = __builtin_alloca((unsigned)(Value & 63) + 32);
    Buffer[0] = (char)Value;
    int Result = Saves(Value);
    return Result + Buffer[0];
}

NOINLINE int Aligned(int Value)
{
    volatile int Buffer[8] __attribute__((aligned(64)));
    Buffer[Value & 7] = Saves(Value);
    return Buffer[Value & 7];
}

/* Its stack is aligned, and it never returns to where it was: what comes behind its last call is another function. */
NOINLINE int AlignedTail(int Value)
{
    volatile long long Buffer[3] __attribute__((aligned(64)));
    for (int i = 0; i < 3; i++) {
        Buffer[i] = Saves(Value + i);
    }
    return Aligned((int)Buffer[1]) + Leaf((int)Buffer[2]);
}

NOINLINE int Recursive(int Depth)
{
    if (Depth == 0) {
        return Leaf(1);
    }
    Sink = Recursive(Depth - 1);
    return Sink + Depth;
}

NOINLINE int Branches(int Value)
{
    for (int i = 0; i < 3; i++) {
        if (Value & 1) {
            Value = Fast(Value, i, 2);
        } else {
            Value += Removes(i, Value, 1);
        }
        if (Value == 77) {
            return Leaf(3);
        }
    }
    switch (Value & 7) {
    case 0: return Leaf(4);
    case 1: return Saves(5);
    case 2: return Fast(1, 2, 3);
    case 3: return Leaf(7) + 1;
    default: return Removes(9, 9, 9);
    }
}

NOINLINE int Indirect(int (*Callback)(int), STDCALL int (*Other)(int, int, int))
{
    int Result = Callback(2);
    return Result + Other(Result, 2, 3) + Callback(Result);
}

void Trapping(void); /* below */

NOINLINE int Main(void)
{
    Trapping();
    return Saves(1) + LosesEbp(2) + Dynamic(2) + Aligned(3) + AlignedTail(4) + Recursive(4) + Branches(5) +
           Branches(6) + Indirect(Saves, Removes) + Fast(1, 2, 3);
}

/* KiThreadStartup: the first frame, with EBP 0. A trap as the system makes it: EBP is the frame, whatever came before. */
__asm__("        .globl _KiThreadStartup\n"
        "        .def _KiThreadStartup; .scl 2; .type 32; .endef\n"
        "_KiThreadStartup:\n"
        "        xor %ebp, %ebp\n"
        "        call _Main\n"
        "        hlt\n"
        "\n"
        "        .globl _Trapping\n"
        "        .def _Trapping; .scl 2; .type 32; .endef\n"
        "_Trapping:\n"
        "        push %ebp\n"
        "        mov %esp, %ebp\n"
        "        push %ebx\n"
        ".globl TrapBegins\nTrapBegins:\n"
        "        pushf\n"
        "        push %cs\n"
        "        push $TrapEnds\n"
        "        push $0\n"
        "        jmp _KiTrap0E\n"
        ".globl TrapEnds\nTrapEnds:\n"
        "        nop\n"
        "        pop %ebx\n"
        "        pop %ebp\n"
        "        ret\n"
        "\n"
        "        .globl _KiTrap0E\n"
        "        .def _KiTrap0E; .scl 2; .type 32; .endef\n"
        "_KiTrap0E:\n"
        "        push %ebp\n"
        "        push %ebx\n"
        "        push %esi\n"
        "        push %edi\n"
        "        sub $0x54, %esp\n"
        "        mov %esp, %ebp\n"
        ".globl TrapStands\nTrapStands:\n"
        "        push $5\n"
        "        call _Saves\n"
        "        add $4, %esp\n"
        ".globl TrapReturns\nTrapReturns:\n"
        "        add $0x54, %esp\n"
        "        pop %edi\n"
        "        pop %esi\n"
        "        pop %ebx\n"
        "        pop %ebp\n"
        "        add $4, %esp\n"
        "        pop %eax\n"
        "        add $8, %esp\n"
        "        jmp *%eax\n");
