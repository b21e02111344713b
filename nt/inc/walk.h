/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - for the audit: everything that is alive, whoever made it. Only on a quiet system: a walk reads what all
 * threads write, and so would depend on every step of theirs.
 */
#ifndef AIRLOCK_NT_WALK_H
#define AIRLOCK_NT_WALK_H

#include "ntos.h"

/* Caller: address in the code that made the item, or the item itself where that is not known. */
typedef VOID NT_VISITOR(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context);

VOID ExpWalkPool(NT_VISITOR *Visit, PVOID Context);      /* Item block, First bytes, Second tag */
VOID ExpWalkWorkItems(NT_VISITOR *Visit, PVOID Context); /* Item WORK_QUEUE_ITEM, First routine, Second parameter */
VOID KiWalkTimers(NT_VISITOR *Visit, PVOID Context);     /* Item KTIMER in use, First KDPC, Second its routine */
VOID KiWalkDpcs(NT_VISITOR *Visit, PVOID Context);       /* Item KDPC that is queued, First its routine */
VOID PspWalkThreads(NT_VISITOR *Visit, PVOID Context);   /* Item KTHREAD that has not ended, First start routine */
VOID PspWalkNotifyRoutines(NT_VISITOR *Visit, PVOID Context); /* Item routine, First kind: 0 process 1 thread 2 image */

#endif
