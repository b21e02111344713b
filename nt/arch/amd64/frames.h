/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - the x64 processor as the kernel sees it: trap and exception frames, unwind data. Included by arch.h.
 *
 * KTRAP_FRAME and KEXCEPTION_FRAME follow the layout that Windows' public symbols show (`dt nt!_KTRAP_FRAME`), so that
 * a debugger's habits work on a lab dump. The assembly uses the KTF_, KXF_ and PCR_ offsets; C asserts them.
 */
#ifndef AIRLOCK_NT_FRAMES_H
#define AIRLOCK_NT_FRAMES_H

/* Offsets in the KTRAP_FRAME. Trap code keeps RBP = frame + KTF_BIAS. */
#define KTF_BIAS          0x80
#define KTF_PREVIOUS_MODE 0x28
#define KTF_MXCSR         0x2c
#define KTF_RAX           0x30
#define KTF_RCX           0x38
#define KTF_RDX           0x40
#define KTF_R8            0x48
#define KTF_R9            0x50
#define KTF_R10           0x58
#define KTF_R11           0x60
#define KTF_XMM0          0x70
#define KTF_FAULT_ADDRESS 0xd0
#define KTF_TRAP_FRAME    0x138
#define KTF_RBP           0x158
#define KTF_ERROR_CODE    0x160
#define KTF_RIP           0x168
#define KTF_EFLAGS        0x178
#define KTF_RSP           0x180
#define KTF_SIZE          0x190

/* Offsets in the KEXCEPTION_FRAME. */
#define KXF_XMM6   0x30
#define KXF_RBX    0x100
#define KXF_RDI    0x108
#define KXF_RSI    0x110
#define KXF_R12    0x118
#define KXF_R13    0x120
#define KXF_R14    0x128
#define KXF_R15    0x130
#define KXF_RETURN 0x138
#define KXF_SIZE   0x140

/* Offsets in the EXCEPTION_RECORD. */
#define EXR_CODE        0x00
#define EXR_FLAGS       0x04
#define EXR_RECORD      0x08
#define EXR_ADDRESS     0x10
#define EXR_PARAMETERS  0x18
#define EXR_INFORMATION 0x20
#define EXR_SIZE        0x98

/* Offsets in the CONTEXT. */
#define CTX_FLAGS  0x30
#define CTX_MXCSR  0x34
#define CTX_SEG_CS 0x38
#define CTX_SEG_SS 0x42
#define CTX_EFLAGS 0x44
#define CTX_RAX    0x78
#define CTX_RCX    0x80
#define CTX_RDX    0x88
#define CTX_RBX    0x90
#define CTX_RSP    0x98
#define CTX_RBP    0xa0
#define CTX_RSI    0xa8
#define CTX_RDI    0xb0
#define CTX_R8     0xb8
#define CTX_R12    0xd8
#define CTX_RIP    0xf8
#define CTX_XMM0   0x1a0

/* Offsets in the DISPATCHER_CONTEXT. */
#define DSP_ESTABLISHER 0x18
#define DSP_HANDLER     0x30

/* Offsets from GS. The slot of the newest trap frame is in an unused part of Windows' KPCR. */
#define PCR_TRAP_FRAME 0x170

/* Offsets in our KTHREAD (ntos.h). */
#define KTH_START_ROUTINE 0x30
#define KTH_START_CONTEXT 0x38

#ifndef __ASSEMBLER__

typedef struct _KTRAP_FRAME {
    ULONG64 P1Home, P2Home, P3Home, P4Home, P5;
    CHAR PreviousMode;
    KIRQL PreviousIrql;
    UCHAR FaultIndicator;
    UCHAR ExceptionActive;
    ULONG MxCsr;
    ULONG64 Rax, Rcx, Rdx, R8, R9, R10, R11;
    ULONG64 GsBase;
    M128A Xmm[6];
    ULONG64 FaultAddress;
    ULONG64 Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
    ULONG64 DebugControl, LastBranchToRip, LastBranchFromRip, LastExceptionToRip, LastExceptionFromRip;
    USHORT SegDs, SegEs, SegFs, SegGs;
    struct _KTRAP_FRAME *TrapFrame; /* the one before, while both are live */
    ULONG64 Rbx, Rdi, Rsi;
    ULONG64 Rbp;
    ULONG64 ErrorCode;
    ULONG64 Rip;
    ULONG64 SegCs;
    ULONG64 EFlags;
    ULONG64 Rsp;
    ULONG64 SegSs;
} KTRAP_FRAME, *PKTRAP_FRAME;

