/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind.c - RtlVirtualUnwind: undo one function's frame in a context, by its unwind data.
 *
 * Source: Microsoft: x64 exception handling (UNWIND_INFO, unwind codes, epilogues); RtlVirtualUnwind.
 */
#include "arch.h"

enum {
    UWOP_PUSH_NONVOL,
    UWOP_ALLOC_LARGE,
    UWOP_ALLOC_SMALL,
    UWOP_SET_FPREG,
    UWOP_SAVE_NONVOL,
    UWOP_SAVE_NONVOL_FAR,
    UWOP_EPILOG,
    UWOP_SPARE,
    UWOP_SAVE_XMM128,
    UWOP_SAVE_XMM128_FAR,
    UWOP_PUSH_MACHFRAME
};

typedef union _UNWIND_CODE {
    struct {
        UCHAR CodeOffset;
        UCHAR UnwindOp : 4;
        UCHAR OpInfo : 4;
    };
    USHORT FrameOffset;
} UNWIND_CODE;

typedef struct _UNWIND_INFO {
    UCHAR Version : 3;
    UCHAR Flags : 5;
    UCHAR SizeOfProlog;
    UCHAR CountOfCodes;
    UCHAR FrameRegister : 4;
    UCHAR FrameOffset : 4; /* units of 16 bytes */
    UNWIND_CODE UnwindCode[];
} UNWIND_INFO;

#define RTLP_CHAIN_LIMIT 32
#define RSP_INDEX        4

static inline PULONG64 RtlpRegister(PCONTEXT Context, ULONG Index) { return &Context->Rax + Index; }
C_ASSERT(FIELD_OFFSET(CONTEXT, R15) - FIELD_OFFSET(CONTEXT, Rax) == 15 * sizeof(ULONG64));

/* Slots that an operation takes, itself included. */
static ULONG RtlpCodeSlots(UNWIND_CODE Code)
{
    switch (Code.UnwindOp) {
    case UWOP_ALLOC_LARGE: return Code.OpInfo ? 3 : 2;
    case UWOP_SAVE_NONVOL:
    case UWOP_SAVE_XMM128:
    case UWOP_EPILOG: return 2;
    case UWOP_SAVE_NONVOL_FAR:
    case UWOP_SAVE_XMM128_FAR:
    case UWOP_SPARE: return 3;
    default: return 1;
    }
}

static ULONG RtlpFarOffset(const UNWIND_CODE *Code) { return Code[1].FrameOffset | ((ULONG)Code[2].FrameOffset << 16); }

static VOID RtlpLoadInteger(PCONTEXT Context, ULONG Index, ULONG64 Address, PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    *RtlpRegister(Context, Index) = *(PULONG64)Address;
    if (Pointers != NULL) {
        Pointers->IntegerContext[Index] = (PULONG64)Address;
    }
}

static VOID RtlpLoadXmm(PCONTEXT Context, ULONG Index, ULONG64 Address, PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    (&Context->Xmm0)[Index] = *(PM128A)Address;
    if (Pointers != NULL) {
        Pointers->FloatingContext[Index] = (PM128A)Address;
    }
}

/* A trap's frame: RIP, CS, RFLAGS, RSP, SS, under an error code if WithError. */
static VOID RtlpUnwindMachineFrame(PCONTEXT Context, BOOLEAN WithError)
{
    PULONG64 Frame = (PULONG64)Context->Rsp + (WithError ? 1 : 0);
    Context->Rip = Frame[0];
    Context->SegCs = (USHORT)Frame[1];
    Context->EFlags = (ULONG)Frame[2];
    Context->Rsp = Frame[3];
}

/*
 * Undo the operations of one UNWIND_INFO that happened before PrologOffset. FrameBase: where RSP stood after the fixed
 * allocation. TRUE: a machine frame was undone, RIP is known.
 */
