/* SPDX-License-Identifier: MIT */
/*
 * airlock.c - see include/airlock.h for what this does. How:
 *
 *   loading thread                                         unloading thread
 *
 *   AirlockRegisterFilter
 *     reference on the driver object  R
 *     FltRegisterFilter  - - - - - - - - - - - - - - - - ->  AirlockFilterUnload
 *   FltStartFiltering, the rest of DriverEntry                 wait for Decided
 *   AirlockComplete                                            :
 *     request: call AirlockReinitialize                        :
 *   DriverEntry returns                                        :
 *   the I/O manager: drops INIT, readies devices               :
 *   AirlockReinitialize                                        :
 *     Loaded, Decided  - - - - - - - - - - - - - - - - - ->  the driver's callback
 *     jump to ObfDereferenceObject, which drops R            FltUnregisterFilter ... the image is unmapped when R, too,
 *                                                            has been dropped
 *
 * Whoever drops R may be the last one who holds the image: so AirlockReinitialize does not call ObfDereferenceObject, it
 * jumps there, and the kernel returns to the kernel. No instruction of the driver runs after R is gone.
 *
 * A DriverEntry that fails and an unload that has begun both drop the one reference that the load left behind (the I/O
 * manager does not know that they are two). Somebody has to make up for it, once: R does if the unload had begun before
 * AirlockUnregisterFilter looked; AirlockFailedUnload, which the I/O manager finds as DriverUnload, if it begins later.
 */
#include "airlock.h"

#ifndef DRVO_INITIALIZED
#define DRVO_INITIALIZED 0x00000010
#endif
#ifndef DRVO_REINIT_REGISTERED
#define DRVO_REINIT_REGISTERED 0x00000008
#endif

static struct {
    PDRIVER_OBJECT DriverObject;
    PKTHREAD LoadingThread;
    PFLT_FILTER_UNLOAD_CALLBACK FilterUnload; /* the driver's */
    KEVENT Decided;                           /* it is known how the load ended */
    BOOLEAN Loaded;                           /* valid when Decided: it succeeded */
    volatile LONG Balanced;                   /* the reference that load and unload both drop has been made up for */
} Airlock;

/* x86: names for the assembler */
#if defined(__GNUC__) && defined(__i386__)
#define AIRLOCK_ASM_NAME(Name) __asm__(#Name) __attribute__((used))
#else
#define AIRLOCK_ASM_NAME(Name)
#endif

static PDRIVER_REINITIALIZE AirlockDereference AIRLOCK_ASM_NAME(AirlockDereference); /* ObfDereferenceObject */
static VOID NTAPI AirlockLoadEnded(VOID) AIRLOCK_ASM_NAME(AirlockLoadEnded);

static VOID AirlockSleep(_In_ LONG Milliseconds)
{
    LARGE_INTEGER Interval;

    Interval.QuadPart = Milliseconds * -10000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

static ULONG AirlockDriverFlags(VOID) { return *(volatile ULONG *)&Airlock.DriverObject->Flags; }

static VOID AirlockDecide(_In_ BOOLEAN Loaded)
{
    Airlock.Loaded = Loaded;
    KeSetEvent(&Airlock.Decided, IO_NO_INCREMENT, FALSE);
}

/* What the filter manager calls. The caller holds the driver object until this has returned. */
static NTSTATUS FLTAPI AirlockFilterUnload(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    KeWaitForSingleObject(&Airlock.Decided, Executive, KernelMode, FALSE, NULL);
    return Airlock.Loaded ? Airlock.FilterUnload(Flags) : STATUS_FLT_DO_NOT_DETACH;
}

/* TRUE for the first who asks. */
static BOOLEAN AirlockBalance(VOID) { return InterlockedExchange(&Airlock.Balanced, TRUE) == FALSE; }

/* DriverUnload while DriverEntry fails. The I/O manager holds the driver object by its name until this has returned. */
static VOID NTAPI AirlockFailedUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    if (AirlockBalance()) {
        ObReferenceObject(DriverObject);
    }
}

/*
 * The load has ended - if this is the thread that loads. Every driver's requests are in one queue, and another driver's
 * load that ends just now may have taken ours: then wait until the flag says that DriverEntry has returned, and for the
 * few instructions after that.
 */
static VOID NTAPI AirlockLoadEnded(VOID)
{
    if (KeGetCurrentThread() != Airlock.LoadingThread) {
        while (!(AirlockDriverFlags() & DRVO_INITIALIZED)) {
            AirlockSleep(10);
        }
        AirlockSleep(AIRLOCK_SETTLE_TIME);
    }
    AirlockDecide(TRUE);
}

/*
 * AirlockReinitialize - DRIVER_REINITIALIZE: AirlockLoadEnded, then a jump to ObfDereferenceObject(DriverObject).
 *
 * x64: a call in tail position, which compilers turn into a jump; clang must, GCC and MSVC are told to optimise this one
 * routine whatever the options are. x86: the arguments of a stdcall routine are taken off the stack, the first of them
 * goes where a fastcall routine expects it.
 */

#if defined(_M_AMD64) || defined(__x86_64__)

