/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.c - nothing but the proof that layout.h tells the truth. */
#include "arch.h"
#include "layout.h"
#include "ob.h"
#include "objects.h"

C_ASSERT(FIELD_OFFSET(NT_PCR, Irql) == X64_pcr_irql);
C_ASSERT(FIELD_OFFSET(NT_PCR, CurrentThread) == X64_pcr_current_thread);

C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartRoutine) == X64_thread_start_routine);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StackBase) == X64_thread_stack_base);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StackLimit) == X64_thread_stack_limit);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, Cid) == X64_thread_cid);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, Header) == 0);
C_ASSERT(FIELD_OFFSET(DISPATCHER_HEADER, Type) == X64_object_type);

C_ASSERT(sizeof(OBJECT_HEADER) == X64_ob_header_size);
C_ASSERT(FIELD_OFFSET(OBJECT_HEADER, Type) == X64_ob_header_type);
C_ASSERT(FIELD_OFFSET(OBJECT_HEADER, BlockOffset) == X64_ob_header_block_offset);
C_ASSERT(FIELD_OFFSET(struct _OBJECT_TYPE, Name) == X64_ob_type_name);

#define PROVE_FIELD(Structure, Field, X86, X64) C_ASSERT(FIELD_OFFSET(Structure, Field) == (X64));
LAYOUT_DRIVER_OBJECT(PROVE_FIELD)
LAYOUT_DEVICE_OBJECT(PROVE_FIELD)

C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rax) == X64_trap_ax);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rcx) == X64_trap_cx);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rdx) == X64_trap_dx);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, R8) == X64_trap_r8);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, R9) == X64_trap_r9);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, R10) == X64_trap_r10);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, R11) == X64_trap_r11);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, FaultAddress) == X64_trap_fault_address);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rbp) == X64_trap_bp);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, ErrorCode) == X64_trap_error_code);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rip) == X64_trap_ip);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, EFlags) == X64_trap_flags);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rsp) == X64_trap_sp);
C_ASSERT(sizeof(KTRAP_FRAME) == X64_trap_size);

C_ASSERT(FIELD_OFFSET(CONTEXT, Rbx) == X64_context_bx);
C_ASSERT(FIELD_OFFSET(CONTEXT, Rsi) == X64_context_si);
C_ASSERT(FIELD_OFFSET(CONTEXT, Rdi) == X64_context_di);
C_ASSERT(FIELD_OFFSET(CONTEXT, R12) == X64_context_r12);
C_ASSERT(FIELD_OFFSET(CONTEXT, R15) == X64_context_r12 + 24);
C_ASSERT(FIELD_OFFSET(CONTEXT, Rip) == X64_context_ip);
