/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - a system image that executes nonsense: instructions made of random bytes, in pool, each followed by the way
 * back. Whatever trap comes is counted into Result[0], together with what the instruction left in registers.
 * The options are the seed and the number of instructions, in hexadecimal: "1f2e 40".
 */
#include <stddef.h>

#include "hv.h"

#define EXPORT     __declspec(dllexport)
#define HERE(name) __attribute__((used)) uint64_t name

EXPORT volatile uint64_t Result[8]; /* hash, instructions, traps, last bytes */
static uint8_t Gates[256 * 16];
static uint8_t *Code;
__attribute__((used)) uint8_t *Scratch;
static uint64_t Seed, Count;
HERE(SavedStack);
EXPORT HERE(Registers[16]);
HERE(TrapVector);

extern uint8_t Stubs[];
void Execute(void *code);

/*
 * Execute: nonvolatile registers on the stack, garbage in the others, into the code. The way back, from the code or from
 * a trap, is Back: it trusts no register.
 */
__asm__(
    ".text\n"
    ".globl Stubs\n"
    "Stubs:\n"
    ".set v, 0\n"
    ".rept 256\n"
    "  movl $v, TrapVector(%rip)\n"
    "  jmp Trapped\n"
    "  .balign 16\n"
    "  .set v, v + 1\n"
    ".endr\n"
    "Trapped: incq Result+16(%rip)\n"
    "  jmp Back\n"
    ".globl Execute\n"
    "Execute: push %rbx\n push %rbp\n push %rsi\n push %rdi\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "  pushfq\n"
    "  mov %rsp, SavedStack(%rip)\n"
    "  push $0x1111\n push $0x2222\n push $0x3333\n"
    "  mov %rcx, %r15\n"
    "  mov Scratch(%rip), %rax\n lea 64(%rax), %rbx\n mov $5, %ecx\n lea 0x80(%rax), %rsi\n lea 0x100(%rax), %rdi\n"
    "  xor %edx, %edx\n mov %rax, %rbp\n mov $0xdead000000000000, %r8\n mov $-1, %r9\n mov $8, %r10\n mov %rax, %r11\n"
    "  mov %rax, %r12\n mov $0x80000000, %r13d\n xor %r14d, %r14d\n"
    "  jmp *%r15\n"
    ".globl Back\n"
    "Back: mov %rax, Registers(%rip)\n mov %rcx, Registers+8(%rip)\n mov %rdx, Registers+16(%rip)\n"
    "  mov %rbx, Registers+24(%rip)\n mov %rsi, Registers+32(%rip)\n mov %rdi, Registers+40(%rip)\n"
    "  mov %rsp, Registers+48(%rip)\n mov %r8, Registers+56(%rip)\n mov %r9, Registers+64(%rip)\n"
    "  mov SavedStack(%rip), %rsp\n"
    "  popfq\n cld\n"
    "  pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rdi\n pop %rsi\n pop %rbp\n pop %rbx\n"
    "  ret\n");
extern uint8_t Back[];

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

static void SetTraps(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } idt = {sizeof Gates - 1, (uint64_t)(uintptr_t)Gates};
    for (int v = 0; v < 256; v++) {
        uint64_t a = (uint64_t)(uintptr_t)(Stubs + 16 * v);
        uint8_t *g = Gates + v * 16;
        g[0] = (uint8_t)a, g[1] = (uint8_t)(a >> 8), g[2] = 0x10, g[5] = 0x8e;
        for (int i = 2; i < 8; i++) {
            g[4 + i] = (uint8_t)(a >> (8 * i));
        }
    }
    __asm__ volatile("lidt %0" : : "m"(idt));
}

static uint64_t Random(void)
{
    Seed ^= Seed << 13;
    Seed ^= Seed >> 7;
    Seed ^= Seed << 17;
    return Seed;
}

