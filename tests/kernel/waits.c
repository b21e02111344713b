/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waits.c - dispatcher objects and threads. */
#include "client.h"

static KEVENT First, Second;
static KSEMAPHORE Permits;
static KMUTEX Mutex;
static volatile LONG Count;

VOID TestBoot(VOID)
{
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
    CHECK(PsGetCurrentProcessId() == PS_SYSTEM_CID);
    CHECK(IoGetCurrentProcess() == PsInitialSystemProcess);
    CHECK(ExGetPreviousMode() == KernelMode);
}

static VOID NTAPI SetFirst(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    Count = 1;
    CHECK(KeSetEvent(&First, 0, FALSE) == 0);
}

VOID TestEvents(VOID)
{
    LARGE_INTEGER Zero = {.QuadPart = 0};
    PVOID Thread;

    KeInitializeEvent(&First, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Second, NotificationEvent, TRUE);
    CHECK(KeWaitForSingleObject(&First, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT);
    CHECK(KeWaitForSingleObject(&Second, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS);
    CHECK(KeReadStateEvent(&Second) == 1);
    CHECK(KeResetEvent(&Second) == 1);
    CHECK(KeWaitForSingleObject(&Second, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT);
    Start(SetFirst, NULL, &Thread);
    CHECK(KeWaitForSingleObject(&First, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(Count == 1);
    CHECK(KeReadStateEvent(&First) == 0);
    Join(Thread);
}

static VOID NTAPI WaitForFirst(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    CHECK(KeWaitForSingleObject(&First, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    InterlockedIncrement(&Count);
}

/* A pulse may wake those who wait; it leaves nothing for those who come later. */
VOID TestPulse(VOID)
{
    LARGE_INTEGER Zero = {.QuadPart = 0};
    PVOID Thread;

    KeInitializeEvent(&First, NotificationEvent, FALSE);
    Start(WaitForFirst, NULL, &Thread);
    CHECK(KePulseEvent(&First, 0, FALSE) == 0);
    CHECK(KeWaitForSingleObject(&First, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT);
    KeSetEvent(&First, 0, FALSE);
    Join(Thread);
    CHECK(Count == 1);
}

static VOID NTAPI TakePermit(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    CHECK(KeWaitForSingleObject(&Permits, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    InterlockedIncrement(&Count);
}

VOID TestSemaphore(VOID)
{
    PVOID Threads[3];

    KeInitializeSemaphore(&Permits, 1, 3);
    for (ULONG i = 0; i < 3; i++) {
        Start(TakePermit, NULL, &Threads[i]);
    }
    KeReleaseSemaphore(&Permits, 0, 2, FALSE);
    for (ULONG i = 0; i < 3; i++) {
        Join(Threads[i]);
    }
    CHECK(Count == 3);
    CHECK(KeReadStateSemaphore(&Permits) == 0);
    CHECK(KeReleaseSemaphore(&Permits, 0, 3, FALSE) == 0);
}

static VOID NTAPI CountUnderMutex(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 3; i++) {
        LONG Old;
        CHECK(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
        CHECK(KeAreApcsDisabled());
        Old = Count;
        HvYield();
        Count = Old + 1;
        KeReleaseMutex(&Mutex, FALSE);
    }
}

VOID TestMutex(VOID)
{
    PVOID Threads[2];

    KeInitializeMutex(&Mutex, 0);
    CHECK(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    Start(CountUnderMutex, NULL, &Threads[0]);
    Start(CountUnderMutex, NULL, &Threads[1]);
    CHECK(KeReleaseMutex(&Mutex, FALSE) == -1);
    CHECK(Count == 0);
    CHECK(KeReleaseMutex(&Mutex, FALSE) == 0);
    Join(Threads[0]);
    Join(Threads[1]);
    CHECK(Count == 6);
    CHECK(KeReadStateMutex(&Mutex) == 1);
    CHECK(!KeAreApcsDisabled());
}

static VOID NTAPI SetBoth(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeSetEvent(&First, 0, FALSE);
    KeSetEvent(&Second, 0, FALSE);
}

VOID TestWaitAll(VOID)
{
    PVOID Objects[] = {&First, &Second}, Thread;

    KeInitializeEvent(&First, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Second, SynchronizationEvent, FALSE);
    Start(SetBoth, NULL, &Thread);
    CHECK(KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL) == STATUS_SUCCESS);
    CHECK(KeReadStateEvent(&First) == 0);
    CHECK(KeReadStateEvent(&Second) == 0);
    Join(Thread);
}

VOID TestWaitAny(VOID)
{
    PVOID Objects[] = {&Second, &First}, Thread;
    NTSTATUS Status;

    KeInitializeEvent(&First, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Second, SynchronizationEvent, FALSE);
    Start(SetFirst, NULL, &Thread);
    Status = KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
    CHECK(Status == STATUS_WAIT_1);
    CHECK(KeReadStateEvent(&First) == 0);
    Join(Thread);
}

VOID TestTimeouts(VOID)
{
    LARGE_INTEGER Interval = Milliseconds(50), Before, After;
    PVOID Objects[] = {&First, &Second};

    KeInitializeEvent(&First, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Second, SynchronizationEvent, FALSE);
    Before = KeQueryPerformanceCounter(NULL);
    CHECK(KeWaitForSingleObject(&First, Executive, KernelMode, FALSE, &Interval) == STATUS_TIMEOUT);
    After = KeQueryPerformanceCounter(NULL);
    CHECK(After.QuadPart - Before.QuadPart >= 500000);
    CHECK(KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, &Interval, NULL) ==
          STATUS_TIMEOUT);
    CHECK(KeSetEvent(&First, 0, FALSE) == 0);
    CHECK(KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, &Interval, NULL) ==
          STATUS_WAIT_0);
    CHECK(First.Header.WaitListHead.Flink == &First.Header.WaitListHead);
    CHECK(Second.Header.WaitListHead.Flink == &Second.Header.WaitListHead);
}

static VOID NTAPI EndWith(PVOID Context)
{
    CHECK(PsGetCurrentThreadId() != 0);
    PsTerminateSystemThread((NTSTATUS)(LONG_PTR)Context);
    CHECK(FALSE);
}

VOID TestThreads(VOID)
{
    PVOID Thread, Same;
    HANDLE Id;

    Start(EndWith, (PVOID)STATUS_PENDING, &Thread);
    Id = PsGetThreadId(Thread);
    if (NT_SUCCESS(PsLookupThreadByThreadId(Id, (PETHREAD *)&Same))) {
        CHECK(Same == Thread);
        ObDereferenceObject(Same);
    }
    Join(Thread);
    CHECK(!NT_SUCCESS(PsLookupThreadByThreadId(Id, (PETHREAD *)&Same)));
}

VOID TestNotWorker(VOID) { PsTerminateSystemThread(STATUS_SUCCESS); }

static VOID NTAPI NoWait(PVOID Context) { KeSetEvent(Context, 0, FALSE); }

/* An event that was never initialised: waiting for it stops the system at DISPATCH_LEVEL, inside the kernel. */
VOID TestZeroEvent(VOID)
{
    static KEVENT Zero;
    KeWaitForSingleObject(&Zero, Executive, KernelMode, FALSE, NULL);
}

VOID TestFreedEvent(VOID)
{
    PKEVENT Event = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Event), 'tevE');

    KeInitializeEvent(Event, NotificationEvent, FALSE);
    ExFreePoolWithTag(Event, 'tevE');
    NoWait(Event);
}

static KQUEUE Entries;

static VOID NTAPI InsertEntries(PVOID Context)
{
    PLIST_ENTRY Links = Context;
    for (ULONG i = 0; i < 3; i++) {
        KeInsertQueue(&Entries, &Links[i]);
    }
}

VOID TestQueue(VOID)
{
    LARGE_INTEGER Zero = {.QuadPart = 0};
    LIST_ENTRY Links[3];
    PVOID Thread;

    KeInitializeQueue(&Entries, 0);
    Start(InsertEntries, Links, &Thread);
    for (ULONG i = 0; i < 3; i++) {
        CHECK(KeRemoveQueue(&Entries, KernelMode, NULL) == &Links[i]);
    }
    CHECK((NTSTATUS)(ULONG_PTR)KeRemoveQueue(&Entries, KernelMode, &Zero) == STATUS_TIMEOUT);
    Join(Thread);
}
