/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interlocked.c - lists and numbers that many may change at once: they take the caller's spin lock for the one step that
 * they are. Source: Microsoft, "ExInterlockedInsertTailList". Any IRQL. Sequenced lists: slist.h.
 */
#include "ke.h"

/* Enter a section with the caller's lock free: as if acquired and, at the section's end, released. */
static inline VOID ExpEnter(PKSPIN_LOCK Lock)
{
    HvAtomicBegin();
    if (*Lock != 0) {
        HvWaitWord(Lock, sizeof(*Lock), HV_EQ, 0, HV_WAIT_NO_YIELD, Lock);
    }
}

PLIST_ENTRY FASTCALL ExInterlockedInsertHeadList(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY First;

    ExpEnter(Lock);
    First = Head->Flink == Head ? NULL : Head->Flink;
    InsertHeadList(Head, Entry);
    HvAtomicEnd();
    return First;
}

PLIST_ENTRY FASTCALL ExInterlockedInsertTailList(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY Last;

    ExpEnter(Lock);
    Last = Head->Blink == Head ? NULL : Head->Blink;
    InsertTailList(Head, Entry);
    HvAtomicEnd();
    return Last;
}

PLIST_ENTRY FASTCALL ExInterlockedRemoveHeadList(PLIST_ENTRY Head, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY First;

    ExpEnter(Lock);
    First = Head->Flink == Head ? NULL : RemoveHeadList(Head);
    HvAtomicEnd();
    return First;
}

PSINGLE_LIST_ENTRY FASTCALL ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY Head, PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY First;

    ExpEnter(Lock);
    First = Head->Next;
    if (First) {
        Head->Next = First->Next;
    }
    HvAtomicEnd();
    return First;
}

PSINGLE_LIST_ENTRY FASTCALL ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY Head, PSINGLE_LIST_ENTRY Entry,
                                                       PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY Before;

    ExpEnter(Lock);
    Before = Head->Next;
    Entry->Next = Before;
    Head->Next = Entry;
    HvAtomicEnd();
    return Before;
}

LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment, PKSPIN_LOCK Lock)
{
    LARGE_INTEGER Before;

    ExpEnter(Lock);
    Before = *Addend;
    Addend->QuadPart += Increment.QuadPart;
    HvAtomicEnd();
    return Before;
}

ULONG FASTCALL ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    ULONG Before;

    ExpEnter(Lock);
    Before = *Addend;
    *Addend += Increment;
    HvAtomicEnd();
    return Before;
}