static BOOLEAN RtlpUndoCodes(const UNWIND_INFO *Info, ULONG PrologOffset, ULONG64 FrameBase, PCONTEXT Context,
                             PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    BOOLEAN MachineFrame = FALSE;
    for (ULONG Index = 0; Index < Info->CountOfCodes; Index += RtlpCodeSlots(Info->UnwindCode[Index])) {
        const UNWIND_CODE *Code = &Info->UnwindCode[Index];
        ULONG OpInfo = Code->OpInfo;
        if (Code->UnwindOp != UWOP_EPILOG && Code->CodeOffset > PrologOffset) {
            continue;
        }
        switch (Code->UnwindOp) {
        case UWOP_PUSH_NONVOL:
            RtlpLoadInteger(Context, OpInfo, Context->Rsp, Pointers);
            Context->Rsp += sizeof(ULONG64);
            break;
        case UWOP_ALLOC_LARGE: Context->Rsp += OpInfo ? RtlpFarOffset(Code) : Code[1].FrameOffset * 8UL; break;
        case UWOP_ALLOC_SMALL: Context->Rsp += OpInfo * 8 + 8; break;
        case UWOP_SET_FPREG:
            Context->Rsp = *RtlpRegister(Context, Info->FrameRegister) - Info->FrameOffset * 16UL;
            break;
        case UWOP_SAVE_NONVOL: RtlpLoadInteger(Context, OpInfo, FrameBase + Code[1].FrameOffset * 8UL, Pointers); break;
        case UWOP_SAVE_NONVOL_FAR: RtlpLoadInteger(Context, OpInfo, FrameBase + RtlpFarOffset(Code), Pointers); break;
        case UWOP_SAVE_XMM128: RtlpLoadXmm(Context, OpInfo, FrameBase + Code[1].FrameOffset * 16UL, Pointers); break;
        case UWOP_SAVE_XMM128_FAR: RtlpLoadXmm(Context, OpInfo, FrameBase + RtlpFarOffset(Code), Pointers); break;
        case UWOP_PUSH_MACHFRAME:
            RtlpUnwindMachineFrame(Context, (BOOLEAN)OpInfo);
            MachineFrame = TRUE;
            break;
        }
    }
    return MachineFrame;
}

/* The next UNWIND_INFO of a chain is named by the RUNTIME_FUNCTION behind the codes. */
static PRUNTIME_FUNCTION RtlpChained(const UNWIND_INFO *Info)
{
    return (PRUNTIME_FUNCTION)&Info->UnwindCode[(Info->CountOfCodes + 1) & ~1];
}

static const UNWIND_INFO *RtlpUnwindInfo(ULONG64 ImageBase, PRUNTIME_FUNCTION Function)
{
    return (const UNWIND_INFO *)(ImageBase + Function->UnwindData);
}

/* Where RSP stood after the prologue (or stands now, before the frame register is set). */
static ULONG64 RtlpEstablisherFrame(const UNWIND_INFO *Info, ULONG PrologOffset, PCONTEXT Context)
{
    BOOLEAN Established = PrologOffset >= Info->SizeOfProlog || (Info->Flags & UNW_FLAG_CHAININFO);
    if (Info->FrameRegister == 0) {
        return Context->Rsp;
    }
    for (ULONG Index = 0; !Established && Index < Info->CountOfCodes; Index += RtlpCodeSlots(Info->UnwindCode[Index])) {
        UNWIND_CODE Code = Info->UnwindCode[Index];
        if (Code.UnwindOp == UWOP_SET_FPREG) {
            Established = Code.CodeOffset <= PrologOffset;
        }
    }
    if (!Established) {
        return Context->Rsp;
    }
    return *RtlpRegister(Context, Info->FrameRegister) - Info->FrameOffset * 16UL;
}

/* Epilogues: [add rsp, n | lea rsp, [fp + n]] {pop r} (ret | jmp) ---------------------------------------------------- */

/* Skip a stack release at Code; the new RSP comes back in *Rsp. */
static const UCHAR *RtlpSkipRelease(const UCHAR *Code, const UNWIND_INFO *Info, PCONTEXT Context, PULONG64 Rsp)
{
    if (Code[0] == 0x48 && Code[1] == 0x83 && Code[2] == 0xc4) {
        *Rsp += (CHAR)Code[3];
        return Code + 4;
    }
    if (Code[0] == 0x48 && Code[1] == 0x81 && Code[2] == 0xc4) {
        *Rsp += *(const LONG UNALIGNED *)(Code + 3);
        return Code + 7;
    }
    if ((Code[0] & 0xfe) == 0x48 && Code[1] == 0x8d && (Code[2] & 0x38) == 0x20 && Info->FrameRegister != 0) {
        ULONG Base = (Code[2] & 7) | ((Code[0] & 1) << 3);
        ULONG Sib = (Code[2] & 7) == 4; /* lea rsp, [r12 + n] has a SIB byte */
        if (Base != Info->FrameRegister) {
            return Code;
        }
        if ((Code[2] & 0xc0) == 0x40) {
            *Rsp = *RtlpRegister(Context, Base) + (CHAR)Code[3 + Sib];
            return Code + 4 + Sib;
        }
        if ((Code[2] & 0xc0) == 0x80) {
            *Rsp = *RtlpRegister(Context, Base) + *(const LONG UNALIGNED *)(Code + 3 + Sib);
            return Code + 7 + Sib;
        }
    }
    return Code;
}

static ULONG RtlpPopSize(const UCHAR *Code)
{
    if ((Code[0] & 0xf8) == 0x58) {
        return 1;
    }
    return ((Code[0] & 0xf8) == 0x48 && (Code[1] & 0xf8) == 0x58) ? 2 : 0;
}