#if defined(__clang__)
#define AIRLOCK_JUMP __attribute__((musttail)) return
#else
#define AIRLOCK_JUMP
#endif
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O2", "optimize-sibling-calls")))
#elif !defined(__clang__)
#pragma optimize("gt", on)
#endif
static VOID NTAPI
AirlockReinitialize(_In_ PDRIVER_OBJECT DriverObject, _In_opt_ PVOID Context, _In_ ULONG Count)
{
    AirlockLoadEnded();
    AIRLOCK_JUMP AirlockDereference(DriverObject, Context, Count);
}
#if !defined(__GNUC__) && !defined(__clang__)
#pragma optimize("", on)
#endif

#elif defined(_MSC_VER)

static __declspec(naked) VOID NTAPI AirlockReinitialize(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    __asm {
        call AirlockLoadEnded
        pop edx /* where to return to */
        pop ecx /* DriverObject */
        add esp, 8 /* Context, Count */
        push edx
        jmp dword ptr [AirlockDereference]
    }
}

#else

VOID NTAPI AirlockReinitialize(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count) __asm__("AirlockReinitialize");
__asm__(".text\n"
        "AirlockReinitialize:\n\t"
        "call AirlockLoadEnded\n\t"
        "popl %edx\n\t"     /* where to return to */
        "popl %ecx\n\t"     /* DriverObject */
        "addl $8, %esp\n\t" /* Context, Count */
        "pushl %edx\n\t"
        "jmp *AirlockDereference");

#endif

NTSTATUS AirlockRegisterFilter(_In_ PDRIVER_OBJECT DriverObject, _In_ const FLT_REGISTRATION *Registration,
                               _Outptr_ PFLT_FILTER *RetFilter)
{
    FLT_REGISTRATION Own = *Registration;
    NTSTATUS Status;

    AirlockDereference = (PDRIVER_REINITIALIZE)(PVOID)ObfDereferenceObject;
    Airlock.DriverObject = DriverObject;
    Airlock.LoadingThread = KeGetCurrentThread();
    Airlock.FilterUnload = Registration->FilterUnloadCallback;
    KeInitializeEvent(&Airlock.Decided, NotificationEvent, FALSE);
    if (Own.FilterUnloadCallback != NULL) {
        Own.FilterUnloadCallback = AirlockFilterUnload;
    }
    ObReferenceObject(DriverObject);
    Status = FltRegisterFilter(DriverObject, &Own, RetFilter);
    if (!NT_SUCCESS(Status)) {
        AirlockDecide(FALSE);
        ObDereferenceObject(DriverObject);
    }
    return Status;
}

/*
 * The kernel's request takes memory, and it says nothing if it finds none: but then it does not set the flag either.
 * (Cleared again: the request has been worked off already, and is counted.)
 */
static BOOLEAN AirlockRequestReinitialization(VOID)
{
    IoRegisterDriverReinitialization(Airlock.DriverObject, AirlockReinitialize, NULL);
    return (AirlockDriverFlags() & DRVO_REINIT_REGISTERED) != 0 ||
           *(volatile ULONG *)&Airlock.DriverObject->DriverExtension->Count != 0;
}

/*
 * An unload that began before the filter manager could find the filter by its driver passes without a callback: nobody
 * would wait for anything. It has set the flag by now. One that begins later does find the filter.
 */
NTSTATUS AirlockComplete(VOID)
{
    if (AirlockDriverFlags() & DRVO_UNLOAD_INVOKED) {
        return STATUS_DELETE_PENDING;
    }
    return AirlockRequestReinitialization() ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* From Windows 8 on the system itself keeps an unload until the load has ended. */
static BOOLEAN AirlockSystemSerialises(VOID)
{
    RTL_OSVERSIONINFOW Version;

    Version.dwOSVersionInfoSize = sizeof(Version);
    RtlGetVersion(&Version);
    return Version.dwMajorVersion > 6 || (Version.dwMajorVersion == 6 && Version.dwMinorVersion >= 2);
}

/*
 * A `fltmc unload` that has found the filter refers to its driver object later. As long as there is one, the filter
 * manager knows the filter, and answers that it is being torn down: more than that an unload of a filter that is gone does
 * not ask. A filter manager that does not answer like this gets the time. There is no limit to the rounds: after any
 * number of them the unload could still be about to refer to the driver object. (Where the system serialises, this would
 * wait for an unload that waits for the end of this load.)
 */
static VOID AirlockWaitForFilterManager(VOID)
{
    if (AirlockSystemSerialises()) {
        return;
    }
    do {
        AirlockSleep(AIRLOCK_SETTLE_TIME);
    } while (FltUnloadFilter(&Airlock.DriverObject->DriverExtension->ServiceKeyName) == STATUS_FLT_DELETING_OBJECT);
}

/*
 * First the exchange, then the look at the flags; an unload does it the other way round: flag, then DriverUnload. So
 * either the flag is seen here, or AirlockFailedUnload is called there (or both, therefore AirlockBalance).
 */
VOID AirlockUnregisterFilter(_In_ PFLT_FILTER Filter)
{
    PDRIVER_OBJECT DriverObject = Airlock.DriverObject;
    BOOLEAN KeepReference;

    if (DriverObject->DriverUnload != NULL) {
        InterlockedExchangePointer((PVOID volatile *)&DriverObject->DriverUnload, (PVOID)AirlockFailedUnload);
    }
    KeepReference = (AirlockDriverFlags() & DRVO_UNLOAD_INVOKED) != 0 && AirlockBalance();
    AirlockDecide(FALSE);
    FltUnregisterFilter(Filter);
    AirlockWaitForFilterManager();
    if (!KeepReference) {
        ObDereferenceObject(DriverObject);
    }
}
