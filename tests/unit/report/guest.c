/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.c - a program with one of each kind of stack frame, built for Windows by mingw-w64. stacks_test.c runs it
 * instruction by instruction and walks its stack at every one of them.
 */
typedef unsigned long long uint64;

volatile int Sink;
unsigned char OtherStack[4096] __attribute__((aligned(16)));

#define NOINLINE __attribute__((noinline))

int Assembly(int Value); /* below */

NOINLINE int Leaf(int Value) { return Value * 3 + Sink; }

/* The whole set of non-volatile registers. */
NOINLINE int Saves(int Value)
{
    __asm__ volatile("xor %%ebx, %%ebx\n\txor %%r15d, %%r15d\n\tpxor %%xmm6, %%xmm6" ::
                         : "rbx", "rsi", "rdi", "rbp", "r12", "r13", "r14", "r15", "xmm6", "xmm15");
    return Leaf(Value) + 1;
}

NOINLINE int LargeFrame(int Value)
{
    volatile char Buffer[3000];
    Buffer[Value & 1023] = 1;
    return Leaf(Buffer[Value & 1023]) + Buffer[0];
}

NOINLINE int HugeFrame(int Value)
{
    volatile char Buffer[600000];
    Buffer[599999 - (Value & 15)] = 1;
    return Saves(Value) + Buffer[599999];
}

/* RSP is not where the prologue left it: a frame register. */
NOINLINE int Dynamic(int Value)
{
    volatile char *Buffer = __builtin_alloca((unsigned)(Value & 63) + 32);
    Buffer[0] = (char)Value;
    int Result = LargeFrame(Value);
    return Result + Buffer[0];
}

static NOINLINE int AlignedFrame(int Value)
{
    volatile int Buffer[8] __attribute__((aligned(128)));
    Buffer[Value & 7] = Saves(Value);
    return Buffer[Value & 7];
}

NOINLINE int TailCall(int Value)
{
    Sink = Leaf(Value);
    return Saves(Value + Sink); /* a jump */
}

NOINLINE int Recursive(int Depth)
{
    if (Depth == 0)
        return Leaf(1);
    Sink = Recursive(Depth - 1);
    return Sink + Depth;
}

static inline __attribute__((always_inline)) int Inlined(int Value) { return Saves(Value) ^ Leaf(Value); }

NOINLINE int Outer(int Value) { return Inlined(Value) + 7; }

int Main(void)
{
    return HugeFrame(1) + Dynamic(2) + AlignedFrame(3) + TailCall(4) + Recursive(5) + Outer(6) + Assembly(7);
}

