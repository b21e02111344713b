/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - a system image for the machine's tests: no NT, one C file. The option /TEST=name chooses what the two threads
 * do; results are printed ("name=value") and kept in Result.
 */
#include <stddef.h>

#include "hv.h"

#define EXPORT  __declspec(dllexport)
#define VECTORS 64

typedef struct {
    uint64_t error, rip, cs, rflags, rsp, ss;
} trap_frame;

EXPORT volatile uint64_t Result[8];
EXPORT volatile uint32_t Shared[16];
EXPORT volatile uint32_t Lock;
static uint8_t Gates[VECTORS * 16];
static char Options[256];

void *memcpy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((char *)to)[i] = ((const char *)from)[i];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((char *)to)[i] = (char)value;
    }
    return to;
}

static int Is(const char *name)
{
    const char *p = Options, *q = name;
    while (*p && *p == *q) {
        p++, q++;
    }
    return !*p && !*q;
}

/* Traps: error code (or 0), then the processor's frame. The handler records and skips to the address in R15. */
__attribute__((used)) static void OnTrap(trap_frame *frame, uint64_t vector)
{
    uint64_t address, resume;
    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    __asm__ volatile("mov %%r15, %0" : "=r"(resume));
    Result[0] = vector;
    Result[1] = frame->rip;
    Result[2] = address;
    Result[3] = frame->error;
    Result[4] = frame->rsp;
    frame->rip = resume;
}

#define HANDLER(n, push)                                                                                             \
    __attribute__((naked)) static void Trap##n(void)                                                                 \
    {                                                                                                                \
        __asm__ volatile(push "\n push %rax\n push %rcx\n push %rdx\n push %r8\n push %r9\n push %r10\n push %r11\n" \
                              "lea 56(%rsp), %rcx\n mov $" #n                                                        \
                              ", %rdx\n sub $0x28, %rsp\n call OnTrap\n add $0x28, %rsp\n"                           \
                              "pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdx\n pop %rcx\n pop %rax\n"           \
                              "add $8, %rsp\n iretq");                                                               \
    }
HANDLER(0, "push $0")
HANDLER(3, "push $0")
HANDLER(6, "push $0")
HANDLER(13, "")
HANDLER(14, "")

static void SetGate(int vector, void (*handler)(void))
{
    uint64_t a = (uint64_t)(uintptr_t)handler;
    uint8_t *g = Gates + vector * 16;
    g[0] = (uint8_t)a, g[1] = (uint8_t)(a >> 8), g[2] = 0x10, g[5] = 0x8e;
    g[6] = (uint8_t)(a >> 16), g[7] = (uint8_t)(a >> 24);
    for (int i = 0; i < 4; i++) {
        g[8 + i] = (uint8_t)(a >> (32 + 8 * i));
    }
}

static void SetTraps(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } idt = {sizeof Gates - 1, (uint64_t)(uintptr_t)Gates};
    SetGate(0, Trap0), SetGate(3, Trap3), SetGate(6, Trap6), SetGate(13, Trap13), SetGate(14, Trap14);
    __asm__ volatile("lidt %0" : : "m"(idt));
}

/* Executes one access with R15 = where to go on if it faults. RAX = 0x1111 before; Result[5] = RAX after the fault. */
static void Read(uint64_t address)
{
    uint64_t rax = 0x1111;
    __asm__ volatile("lea 1f(%%rip), %%r15\n mov (%1), %0\n 1:" : "+a"(rax) : "r"(address) : "r15", "memory");
    Result[5] = rax;
}

static void Write(uint64_t address, uint64_t value)
{
    __asm__ volatile("lea 1f(%%rip), %%r15\n mov %1, (%0)\n 1:" : : "r"(address), "r"(value) : "r15", "memory");
}

static void WriteByte(uint64_t address, uint8_t value)
{
    __asm__ volatile("lea 1f(%%rip), %%r15\n movb %1, (%0)\n 1:" : : "r"(address), "q"(value) : "r15", "memory");
}

static void Acquire(void)
{
    HvWaitWord(&Lock, 4, HV_EQ, 0, HV_WAIT_NO_YIELD, (void *)&Lock);
    Lock = 1;
    HvAtomicEnd();
}

static void Release(void) { Lock = 0; }

static void Increment(int locked)
{
    if (locked) {
        Acquire();
    }
    uint32_t value = Shared[0];
    Shared[0] = value + 1;
    if (locked) {
        Release();
    }
}

