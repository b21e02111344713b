/* SPDX-License-Identifier: GPL-2.0-or-later */
/* processor.c - instructions that no driver should execute, or that the machine does not have. */
#include "hostile.h"

static UCHAR Garbage[64] __attribute__((aligned(16))) = {0xff, 0xff, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

#define ASM(...) __asm__ volatile(__VA_ARGS__)

/* A hypercall from the driver's image, from pool, and through the instruction in the system's own code. */
static void Syscall(ULONG64 Number) { ASM("syscall" : : "a"(Number), "c"(Garbage), "d"((ULONG64)64) : "memory"); }

static void PoolSyscall(ULONG64 Number)
{
    static const UCHAR Code[] = {0x89, 0xc8, 0x89, 0xd1, 0x0f, 0x05}; /* mov eax, ecx; mov ecx, edx; syscall */
    RunBytes(Code, sizeof Code, Number, 64, 0);
}

static void Wrapper(ULONG64 Number)
{
    const UCHAR *p = (const UCHAR *)(ULONG_PTR)(PVOID)KeBugCheckEx;

    while (p[0] != 0x0f || p[1] != 0x05) {
        p++;
    }
    ASM("mov %1, %%r8\n mov %1, %%r9\n call *%2"
        :
        : "a"(Number), "c"(Garbage), "r"(p), "d"((ULONG64)64)
        : "r8", "r9", "memory");
}

static void WriteMsr(ULONG64 Register) { ASM("wrmsr" : : "c"((ULONG)Register), "a"(0xdead0001), "d"(0xbeef0000)); }
static void ReadMsr(ULONG64 Register) { ASM("rdmsr" : : "c"((ULONG)Register) : "eax", "edx"); }
static void Cr0(ULONG64 Value) { ASM("mov %0, %%cr0" : : "r"(Value)); }
static void Cr3(ULONG64 Value) { ASM("mov %0, %%cr3" : : "r"(Value)); }
static void Cr4(ULONG64 Value) { ASM("mov %0, %%cr4" : : "r"(Value)); }
static void Dr7(ULONG64 Value) { ASM("mov %0, %%dr0\n mov %0, %%dr7" : : "r"(Value)); }
static void Lidt(ULONG64 Argument)
{
    (void)Argument;
    ASM("lidt %0\n int3" : : "m"(Garbage));
}
static void Lgdt(ULONG64 Argument)
{
    (void)Argument;
    ASM("lgdt %0\n mov %1, %%ds" : : "m"(Garbage), "r"(0x2b));
}
static void Ltr(ULONG64 Selector) { ASM("ltr %w0" : : "r"(Selector)); }
static void Cli(ULONG64 Argument)
{
    (void)Argument;
    ASM("cli\n hlt\n sti");
}
static void HaltForEver(ULONG64 Argument)
{
    (void)Argument;
    for (;;)
        ASM("hlt");
}
static void In(ULONG64 Port) { ASM("in %%dx, %%eax" : : "d"((ULONG)Port) : "eax"); }
static void Out(ULONG64 Port) { ASM("out %%eax, %%dx" : : "d"((ULONG)Port), "a"(0xffffffff)); }
static void Undefined(ULONG64 Argument)
{
    (void)Argument;
    ASM("ud2");
}
static void Avx(ULONG64 Argument)
{
    (void)Argument;
    ASM("vaddps %ymm0, %ymm1, %ymm2");
}
static void FarCall(ULONG64 Argument)
{
    (void)Argument;
    ASM(".byte 0x90, 0x90, 0xff, 0xd8");
} /* lcall *%eax */
static void SwapGs(ULONG64 Argument)
{
    (void)Argument;
    ASM("swapgs\n mov %%gs:0x188, %%rax" : : : "rax");
}

static void Cpuid(ULONG64 Argument)
{
    ULONG a, b, c, d;
    for (ULONG i = 0; i < 0x20; i++) {
        ASM("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"((ULONG)Argument + i), "c"(0));
    }
}

/* With every prefix that does not matter: none of them may reach the host's clock or its random numbers. */
static void Clock(ULONG64 Argument)
{
    (void)Argument;
    ULONG64 First, Second;
    ASM("rdtsc\n mov %%rax, %0\n .byte 0x66, 0x48, 0x0f, 0x31\n mov %%rax, %1"
        : "=r"(First), "=r"(Second)
        :
        : "rax", "rdx");
    if (Second - First > 1000) {
        KeBugCheckEx(0xbad, First, Second, 0, 0);
    }
    ASM(".byte 0xc5, 0xe5, 0x31, 0xc0"); /* rdtsc for a careless decoder */
}

static void Random(ULONG64 Argument)
{
    ULONG64 Value;
    UCHAR Carry;
    (void)Argument;
    ASM("rdrand %0\n setc %1" : "=r"(Value), "=qm"(Carry));
    if (Value || Carry) {
        KeBugCheckEx(0xbad, Value, Carry, 0, 0);
    }
}

static void Int(ULONG64 Vector)
{
    UCHAR Code[] = {0xcd, (UCHAR)Vector};
    RunBytes(Code, sizeof Code, 0, 0, 0);
}

static void Iretq(ULONG64 Rip)
{
    ASM("push $0x1234\n push %0\n push $-1\n push $0x5678\n push %0\n iretq" : : "r"(Rip) : "memory");
}

static void Popf(ULONG64 Flags) { ASM("push %0\n popfq\n nop\n nop" : : "r"(Flags) : "memory", "cc"); }
static void Jump(ULONG64 Target) { ASM("jmp *%0" : : "r"(Target)); }
static void JumpLast(ULONG64 Argument)
{
    (void)Argument;
    ASM("mov $-1, %%rax\n jmp *%%rax" : : : "rax");
}

static void Middle(ULONG64 Argument)
{
    const UCHAR *p = (const UCHAR *)(ULONG_PTR)(PVOID)KeWaitForSingleObject;
    ASM("jmp *%0" : : "r"(p + 1 + Argument));
}

/* Code that rewrites itself, ahead and in loops. Returns what the last version says. */
static void Rewrite(ULONG64 Argument)
{
    static const UCHAR Text[] = {0xc6, 0x40, 0x08, 0x07,                       /* mov byte [rax + 8], 7 */
                                 0x90, 0x90, 0x90, 0xb8, 0x01, 0, 0, 0, 0xc3}; /* mov eax, 1 -> 7 */
    PUCHAR Code = ExAllocatePoolWithTag(NonPagedPool, sizeof Text, HOSTILE_TAG);
    ULONG Value;
    (void)Argument;
    for (ULONG i = 0; i < 64; i++) {
        RtlCopyMemory(Code, Text, sizeof Text);
        ASM("call *%1" : "=a"(Value) : "r"(Code), "a"(Code) : "memory");
        if (Value != 7) {
            KeBugCheckEx(0xbad, i, Value, 0, 0);
        }
        Code[0] = 0xc3;
        ASM("call *%1" : "=a"(Value) : "r"(Code), "a"(1) : "memory");
        if (Value != 1) {
            KeBugCheckEx(0xbad, i, Value, 1, 0);
        }
    }
    ExFreePoolWithTag(Code, HOSTILE_TAG);
}

static void Float(ULONG64 Argument)
{
    ULONG Control = 0x0040, Status = 0; /* every exception of both units unmasked */
    double a = 1.0, b = 0.0;
    if (Argument) {
        ASM("ldmxcsr %0\n movsd %1, %%xmm0\n divsd %2, %%xmm0" : : "m"(Status), "m"(a), "m"(b) : "xmm0");
    } else {
        ASM("fldcw %0\n fldl %1\n fdivl %2\n fwait\n fstp %%st(0)" : : "m"(Control), "m"(a), "m"(b));
    }
}

static void Stack(ULONG64 Pointer) { ASM("mov %0, %%rsp\n push %%rax\n ud2" : : "r"(Pointer)); }

static void StackRegisters(ULONG64 Argument)
{
    (void)Argument;
    ASM("mov %0, %%ds\n mov %0, %%es\n mov %0, %%fs\n mov %0, %%gs\n mov %%gs:0x188, %%rax" : : "r"(0) : "rax");
}

/* fxsave writes 512 bytes: an execution must not be able to eat the host's memory with it. */
static void SaveForEver(ULONG64 Argument)
{
    static UCHAR Area[512] __attribute__((aligned(16)));
    (void)Argument;
    for (;;) {
        ASM("fxsave %0" : "=m"(Area));
    }
}

const ATTACK ProcessorAttacks[] = {{"syscall", Syscall},
                                   {"poolsyscall", PoolSyscall},
                                   {"wrapper", Wrapper},
                                   {"wrmsr", WriteMsr},
                                   {"rdmsr", ReadMsr},
                                   {"cr0", Cr0},
                                   {"cr3", Cr3},
                                   {"cr4", Cr4},
                                   {"dr7", Dr7},
                                   {"lidt", Lidt},
                                   {"lgdt", Lgdt},
                                   {"ltr", Ltr},
                                   {"cli", Cli},
                                   {"hlt", HaltForEver},
                                   {"in", In},
                                   {"out", Out},
                                   {"ud2", Undefined},
                                   {"avx", Avx},
                                   {"farcall", FarCall},
                                   {"swapgs", SwapGs},
                                   {"cpuid", Cpuid},
                                   {"clock", Clock},
                                   {"random", Random},
                                   {"int", Int},
                                   {"iretq", Iretq},
                                   {"popf", Popf},
                                   {"jump", Jump},
                                   {"jumplast", JumpLast},
                                   {"middle", Middle},
                                   {"rewrite", Rewrite},
                                   {"float", Float},
                                   {"stack", Stack},
                                   {"segments", StackRegisters},
                                   {"fxsave", SaveForEver},
                                   {NULL, NULL}};
