/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ke.h - the kernel layer inside nt: dispatcher objects, waits, timers, DPCs, locks. The exported routines have their
 * prototypes in the DDK's headers; here is what the other parts of nt use beyond them.
 *
 * The dispatcher lock of a real kernel is an atomic section here: each Ke routine on a dispatcher object is one step.
 */
#ifndef AIRLOCK_NT_KE_H
#define AIRLOCK_NT_KE_H

#include "ntos.h"
#include "tunables.h"
#include "vf.h"
#include "walk.h"

/* Dispatcher types (public: wdm.h of older WDKs, KOBJECTS). */
enum {
    EventNotificationObject = 0,
    EventSynchronizationObject = 1,
    MutantObject = 2,
    ProcessObject = 3,
    QueueObject = 4,
    SemaphoreObject = 5,
    ThreadObject = 6,
    TimerNotificationObject = 8,
    TimerSynchronizationObject = 9
};

/* Bug check; nt/arch and nt/kd own it. */
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI KeBugCheckEx(ULONG Code, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3,
                                                      ULONG_PTR P4);

/*
 * A broken API contract that a real system would let pass (now): a note in the report, the system goes on. For use in
 * exported routines: blames their caller.
 */
#define KiMisuse(Text, First, Second) \
    VfMisuse(Text, (ULONG_PTR)(First), (ULONG_PTR)(Second), __builtin_return_address(0))

/* Boot-time, from KiSystemStartup. */
VOID KiInitializeDpcThread(VOID);
VOID KiInitializeSharedData(VOID); /* after PspInitVersion */

/*
 * Entering the dispatcher: an atomic section at DISPATCH_LEVEL, so that a bad object faults as it does in a real
 * kernel (IRQL_NOT_LESS_OR_EQUAL). Sections nest; the IRQL returned is given back to KiLeaveDispatcher.
 */
static inline KIRQL KiEnterDispatcher(VOID)
{
    KIRQL Irql = KiIrql();
    HvAtomicBegin();
    if (Irql < DISPATCH_LEVEL) {
        KiSetIrql(DISPATCH_LEVEL);
    }
    return Irql;
}
static inline VOID KiLeaveDispatcher(KIRQL Irql)
{
    if (Irql < DISPATCH_LEVEL) {
        KiSetIrql(Irql);
    }
    HvAtomicEnd();
}

/*
 * Inside the dispatcher: the object became signalled (SignalState already set). Waiters see that by themselves (wait.c);
 * what is left is that Windows walks the list of an object that was never initialised.
 */
VOID KiCheckWaitList(PDISPATCHER_HEADER Object);
static inline VOID KiSignal(PDISPATCHER_HEADER Object) { KiCheckWaitList(Object); }

/* End of a thread: its KTHREAD becomes signalled, its mutants are abandoned. Inside the dispatcher. */
VOID KiSignalThreadEnd(PKTHREAD Thread);

/* Initialise the header of a dispatcher object. SizeInLongs as Windows counts it. */
static inline VOID KiInitializeHeader(PDISPATCHER_HEADER Header, UCHAR Type, UCHAR SizeInLongs, LONG State)
{
    *(volatile ULONG *)&Header->Lock = (ULONG)Type | (ULONG)SizeInLongs << 16;
    Header->SignalState = State;
    Header->WaitListHead.Flink = &Header->WaitListHead;
    Header->WaitListHead.Blink = &Header->WaitListHead;
}

/* Spin locks: the lock word is 0 or 1. Neither touches IRQL. */
VOID KxWaitForSpinLock(PKSPIN_LOCK Lock);
static inline VOID KiAcquireSpinLock(PKSPIN_LOCK Lock)
{
    if (!__sync_bool_compare_and_swap(Lock, 0, 1)) {
        KxWaitForSpinLock(Lock);
    }
}
static inline VOID KiReleaseSpinLock(PKSPIN_LOCK Lock) { *(volatile KSPIN_LOCK *)Lock = 0; }

#endif
