/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interlocked.c - what x86 drivers call for sequenced lists and interlocked arithmetic, which x64 has inline. Each is one
 * instruction or one step. Source: Microsoft, "InterlockedExchange", "ExInterlockedPopEntrySList". Any IRQL.
 */
#include "slist.h"

#undef ExInterlockedPopEntrySList
#undef ExInterlockedCompareExchange64
#undef ExInterlockedAddLargeStatistic
#undef ExInterlockedPushEntrySList

PSLIST_ENTRY FASTCALL ExpInterlockedPop(PSLIST_HEADER Head) NT_FASTCALL(InterlockedPopEntrySList, 4);
PSLIST_ENTRY FASTCALL ExpInterlockedPush(PSLIST_HEADER Head, PSLIST_ENTRY Entry)
    NT_FASTCALL(InterlockedPushEntrySList, 8);
PSLIST_ENTRY FASTCALL ExpInterlockedPopLocked(PSLIST_HEADER Head, PKSPIN_LOCK Lock)
    NT_FASTCALL(ExInterlockedPopEntrySList, 8);
PSLIST_ENTRY FASTCALL ExpInterlockedPushLocked(PSLIST_HEADER Head, PSLIST_ENTRY Entry, PKSPIN_LOCK Lock)
    NT_FASTCALL(ExInterlockedPushEntrySList, 12);
PSLIST_ENTRY FASTCALL ExpInterlockedFlush(PSLIST_HEADER Head) NT_FASTCALL(ExInterlockedFlushSList, 4);

PSLIST_ENTRY FASTCALL ExpInterlockedPop(PSLIST_HEADER Head) { return ExpPop(Head); }
PSLIST_ENTRY FASTCALL ExpInterlockedPush(PSLIST_HEADER Head, PSLIST_ENTRY Entry) { return ExpPush(Head, Entry); }
PSLIST_ENTRY FASTCALL ExpInterlockedFlush(PSLIST_HEADER Head) { return ExpFlush(Head); }

/* The lock is not needed, nor looked at. */
PSLIST_ENTRY FASTCALL ExpInterlockedPopLocked(PSLIST_HEADER Head, PKSPIN_LOCK Lock)
{
    UNREFERENCED_PARAMETER(Lock);
    return ExpPop(Head);
}

PSLIST_ENTRY FASTCALL ExpInterlockedPushLocked(PSLIST_HEADER Head, PSLIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    UNREFERENCED_PARAMETER(Lock);
    return ExpPush(Head, Entry);
}

LONG FASTCALL ExpIncrement(LONG volatile *Addend) NT_FASTCALL(InterlockedIncrement, 4);
LONG FASTCALL ExpDecrement(LONG volatile *Addend) NT_FASTCALL(InterlockedDecrement, 4);
LONG FASTCALL ExpExchange(LONG volatile *Target, LONG Value) NT_FASTCALL(InterlockedExchange, 8);
LONG FASTCALL ExpExchangeAdd(LONG volatile *Addend, LONG Value) NT_FASTCALL(InterlockedExchangeAdd, 8);
LONG FASTCALL ExpCompareExchange(LONG volatile *Target, LONG Exchange, LONG Comparand)
    NT_FASTCALL(InterlockedCompareExchange, 12);

