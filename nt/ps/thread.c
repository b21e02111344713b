/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread.c - life of a thread.
 *
 *   PsCreateSystemThread -> PspCreateThread -> PspInsertThread    the creator: KTHREAD, stack, processor; it runs
 *   KiStartSystemThread -> PspSystemThreadStartup -> StartRoutine -> PsTerminateSystemThread -> PspExitThread
 *
 * A KTHREAD is an object: the running thread holds one reference, its handle another. The stack goes with the thread,
 * not with the object, so that whatever still points into it is caught.
 */
#include "ps.h"
#include "arch.h"
#include "ex.h"
#include "io.h"
#include "ke.h"
#include "ob.h"

/* Fields that a driver or another thread may look at before the thread has run. The rest of the block is poison. */
static VOID PspInitializeThread(PKTHREAD Thread, KTHREAD_ROLE Role, PKSTART_ROUTINE StartRoutine, PVOID StartContext,
                                PVOID Creator, PVOID Object)
{
    KiInitializeHeader(&Thread->Header, ThreadObject, (UCHAR)(sizeof(struct _KTHREAD) / sizeof(ULONG)), 0);
    Thread->MutantListHead.Flink = NULL;
    Thread->Role = Role;
    Thread->StartRoutine = StartRoutine;
    Thread->StartContext = StartContext;
    Thread->Process = PspProcessOf(Role);
    Thread->ExitStatus = STATUS_PENDING;
    Thread->KernelApcDisable = 0;
    Thread->SpecialApcDisable = 0;
    Thread->Priority = Role == ThreadUser ? 9 : Role == ThreadWorker ? 13 : 8;
    Thread->Creator = Creator;
    Thread->DeviceObject = Object;
    Thread->TopLevelIrp = NULL;
}

