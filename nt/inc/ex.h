/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ex.h - the executive inside nt: pool records for the audit, worker threads.
 */
#ifndef AIRLOCK_NT_EX_H
#define AIRLOCK_NT_EX_H

#include "ntos.h"

/*
 * Every allocation leaves a record on the processor of the thread that made it (NT_PCR.PoolRecords); so does a free of
 * a block that another thread allocated. Records are never removed: addresses are not used twice, so a block whose page
 * is still valid is a live one. The audit walks them with ExpWalkPool (walk.h).
 */
typedef struct _POOL_RECORD {
    struct _POOL_RECORD *Next;
    PVOID Address;
    PVOID Caller; /* return address of the allocation or free */
    ULONG Size;   /* bytes as asked for; POOL_RECORD_FREE: of a free */
    ULONG Tag;
} POOL_RECORD, *PPOOL_RECORD;

#define POOL_RECORD_FREE 0xFFFFFFFFu

/*
 * As ExAllocatePoolWithTag, for nt's own blocks that a late user must be caught at: not recorded, never reported as
 * left behind. NULL when exhausted. Free with ExpFreeSystemPool.
 */
PVOID ExpAllocateSystemPool(SIZE_T Size);
VOID ExpFreeSystemPool(PVOID Block);

VOID ExpInitializeWorkers(VOID); /* boot: the worker threads */

/* A pool tag, as !poolused shows it. */
#define EX_TAG(a, b, c, d) ((ULONG)(a) | (ULONG)(b) << 8 | (ULONG)(c) << 16 | (ULONG)(d) << 24)

#endif
