/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_arch.h - what the test's system image does in assembly, for both processors. A routine that may fault puts the
 * place to go on at into R15 (x86: EDI) before; the handler goes there.
 */
#ifndef KERNEL_ARCH_H
#define KERNEL_ARCH_H

#include <stdint.h>

typedef uintptr_t word;

#ifdef __x86_64__

#define FIRST_IN_CX       /* the calling convention has it so */
#define STACK_HOME   0x28 /* above a new thread's stack pointer: a return address and the home of four arguments */
#define IRQL_HOME    0x50
#define RESUME       "r15"
#define RESUME_AT    "lea 1f(%%rip), %%r15\n"
#define BLOCK_READ   "mov %%gs:0x20, %0"
#define BLOCK_RELOAD /* GS keeps its base in a register of its own */
#define GATE_BYTES   16
#define CODE         0x10

typedef struct {
    word error, pc, cs, flags, sp, ss;
} trap_frame;

#define HANDLER(n, push)                                                                                             \
    __attribute__((naked)) static void Trap##n(void)                                                                 \
    {                                                                                                                \
        __asm__ volatile(push "\n push %rax\n push %rcx\n push %rdx\n push %r8\n push %r9\n push %r10\n push %r11\n" \
                              "lea 56(%rsp), %rcx\n mov $" #n                                                        \
                              ", %rdx\n mov %r15, %r8\n sub $0x28, %rsp\n call OnTrap\n add $0x28, %rsp\n"           \
                              "pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdx\n pop %rcx\n pop %rax\n"           \
                              "add $8, %rsp\n iretq");                                                               \
    }

#else

#define FIRST_IN_CX  __attribute__((fastcall))
#define STACK_HOME   4
#define IRQL_HOME    0x24
#define RESUME       "edi"
#define RESUME_AT    "mov $1f, %%edi\n"
#define BLOCK_READ   "mov %%fs:0x20, %0"
#define BLOCK_RELOAD __asm__ volatile("mov %%fs, %%eax\n mov %%eax, %%fs\n push %%fs\n pop %%fs" : : : "eax")
#define GATE_BYTES   8
#define CODE         0x08

typedef struct {
    word error, pc, cs, flags;
} trap_frame;

#define HANDLER(n, push)                                                                                    \
    __attribute__((naked)) static void Trap##n(void)                                                        \
    {                                                                                                       \
        __asm__ volatile(push "\n pushal\n lea 32(%esp), %eax\n push %edi\n push $" #n                      \
                              "\n push %eax\n call _OnTrap\n add $12, %esp\n popal\n add $4, %esp\n iret"); \
    }

#endif

#endif
