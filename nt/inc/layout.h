/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - where the fields lie that a debugger reads: of the x64 kernel's thread, processor block and trap frame. Read
 * by both sides: the lab, which reads guest memory, and nt/arch/amd64/layout.c, which asserts each number.
 */
#ifndef AIRLOCK_NT_LAYOUT_H
#define AIRLOCK_NT_LAYOUT_H

/* The processor block, from GS. */
#define LAYOUT_PCR_IRQL           0x50  /* 1 byte */
#define LAYOUT_PCR_CURRENT_THREAD 0x188 /* PKTHREAD */

/* KTHREAD */
#define LAYOUT_THREAD_START_ROUTINE 0x30
#define LAYOUT_THREAD_STACK_BASE    0x40 /* high end */
#define LAYOUT_THREAD_STACK_LIMIT   0x48 /* low end */
#define LAYOUT_THREAD_CID           0x60 /* process, thread: 8 bytes each */

/* DISPATCHER_HEADER */
#define LAYOUT_OBJECT_TYPE 0x00 /* 1 byte */

/* KTRAP_FRAME */
#define LAYOUT_TRAP_RAX           0x30
#define LAYOUT_TRAP_RCX           0x38
#define LAYOUT_TRAP_RDX           0x40
#define LAYOUT_TRAP_R8            0x48
#define LAYOUT_TRAP_R9            0x50
#define LAYOUT_TRAP_R10           0x58
#define LAYOUT_TRAP_R11           0x60
#define LAYOUT_TRAP_FAULT_ADDRESS 0xd0
#define LAYOUT_TRAP_RBP           0x158
#define LAYOUT_TRAP_ERROR_CODE    0x160
#define LAYOUT_TRAP_RIP           0x168
#define LAYOUT_TRAP_FLAGS         0x178
#define LAYOUT_TRAP_RSP           0x180
#define LAYOUT_TRAP_SIZE          0x190

/* CONTEXT */
#define LAYOUT_CONTEXT_RBX 0x90
#define LAYOUT_CONTEXT_RSI 0xa8
#define LAYOUT_CONTEXT_RDI 0xb0
#define LAYOUT_CONTEXT_R12 0xd8 /* R13, R14, R15 follow */
#define LAYOUT_CONTEXT_RIP 0xf8

#endif
