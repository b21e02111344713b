/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.c - kernel queues (KQUEUE). MaximumCount, the number of threads that may run at once, is not enforced: there is
 * a processor for everybody. Source: Microsoft, "KeInsertQueue", "KeRemoveQueue".
 */
#include "ke.h"

VOID NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
    KiInitializeHeader(&Queue->Header, QueueObject, sizeof(KQUEUE) / sizeof(ULONG), 0);
    InitializeListHead(&Queue->EntryListHead);
    InitializeListHead(&Queue->ThreadListHead);
    Queue->CurrentCount = 0;
    Queue->MaximumCount = Count ? Count : KE_PROCESSORS;
}

LONG NTAPI KeReadStateQueue(PRKQUEUE Queue) { return *(volatile LONG *)&Queue->Header.SignalState; }

/* Returns how many entries were there before. IRQL <= DISPATCH_LEVEL. */
LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Queue->Header.SignalState++;
    InsertTailList(&Queue->EntryListHead, Entry);
    KiLeaveDispatcher(Irql);
    return Before;
}

LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Queue->Header.SignalState++;
    InsertHeadList(&Queue->EntryListHead, Entry);
    KiLeaveDispatcher(Irql);
    return Before;
}

static ULONG64 KiQueueTimeout(PLARGE_INTEGER Timeout)
{
    LONG64 Left = Timeout->QuadPart <= 0 ? -Timeout->QuadPart : Timeout->QuadPart - (LONG64)(KE_BOOT_TIME + HvClock());
    return Left > 0 ? (ULONG64)Left : 0;
}

/* Wait for an entry: inside the dispatcher before and after. FALSE: the time is over. */
static BOOLEAN KiWaitForEntry(PRKQUEUE Queue, PLARGE_INTEGER Timeout)
{
    struct hv_wait Wait;

    if (Queue->Header.SignalState > 0) {
        return TRUE;
    }
    Wait.timeout = Timeout ? KiQueueTimeout(Timeout) : 0;
    if (Timeout && Wait.timeout == 0) {
        return FALSE;
    }
    Wait.count = 1;
    Wait.flags = Timeout ? HV_WAIT_TIMED : 0;
    Wait.object = HvAddress(Queue);
    Wait.condition[0] = (struct hv_condition){HvAddress(&Queue->Header.SignalState), 0, sizeof(LONG), HV_GT};
    return HvWait(&Wait) == HV_WAIT_DONE;
}

/* An entry, or a status in its place: STATUS_TIMEOUT, STATUS_ABANDONED (the queue was run down). */
PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
    PLIST_ENTRY Entry;
    KIRQL Irql = KiEnterDispatcher();

    UNREFERENCED_PARAMETER(WaitMode);
    if (!KiWaitForEntry(Queue, Timeout)) {
        Entry = (PLIST_ENTRY)(ULONG_PTR)STATUS_TIMEOUT;
    } else if (IsListEmpty(&Queue->EntryListHead)) {
        Entry = (PLIST_ENTRY)(ULONG_PTR)STATUS_ABANDONED;
    } else {
        Queue->Header.SignalState--;
        Entry = RemoveHeadList(&Queue->EntryListHead);
    }
    KiLeaveDispatcher(Irql);
    return Entry;
}

/* Vista. Up to Count entries; returns how many, or a status as KeRemoveQueue. */
ULONG KeRemoveQueueEx(PKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                      PLIST_ENTRY *EntryArray, ULONG Count)
{
    ULONG Found = 0;
    KIRQL Irql = KiEnterDispatcher();

    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    if (!KiWaitForEntry(Queue, Timeout)) {
        KiLeaveDispatcher(Irql);
        return STATUS_TIMEOUT;
    }
    while (Found < Count && !IsListEmpty(&Queue->EntryListHead)) {
        Queue->Header.SignalState--;
        EntryArray[Found++] = RemoveHeadList(&Queue->EntryListHead);
    }
    KiLeaveDispatcher(Irql);
    return Found ? Found : STATUS_ABANDONED;
}

/* Nobody waits for it any more: waiters are woken empty-handed. Returns the entries as a list, NULL = none. */
PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue)
{
    KIRQL Irql = KiEnterDispatcher();
    PLIST_ENTRY First = IsListEmpty(&Queue->EntryListHead) ? NULL : Queue->EntryListHead.Flink;

    if (First) {
        RemoveEntryList(&Queue->EntryListHead); /* leaves the entries linked in a ring */
    }
    InitializeListHead(&Queue->EntryListHead);
    Queue->Header.SignalState = MAXLONG / 2; /* lets every waiter pass */
    KiLeaveDispatcher(Irql);
    return First;
}
