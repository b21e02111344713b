/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.c - nothing but the proof that layout.h tells the truth. */
#include "arch.h"
#include "layout.h"
#include "ob.h"
#include "objects.h"

C_ASSERT(FIELD_OFFSET(NT_PCR, Irql) == X86_pcr_irql);
C_ASSERT(FIELD_OFFSET(NT_PCR, CurrentThread) == X86_pcr_current_thread);

C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartRoutine) == X86_thread_start_routine);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StackBase) == X86_thread_stack_base);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StackLimit) == X86_thread_stack_limit);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, Cid) == X86_thread_cid);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, Header) == 0);
C_ASSERT(FIELD_OFFSET(DISPATCHER_HEADER, Type) == X86_object_type);

C_ASSERT(sizeof(OBJECT_HEADER) == X86_ob_header_size);
C_ASSERT(FIELD_OFFSET(OBJECT_HEADER, Type) == X86_ob_header_type);
C_ASSERT(FIELD_OFFSET(OBJECT_HEADER, BlockOffset) == X86_ob_header_block_offset);
C_ASSERT(FIELD_OFFSET(struct _OBJECT_TYPE, Name) == X86_ob_type_name);

#define PROVE_FIELD(Structure, Field, X86, X64) C_ASSERT(FIELD_OFFSET(Structure, Field) == (X86));
LAYOUT_DRIVER_OBJECT(PROVE_FIELD)
LAYOUT_DEVICE_OBJECT(PROVE_FIELD)

C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Eax) == X86_trap_ax);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Ebx) == X86_trap_bx);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Esi) == X86_trap_si);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Edi) == X86_trap_di);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Ecx) == X86_trap_cx);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Edx) == X86_trap_dx);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, FaultAddress) == X86_trap_fault_address);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Ebp) == X86_trap_bp);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, ErrorCode) == X86_trap_error_code);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Eip) == X86_trap_ip);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, EFlags) == X86_trap_flags);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Esp) == X86_trap_sp);
C_ASSERT(sizeof(KTRAP_FRAME) == X86_trap_size);

C_ASSERT(FIELD_OFFSET(CONTEXT, Ebx) == X86_context_bx);
C_ASSERT(FIELD_OFFSET(CONTEXT, Esi) == X86_context_si);
C_ASSERT(FIELD_OFFSET(CONTEXT, Edi) == X86_context_di);
C_ASSERT(FIELD_OFFSET(CONTEXT, Eip) == X86_context_ip);
