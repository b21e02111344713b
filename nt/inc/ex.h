/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ex.h - the executive inside nt: pool records for the audit, worker threads.
 */
#ifndef AIRLOCK_NT_EX_H
#define AIRLOCK_NT_EX_H

#include "ntos.h"

/*
 * Every pool block has a record, which outlives it: a free marks the record. Records hang on the processor of the
 * thread that allocated (NT_PCR.PoolRecords); the audit walks them with ExpWalkPool (vf.h).
 */
typedef struct _POOL_RECORD {
    struct _POOL_RECORD *Next;
    PVOID Address;
    SIZE_T Size;                /* as asked for */
    PVOID Caller;               /* return address of the allocation */
    ULONG Tag;
    volatile ULONG Freed;       /* TRUE: given back */
} POOL_RECORD, *PPOOL_RECORD;

/*
 * As ExAllocatePoolWithTag, for nt's own blocks that a late user must be caught at: not recorded, never reported as left
 * behind. NULL when exhausted. Free with ExpFreeSystemPool.
 */
PVOID ExpAllocateSystemPool(SIZE_T Size);
VOID ExpFreeSystemPool(PVOID Block);

VOID ExpInitializeWorkers(VOID);    /* boot: the worker threads */

/* EX_RUNDOWN_REF: bit 0 = being run down, the rest counts references by 2. */

#endif