/* Does Code leave the function: return, or jump to another function? */
static BOOLEAN RtlpLeavesFunction(const UCHAR *Code, ULONG64 ImageBase, PRUNTIME_FUNCTION Function)
{
    ULONG64 Target;
    if (Code[0] == 0xc3 || Code[0] == 0xc2 || (Code[0] == 0xf3 && Code[1] == 0xc3)) {
        return TRUE;
    }
    if (Code[0] == 0xff && Code[1] == 0x25) {
        return TRUE;
    }
    if ((Code[0] & 0xf8) == 0x48 && Code[1] == 0xff && (Code[2] & 0x38) == 0x20) {
        return TRUE;
    }
    if (Code[0] == 0xeb) {
        Target = (ULONG64)Code + 2 + (CHAR)Code[1];
    } else if (Code[0] == 0xe9) {
        Target = (ULONG64)Code + 5 + *(const LONG UNALIGNED *)(Code + 1);
    } else {
        return FALSE;
    }
    Target -= ImageBase;
    return Target <= Function->BeginAddress || Target >= Function->EndAddress;
}

/* If ControlPc is in an epilogue, finish it in Context. */
static BOOLEAN RtlpFinishEpilogue(const UNWIND_INFO *Info, ULONG64 ImageBase, ULONG64 ControlPc,
                                  PRUNTIME_FUNCTION Function, PCONTEXT Context, PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    ULONG64 Rsp = Context->Rsp;
    const UCHAR *Pops = RtlpSkipRelease((const UCHAR *)ControlPc, Info, Context, &Rsp);
    const UCHAR *Code = Pops;
    while (RtlpPopSize(Code)) {
        Code += RtlpPopSize(Code);
    }
    if (!RtlpLeavesFunction(Code, ImageBase, Function)) {
        return FALSE;
    }
    Context->Rsp = Rsp;
    for (Code = Pops; RtlpPopSize(Code); Code += RtlpPopSize(Code)) {
        ULONG Extended = RtlpPopSize(Code) == 2 ? (Code[0] & 1) << 3 : 0;
        ULONG Index = (Code[RtlpPopSize(Code) - 1] & 7) | Extended;
        RtlpLoadInteger(Context, Index, Context->Rsp, Pointers);
        Context->Rsp += sizeof(ULONG64);
    }
    RtlpUnwindLeaf(Context);
    return TRUE;
}

/*
 * Unwind Context over Function, of which ControlPc is an instruction. Returns the function's language handler if it has
 * one of HandlerType (UNW_FLAG_) that is in force at ControlPc, with its data in *HandlerData; NULL otherwise.
 * *EstablisherFrame identifies the activation. Any IRQL; reads stack, code and unwind data.
 */
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase, ULONG64 ControlPc,
                                          PRUNTIME_FUNCTION FunctionEntry, PCONTEXT ContextRecord, PVOID *HandlerData,
                                          PULONG64 EstablisherFrame, PKNONVOLATILE_CONTEXT_POINTERS ContextPointers)
{
    const UNWIND_INFO *First = RtlpUnwindInfo(ImageBase, FunctionEntry);
    const UNWIND_INFO *Info = First;
    ULONG PrologOffset = (ULONG)(ControlPc - ImageBase) - FunctionEntry->BeginAddress;
    BOOLEAN InProlog = PrologOffset < First->SizeOfProlog;
    BOOLEAN MachineFrame;
    ULONG64 FrameBase = RtlpEstablisherFrame(First, PrologOffset, ContextRecord);
    const ULONG *Handler;

    *EstablisherFrame = FrameBase;
    if (!InProlog && RtlpFinishEpilogue(First, ImageBase, ControlPc, FunctionEntry, ContextRecord, ContextPointers)) {
        return NULL;
    }
    MachineFrame = RtlpUndoCodes(First, InProlog ? PrologOffset : MAXULONG, FrameBase, ContextRecord, ContextPointers);
    for (ULONG Links = 0; (Info->Flags & UNW_FLAG_CHAININFO) && Links < RTLP_CHAIN_LIMIT; Links++) {
        Info = RtlpUnwindInfo(ImageBase, RtlpChained(Info));
        MachineFrame |= RtlpUndoCodes(Info, MAXULONG, FrameBase, ContextRecord, ContextPointers);
    }
    if (!MachineFrame) {
        RtlpUnwindLeaf(ContextRecord);
    }

    if (InProlog || !(First->Flags & HandlerType) || (First->Flags & UNW_FLAG_CHAININFO)) {
        return NULL;
    }
    Handler = (const ULONG *)RtlpChained(First);
    *HandlerData = (PVOID)(Handler + 1);
    return (PEXCEPTION_ROUTINE)(ImageBase + *Handler);
}
