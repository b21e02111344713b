/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.c - events. Source: Microsoft, "Event Objects". */
#include "ke.h"

VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    KiInitializeHeader(&Event->Header, (UCHAR)Type, sizeof(KEVENT) / sizeof(ULONG), State);
}

/*
 * Signal the event; returns its state before. IRQL <= DISPATCH_LEVEL, with Wait <= APC_LEVEL. Increment is a priority
 * boost and Wait a promise to wait next: neither changes anything here.
 */
LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Event->Header.SignalState;

    UNREFERENCED_PARAMETER(Increment);
    UNREFERENCED_PARAMETER(Wait);
    if (Before == 0) {
        Event->Header.SignalState = 1;
        KiSignal(&Event->Header);
    }
    KiLeaveDispatcher(Irql);
    return Before;
}

/*
 * As KeSetEvent, and not signalled again at once. Between the two any waiter may pass, and none needs to: a pulse misses
 * whoever is not in its wait just then (Microsoft: KePulseEvent, "unreliable").
 */
LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Event->Header.SignalState;

    UNREFERENCED_PARAMETER(Increment);
    UNREFERENCED_PARAMETER(Wait);
    if (Before == 0) {
        Event->Header.SignalState = 1;
        KiSignal(&Event->Header);
    }
    KiLeaveDispatcher(Irql);
    Irql = KiEnterDispatcher();
    Event->Header.SignalState = 0;
    KiLeaveDispatcher(Irql);
    return Before;
}

LONG NTAPI KeResetEvent(PRKEVENT Event)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Event->Header.SignalState;
    Event->Header.SignalState = 0;
    KiLeaveDispatcher(Irql);
    return Before;
}

VOID NTAPI KeClearEvent(PRKEVENT Event) { *(volatile LONG *)&Event->Header.SignalState = 0; }

LONG NTAPI KeReadStateEvent(PRKEVENT Event) { return *(volatile LONG *)&Event->Header.SignalState; }

/* Source: Microsoft, "KeInitializeSemaphore". */
VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    KiInitializeHeader(&Semaphore->Header, SemaphoreObject, sizeof(KSEMAPHORE) / sizeof(ULONG), Count);
    Semaphore->Limit = Limit;
}

/*
 * Give back Adjustment permits; returns the count before. Raises STATUS_SEMAPHORE_LIMIT_EXCEEDED and changes nothing if
 * that would exceed the limit. Source: Microsoft, "KeReleaseSemaphore".
 */
LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Semaphore->Header.SignalState;
    LONG After = (LONG)((ULONG)Before + (ULONG)Adjustment);

    UNREFERENCED_PARAMETER(Increment);
    UNREFERENCED_PARAMETER(Wait);
    if (After > Semaphore->Limit || After < Before) {
        KiLeaveDispatcher(Irql);
        ExRaiseStatus(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    }
    Semaphore->Header.SignalState = After;
    if (Before == 0) {
        KiSignal(&Semaphore->Header);
    }
    KiLeaveDispatcher(Irql);
    return Before;
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore) { return *(volatile LONG *)&Semaphore->Header.SignalState; }
