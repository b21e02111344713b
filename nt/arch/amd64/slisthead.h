/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slisthead.h - the x64 SLIST_HEADER: Alignment = depth (16 bits), sequence (48); Region = first entry, 4 bits of flags. */
#ifndef AIRLOCK_NT_SLISTHEAD_H
#define AIRLOCK_NT_SLISTHEAD_H

#define SLIST_FLAGS 15ull

static inline PSLIST_ENTRY ExpFirst(PSLIST_HEADER Head) { return (PSLIST_ENTRY)(Head->Region & ~SLIST_FLAGS); }
static inline USHORT ExpDepth(PSLIST_HEADER Head) { return *(volatile USHORT *)&Head->Alignment; }

/* The sequence counts every change. */
static inline VOID ExpSetFirst(PSLIST_HEADER Head, PSLIST_ENTRY First, LONG Deeper)
{
    Head->Region = (ULONGLONG)(ULONG_PTR)First | (Head->Region & SLIST_FLAGS);
    Head->Alignment += 0x10000 + (LONG64)Deeper;
}

#endif
