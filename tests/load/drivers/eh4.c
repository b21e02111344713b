/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eh4.sys - x86: scopes as MSVC compiles them with /GS (tests/nt/seh-i386.S), and what such a driver has linked to it for
 * that: _except_handler4 and the security cookie. No Windows exports it (mingw-w64's, Wine's and ReactOS' lists of what
 * ntoskrnl exports have _except_handler2 and 3); it needs RtlUnwind, KeBugCheckEx and KeTickCount, so that it loads on XP.
 * Sources: LLVM, the comments on EH4 scope tables in WinException.cpp; Wine, what _except_handler4_common is given.
 */
#include "check.h"

#include "../../nt/scopes-i386.h"

#define NO_TRY    ((ULONG)-2)
#define UNWINDING (0x2 | 0x4) /* flags of an exception record: EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND */

#ifndef DRIVER_OVERRAN_STACK_BUFFER
#define DRIVER_OVERRAN_STACK_BUFFER 0xF7
#endif

typedef struct _SCOPE {
    ULONG Enclosing;
    LONG (*Filter)(VOID); /* NULL: __finally */
    LONG (*Body)(VOID);
} SCOPE;

typedef struct _SCOPES {
    ULONG GsOffset,
        GsXorOffset; /* where a cookie lies, from EBP (NO_TRY: nowhere), and what to add to EBP for its code */
    ULONG EhOffset, EhXorOffset;
    SCOPE Scope[];
} SCOPES;

typedef struct _REGISTRATION {
    struct _REGISTRATION *Next;
    PVOID Handler;
} REGISTRATION;

typedef struct _FRAME {
    REGISTRATION Registration;
    ULONG Scopes; /* encoded */
    ULONG Level;
    UCHAR Ebp[]; /* the function's EBP points here */
} FRAME;

NTSYSAPI VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD Record, PVOID Value);
EXCEPTION_DISPOSITION __cdecl _except_handler4(PEXCEPTION_RECORD Record, FRAME *Frame, PCONTEXT Context,
                                               PVOID Dispatcher);
VOID __cdecl _local_unwind4(PULONG Cookie, FRAME *Frame, ULONG Stop);

ULONG __security_cookie = 0xBB40E64E;

LONG CallInFrame(LONG (*Code)(VOID), PVOID Ebp);
DECLSPEC_NORETURN VOID JumpInFrame(LONG (*Code)(VOID), PVOID Ebp);
__asm__("_CallInFrame:\n\t"
        "pushl %ebp\n\t"
        "pushl %ebx\n\t"
        "pushl %esi\n\t"
        "pushl %edi\n\t"
        "movl  0x18(%esp), %ebp\n\t"
        "call  *0x14(%esp)\n\t"
        "popl  %edi\n\t"
        "popl  %esi\n\t"
        "popl  %ebx\n\t"
        "popl  %ebp\n\t"
        "ret\n"
        "_JumpInFrame:\n\t"
        "movl  8(%esp), %ebp\n\t"
        "jmp   *4(%esp)");

static VOID CheckCookie(PUCHAR Ebp, ULONG Offset, ULONG XorOffset)
{
    ULONG Value = *(PULONG)(Ebp + (LONG)Offset) ^ (ULONG)(Ebp + (LONG)XorOffset);

    if (Value != __security_cookie) {
        KeBugCheckEx(DRIVER_OVERRAN_STACK_BUFFER, Value, __security_cookie, ~__security_cookie, 0);
    }
}

static const SCOPE *CheckedScopes(FRAME *Frame)
{
    const SCOPES *Scopes = (const SCOPES *)(Frame->Scopes ^ __security_cookie);

    if (Scopes->GsOffset != NO_TRY) {
        CheckCookie(Frame->Ebp, Scopes->GsOffset, Scopes->GsXorOffset);
    }
    CheckCookie(Frame->Ebp, Scopes->EhOffset, Scopes->EhXorOffset);
    return Scopes->Scope;
}

/* A local unwind, met by another unwind: that goes on behind it. */
static EXCEPTION_DISPOSITION __cdecl Collides(PEXCEPTION_RECORD Record, REGISTRATION *Own, PCONTEXT Context,
                                              REGISTRATION **Dispatcher)
{
    UNREFERENCED_PARAMETER(Context);
    if (!(Record->ExceptionFlags & UNWINDING)) {
        return ExceptionContinueSearch;
    }
    *Dispatcher = Own;
    return ExceptionCollidedUnwind;
}

VOID __cdecl _local_unwind4(PULONG Cookie, FRAME *Frame, ULONG Stop)
{
    const SCOPE *Scopes = ((const SCOPES *)(Frame->Scopes ^ *Cookie))->Scope;
    REGISTRATION Own = {(REGISTRATION *)__readfsdword(0), Collides};

    __writefsdword(0, (ULONG)&Own);
    while (Frame->Level != NO_TRY && Frame->Level != Stop) {
        const SCOPE *Scope = &Scopes[Frame->Level];
        Frame->Level = Scope->Enclosing;
        if (Scope->Filter == NULL) {
            CallInFrame(Scope->Body, Frame->Ebp);
        }
    }
    __writefsdword(0, (ULONG)Own.Next);
}

static DECLSPEC_NORETURN VOID EnterBody(FRAME *Frame, const SCOPE *Scopes, ULONG Level)
{
    RtlUnwind(Frame, NULL, NULL, NULL);
    _local_unwind4(&__security_cookie, Frame, Level);
    Frame->Level = Scopes[Level].Enclosing;
    CheckedScopes(Frame);
    JumpInFrame(Scopes[Level].Body, Frame->Ebp);
}

/* Where GetExceptionInformation looks: below the registration. Valid while the filters run. */
static PEXCEPTION_POINTERS volatile *PointersOf(FRAME *Frame)
{
    return (PEXCEPTION_POINTERS volatile *)((ULONG_PTR)Frame - sizeof(PVOID));
}

EXCEPTION_DISPOSITION __cdecl _except_handler4(PEXCEPTION_RECORD Record, FRAME *Frame, PCONTEXT Context,
                                               PVOID Dispatcher)
{
    EXCEPTION_POINTERS Pointers = {Record, Context};
    const SCOPE *Scopes = CheckedScopes(Frame);
    UNREFERENCED_PARAMETER(Dispatcher);

    if (Record->ExceptionFlags & UNWINDING) {
        _local_unwind4(&__security_cookie, Frame, NO_TRY);
        return ExceptionContinueSearch;
    }
    *PointersOf(Frame) = &Pointers;
    for (ULONG Level = Frame->Level; Level != NO_TRY; Level = Scopes[Level].Enclosing) {
        LONG Answer = Scopes[Level].Filter ? CallInFrame(Scopes[Level].Filter, Frame->Ebp) : 0;
        if (Answer < 0) {
            return ExceptionContinueExecution;
        }
        if (Answer > 0) {
            EnterBody(Frame, Scopes, Level);
        }
    }
    return ExceptionContinueSearch;
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    __security_cookie = KeTickCount.LowPart ^ (ULONG)&__security_cookie;
    DriverObject->DriverUnload = Unload;
    TestScopes(NULL);
    return STATUS_SUCCESS;
}
