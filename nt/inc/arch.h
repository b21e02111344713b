/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - between the processor and the kernel: traps, exceptions, bug checks. What differs between processors, and the
 * offsets that assembly uses, is in nt/arch/ARCHITECTURE/frames.h.
 */
#ifndef AIRLOCK_NT_ARCH_H
#define AIRLOCK_NT_ARCH_H

#ifndef __ASSEMBLER__

#ifndef _CRTIMP
#define _CRTIMP /* what excpt.h and string.h declare is defined here, not imported */
#endif
#include "ntos.h"

/* Bug checks that the DDK headers leave out. */
#ifndef SYSTEM_SERVICE_EXCEPTION
#define SYSTEM_SERVICE_EXCEPTION 0x3B
#endif
#ifndef KERNEL_MODE_EXCEPTION_NOT_HANDLED
#define KERNEL_MODE_EXCEPTION_NOT_HANDLED 0x8E
#endif
#ifndef PAGE_FAULT_IN_FREED_SPECIAL_POOL
#define PAGE_FAULT_IN_FREED_SPECIAL_POOL           0xCC
#define PAGE_FAULT_BEYOND_END_OF_ALLOCATION        0xCD
#define DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL    0xD5
#define DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION 0xD6
#endif

#ifndef EXCEPTION_UNWINDING /* flags of an exception record; x64 headers have them */
#define EXCEPTION_UNWINDING     0x02
#define EXCEPTION_EXIT_UNWIND   0x04
#define EXCEPTION_STACK_INVALID 0x08
#define EXCEPTION_NESTED_CALL   0x10
#endif

#ifndef EXCEPTION_EXECUTE_FAULT /* first parameter of an access violation; x64 headers have them */
#define EXCEPTION_READ_FAULT    0
#define EXCEPTION_WRITE_FAULT   1
#define EXCEPTION_EXECUTE_FAULT 8
#endif

#endif /* __ASSEMBLER__ */

#include "frames.h"

#ifndef __ASSEMBLER__

/* Traps ------------------------------------------------------------------------------------------------------------ */

/* Fill the IDT and load it. Once, at boot, before anything can fault. */
VOID KiInitializeTraps(VOID);

/* What the processor enters, by vector (nt/arch/ARCHITECTURE/traps.c); NULL ends it. On any other KiUnexpectedInterrupt. */
typedef struct _KI_TRAP {
    UCHAR Vector;
    VOID (*Routine)(VOID);
} KI_TRAP;
extern const KI_TRAP KiTraps[];
VOID KiUnexpectedInterrupt(VOID);

/*
 * First routine of every thread: HV_THREAD_CREATE's pc. Argument: PKTHREAD; stack: its high end, aligned by 16. Calls
 * PspSystemThreadStartup(StartRoutine, StartContext), which never returns: when the start routine returns it calls
 * PsTerminateSystemThread(STATUS_SUCCESS).
 */
VOID KI_THREAD_ROOT(VOID);
VOID NTAPI PspSystemThreadStartup(PKSTART_ROUTINE StartRoutine, PVOID StartContext);
LONG PspUnhandledExceptionInSystemThread(PEXCEPTION_POINTERS Pointers);

/* Called by KiSystemStartup (assembly) with the loader block, on a stack whose walk ends. Belongs to nt/init. */
VOID KiInitializeKernel(struct hv_loader_block *LoaderBlock);

/* STATUS_ACCESS_VIOLATION: raise it; STATUS_IN_PAGE_ERROR: bug check A with these arguments. */
NTSTATUS MmAccessFault(ULONG_PTR ErrorCode, PVOID Address, KPROCESSOR_MODE Mode, PKTRAP_FRAME TrapFrame);
VOID KiCheckNonCanonical(PKTRAP_FRAME TrapFrame);

/* Exceptions and unwinding ------------------------------------------------------------------------------------------ */

VOID KeContextFromKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, PCONTEXT Context);
VOID KeContextToKframes(PKTRAP_FRAME Trap, PKEXCEPTION_FRAME Exception, const CONTEXT *Context);
VOID KiDispatchException(PEXCEPTION_RECORD ExceptionRecord, PKEXCEPTION_FRAME ExceptionFrame, PKTRAP_FRAME TrapFrame,
                         KPROCESSOR_MODE PreviousMode, BOOLEAN FirstChance);
BOOLEAN RtlDispatchException(PEXCEPTION_RECORD ExceptionRecord, PCONTEXT ContextRecord);

NTSYSAPI VOID NTAPI RtlRestoreContext(PCONTEXT ContextRecord, PEXCEPTION_RECORD ExceptionRecord);
NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);
NTSYSAPI VOID NTAPI RtlRaiseStatus(NTSTATUS Status);
/* Raise Status on account of Cause. Does not return: the exception is not continuable. */
VOID RtlpRaiseNoncontinuable(PEXCEPTION_RECORD Cause, NTSTATUS Status);
NTSYSAPI VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue);

/* Does Frame lie on this thread's stack, aligned as frames are? */
BOOLEAN RtlpIsFrameInBounds(ULONG_PTR Frame);
/* Trap frames below the new top of the stack are gone. */
VOID RtlpForgetTrapFrames(ULONG_PTR StackPointer);

/*
 * RtlRaiseException and its like: offer Record to the handlers of the caller, whose registers Context holds. Returns to
 * there if a handler continues the execution.
 */
static inline __attribute__((always_inline)) VOID RtlpRaise(PEXCEPTION_RECORD Record, PCONTEXT Context)
{
    Record->ExceptionAddress = (PVOID)KI_CONTEXT_PC(Context);
    if (RtlDispatchException(Record, Context)) {
        RtlRestoreContext(Context, Record);
    }
    KiBugCheckUnhandled(Record, KiCurrentTrapFrame());
}

#endif /* __ASSEMBLER__ */
#endif