/* Prefixes, REX, an opcode map, an opcode that is dangerous every other time, and random bytes behind. */
static size_t Nonsense(uint8_t *to)
{
    static const uint8_t prefixes[] = {0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x64, 0x65};
    static const uint8_t system[] = {0x00, 0x01, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x20,
                                     0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0xa0, 0xa1,
                                     0xa2, 0xa8, 0xa9, 0xaa, 0xae, 0xb2, 0xb4, 0xb5, 0xc7, 0xff};
    static const uint8_t plain[] = {0xcf, 0xcb, 0xca, 0xc3, 0xc2, 0xff, 0xff, 0x8e, 0x8c, 0x9d, 0xf4, 0xfa, 0xfb,
                                    0xe4, 0xe6, 0xec, 0xee, 0x6c, 0x6e, 0xcd, 0xcc, 0xf1, 0xa4, 0xaa, 0xc8, 0xc9,
                                    0xd9, 0xdb, 0xdd, 0xdf, 0xc4, 0xc5, 0x62, 0xe0, 0xe2, 0xe8, 0xe9, 0x54, 0x5c};
    size_t n = 0;
    uint64_t r = Random();
    for (unsigned i = r & 3; i > 1; i--) {
        to[n++] = prefixes[Random() % sizeof prefixes];
    }
    if (r & 4) {
        to[n++] = 0x40 | (r >> 8 & 15);
    }
    if (r & 0x30) {
        if (r & 8) {
            to[n++] = 0x0f;
            to[n++] = r & 0x40 ? system[(r >> 16) % sizeof system] : (uint8_t)(r >> 16);
        } else {
            to[n++] = r & 0x40 ? plain[(r >> 16) % sizeof plain] : (uint8_t)(r >> 16);
        }
    }
    uint64_t more = Random();
    for (unsigned i = 0; i < 8; i++) {
        to[n++] = (uint8_t)(more >> (8 * i));
    }
    if (r & 0x80) {
        to[n - 8] |= 0xc0; /* registers, not memory */
    }
    return n;
}

static void Hash(uint64_t value) { Result[0] = (Result[0] ^ value) * 0x9e3779b97f4a7c15ull; }

static void One(void)
{
    static const uint8_t jump[] = {0xff, 0x25, 0, 0, 0, 0}; /* jmp [rip] */
    uint64_t back = (uint64_t)(uintptr_t)Back;
    memset(Scratch, 0x41, 0x200);
    memset(Code, 0x90, 64);
    size_t n = Nonsense(Code);
    memcpy((void *)&Result[4], Code, 16);
    memcpy(Code + n + 16, jump, sizeof jump);
    memcpy(Code + n + 16 + sizeof jump, &back, 8);
    TrapVector = 0x1000;
    Execute(Code);
    Result[1]++;
    Hash(TrapVector);
    Result[3] = TrapVector;
    for (int i = 0; i < 9; i++) {
        Hash(Registers[i]);
    }
    for (int i = 0; i < 0x200; i += 8) {
        Hash(*(uint64_t *)(Scratch + i));
    }
}

static void Run(void *argument)
{
    (void)argument;
    Code = HvAlloc(4096, HV_POOL);
    Scratch = HvAlloc(4096, HV_POOL);
    while (Result[1] < Count) {
        One();
    }
    HvCall0(HV_SHUTDOWN);
}

static uint64_t Hexadecimal(const char **p)
{
    uint64_t value = 0;
    while (**p == ' ') {
        ++*p;
    }
    for (; **p && **p != ' '; ++*p) {
        value = value << 4 | (uint64_t)(**p <= '9' ? **p - '0' : **p - 'a' + 10);
    }
    return value;
}

EXPORT void KernelStart(struct hv_loader_block *block)
{
    const char *p = block->options;
    Seed = Hexadecimal(&p) * 0x9e3779b97f4a7c15ull | 1;
    Count = Hexadecimal(&p);
    HvCall1(HV_IRQL_HOME, 0x50);
    SetTraps();
    uint8_t *stack = HvAlloc(0x3000, HV_STACK);
    uint8_t *gs = HvAlloc(0x200, HV_SYSTEM);
    HvCall4(HV_THREAD_CREATE, HvAddress(Run), HvAddress(stack + 0x3000 - 0x28), HvAddress(gs), 0);
    HvCall0(HV_BOOTED);
    HvCall0(HV_THREAD_EXIT);
}
