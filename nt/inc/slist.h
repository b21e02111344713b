/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slist.h - sequenced singly linked lists, which need no lock. nt/arch/ARCHITECTURE/slisthead.h knows the header's
 * layout, slist.c beside it exports the names. Source: Microsoft, "Sequenced Singly Linked Lists". Any IRQL.
 */
#ifndef AIRLOCK_NT_SLIST_H
#define AIRLOCK_NT_SLIST_H

#include "ntos.h"
#include "slisthead.h"

static inline VOID ExpInitializeSList(PSLIST_HEADER Head)
{
    for (ULONG Index = 0; Index < sizeof(*Head) / sizeof(ULONG_PTR); Index++) {
        ((ULONG_PTR *)Head)[Index] = 0;
    }
}

static inline PSLIST_ENTRY ExpPop(PSLIST_HEADER Head)
{
    PSLIST_ENTRY First;

    HvAtomicBegin();
    First = ExpFirst(Head);
    if (First) {
        ExpSetFirst(Head, (PSLIST_ENTRY)First->Next, -1);
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
    ExpSetFirst(Head, Entry, 1);
    HvAtomicEnd();
    return Before;
}

static inline PSLIST_ENTRY ExpFlush(PSLIST_HEADER Head)
{
    PSLIST_ENTRY First;

    HvAtomicBegin();
    First = ExpFirst(Head);
    ExpSetFirst(Head, NULL, -(LONG)ExpDepth(Head));
    HvAtomicEnd();
    return First;
}

#endif
