/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vf.h - what a driver left behind: one HV_NOTE per item, attributed to the image that made it.
 *
 * An item belongs to an image when the code that made it, or the routine that it would call, lies inside the image's
 * bytes. Images that are gone are remembered; addresses are never used twice, so the attribution stays unambiguous.
 */
#ifndef AIRLOCK_NT_VF_H
#define AIRLOCK_NT_VF_H

#include "ntos.h"

/* mm: just before it unmaps. Base name as in the image store ("isolate.sys"). */
VOID VfImageUnloading(PVOID Base, SIZE_T Size, const char *Name);
/* mm: an image is mapped, its DriverEntry has not run. */
VOID VfImageLoaded(PVOID Base, SIZE_T Size, const char *Name);

/* The image that contains the address, loaded or gone: its base, NULL = none (or the system itself). */
PVOID VfImageOf(const VOID *Address);

/* An API contract broken by the code at Caller. Text: at most 127 characters, no formatting. */
VOID VfMisuse(const char *Text, ULONG_PTR First, ULONG_PTR Second, PVOID Caller);
VOID VfNote(ULONG Kind, const char *Text, ULONG_PTR First, ULONG_PTR Second, ULONG_PTR Third, ULONG_PTR Fourth);

/*
 * The full audit, on a quiet system (everything else waits or has ended): threads, timers, DPCs, pool, devices,
 * symbolic links, object references, notify routines, registry callbacks, work items, handles of every image that was
 * ever loaded by IopLoadDriver. Called by session.exe. PASSIVE_LEVEL.
 */
VOID NTAPI VfAudit(VOID);

/*
 * Filters given by the owners of the lists; each calls back for every live item.
 *   ex:  pool blocks (address, bytes, tag, caller), queued work items (routine)
 *   ke:  timers in the table (timer, its DPC or NULL), queued DPCs (dpc)
 *   ps:  threads that have not ended (thread), notify routines (routine)
 */
typedef VOID VF_VISITOR(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context);
VOID ExpWalkPool(VF_VISITOR *Visit, PVOID Context);         /* Item block, First bytes, Second tag, Caller */
VOID ExpWalkWorkItems(VF_VISITOR *Visit, PVOID Context);    /* Item WORK_QUEUE_ITEM, First routine, Second parameter */
VOID KiWalkTimers(VF_VISITOR *Visit, PVOID Context);        /* Item KTIMER, First KDPC, Second DeferredRoutine */
VOID KiWalkDpcs(VF_VISITOR *Visit, PVOID Context);          /* Item KDPC, First DeferredRoutine */
VOID PspWalkThreads(VF_VISITOR *Visit, PVOID Context);      /* Item KTHREAD, First StartRoutine, Caller CreatorImage */
VOID PspWalkNotifyRoutines(VF_VISITOR *Visit, PVOID Context); /* Item routine, First kind: 0 process 1 thread 2 image */

#endif