static void Faults(void)
{
    uint8_t *block = HvAlloc(24, HV_POOL);
    if (Is("null")) {
        Read(8);
    } else if (Is("non-canonical")) {
        Read(0xdead000000000000ull);
    } else if (Is("use-after-free")) {
        block[0] = 1;
        HvFree(block);
        Read((uint64_t)(uintptr_t)block);
    } else if (Is("write-after-free")) {
        HvFree(block);
        Write((uint64_t)(uintptr_t)block, 1);
    } else if (Is("overrun")) {
        WriteByte((uint64_t)(uintptr_t)block + 24, 1);
    } else if (Is("underrun")) {
        WriteByte((uint64_t)(uintptr_t)block - 1, 1);
    } else if (Is("in-bounds")) {
        WriteByte((uint64_t)(uintptr_t)block + 23, 7);
        Result[5] = block[23];
    } else if (Is("double-free")) {
        Result[6] = HvFree(block);
        Result[7] = HvFree(block);
    } else if (Is("bad-free")) {
        Result[6] = HvFree(block + 8);
        Result[7] = HvFree((void *)(uintptr_t)0x1000);
    } else if (Is("invalid")) {
        __asm__ volatile("lea 1f(%%rip), %%r15\n ud2\n 1:" : : : "r15", "memory");
    } else if (Is("divide")) {
        __asm__ volatile("lea 1f(%%rip), %%r15\n xor %%ecx, %%ecx\n div %%ecx\n 1:" : : : "r15", "rax", "rcx", "rdx");
    } else if (Is("fetch")) {
        __asm__ volatile("lea 1f(%%rip), %%r15\n jmp *%0\n 1:" : : "r"((uint64_t)0x40) : "r15", "memory");
    } else if (Is("code")) {
        Write((uint64_t)(uintptr_t)&Faults, 0);
    }
    Result[6] |= (uint64_t)(uintptr_t)block << 8;
}

static void Instructions(void)
{
    uint64_t level = 2, got, low, high;
    __asm__ volatile("mov %1, %%cr8\n mov %%cr8, %0" : "=r"(got) : "r"(level));
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    Result[0] = got;
    Result[1] = high << 32 | low;
    __asm__ volatile("in %%dx, %%eax" : "=a"(got) : "d"(0x60));
    Result[2] = got;
}

/* The flags of a comparison with shared memory, taken behind the point that it makes. */
static void Flags(void)
{
    uint8_t equal, above;
    __asm__ volatile("mov $9, %%eax\n cmp $3, %%eax\n cmpl $0, %2\n sete %0\n cmpl $1, %3\n seta %1"
                     : "=&q"(equal), "=&q"(above)
                     : "m"(Shared[4]), "m"(Shared[6])
                     : "cc", "rax");
    Result[0] = equal;
    Result[1] = above;
}

static void First(void *argument)
{
    (void)argument;
    if (Is("flags")) {
        Flags();
    } else if (Is("race") || Is("locked")) {
        Increment(Is("locked"));
    } else if (Is("signal")) {
        Shared[1] = 1;
    } else if (Is("spin")) {
        while (!Shared[1]) {
        }
        Shared[2] = 5;
    } else if (Is("choose")) {
        Shared[3] = HvChoose(3);
    } else if (Is("instructions")) {
        Instructions();
    } else if (Is("loop")) {
        for (;;) {
            Result[0]++;
        }
    } else {
        Faults();
    }
}

static void Second(void *argument)
{
    (void)argument;
    if (Is("flags")) {
        Shared[4] = Shared[6] = 0;
        __asm__ volatile("mov $5, %%eax\n cmp $3, %%eax\n" : : : "rax", "cc");
    } else if (Is("race") || Is("locked")) {
        Increment(Is("locked"));
    } else if (Is("signal")) {
        HvWaitWord(&Shared[1], 4, HV_NE, 0, 0, (void *)&Shared[1]);
        HvAtomicEnd();
        Shared[2] = 7;
    } else if (Is("spin")) {
        Shared[1] = 1;
    }
}

static void Run(void *argument)
{
    uint32_t second = (uint32_t)(uintptr_t)argument;
    (second ? Second : First)(argument);
    HvCall0(HV_THREAD_EXIT);
}

static void Start(uint32_t second)
{
    uint8_t *stack = HvAlloc(0x3000, HV_STACK);
    uint8_t *gs = HvAlloc(0x200, HV_SYSTEM);
    HvCall4(HV_THREAD_CREATE, HvAddress(Run), HvAddress(stack + 0x3000 - 0x28), HvAddress(gs), second);
}

EXPORT void KernelStart(struct hv_loader_block *block)
{
    const char *p = block->options;
    for (size_t i = 0; p[i] && i < sizeof Options - 1; i++) {
        Options[i] = p[i];
    }
    HvCall1(HV_IRQL_HOME, 0x50);
    SetTraps();
    Start(0);
    Start(1);
    HvCall0(HV_BOOTED);
    HvCall0(HV_THREAD_EXIT);
}