LONG FASTCALL ExpIncrement(LONG volatile *Addend) { return __sync_add_and_fetch(Addend, 1); }
LONG FASTCALL ExpDecrement(LONG volatile *Addend) { return __sync_sub_and_fetch(Addend, 1); }
LONG FASTCALL ExpExchange(LONG volatile *Target, LONG Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
LONG FASTCALL ExpExchangeAdd(LONG volatile *Addend, LONG Value) { return __sync_fetch_and_add(Addend, Value); }
LONG FASTCALL ExpCompareExchange(LONG volatile *Target, LONG Exchange, LONG Comparand)
{
    return __sync_val_compare_and_swap(Target, Comparand, Exchange);
}

/* -1, 0 or 1, by the sign of the result. */
static INTERLOCKED_RESULT ExpSign(LONG Value)
{
    return Value == 0 ? ResultZero : Value < 0 ? ResultNegative : ResultPositive;
}

INTERLOCKED_RESULT FASTCALL ExpIncrementLong(PLONG Addend) NT_FASTCALL(Exfi386InterlockedIncrementLong, 4);
INTERLOCKED_RESULT FASTCALL ExpDecrementLong(PLONG Addend) NT_FASTCALL(Exfi386InterlockedDecrementLong, 4);
ULONG FASTCALL ExpExchangeUlong(PULONG Target, ULONG Value) NT_FASTCALL(Exfi386InterlockedExchangeUlong, 8);

INTERLOCKED_RESULT FASTCALL ExpIncrementLong(PLONG Addend) { return ExpSign(ExpIncrement(Addend)); }
INTERLOCKED_RESULT FASTCALL ExpDecrementLong(PLONG Addend) { return ExpSign(ExpDecrement(Addend)); }
ULONG FASTCALL ExpExchangeUlong(PULONG Target, ULONG Value) { return (ULONG)ExpExchange((PLONG)Target, (LONG)Value); }

LONGLONG FASTCALL ExpCompareExchange64(LONGLONG volatile *Target, PLONGLONG Exchange, PLONGLONG Comparand)
    NT_FASTCALL(ExfInterlockedCompareExchange64, 12);
LONGLONG FASTCALL ExpCompareExchange64Locked(LONGLONG volatile *Target, PLONGLONG Exchange, PLONGLONG Comparand,
                                             PKSPIN_LOCK Lock) NT_FASTCALL(ExInterlockedCompareExchange64, 16);

LONGLONG FASTCALL ExpCompareExchange64(LONGLONG volatile *Target, PLONGLONG Exchange, PLONGLONG Comparand)
{
    return __sync_val_compare_and_swap(Target, *Comparand, *Exchange);
}

LONGLONG FASTCALL ExpCompareExchange64Locked(LONGLONG volatile *Target, PLONGLONG Exchange, PLONGLONG Comparand,
                                             PKSPIN_LOCK Lock)
{
    UNREFERENCED_PARAMETER(Lock);
    return ExpCompareExchange64(Target, Exchange, Comparand);
}

VOID FASTCALL ExInterlockedAddLargeStatistic(PLARGE_INTEGER Addend, ULONG Increment)
{
    __sync_fetch_and_add(&Addend->QuadPart, (LONGLONG)Increment);
}

/* The stdcall twins of the ones that wdm.h's macros call. Source: ReactOS ntoskrnl.spec, for the names. */
PLIST_ENTRY NTAPI ExpInsertHead(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
    NT_STDCALL(ExInterlockedInsertHeadList, 12);
PLIST_ENTRY NTAPI ExpInsertTail(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
    NT_STDCALL(ExInterlockedInsertTailList, 12);
PLIST_ENTRY NTAPI ExpRemoveHead(PLIST_ENTRY Head, PKSPIN_LOCK Lock) NT_STDCALL(ExInterlockedRemoveHeadList, 8);
PSINGLE_LIST_ENTRY NTAPI ExpPopEntry(PSINGLE_LIST_ENTRY Head, PKSPIN_LOCK Lock)
    NT_STDCALL(ExInterlockedPopEntryList, 8);
PSINGLE_LIST_ENTRY NTAPI ExpPushEntry(PSINGLE_LIST_ENTRY Head, PSINGLE_LIST_ENTRY Entry, PKSPIN_LOCK Lock)
    NT_STDCALL(ExInterlockedPushEntryList, 12);
ULONG NTAPI ExpAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock) NT_STDCALL(ExInterlockedAddUlong, 12);

PLIST_ENTRY NTAPI ExpInsertHead(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    return ExfInterlockedInsertHeadList(Head, Entry, Lock);
}

PLIST_ENTRY NTAPI ExpInsertTail(PLIST_ENTRY Head, PLIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    return ExfInterlockedInsertTailList(Head, Entry, Lock);
}

PLIST_ENTRY NTAPI ExpRemoveHead(PLIST_ENTRY Head, PKSPIN_LOCK Lock) { return ExfInterlockedRemoveHeadList(Head, Lock); }

PSINGLE_LIST_ENTRY NTAPI ExpPopEntry(PSINGLE_LIST_ENTRY Head, PKSPIN_LOCK Lock)
{
    return ExfInterlockedPopEntryList(Head, Lock);
}

PSINGLE_LIST_ENTRY NTAPI ExpPushEntry(PSINGLE_LIST_ENTRY Head, PSINGLE_LIST_ENTRY Entry, PKSPIN_LOCK Lock)
{
    return ExfInterlockedPushEntryList(Head, Entry, Lock);
}

ULONG NTAPI ExpAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    return ExfInterlockedAddUlong(Addend, Increment, Lock);
}