typedef struct _KEXCEPTION_FRAME {
    ULONG64 P1Home, P2Home, P3Home, P4Home, P5, InitialStack;
    M128A Xmm[10]; /* 6 to 15 */
    ULONG64 TrapFrame;
    ULONG64 CallbackStack;
    ULONG64 OutputBuffer;
    ULONG64 OutputLength;
    ULONG64 MxCsr;
    ULONG64 Rbp;
    ULONG64 Rbx, Rdi, Rsi, R12, R13, R14, R15;
    ULONG64 Return;
} KEXCEPTION_FRAME, *PKEXCEPTION_FRAME;

C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, MxCsr) == KTF_MXCSR);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Rax) == KTF_RAX);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, Xmm) == KTF_XMM0);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, FaultAddress) == KTF_FAULT_ADDRESS);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, TrapFrame) == KTF_TRAP_FRAME);
C_ASSERT(FIELD_OFFSET(KTRAP_FRAME, ErrorCode) == KTF_ERROR_CODE);
C_ASSERT(sizeof(KTRAP_FRAME) == KTF_SIZE);
C_ASSERT(FIELD_OFFSET(KEXCEPTION_FRAME, Xmm) == KXF_XMM6);
C_ASSERT(FIELD_OFFSET(KEXCEPTION_FRAME, Rbx) == KXF_RBX);
C_ASSERT(sizeof(KEXCEPTION_FRAME) == KXF_SIZE);
C_ASSERT(FIELD_OFFSET(EXCEPTION_RECORD, ExceptionInformation) == EXR_INFORMATION);
C_ASSERT(sizeof(EXCEPTION_RECORD) == EXR_SIZE);
C_ASSERT(FIELD_OFFSET(CONTEXT, ContextFlags) == CTX_FLAGS);
C_ASSERT(FIELD_OFFSET(CONTEXT, SegSs) == CTX_SEG_SS);
C_ASSERT(FIELD_OFFSET(CONTEXT, Rax) == CTX_RAX);
C_ASSERT(FIELD_OFFSET(CONTEXT, R12) == CTX_R12);
C_ASSERT(FIELD_OFFSET(CONTEXT, Rip) == CTX_RIP);
C_ASSERT(FIELD_OFFSET(CONTEXT, Xmm0) == CTX_XMM0);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartRoutine) == KTH_START_ROUTINE);
C_ASSERT(FIELD_OFFSET(struct _KTHREAD, StartContext) == KTH_START_CONTEXT);

/* Exception record flags and dispositions that the DDK headers leave out (names of winnt.h and excpt.h). */
#define EXCEPTION_UNWINDING       0x02
#define EXCEPTION_EXIT_UNWIND     0x04
#define EXCEPTION_STACK_INVALID   0x08
#define EXCEPTION_NESTED_CALL     0x10
#define EXCEPTION_TARGET_UNWIND   0x20
#define EXCEPTION_COLLIDED_UNWIND 0x40
#define EXCEPTION_UNWIND \
    (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND | EXCEPTION_TARGET_UNWIND | EXCEPTION_COLLIDED_UNWIND)

#ifndef EXCEPTION_READ_FAULT
#define EXCEPTION_READ_FAULT    0
#define EXCEPTION_WRITE_FAULT   1
#define EXCEPTION_EXECUTE_FAULT 8
#endif

/* Unwind data (Microsoft: "x64 exception handling"). */
typedef struct _RUNTIME_FUNCTION {
    ULONG BeginAddress; /* offsets from the image base */
    ULONG EndAddress;
    ULONG UnwindData;
} RUNTIME_FUNCTION, *PRUNTIME_FUNCTION;

#define UNW_FLAG_NHANDLER  0
#define UNW_FLAG_EHANDLER  1
#define UNW_FLAG_UHANDLER  2
#define UNW_FLAG_CHAININFO 4

typedef struct _UNWIND_HISTORY_TABLE UNWIND_HISTORY_TABLE, *PUNWIND_HISTORY_TABLE; /* accepted and not used */

typedef struct _KNONVOLATILE_CONTEXT_POINTERS {
    PM128A FloatingContext[16];
    PULONG64 IntegerContext[16];
} KNONVOLATILE_CONTEXT_POINTERS, *PKNONVOLATILE_CONTEXT_POINTERS;

typedef EXCEPTION_DISPOSITION(NTAPI *PEXCEPTION_ROUTINE)(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                         PCONTEXT ContextRecord, PVOID DispatcherContext);

