/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - a system image for the machine's tests: no NT, one C file. The option /TEST=name chooses what the two threads
 * do; results are printed ("name=value") and kept in Result.
 */
#include <stddef.h>

#include "hv.h"
#include "kernel_arch.h"

#define EXPORT  __declspec(dllexport)
#define VECTORS 64

EXPORT volatile uint64_t Result[8];
EXPORT volatile uint32_t Shared[16];
EXPORT volatile uint32_t Lock;
static uint8_t Gates[VECTORS * GATE_BYTES];
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

/* Traps: error code (or 0), then the processor's frame. The handler records and goes on at `resume`. */
__attribute__((used)) void OnTrap(trap_frame *frame, word vector, word resume)
{
    word address;
    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    Result[0] = vector;
    Result[1] = frame->pc;
    Result[2] = address;
    Result[3] = frame->error;
    Result[4] = (word)frame;
    frame->pc = resume;
}

HANDLER(0, "push $0")
HANDLER(3, "push $0")
HANDLER(6, "push $0")
HANDLER(13, "")
HANDLER(14, "")
HANDLER(45, "push $0")

static void SetGate(int vector, void (*handler)(void))
{
    uint64_t a = (word)handler;
    uint8_t *g = Gates + vector * GATE_BYTES;
    g[0] = (uint8_t)a, g[1] = (uint8_t)(a >> 8), g[2] = CODE, g[5] = 0x8e;
    g[6] = (uint8_t)(a >> 16), g[7] = (uint8_t)(a >> 24);
    for (int i = 0; i < GATE_BYTES - 8 && i < 4; i++) {
        g[8 + i] = (uint8_t)(a >> (32 + 8 * i));
    }
}

static void SetTraps(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        word base;
    } idt = {sizeof Gates - 1, (word)Gates};
    SetGate(0, Trap0), SetGate(3, Trap3), SetGate(6, Trap6), SetGate(13, Trap13), SetGate(14, Trap14);
    SetGate(45, Trap45);
    __asm__ volatile("lidt %0" : : "m"(idt));
}

/* One access. AX = 0x1111 before; Result[5] = AX after the fault. */
static void Read(word address)
{
    word ax = 0x1111;
    __asm__ volatile(RESUME_AT "mov (%1), %0\n 1:" : "+a"(ax) : "r"(address) : RESUME, "memory");
    Result[5] = ax;
}

static void Write(word address, word value)
{
    __asm__ volatile(RESUME_AT "mov %1, (%0)\n 1:" : : "r"(address), "r"(value) : RESUME, "memory");
}