static NTSTATUS PspAllocateProcessor(PKTHREAD Thread)
{
    PUCHAR Stack = HvAlloc(KE_KERNEL_STACK_SIZE, HV_STACK);
    PNT_PCR Pcr = HvAlloc(sizeof(NT_PCR), HV_SYSTEM);

    if (!Stack || !Pcr) {
        if (Stack) {
            HvFree(Stack);
        }
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Thread->StackLimit = Stack;
    Thread->StackBase = Stack + KE_KERNEL_STACK_SIZE;
    Thread->Pcr = Pcr;
    KiInitializeProcessorBlock(Pcr, Thread, Thread->StackBase, Thread->StackLimit);
    Pcr->Creator = KiPcr();
    return STATUS_SUCCESS;
}

/* The machine's thread begins to exist: number, client id and place in the tree of processors, in one step. */
static BOOLEAN PspStartProcessor(PKTHREAD Thread, HANDLE Cid[2])
{
    PNT_PCR Creator = KiPcr();
    ULONG Id;

    HvAtomicBegin();
    Id = (ULONG)HvCall4(HV_THREAD_CREATE, HvAddress(&KI_THREAD_ROOT), HvAddress(Thread->StackBase),
                        HvAddress(Thread->Pcr), HvAddress(Thread));
    if (Id) {
        Thread->Id = Id;
        Cid[0] = Thread->Role == ThreadUser ? PS_CLIENT_CID : PS_SYSTEM_CID;
        Cid[1] = (HANDLE)(ULONG_PTR)(4 + 4 * Id);
        Thread->Cid[0] = Cid[0];
        Thread->Cid[1] = Cid[1];
        Thread->Pcr->Number = (UCHAR)Id;
        Thread->Pcr->NextSibling = Creator->FirstChild;
        Creator->FirstChild = Thread->Pcr;
    }
    HvAtomicEnd();
    return Id != 0;
}

/*
 * Handle first, then life: a start routine finds the handle that its creator stored (ReactOS: PspCreateThread; not
 * documented).
 */
static __declspec(noinline) NTSTATUS PspInsertThread(PKTHREAD Thread, PHANDLE Handle, HANDLE Cid[2])
{
    if (Handle) {
        NTSTATUS Status = ObpCreateHandle(Thread, OBJ_KERNEL_HANDLE, Thread->Creator, Handle);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    if (!PspStartProcessor(Thread, Cid)) {
        if (Handle) {
            ZwClose(*Handle);
        }
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

__declspec(noinline) NTSTATUS PspCreateThread(KTHREAD_ROLE Role, PKSTART_ROUTINE StartRoutine, PVOID StartContext,
                                              PVOID Creator, PVOID Object, PHANDLE Handle, PKTHREAD *ThreadPointer)
{
    PKTHREAD Thread = ObAllocateObject(ObpThreadType, sizeof(struct _KTHREAD), NULL, Creator);
    HANDLE Cid[2];
    NTSTATUS Status;

    if (!Thread) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PspInitializeThread(Thread, Role, StartRoutine, StartContext, Creator, Object);
    if (ThreadPointer) {
        ObfReferenceObject(Thread); /* the caller's; without one the thread is not touched any more once it runs */
    }
    Status = PspAllocateProcessor(Thread);
    if (NT_SUCCESS(Status)) {
        Status = PspInsertThread(Thread, Handle, Cid);
        if (!NT_SUCCESS(Status)) {
            HvFree(Thread->StackLimit);
        }
    }
    if (!NT_SUCCESS(Status)) {
        if (ThreadPointer) {
            ObfDereferenceObject(Thread);
        }
        ObfDereferenceObject(Thread);
        return Status;
    }
    if (PspNotify[PspNotifyThread].Count) {
        PspCallThreadNotify(Cid[0], Cid[1], TRUE);
    }
    if (ThreadPointer) {
        *ThreadPointer = Thread;
    }
    return STATUS_SUCCESS;
}

/*
 * Create a thread in System (or in the process of ProcessHandle, which is System here whatever it is). Nothing keeps
 * the caller's image in memory while the thread runs. PASSIVE_LEVEL. Source: Microsoft, "PsCreateSystemThread".
 */
__declspec(noinline) NTSTATUS NTAPI
    PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                         HANDLE ProcessHandle, PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    PKTHREAD Thread = NULL;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectAttributes);
    UNREFERENCED_PARAMETER(ProcessHandle);
    if (KiIrql() != PASSIVE_LEVEL) {
        KiMisuse("PsCreateSystemThread above PASSIVE_LEVEL", KiIrql(), 0);
    }
    Status = PspCreateThread(ThreadSystem, StartRoutine, StartContext, __builtin_return_address(0), NULL, ThreadHandle,
                             ClientId ? &Thread : NULL);
    if (NT_SUCCESS(Status) && ClientId) {
        ClientId->UniqueProcess = Thread->Cid[0];
        ClientId->UniqueThread = Thread->Cid[1];
        ObfDereferenceObject(Thread);
    }
    return Status;
}

/*
 * As PsCreateSystemThread, and the driver or device object is referenced until the thread has ended, so that its image
 * stays. Windows 8. Source: Microsoft, "IoCreateSystemThread".
 */
NTSTATUS NTAPI IoCreateSystemThread(PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle, PCLIENT_ID ClientId,
                                    PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    PKTHREAD Thread;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectAttributes);
    UNREFERENCED_PARAMETER(ProcessHandle);
    ObfReferenceObject(IoObject);
    Status = PspCreateThread(ThreadSystem, StartRoutine, StartContext, __builtin_return_address(0), IoObject,
                             ThreadHandle, &Thread);
    if (!NT_SUCCESS(Status)) {
        ObfDereferenceObject(IoObject);
        return Status;
    }
    if (ClientId) {
        ClientId->UniqueProcess = Thread->Cid[0];
        ClientId->UniqueThread = Thread->Cid[1];
    }
    ObfDereferenceObject(Thread);
    return Status;
}

/* What a thread must not take with it. Source: Microsoft, bug check 0x20 "KERNEL_APC_PENDING_DURING_EXIT". */
static VOID PspCheckExit(PKTHREAD Thread)
{
    if (Thread->KernelApcDisable || Thread->SpecialApcDisable || KiIrql() != PASSIVE_LEVEL) {
        KeBugCheckEx(KERNEL_APC_PENDING_DURING_EXIT, 0, (ULONG)Thread->KernelApcDisable & 0xFFFF, KiIrql(),
                     (ULONG)Thread->SpecialApcDisable & 0xFFFF);
    }
}

DECLSPEC_NORETURN VOID PspExitThread(NTSTATUS Status)
{
    PKTHREAD Thread = KiThread();
    PVOID Stack = Thread->StackLimit;
    PVOID Object = Thread->DeviceObject;
    KIRQL Irql;

    PspCheckExit(Thread);
    if (PspNotify[PspNotifyThread].Count) {
        PspCallThreadNotify(Thread->Cid[0], Thread->Cid[1], FALSE);
    }
    if (Object) {
        ObfDereferenceObject(Object);
    }
    Irql = KiEnterDispatcher();
    Thread->ExitStatus = Status;
    KiPcr()->Ended = TRUE;
    KiSignalThreadEnd(Thread);
    KiLeaveDispatcher(Irql);
    ObfDereferenceObject(Thread);
    HvFree(Stack); /* from here on nothing may touch the stack */
    HvCall0(HV_THREAD_EXIT);
    __builtin_unreachable();
}

/*
 * End the calling system thread. Does not return (Windows returns STATUS_INVALID_PARAMETER to a thread that is none;
 * here the clients' threads end this way too). A worker thread is not the driver's to end. Source: Microsoft,
 * "PsTerminateSystemThread", bug check 0xE9.
 */
NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    PKTHREAD Thread = KiThread();

    if (Thread->Role == ThreadWorker) {
        KeBugCheckEx(ACTIVE_EX_WORKER_THREAD_TERMINATION, (ULONG_PTR)Thread, 0, 0, 0);
    }
    PspExitThread(ExitStatus);
}

VOID PspDeleteThread(PVOID Object) { UNREFERENCED_PARAMETER(Object); }

PNT_PCR PsNextProcessor(PNT_PCR Pcr)
{
    if (!Pcr) {
        return KiBootPcr;
    }
    if (Pcr->FirstChild) {
        return Pcr->FirstChild;
    }
    while (Pcr && !Pcr->NextSibling) {
        Pcr = Pcr->Creator;
    }
    return Pcr ? Pcr->NextSibling : NULL;
}

PKTHREAD PspThreadById(ULONG Id)
{
    for (PNT_PCR Pcr = PsNextProcessor(NULL); Pcr; Pcr = PsNextProcessor(Pcr)) {
        if (!Pcr->Ended && Pcr->CurrentThread->Id == Id) {
            return Pcr->CurrentThread;
        }
    }
    return NULL;
}

VOID PspWalkThreads(NT_VISITOR *Visit, PVOID Context)
{
    for (PNT_PCR Pcr = PsNextProcessor(NULL); Pcr; Pcr = PsNextProcessor(Pcr)) {
        if (!Pcr->Ended) {
            PKTHREAD Thread = Pcr->CurrentThread;
            Visit(Thread, (ULONG_PTR)Thread->StartRoutine, 0, Thread->Creator, Context);
        }
    }
}
