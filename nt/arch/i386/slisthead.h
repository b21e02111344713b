/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slisthead.h - the x86 SLIST_HEADER: first entry, depth, sequence. */
#ifndef AIRLOCK_NT_SLISTHEAD_H
#define AIRLOCK_NT_SLISTHEAD_H

static inline PSLIST_ENTRY ExpFirst(PSLIST_HEADER Head) { return (PSLIST_ENTRY)Head->Next.Next; }
static inline USHORT ExpDepth(PSLIST_HEADER Head) { return *(volatile USHORT *)&Head->Depth; }

/* The sequence counts every change. */
static inline VOID ExpSetFirst(PSLIST_HEADER Head, PSLIST_ENTRY First, LONG Deeper)
{
    Head->Next.Next = (PVOID)First;
    Head->Depth = (USHORT)(Head->Depth + Deeper);
    Head->Sequence++;
}

#endif
