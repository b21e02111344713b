/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.c - timers. One list in order of due time, which the DPC thread watches. As in Windows the timers themselves
 * are its links: a timer whose memory goes while it is set breaks the walk of whoever comes next.
 * Source: Microsoft, "Timer Objects and DPCs".
 */
#include "dpcp.h"

#define TIMER_INSERTED 0x40 /* Header byte 3, as in Windows 7 */

LIST_ENTRY KiTimerList = {&KiTimerList, &KiTimerList};

static inline volatile UCHAR *KiTimerFlags(PKTIMER Timer) { return (volatile UCHAR *)&Timer->Header + 3; }

VOID NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    KiInitializeHeader(&Timer->Header, (UCHAR)(TimerNotificationObject + Type), sizeof(KTIMER) / sizeof(ULONG), 0);
    Timer->DueTime.QuadPart = 0;
    Timer->Dpc = NULL;
    Timer->Period = 0;
}

VOID NTAPI KeInitializeTimer(PKTIMER Timer) { KeInitializeTimerEx(Timer, NotificationTimer); }

static VOID KiInsertTimer(PKTIMER Timer, ULONG64 Due)
{
    PLIST_ENTRY Next = KiTimerList.Flink;

    while (Next != &KiTimerList && CONTAINING_RECORD(Next, KTIMER, TimerListEntry)->DueTime.QuadPart <= Due) {
        Next = Next->Flink;
    }
    Timer->DueTime.QuadPart = Due;
    InsertTailList(Next, &Timer->TimerListEntry);
    *KiTimerFlags(Timer) |= TIMER_INSERTED;
    if (KiTimerList.Flink == &Timer->TimerListEntry) {
        KiTimerChanged = TRUE;
    }
}

static BOOLEAN KiRemoveTimer(PKTIMER Timer)
{
    if (!(*KiTimerFlags(Timer) & TIMER_INSERTED)) {
        return FALSE;
    }
    *KiTimerFlags(Timer) &= (UCHAR)~TIMER_INSERTED;
    RemoveEntryList(&Timer->TimerListEntry);
    return TRUE;
}

static VOID KiSignalTimer(PKTIMER Timer, ULONG64 Now)
{
    PKDPC Dpc = Timer->Dpc;

    Timer->Header.SignalState = 1;
    KiSignal(&Timer->Header);
    if (Timer->Period) {
        KiInsertTimer(Timer, Now + (ULONG64)Timer->Period * 10000);
    }
    if (Dpc) {
        KiQueueDpc(Dpc, (PVOID)(ULONG_PTR)(ULONG)Now, (PVOID)(ULONG_PTR)(Now >> 32));
    }
}

VOID KiExpireTimers(VOID)
{
    ULONG64 Now = HvClock();

    while (KiTimerList.Flink != &KiTimerList) {
        PKTIMER Timer = CONTAINING_RECORD(KiTimerList.Flink, KTIMER, TimerListEntry);
        if (Timer->DueTime.QuadPart > Now) {
            break;
        }
        KiRemoveTimer(Timer);
        KiSignalTimer(Timer, Now);
    }
}

/*
 * Set (again). DueTime: negative = 100 ns units from now, positive = a system time. Period in milliseconds, 0 = once.
 * TRUE: it was set before. IRQL <= DISPATCH_LEVEL. Source: Microsoft, "KeSetTimerEx".
 */
BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN WasSet = KiRemoveTimer(Timer);
    ULONG64 Now = HvClock();
    LONG64 Left = DueTime.QuadPart < 0 ? -DueTime.QuadPart : DueTime.QuadPart - (LONG64)(KE_BOOT_TIME + Now);

    Timer->Header.SignalState = 0;
    Timer->Dpc = Dpc;
    Timer->Period = (ULONG)Period;
    if (Left > 0) {
        KiInsertTimer(Timer, Now + (ULONG64)Left);
    } else {
        KiSignalTimer(Timer, Now);
    }
    KiLeaveDispatcher(Irql);
    return WasSet;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

/* Windows 7. The tolerance is a wish that this scheduler, which may be late by any time, always grants. */
BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG TolerableDelay, PKDPC Dpc)
{
    UNREFERENCED_PARAMETER(TolerableDelay);
    return KeSetTimerEx(Timer, DueTime, (LONG)Period, Dpc);
}

/* TRUE: it was set. A DPC that it queued already stays queued. IRQL <= DISPATCH_LEVEL. */
BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN WasSet = KiRemoveTimer(Timer);
    KiLeaveDispatcher(Irql);
    return WasSet;
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer) { return *(volatile LONG *)&Timer->Header.SignalState != 0; }

VOID KiWalkTimers(NT_VISITOR *Visit, PVOID Context)
{
    PLIST_ENTRY Entry = KiTimerList.Flink;

    while (Entry != &KiTimerList) {
        PKTIMER Timer = CONTAINING_RECORD(Entry, KTIMER, TimerListEntry);
        if (HvFaultInfo(HvAddress(Timer)) != HV_PAGE_VALID) {
            Visit(Timer, 0, 0, Timer, Context); /* its memory has gone: where it was is all that is known */
            break;
        }
        Entry = Entry->Flink;
        PKDPC Dpc = Timer->Dpc;
        BOOLEAN DpcThere = Dpc && HvFaultInfo(HvAddress(Dpc)) == HV_PAGE_VALID;
        Visit(Timer, (ULONG_PTR)Dpc, DpcThere ? (ULONG_PTR)Dpc->DeferredRoutine : 0, Timer, Context);
    }
}
