/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - where the fields lie that a debugger reads: of the kernel's thread, processor block, trap frame, context.
 * Read by both sides: the lab, which reads guest memory (LAYOUT_X86, LAYOUT_X64: initialisers of struct nt_layout), and
 * nt/arch/ARCHITECTURE/layout.c, which asserts each number (X86_field, X64_field).
 *
 * LAYOUT_FIELDS(X): X(field, offset on x86, offset on x64). LAYOUT_NONE: that architecture has no such field.
 * Words are as wide as an address, except where it says otherwise.
 */
#ifndef AIRLOCK_NT_LAYOUT_H
#define AIRLOCK_NT_LAYOUT_H

#include <stdint.h>

#define LAYOUT_NONE 0xffff

/* clang-format off */
#define LAYOUT_FIELDS(X)                                                                                               \
    /* The processor block */                                                                                          \
    X(pcr_irql, 0x24, 0x50)            /* 1 byte */                                                                    \
    X(pcr_current_thread, 0x124, 0x188) /* PKTHREAD */                                                                 \
    /* KTHREAD */                                                                                                      \
    X(thread_start_routine, 0x20, 0x30)                                                                                \
    X(thread_stack_base, 0x28, 0x40)   /* high end */                                                                  \
    X(thread_stack_limit, 0x2c, 0x48)  /* low end */                                                                   \
    X(thread_cid, 0x38, 0x60)          /* process, then thread */                                                      \
    /* DISPATCHER_HEADER */                                                                                            \
    X(object_type, 0x00, 0x00)         /* 1 byte */                                                                    \
    /* OBJECT_HEADER and OBJECT_TYPE of nt/inc/ob.h */                                                                 \
    X(ob_header_size, 0x28, 0x40)                                                                                      \
    X(ob_header_type, 0x08, 0x08)                                                                                      \
    X(ob_header_block_offset, 0x24, 0x3c) /* 4 bytes */                                                                \
    X(ob_type_name, 0x00, 0x00)        /* UNICODE_STRING */                                                            \
    /* KTRAP_FRAME. On x86 the interrupted ESP and the fault's address lie in fields that Windows uses otherwise. */   \
    X(trap_fault_address, 0x0c, 0xd0)                                                                                  \
    X(trap_ax, 0x44, 0x30)                                                                                             \
    X(trap_bx, 0x5c, LAYOUT_NONE)                                                                                      \
    X(trap_cx, 0x40, 0x38)                                                                                             \
    X(trap_dx, 0x3c, 0x40)                                                                                             \
    X(trap_si, 0x58, LAYOUT_NONE)                                                                                      \
    X(trap_di, 0x54, LAYOUT_NONE)                                                                                      \
    X(trap_bp, 0x60, 0x158)                                                                                            \
    X(trap_sp, 0x14, 0x180)                                                                                            \
    X(trap_r8, LAYOUT_NONE, 0x48)                                                                                      \
    X(trap_r9, LAYOUT_NONE, 0x50)                                                                                      \
    X(trap_r10, LAYOUT_NONE, 0x58)                                                                                     \
    X(trap_r11, LAYOUT_NONE, 0x60)                                                                                     \
    X(trap_error_code, 0x64, 0x160)                                                                                    \
    X(trap_ip, 0x68, 0x168)                                                                                            \
    X(trap_flags, 0x70, 0x178)                                                                                         \
    X(trap_size, 0x74, 0x190)          /* bytes that a trap of kernel mode pushes */                                   \
    /* CONTEXT */                                                                                                      \
    X(context_bx, 0xa4, 0x90)                                                                                          \
    X(context_si, 0xa0, 0xa8)                                                                                          \
    X(context_di, 0x9c, 0xb0)                                                                                          \
    X(context_r12, LAYOUT_NONE, 0xd8)  /* R13, R14, R15 follow */                                                      \
    X(context_bp, 0xb4, 0xa0)                                                                                          \
    X(context_sp, 0xc4, 0x98)                                                                                          \
    X(context_ip, 0xb8, 0xf8)
/* clang-format on */

#define LAYOUT_NAME(field, x86, x64) X86_##field = (x86), X64_##field = (x64),
enum { LAYOUT_FIELDS(LAYOUT_NAME) };
#undef LAYOUT_NAME

#define LAYOUT_DECLARE(field, x86, x64) uint16_t field;
#define LAYOUT_OF_X86(field, x86, x64)  .field = (x86),
#define LAYOUT_OF_X64(field, x86, x64)  .field = (x64),
struct nt_layout {
    LAYOUT_FIELDS(LAYOUT_DECLARE)
};
#define LAYOUT_X86                   \
    {                                \
        LAYOUT_FIELDS(LAYOUT_OF_X86) \
    }
#define LAYOUT_X64                   \
    {                                \
        LAYOUT_FIELDS(LAYOUT_OF_X64) \
    }

#endif