/* Start: the first frame. Its return address is 0. */
__asm__(".intel_syntax noprefix\n"
        "        .text\n"
        "        .globl Start\n"
        "        .def Start; .scl 2; .type 32; .endef\n"
        "        .seh_proc Start\n"
        "Start:  sub rsp, 0x28\n"
        "        .seh_stackalloc 0x28\n"
        "        .seh_endprologue\n"
        "        call Main\n"
        "        add rsp, 0x28\n"
        "        ret\n"
        "        .seh_endproc\n"
        "\n"
        /* Registers saved by MOV, and calls to the kinds that compilers here do not make. */
        "        .globl Assembly\n"
        "        .def Assembly; .scl 2; .type 32; .endef\n"
        "        .seh_proc Assembly\n"
        "Assembly:\n"
        "        sub rsp, 0x58\n"
        "        .seh_stackalloc 0x58\n"
        "        mov [rsp + 0x30], rbx\n"
        "        .seh_savereg rbx, 0x30\n"
        "        mov [rsp + 0x38], rbp\n"
        "        .seh_savereg rbp, 0x38\n"
        "        .seh_endprologue\n"
        "        mov ebx, ecx\n"
        "        call Split\n"
        "        call Described\n"
        "        call Framed\n"
        "        call Leaving\n"
        "        call Trapping\n"
        "        mov rbx, [rsp + 0x30]\n"
        "        mov rbp, [rsp + 0x38]\n"
        "        add rsp, 0x58\n"
        "        ret\n"
        "        .seh_endproc\n"
        "\n"
        /* A frame register, a stack that grows after the prologue, and the caller's frame register saved by
         * MOV, relative to the frame. */
        "        .def Framed; .scl 3; .type 32; .endef\n"
        "        .seh_proc Framed\n"
        "Framed: push rsi\n"
        "        .seh_pushreg rsi\n"
        "        sub rsp, 0x40\n"
        "        .seh_stackalloc 0x40\n"
        "        lea rsi, [rsp + 0x20]\n"
        "        .seh_setframe rsi, 0x20\n"
        "        mov [rsp + 0x30], rbp\n"
        "        .seh_savereg rbp, 0x30\n"
        "        .seh_endprologue\n"
        "        sub rsp, 0x60\n"
        "        mov rbp, -1\n"
        "        call Leaf\n"
        "        mov rbp, [rsi + 0x10]\n"
        "        lea rsp, [rsi + 0x20]\n"
        "        pop rsi\n"
        "        ret\n"
        "        .seh_endproc\n"
        "\n"
        "        .def Leaving; .scl 3; .type 32; .endef\n"
        "        .seh_proc Leaving\n"
        "Leaving:\n"
        "        push rbp\n"
        "        .seh_pushreg rbp\n"
        "        mov rbp, rsp\n"
        "        .seh_setframe rbp, 0\n"
        "        sub rsp, 0x30\n"
        "        .seh_stackalloc 0x30\n"
        "        .seh_endprologue\n"
        "        sub rsp, 0x60\n"
        "        call Framed\n"
        "        leave\n"
        "        ret\n"
        "        .seh_endproc\n"
        "\n"
        /* A function in two parts; the second one's unwind data is chained to the first one's. */
        "        .def Split; .scl 3; .type 32; .endef\n"
        "Split:  push rbx\n"
        "        sub rsp, 0x20\n"
        "        jmp Split2\n"
        "SplitEnd:\n"
        "        int3\n"
        "Split2: mov ecx, 1\n"
        "        call Leaf\n"
        "        add rsp, 0x20\n"
        "        pop rbx\n"
        "        ret\n"
        "Split2End:\n"
        "\n"
        /* Unwind data of version 2, which describes epilogues too. */
        "        .def Described; .scl 3; .type 32; .endef\n"
        "Described:\n"
        "        push rsi\n"
        "        sub rsp, 0x20\n"
        "        call Leaf\n"
        "        add rsp, 0x20\n"
        "        pop rsi\n"
        "        ret\n"
        "DescribedEnd:\n"
        "\n"
        /* A trap as the processor makes it, to a handler on another stack. Between TrapBegins and TrapStands, and
         * between TrapReturns and TrapEnds, the stack is in nobody's hands. */
        "        .globl Trapping\n"
        "        .def Trapping; .scl 2; .type 32; .endef\n"
        "        .seh_proc Trapping\n"
        "Trapping:\n"
        "        sub rsp, 0x28\n"
        "        .seh_stackalloc 0x28\n"
        "        .seh_endprologue\n"
        "TrapBegins:\n"
        "        mov rax, rsp\n"
        "        lea rsp, [rip + OtherStack + 4096]\n"
        "        push 0x18\n"
        "        push rax\n"
        "        push 2\n"
        "        push 0x10\n"
        "        lea rax, [rip + TrapEnds]\n"
        "        push rax\n"
        "        push 0\n"
        "        jmp Handler\n"
        "TrapEnds:\n"
        "        nop\n"
        "        add rsp, 0x28\n"
        "        ret\n"
        "        .seh_endproc\n"
        "\n"
        "        .globl Handler\n"
        "        .def Handler; .scl 2; .type 32; .endef\n"
        "        .seh_proc Handler\n"
        "        .seh_pushframe code\n"
        "Handler:\n"
        "        push rbp\n"
        "        .seh_pushreg rbp\n"
        "        sub rsp, 0x158\n"
        "        .seh_stackalloc 0x158\n"
        "        lea rbp, [rsp + 0x80]\n"
        "        .seh_setframe rbp, 0x80\n"
        "        .seh_endprologue\n"
        "        mov ecx, 9\n"
        "        call Saves\n"
        "        nop\n"
        "TrapReturns:\n"
        "        mov rsp, [rbp + 0x100]\n"
        "        mov rbp, [rbp + 0xd8]\n"
        "        jmp TrapEnds\n"
        "        .seh_endproc\n"
        "\n"
        "        .section .xdata, \"dr\"\n"
        "SplitInfo:\n"
        "        .byte 1, 5, 2, 0\n"
        "        .byte 5, 0x32, 1, 0x30\n"
        "Split2Info:\n"
        "        .byte 1 | 4 << 3, 0, 0, 0\n"
        "        .rva Split, SplitEnd, SplitInfo\n"
        "DescribedInfo:\n"
        "        .byte 2, 5, 4, 0\n"
        "        .byte 6, 0x16, 0, 0\n"
        "        .byte 5, 0x32, 1, 0x60\n"
        "        .section .pdata, \"dr\"\n"
        "        .rva Split, SplitEnd, SplitInfo\n"
        "        .rva Split2, Split2End, Split2Info\n"
        "        .rva Described, DescribedEnd, DescribedInfo\n"
        "        .text\n"
        "        .att_syntax\n");
