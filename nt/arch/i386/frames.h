/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - the x86 processor as the kernel sees it: trap frames, exception registrations. Included by arch.h.
 *
 * KTRAP_FRAME follows the layout that Windows' public symbols show (`dt nt!_KTRAP_FRAME`), so that a debugger's habits
 * work on a lab dump. The assembly uses the KTF_ and PCR_ offsets; C asserts them.
 */
#ifndef AIRLOCK_NT_FRAMES_H
#define AIRLOCK_NT_FRAMES_H

/*
 * Offsets in the KTRAP_FRAME. Trap code keeps EBP = frame, whose first words, the interrupted EBP and EIP, look like
 * those of an ordinary stack frame.
 */
#define KTF_DBG_EBP        0x00
#define KTF_DBG_EIP        0x04
#define KTF_DBG_MARK       0x08
#define KTF_FAULT_ADDRESS  0x0c
#define KTF_TRAP_FRAME     0x10
#define KTF_ESP            0x14
#define KTF_EDX            0x3c
#define KTF_ECX            0x40
#define KTF_EAX            0x44
#define KTF_EXCEPTION_LIST 0x4c
#define KTF_EDI            0x54
#define KTF_ESI            0x58
#define KTF_EBX            0x5c
#define KTF_EBP            0x60
#define KTF_ERROR_CODE     0x64
#define KTF_EIP            0x68
#define KTF_SEG_CS         0x6c
#define KTF_EFLAGS         0x70
#define KTF_SIZE           0x74 /* of a trap of kernel mode */

/* Offsets in the EXCEPTION_RECORD. */
#define EXR_CODE        0x00
#define EXR_FLAGS       0x04
#define EXR_RECORD      0x08
#define EXR_ADDRESS     0x0c
#define EXR_PARAMETERS  0x10
#define EXR_INFORMATION 0x14
#define EXR_SIZE        0x50

/* Offsets in the CONTEXT. */
#define CTX_FLAGS  0x00
#define CTX_SEG_GS 0x8c
#define CTX_SEG_FS 0x90
#define CTX_SEG_ES 0x94
#define CTX_SEG_DS 0x98
#define CTX_EDI    0x9c
#define CTX_ESI    0xa0
#define CTX_EBX    0xa4
#define CTX_EDX    0xa8
#define CTX_ECX    0xac
#define CTX_EAX    0xb0
#define CTX_EBP    0xb4
#define CTX_EIP    0xb8
#define CTX_SEG_CS 0xbc
#define CTX_EFLAGS 0xc0
#define CTX_ESP    0xc4
#define CTX_SEG_SS 0xc8
#define CTX_SIZE   0x2cc
#define CTX_FULL   0x10007 /* control, integer, segments */

/* Offsets from FS. The slot of the newest trap frame is in an unused part of Windows' KPCR. */
#define PCR_EXCEPTION_LIST 0x00
#define PCR_STACK_IRQL     0x24
#define PCR_TRAP_FRAME     0xe0

/* Offsets in our KTHREAD (ntos.h). */
#define KTH_START_ROUTINE 0x20
#define KTH_START_CONTEXT 0x24

#ifndef __ASSEMBLER__

typedef struct _KTRAP_FRAME {
    ULONG DbgEbp; /* = Ebp and Eip: together they look like a stack frame */
    ULONG DbgEip;
    ULONG DbgArgMark;
    ULONG FaultAddress;             /* Windows: DbgArgPointer */
    struct _KTRAP_FRAME *TrapFrame; /* the one before, while both are live. Windows: TempSegCs */
    ULONG Esp;                      /* the interrupted one. Windows: TempEsp */
    ULONG Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
    ULONG SegGs, SegEs, SegDs;
    ULONG Edx, Ecx, Eax;
    ULONG PreviousPreviousMode;
    PVOID ExceptionList;
    ULONG SegFs;
    ULONG Edi, Esi, Ebx, Ebp;
    ULONG ErrorCode;
    ULONG Eip, SegCs, EFlags; /* pushed by the processor */
} KTRAP_FRAME, *PKTRAP_FRAME;

typedef struct _KEXCEPTION_FRAME *PKEXCEPTION_FRAME; /* the trap frame holds everything: always NULL */

