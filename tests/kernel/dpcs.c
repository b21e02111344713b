/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpcs.c - timers, DPCs, spin locks, work items. */
#include "client.h"

static KTIMER Timer;
static KDPC Dpc, Other;
static KEVENT Done;
static KSPIN_LOCK Lock;
static volatile LONG Count;

static VOID NTAPI CountDpc(PKDPC ThisDpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(ThisDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL);
    if (InterlockedIncrement(&Count) == (LONG)(LONG_PTR)Context) {
        KeSetEvent(&Done, 0, FALSE);
    }
}

VOID TestTimer(VOID)
{
    LARGE_INTEGER Due = Milliseconds(20);

    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, CountDpc, (PVOID)1);
    CHECK(!KeSetTimer(&Timer, Due, &Dpc));
    CHECK(KeWaitForSingleObject(&Timer, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(KeReadStateTimer(&Timer));
    CHECK(KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(!KeCancelTimer(&Timer));
    CHECK(Count == 1);
    CHECK(!KeSetTimer(&Timer, Due, NULL));
    CHECK(KeCancelTimer(&Timer) != KeReadStateTimer(&Timer)); /* any time may pass between two instructions */
}

VOID TestPeriodicTimer(VOID)
{
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    KeInitializeTimerEx(&Timer, SynchronizationTimer);
    KeInitializeDpc(&Dpc, CountDpc, (PVOID)3);
    KeSetTimerEx(&Timer, Milliseconds(10), 10, &Dpc);
    CHECK(KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(KeCancelTimer(&Timer));
    KeFlushQueuedDpcs();
    CHECK(Count >= 3);
}

VOID TestDpc(VOID)
{
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    KeInitializeDpc(&Dpc, CountDpc, (PVOID)2);
    KeInitializeDpc(&Other, CountDpc, (PVOID)2);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    KeInsertQueueDpc(&Other, NULL, NULL);
    CHECK(KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(Count == 2);
    CHECK(!KeRemoveQueueDpc(&Dpc));
}

VOID TestFlushDpcs(VOID)
{
    KeInitializeDpc(&Dpc, CountDpc, NULL);
    KeFlushQueuedDpcs();
    for (LONG i = 1; i <= 3; i++) {
        CHECK(KeInsertQueueDpc(&Dpc, NULL, NULL));
        KeFlushQueuedDpcs();
        CHECK(Count == i);
    }
}

static VOID NTAPI CountUnderLock(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 3; i++) {
        KIRQL Irql;
        KeAcquireSpinLock(&Lock, &Irql);
        LONG Old = Count;
        CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL);
        HvYield();
        Count = Old + 1;
        KeReleaseSpinLock(&Lock, Irql);
        CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
    }
}

VOID TestSpinLock(VOID)
{
    PVOID Threads[2];

    Start(CountUnderLock, NULL, &Threads[0]);
    Start(CountUnderLock, NULL, &Threads[1]);
    Join(Threads[0]);
    Join(Threads[1]);
    CHECK(Count == 6);
}

#define ITEMS 7
static WORK_QUEUE_ITEM Items[ITEMS];

static VOID NTAPI CountItem(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    CHECK(PsIsSystemThread(PsGetCurrentThread()));
    if (InterlockedIncrement(&Count) == ITEMS) {
        KeSetEvent(&Done, 0, FALSE);
    }
}

VOID TestWorkItems(VOID)
{
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    for (ULONG i = 0; i < ITEMS; i++) {
        ExInitializeWorkItem(&Items[i], CountItem, NULL);
        ExQueueWorkItem(&Items[i], i % 3 == 2 ? CriticalWorkQueue : DelayedWorkQueue);
    }
    CHECK(KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
}

static VOID NTAPI Terminate(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID NTAPI StayRaised(PVOID Context)
{
    KIRQL Irql;
    UNREFERENCED_PARAMETER(Context);
    KeRaiseIrql(APC_LEVEL, &Irql);
}

static VOID RunItem(PWORKER_THREAD_ROUTINE Routine)
{
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    ExInitializeWorkItem(&Items[0], Routine, NULL);
    ExQueueWorkItem(&Items[0], DelayedWorkQueue);
    KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
}

VOID TestWorkerTerminates(VOID) { RunItem(Terminate); }
VOID TestWorkerIrql(VOID) { RunItem(StayRaised); }
