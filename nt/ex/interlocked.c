/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interlocked.c - lists that many may change at once. Sequenced lists (SLIST_HEADER) need no lock; the others take the
 * caller's spin lock for the one step that they are. Source: Microsoft, "Sequenced Singly Linked Lists",
 * "ExInterlockedInsertTailList". Any IRQL.
 */
#include "ke.h"

#define EXPORTED_AS(Name) __asm__(#Name)

/* x64 header: Alignment = depth (16 bits), sequence (48); Region = first entry, its low 4 bits flags. */
#define SLIST_FLAGS 15ull

static inline PSLIST_ENTRY ExpFirst(PSLIST_HEADER Head) { return (PSLIST_ENTRY)(Head->Region & ~SLIST_FLAGS); }

static inline VOID ExpSetFirst(PSLIST_HEADER Head, PSLIST_ENTRY First)
{
    Head->Region = (ULONGLONG)(ULONG_PTR)First | (Head->Region & SLIST_FLAGS);
}

VOID NTAPI ExpInitializeSListHead(PSLIST_HEADER Head) EXPORTED_AS(InitializeSListHead);
PSLIST_ENTRY ExpInterlockedPopEntry(PSLIST_HEADER Head) EXPORTED_AS(InterlockedPopEntrySList);
PSLIST_ENTRY ExpInterlockedPushEntry(PSLIST_HEADER Head, PSLIST_ENTRY Entry) EXPORTED_AS(InterlockedPushEntrySList);
PSLIST_ENTRY ExpInterlockedFlush(PSLIST_HEADER Head) EXPORTED_AS(InterlockedFlushSList);

VOID NTAPI ExpInitializeSListHead(PSLIST_HEADER Head)
{
    Head->Alignment = 0;
    Head->Region = 0;
}

static inline PSLIST_ENTRY ExpPop(PSLIST_HEADER Head)
{
    PSLIST_ENTRY First;

    HvAtomicBegin();
    First = ExpFirst(Head);
    if (First) {
        ExpSetFirst(Head, First->Next);
        Head->Alignment += 0x10000 - 1; /* sequence + 1, depth - 1 */
    }
    HvAtomicEnd();
    return First;
}

static inline PSLIST_ENTRY ExpPush(PSLIST_HEADER Head, PSLIST_ENTRY Entry)
{
    PSLIST_ENTRY Before;

    HvAtomicBegin();
    Before = ExpFirst(Head);
    Entry->Next = Before;
    ExpSetFirst(Head, Entry);
    Head->Alignment += 0x10000 + 1;
    HvAtomicEnd();
    return Before;
}

static inline PSLIST_ENTRY ExpFlush(PSLIST_HEADER Head)
{
    PSLIST_ENTRY First;

    HvAtomicBegin();
    First = ExpFirst(Head);
    ExpSetFirst(Head, NULL);
    Head->Alignment = (Head->Alignment & ~0xFFFFull) + 0x10000;
    HvAtomicEnd();
    return First;
}

PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER Head) { return ExpPop(Head); }
PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER Head, PSLIST_ENTRY Entry) { return ExpPush(Head, Entry); }
PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER Head) { return ExpFlush(Head); }
PSLIST_ENTRY ExpInterlockedPopEntry(PSLIST_HEADER Head) { return ExpPop(Head); }
PSLIST_ENTRY ExpInterlockedPushEntry(PSLIST_HEADER Head, PSLIST_ENTRY Entry) { return ExpPush(Head, Entry); }
PSLIST_ENTRY ExpInterlockedFlush(PSLIST_HEADER Head) { return ExpFlush(Head); }
USHORT ExQueryDepthSList(PSLIST_HEADER Head) { return *(volatile USHORT *)&Head->Alignment; }

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

#undef ExInterlockedAddUlong
ULONG FASTCALL ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    ULONG Before;

    ExpEnter(Lock);
    Before = *Addend;
    *Addend += Increment;
    HvAtomicEnd();
    return Before;
}