static void WriteByte(word address, uint8_t value)
{
    __asm__ volatile(RESUME_AT "movb %1, (%0)\n 1:" : : "r"(address), "q"(value) : RESUME, "memory");
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

/* Two words of its stack, one of which the other thread is told of. */
static void Lend(void)
{
    volatile uint32_t mine[2] = {1, 1};
    Result[6] = (word)mine;
    HvWaitWord(&Shared[1], 4, HV_NE, 0, 0, (void *)&Shared[1]);
    HvAtomicEnd();
    mine[1]++;
    mine[0]++;
    Shared[2] = mine[0];
}

static void Faults(void)
{
    uint8_t *block = HvAlloc(24, HV_POOL);
    if (Is("null")) {
        Read(8);
#ifdef __x86_64__
    } else if (Is("non-canonical")) {
        Read(0xdead000000000000ull);
#endif
    } else if (Is("use-after-free")) {
        block[0] = 1;
        HvFree(block);
        Read((word)block);
    } else if (Is("write-after-free")) {
        HvFree(block);
        Write((word)block, 1);
    } else if (Is("overrun")) {
        WriteByte((word)block + 24, 1);
    } else if (Is("underrun")) {
        WriteByte((word)block - 1, 1);
    } else if (Is("in-bounds")) {
        WriteByte((word)block + 23, 7);
        Result[5] = block[23];
    } else if (Is("double-free")) {
        Result[6] = HvFree(block);
        Result[7] = HvFree(block);
    } else if (Is("bad-free")) {
        Result[6] = HvFree(block + 8);
        Result[7] = HvFree((void *)(uintptr_t)0x1000);
    } else if (Is("invalid")) {
        __asm__ volatile(RESUME_AT "ud2\n 1:" : : : RESUME, "memory");
    } else if (Is("divide")) {
        __asm__ volatile(RESUME_AT "xor %%ecx, %%ecx\n div %%ecx\n 1:" : : : RESUME, "eax", "ecx", "edx");
    } else if (Is("fetch")) {
        __asm__ volatile(RESUME_AT "jmp *%0\n 1:" : : "r"((word)0x40) : RESUME, "memory");
    } else if (Is("code")) {
        Write((word)&Faults, 0);
    }
    Result[6] |= (word)block << 8;
}

static void Instructions(void)
{
    word level = 2, got = level;
    uint32_t low, high;
#ifdef __x86_64__
    __asm__ volatile("mov %1, %%cr8\n mov %%cr8, %0" : "=r"(got) : "r"(level));
#endif
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    Result[0] = got;
    Result[1] = (uint64_t)high << 32 | low;
    __asm__ volatile("in %%dx, %%eax" : "=a"(low) : "d"(0x60));
    Result[2] = low;
}

/* The flags of a comparison with shared memory, taken behind the point that it makes. */
static void Flags(void)
{
    uint8_t equal, above;
    __asm__ volatile("mov $9, %%eax\n cmp $3, %%eax\n cmpl $0, %2\n sete %0\n cmpl $1, %3\n seta %1"
                     : "=&q"(equal), "=&q"(above)
                     : "m"(Shared[4]), "m"(Shared[6])
                     : "cc", "eax");
    Result[0] = equal;
    Result[1] = above;
}

/* The running thread's processor block, found through its segment register, on both sides of a point. */
static void Block(unsigned at)
{
    word before, after;
    __asm__ volatile(BLOCK_READ : "=r"(before));
    Shared[7 + at]++;
    Shared[8 - at]++;
    BLOCK_RELOAD;
    __asm__ volatile(BLOCK_READ : "=r"(after));
    Result[at] = before;
    Result[2 + at] = after;
}

/* Where the system image asks, it is a hypercall; in code that was written it is no instruction. */
static void Disguised(void)
{
    static const uint8_t code[] = {0x0f, 0x05}; /* syscall */
    uint8_t *block = HvAlloc(sizeof code, HV_POOL);
    memcpy(block, code, sizeof code);
    __asm__ volatile(RESUME_AT "jmp *%0\n 1:" : : "r"(block), "a"(HV_SHUTDOWN) : RESUME, "memory");
}

/* Bytes that make no sense, or too much: /TEST=garbage followed by a number. */
static void Garbage(const char *seed)
{
    /* Prefixes, segments, far transfers, flags, interrupts, two-byte opcodes, control registers */
    static const uint8_t likely[] = {0x66, 0x67, 0xf0, 0xf3, 0x2e, 0x64, 0x8e, 0x1f, 0x07, 0x17, 0xc4,
                                     0xc5, 0xea, 0x9a, 0xcb, 0xca, 0xcf, 0xff, 0x9d, 0xfa, 0xfb, 0xf4,
                                     0xcd, 0x2d, 0xce, 0xcc, 0xf1, 0x62, 0x0f, 0x01, 0x00, 0x20, 0x22,
                                     0x30, 0x05, 0x34, 0xa2, 0xae, 0xc7, 0x0b, 0xe4, 0xec};
    uint32_t random = 1;
    while (*seed) {
        random = random * 10 + (uint32_t)(*seed++ - '0');
    }
    uint8_t *block = HvAlloc(64, HV_POOL);
    for (int i = 0; i < 64; i++) {
        random = random * 1664525 + 1013904223;
        block[i] = random & 0x8000 ? likely[(random >> 16) % sizeof likely] : (uint8_t)(random >> 24);
    }
    __asm__ volatile(RESUME_AT "jmp *%0\n 1:" : : "r"(block) : RESUME, "memory");
}

static void First(void *argument)
{
    (void)argument;
    if (Options[0] == 'g' && Options[1] == 'a') {
        Garbage(Options + sizeof "garbage" - 1);
    } else if (Is("block")) {
        Block(0);
    } else if (Is("disguised")) {
        Disguised();
    } else if (Is("flags")) {
        Flags();
    } else if (Is("race") || Is("locked")) {
        Increment(Is("locked"));
    } else if (Is("lent")) {
        Lend();
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
    if (Is("block")) {
        Block(1);
    } else if (Is("flags")) {
        Shared[4] = Shared[6] = 0;
        __asm__ volatile("mov $5, %%eax\n cmp $3, %%eax\n" : : : "eax", "cc");
    } else if (Is("race") || Is("locked")) {
        Increment(Is("locked"));
    } else if (Is("lent")) {
        *(volatile uint32_t *)(word)Result[6] = 7;
        Shared[1] = 1;
    } else if (Is("signal")) {
        HvWaitWord(&Shared[1], 4, HV_NE, 0, 0, (void *)&Shared[1]);
        HvAtomicEnd();
        Shared[2] = 7;
    } else if (Is("spin")) {
        Shared[1] = 1;
    }
}

FIRST_IN_CX static void Run(void *argument)
{
    uint32_t second = (uint32_t)(uintptr_t)argument;
    (second ? Second : First)(argument);
    HvCall0(HV_THREAD_EXIT);
}

static void Start(uint32_t second)
{
    uint8_t *stack = HvAlloc(0x3000, HV_STACK);
    uint8_t *block = HvAlloc(0x200, HV_SYSTEM);
    *(word *)(block + 0x20) = (word)block;
    HvCall4(HV_THREAD_CREATE, HvAddress(Run), HvAddress(stack + 0x3000 - STACK_HOME), HvAddress(block), second);
}

EXPORT FIRST_IN_CX void KernelStart(struct hv_loader_block *block)
{
    const char *p = block->options;
    for (size_t i = 0; p[i] && i < sizeof Options - 1; i++) {
        Options[i] = p[i];
    }
    HvCall1(HV_IRQL_HOME, IRQL_HOME);
    SetTraps();
    Start(0);
    Start(1);
    HvCall0(HV_BOOTED);
    HvCall0(HV_THREAD_EXIT);
}