C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, FaultAddress) == KTF_FAULT_ADDRESS);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, TrapFrame) == KTF_TRAP_FRAME);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Esp) == KTF_ESP);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Edx) == KTF_EDX);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, ExceptionList) == KTF_EXCEPTION_LIST);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Edi) == KTF_EDI);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, ErrorCode) == KTF_ERROR_CODE);
C_ASSERT(sizeof(KTRAP_FRAME) == KTF_SIZE);
C_ASSERT(FIELD_OFFSET(EXCEPTION_RECORD, ExceptionInformation) == EXR_INFORMATION);
C_ASSERT(sizeof(EXCEPTION_RECORD) == EXR_SIZE);
C_ASSERT(FIELD_OFFSET(CONTEXT, SegGs) == CTX_SEG_GS);
C_ASSERT(FIELD_OFFSET(CONTEXT, Edi) == CTX_EDI);
C_ASSERT(FIELD_OFFSET(CONTEXT, Esp) == CTX_ESP);
C_ASSERT(sizeof(CONTEXT) == CTX_SIZE);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartRoutine) == KTH_START_ROUTINE);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartContext) == KTH_START_CONTEXT);

/* The newest live trap frame of this thread, NULL = none. */
static inline PKTRAP_FRAME KiCurrentTrapFrame(VOID) { return KiReadPcrPointer(PCR_TRAP_FRAME); }
static inline VOID KiSetCurrentTrapFrame(PKTRAP_FRAME Frame) { KiWritePcrPointer(PCR_TRAP_FRAME, Frame); }

#define KI_TRAP_PC(Frame)      ((Frame)->Eip)
#define KI_TRAP_BEFORE(Frame)  ((Frame)->TrapFrame)
#define KI_CONTEXT_PC(Context) ((Context)->Eip)
#define KI_CONTEXT_SP(Context) ((Context)->Esp)

/* First routine of every thread: HV_THREAD_CREATE's pc, under the name that stacks show on this processor. */
#define KI_THREAD_ROOT KiThreadStartup

/* Where kernel addresses begin: without /3GB, at 2 GB. Every address is one. */
#define MI_USER_LIMIT            0x7fffffffu
#define MI_IS_CANONICAL(Address) ((VOID)(Address), TRUE)

/* An exception that nobody handled. Source: Microsoft: bug check 0x8E, which x86 has had since XP in place of 0x1E. */
static inline DECLSPEC_NORETURN VOID KiBugCheckUnhandled(PEXCEPTION_RECORD Record, PKTRAP_FRAME TrapFrame)
{
    KeBugCheckEx(KERNEL_MODE_EXCEPTION_NOT_HANDLED, (ULONG)Record->ExceptionCode, (ULONG)Record->ExceptionAddress,
                 (ULONG)TrapFrame, 0);
}

/* The same on a thread that came from user mode: nothing on its stack has a filter of the system's. */
static inline DECLSPEC_NORETURN VOID KiBugCheckService(PEXCEPTION_POINTERS Pointers)
{
    KiBugCheckUnhandled(Pointers->ExceptionRecord, KiCurrentTrapFrame());
}

/*
 * An exception registration: what FS:[0] and each Next point to. Lies on the stack of the routine that made it; nearer
 * to the top of the stack means older. Source: Microsoft: EXCEPTION_REGISTRATION_RECORD; "A Crash Course on the Depths
 * of Win32 Structured Exception Handling" (Microsoft Systems Journal, January 1997).
 */
typedef struct _KI_REGISTRATION *PKI_REGISTRATION;
typedef EXCEPTION_DISPOSITION(__cdecl *PKI_HANDLER)(PEXCEPTION_RECORD Record, PKI_REGISTRATION Frame, PCONTEXT Context,
                                                    PVOID Dispatcher);
typedef struct _KI_REGISTRATION {
    PKI_REGISTRATION Next;
    PKI_HANDLER Handler;
} KI_REGISTRATION;

static inline PKI_REGISTRATION KiExceptionList(VOID) { return KiReadPcrPointer(PCR_EXCEPTION_LIST); }
static inline VOID KiSetExceptionList(PKI_REGISTRATION Frame) { KiWritePcrPointer(PCR_EXCEPTION_LIST, Frame); }

/* Call a handler under one of the dispatcher's (the unwinder's) own. *Dispatcher: the frame where a nested dispatch
 * stands, or the one at which a collided unwind goes on. */
EXCEPTION_DISPOSITION NTAPI RtlpExecuteHandlerForException(PEXCEPTION_RECORD Record, PKI_REGISTRATION Frame,
                                                           PCONTEXT Context, PKI_REGISTRATION *Dispatcher,
                                                           PKI_HANDLER Handler);
EXCEPTION_DISPOSITION NTAPI RtlpExecuteHandlerForUnwind(PEXCEPTION_RECORD Record, PKI_REGISTRATION Frame,
                                                        PCONTEXT Context, PKI_REGISTRATION *Dispatcher,
                                                        PKI_HANDLER Handler);

/* The registers of the caller of the routine that calls this; EBX, ESI and EDI are this routine's. */
#define RtlpCaptureCaller(Context) RtlCaptureContext(Context)

#endif /* __ASSEMBLER__ */
#endif