typedef struct _DISPATCHER_CONTEXT {
    ULONG64 ControlPc;
    ULONG64 ImageBase;
    PRUNTIME_FUNCTION FunctionEntry;
    ULONG64 EstablisherFrame;
    ULONG64 TargetIp;
    PCONTEXT ContextRecord;
    PEXCEPTION_ROUTINE LanguageHandler;
    PVOID HandlerData;
    PUNWIND_HISTORY_TABLE HistoryTable;
    ULONG ScopeIndex;
    ULONG Fill0;
} DISPATCHER_CONTEXT, *PDISPATCHER_CONTEXT;
C_ASSERT(FIELD_OFFSET(DISPATCHER_CONTEXT, EstablisherFrame) == DSP_ESTABLISHER);
C_ASSERT(FIELD_OFFSET(DISPATCHER_CONTEXT, LanguageHandler) == DSP_HANDLER);

/* The newest live trap frame of this thread, NULL = none. */
static inline PKTRAP_FRAME KiCurrentTrapFrame(VOID) { return (PKTRAP_FRAME)__readgsqword(PCR_TRAP_FRAME); }
static inline VOID KiSetCurrentTrapFrame(PKTRAP_FRAME Frame) { __writegsqword(PCR_TRAP_FRAME, (ULONG64)Frame); }

#define KI_TRAP_PC(Frame)      ((Frame)->Rip)
#define KI_TRAP_BEFORE(Frame)  ((Frame)->TrapFrame)
#define KI_CONTEXT_PC(Context) ((Context)->Rip)
#define KI_CONTEXT_SP(Context) ((Context)->Rsp)

/* First routine of every thread: HV_THREAD_CREATE's pc, under the name that stacks show on this processor. */
#define KI_THREAD_ROOT KiStartSystemThread

/* Where kernel addresses begin; what lies between the halves is no address (#GP). */
#define MI_USER_LIMIT            0x00007fffffffffffULL
#define MI_IS_CANONICAL(Address) ((Address) <= MI_USER_LIMIT || (Address) >= 0xffff800000000000ULL)

/* An exception that nobody handled. Source: Microsoft: bug check 0x1E. */
static inline DECLSPEC_NORETURN VOID KiBugCheckUnhandled(PEXCEPTION_RECORD Record, PKTRAP_FRAME TrapFrame)
{
    UNREFERENCED_PARAMETER(TrapFrame);
    KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)(LONG_PTR)Record->ExceptionCode,
                 (ULONG_PTR)Record->ExceptionAddress, Record->ExceptionInformation[0], Record->ExceptionInformation[1]);
}

/* The same on a thread that came from user mode, in its system service. Source: Microsoft: bug check 0x3B. */
static inline DECLSPEC_NORETURN VOID KiBugCheckService(PEXCEPTION_POINTERS Pointers)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    KeBugCheckEx(SYSTEM_SERVICE_EXCEPTION, (ULONG_PTR)(LONG_PTR)Record->ExceptionCode,
                 (ULONG_PTR)Record->ExceptionAddress, (ULONG_PTR)Pointers->ContextRecord, 0);
}

NTSYSAPI PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase,
                                                        PUNWIND_HISTORY_TABLE HistoryTable);
NTSYSAPI PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase, ULONG64 ControlPc,
                                                   PRUNTIME_FUNCTION FunctionEntry, PCONTEXT ContextRecord,
                                                   PVOID *HandlerData, PULONG64 EstablisherFrame,
                                                   PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);
NTSYSAPI VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue,
                                PCONTEXT ContextRecord, PUNWIND_HISTORY_TABLE HistoryTable);
EXCEPTION_DISPOSITION RtlpExecuteHandlerForException(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                     PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext);
EXCEPTION_DISPOSITION RtlpExecuteHandlerForUnwind(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                  PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext);
/* The registers that survive a call, from one context to another (no others are touched). */
VOID RtlpCopyContext(PCONTEXT Destination, const CONTEXT *Source);
/*
 * Over a function without unwind data, or over a jump to nowhere: the return address is on top of the stack. FALSE: that
 * is the end of the stack, or a loop.
 */
static inline BOOLEAN RtlpUnwindLeaf(PCONTEXT Context)
{
    ULONG64 Pc = Context->Rip;
    Context->Rip = *(PULONG64)Context->Rsp;
    Context->Rsp += sizeof(ULONG64);
    return Context->Rip != Pc;
}

/* The registers of the caller of the routine that calls this. */
static inline __attribute__((always_inline)) VOID RtlpCaptureCaller(PCONTEXT Context)
{
    ULONG64 ImageBase, Frame;
    PVOID HandlerData;
    PRUNTIME_FUNCTION Function;
    RtlCaptureContext(Context);
    Function = RtlLookupFunctionEntry(Context->Rip, &ImageBase, NULL);
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, ImageBase, Context->Rip, Function, Context, &HandlerData, &Frame, NULL);
}

#endif /* __ASSEMBLER__ */
#endif
