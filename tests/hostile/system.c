/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system.c - requests that no system should grant: too many, too long, or nonsense. */
#include "hostile.h"

static VOID NTAPI Sleeper(PVOID Context)
{
    KEVENT Event;
    UNREFERENCED_PARAMETER(Context);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

static VOID NTAPI Ender(PVOID Context) { UNREFERENCED_PARAMETER(Context); }

static void Threads(ULONG64 Count)
{
    for (ULONG i = 0; i < Count; i++) {
        StartThread(Sleeper, NULL);
    }
}

static void ShortThreads(ULONG64 Count)
{
    for (ULONG i = 0; i < Count; i++) {
        StartThread(Ender, NULL);
    }
}

static VOID NTAPI Breeder(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    StartThread(Breeder, NULL);
    StartThread(Breeder, NULL);
}

static void Breed(ULONG64 Argument)
{
    (void)Argument;
    Breeder(NULL);
}

static void Loop(ULONG64 Argument)
{
    volatile ULONG Counter = 0;
    for (;;) {
        if (Argument) {
            Counter++;
        }
    }
}

static KEVENT Ping, Pong;

static VOID NTAPI Partner(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (;;) {
        KeWaitForSingleObject(&Ping, Executive, KernelMode, FALSE, NULL);
        KeSetEvent(&Pong, 0, FALSE);
    }
}

static void PingPong(ULONG64 Argument)
{
    (void)Argument;
    KeInitializeEvent(&Ping, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Pong, SynchronizationEvent, FALSE);
    StartThread(Partner, NULL);
    for (;;) {
        KeSetEvent(&Ping, 0, FALSE);
        KeWaitForSingleObject(&Pong, Executive, KernelMode, FALSE, NULL);
    }
}

static void Wait64(ULONG64 Count)
{
    static KEVENT Events[70];
    static KWAIT_BLOCK Blocks[70];
    PVOID Objects[70];
    LARGE_INTEGER Timeout = {.QuadPart = -10};
    for (ULONG i = 0; i < 70; i++) {
        KeInitializeEvent(&Events[i], NotificationEvent, FALSE);
        Objects[i] = &Events[i];
    }
    KeWaitForMultipleObjects((ULONG)Count, Objects, WaitAll, Executive, KernelMode, FALSE, &Timeout, Blocks);
}

static void WaitGarbage(ULONG64 Address)
{
    KeWaitForSingleObject((PVOID)(ULONG_PTR)Address, Executive, KernelMode, FALSE, NULL);
}

static void WaitZero(ULONG64 Fill)
{
    PVOID Block = ExAllocatePoolWithTag(NonPagedPool, 0x40, HOSTILE_TAG);
    RtlFillMemory(Block, 0x40, (UCHAR)Fill);
    KeWaitForSingleObject(Block, Executive, KernelMode, FALSE, NULL);
}

static void Poll(ULONG64 Argument)
{
    LARGE_INTEGER Timeout = {.QuadPart = (LONGLONG)Argument ? (LONGLONG)0x8000000000000001ll : -1};
    for (;;) {
        KeDelayExecutionThread(KernelMode, FALSE, &Timeout);
    }
}

static void BugCheck(ULONG64 Code) { KeBugCheckEx((ULONG)Code, ~0ull, 0xdead000000000000ull, 1, 0x41414141); }
static void Raise(ULONG64 Code) { ExRaiseStatus((NTSTATUS)Code); }

NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD Record);

static void RaiseRecord(ULONG64 Argument)
{
    EXCEPTION_RECORD Record = {
        .ExceptionCode = 0x41414141, .ExceptionRecord = &Record, .NumberParameters = (ULONG)Argument};
    RtlRaiseException(&Record);
}

/* A handler that faults itself, again and again: found through the unwind data of this routine. */
__attribute__((used)) EXCEPTION_DISPOSITION NTAPI FaultAgain(void) { return *(volatile EXCEPTION_DISPOSITION *)8; }

void EndlessHandlers(ULONG64 Argument);
__asm__(".text\n .globl EndlessHandlers\n .seh_proc EndlessHandlers\n .seh_handler FaultAgain, @except, @unwind\n"
        "EndlessHandlers: sub $0x28, %rsp\n .seh_stackalloc 0x28\n .seh_endprologue\n"
        " mov 8, %rax\n add $0x28, %rsp\n ret\n .seh_endproc\n");

/* A handler that says "go on": the fault comes again, for ever. */
__attribute__((used)) EXCEPTION_DISPOSITION NTAPI GoOn(void) { return ExceptionContinueExecution; }

void EndlessFaults(ULONG64 Argument);
__asm__(".text\n .globl EndlessFaults\n .seh_proc EndlessFaults\n .seh_handler GoOn, @except, @unwind\n"
        "EndlessFaults: sub $0x28, %rsp\n .seh_stackalloc 0x28\n .seh_endprologue\n"
        " mov 8, %rax\n add $0x28, %rsp\n ret\n .seh_endproc\n");

static void Print(ULONG64 Argument)
{
    static char Text[600];
    RtlFillMemory(Text, sizeof Text - 1, 0x1b);
    DbgPrint(Text);
    DbgPrint("%s%n%1000000d%*.*s", (PVOID)Argument, (PVOID)Argument, 1, 2, 3, (PVOID)Argument);
}

static void Irql(ULONG64 Level)
{
    KIRQL Old;
    KeRaiseIrql((KIRQL)Level, &Old);
    KeLowerIrql((KIRQL)0xff);
}

static void Dereference(ULONG64 Count)
{
    while (Count--) {
        ObfDereferenceObject(HostileDriver);
    }
}

static void UnloadSelf(ULONG64 Argument)
{
    (void)Argument;
    ZwUnloadDriver((PUNICODE_STRING)HostileDriver);
}

static void Devices(ULONG64 Count)
{
    PDEVICE_OBJECT Device;
    while (Count--) {
        IoCreateDevice(HostileDriver, Count & 1 ? 0 : 0xffff, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    }
}

static VOID NTAPI Timer(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(One);
    UNREFERENCED_PARAMETER(Two);
    for (;;) {
    }
}

static void DpcLoop(ULONG64 Argument)
{
    static KTIMER Object;
    static KDPC Dpc;
    LARGE_INTEGER Due = {.QuadPart = Argument ? (LONGLONG)0x8000000000000000ll : -1};
    KeInitializeTimer(&Object);
    KeInitializeDpc(&Dpc, Timer, NULL);
    KeSetTimerEx(&Object, Due, 1, &Dpc);
    Due.QuadPart = -100;
    KeDelayExecutionThread(KernelMode, FALSE, &Due);
}

const ATTACK SystemAttacks[] = {{"threads", Threads},
                                {"shortthreads", ShortThreads},
                                {"breed", Breed},
                                {"loop", Loop},
                                {"pingpong", PingPong},
                                {"wait64", Wait64},
                                {"waitgarbage", WaitGarbage},
                                {"waitzero", WaitZero},
                                {"poll", Poll},
                                {"bugcheck", BugCheck},
                                {"raise", Raise},
                                {"raiserecord", RaiseRecord},
                                {"handlers", EndlessHandlers},
                                {"faults", EndlessFaults},
                                {"print", Print},
                                {"irql", Irql},
                                {"dereference", Dereference},
                                {"unloadself", UnloadSelf},
                                {"devices", Devices},
                                {"dpcloop", DpcLoop},
                                {NULL, NULL}};
