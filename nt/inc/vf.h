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

/* mm: just before it unmaps, with its load lock held. */
VOID VfImageUnloading(PVOID Base, SIZE_T Size);
/* io: a driver object owns an image; DriverEntry has not run. Name: base name, zero-terminated, copied. */
VOID VfDriverLoaded(PDRIVER_OBJECT DriverObject, PVOID Base, SIZE_T Size, PCSTR Name);
VOID VfDriverDeleted(PDRIVER_OBJECT DriverObject);

/* The image that contains the address, loaded or gone: its base, NULL = none (or the system itself). */
PVOID VfImageOf(const VOID *Address);

/* An API contract broken by the code at Caller. Text: at most 127 characters, no formatting. */
VOID VfMisuse(PCSTR Text, ULONG_PTR First, ULONG_PTR Second, PVOID Caller);
VOID VfNote(ULONG Kind, PCSTR Text, ULONG_PTR First, ULONG_PTR Second, ULONG_PTR Third, ULONG_PTR Fourth);

/*
 * Calls that fail on purpose (vffail.c). VfFailCall: which call, 0 = none, VF_FAIL_LIST = none, but note each. Around
 * the call of DriverEntry, only if it is not 0; the result of VfEnterDriver is for VfLeaveDriver.
 */
#define VF_FAIL_LIST MAXULONG
extern ULONG VfFailCall;
VOID VfInitialize(VOID); /* option /FAIL:file=N */
BOOLEAN VfEnterDriver(PDRIVER_OBJECT DriverObject);
VOID VfLeaveDriver(BOOLEAN Outer);

/*
 * The full audit, on a quiet system (everything else waits or has ended): threads, timers, DPCs, pool, devices,
 * symbolic links, object references, notify routines, registry callbacks, work items, handles of every image that was
 * ever loaded by IopLoadDriver. Called by session.exe. PASSIVE_LEVEL.
 */
VOID NTAPI VfAudit(VOID);

#endif
