/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntos.h - what every part of the kernel shares: the DDK's own headers, processor and thread blocks, sections.
 * Parts have headers of their own beside this one (ke.h, ps.h, ob.h, io.h, mm.h, rtl.h, cm.h, vf.h).
 *
 * Each thread has a processor of its own, so KPCR fields are private to the thread. IRQL lives in KPCR.Irql; do not use
 * the DDK's inline KeGetCurrentIrql here (it reads CR8, which traps): use KiIrql().
 */
#ifndef AIRLOCK_NT_NTOS_H
#define AIRLOCK_NT_NTOS_H

#ifndef _NTSYSTEM_
#define _NTSYSTEM_
#endif
#ifndef NT_KERNEL_DATA /* the kernel itself: it does not import what it defines */
#define _NTOSKRNL_
#define _NTHALDLL_
#endif
#include <ntifs.h>
#include <stdarg.h>

#include "hv.h"
#include "model.h"
struct _NT_PCR;
#include "processor.h"

#ifndef NT_KERNEL_DATA /* variables exported by ntoskrnl: other modules are built with dllimport here */
#define NT_KERNEL_DATA extern
#endif
NT_KERNEL_DATA NT_MODEL NtModel; /* nt/init/model.c; fltmgr imports it as data */

typedef enum _KTHREAD_ROLE { ThreadSystem, ThreadWorker, ThreadUser } KTHREAD_ROLE; /* ThreadUser: PreviousMode user */

/* Offsets are our own except where drivers' inline code reads them (none does beyond CurrentThread and Header). */
struct _KTHREAD {
    DISPATCHER_HEADER Header;  /* signalled when the thread has ended */
    LIST_ENTRY MutantListHead; /* KMUTANTs that it owns; valid once Flink is set */
    ULONG Id;                  /* the machine's number */
    KTHREAD_ROLE Role;
    PKSTART_ROUTINE StartRoutine;
    PVOID StartContext;
    PVOID StackBase;  /* high end */
    PVOID StackLimit; /* low end */
    struct _NT_PCR *Pcr;
    PVOID Process;
    HANDLE Cid[2]; /* process, thread */
    NTSTATUS ExitStatus;
    LONG KernelApcDisable; /* < 0 inside a critical region */
    LONG SpecialApcDisable;
    LONG Priority;
    PVOID Creator;      /* return address of whoever asked for the thread (verifier) */
    PVOID DeviceObject; /* IoCreateSystemThread: referenced object, dropped when the thread ends */
    PVOID TopLevelIrp;
};

/*
 * The processor block. NT_PCR_HEAD, up to CurrentThread, follows Windows' KPCR and KPRCB; the rest is ours.
 */
typedef struct _NT_PCR {
    NT_PCR_HEAD;
    PKTHREAD CurrentThread;
    UCHAR Number;
    UCHAR Ended; /* TRUE: the thread is gone, CurrentThread may be freed memory */
    /*
     * What this thread made, for the audit. Each list has one writer, this thread: a list for the whole system would
     * make every two creations depend on each other. See PsNextProcessor.
     */
    struct _NT_PCR *Creator;
    struct _NT_PCR *FirstChild; /* processors of the threads it created, newest first */
    struct _NT_PCR *NextSibling;
    struct _POOL_RECORD *PoolRecords; /* blocks it allocated, newest first */
    ULONG FailableCalls;              /* vffail.c: made in DriverEntry so far */
    BOOLEAN CountsCalls;              /* vffail.c: it is in the DriverEntry in question */
} NT_PCR, *PNT_PCR;
C_ASSERT(FIELD_OFFSET(NT_PCR, Self) == PCR_SELF);
C_ASSERT(FIELD_OFFSET(NT_PCR, Irql) == PCR_IRQL);
C_ASSERT(FIELD_OFFSET(NT_PCR, CurrentThread) == PCR_CURRENT_THREAD);

static inline PNT_PCR KiPcr(VOID) { return KiReadPcrPointer(PCR_SELF); }
static inline PKTHREAD KiThread(VOID) { return KiReadPcrPointer(PCR_CURRENT_THREAD); }
static inline KIRQL KiIrql(VOID) { return KiReadPcrByte(PCR_IRQL); }
static inline VOID KiSetIrql(KIRQL Irql) { KiWritePcrByte(PCR_IRQL, Irql); }

/* The processor block of a thread that does not run yet. */
static inline VOID KiInitializeProcessorBlock(PNT_PCR Pcr, PKTHREAD Thread, PVOID StackBase, PVOID StackLimit)
{
    Pcr->Self = Pcr;
    Pcr->CurrentThread = Thread;
    KI_INITIALIZE_PCR(Pcr, StackBase, StackLimit);
    UNREFERENCED_PARAMETER(StackBase);
    UNREFERENCED_PARAMETER(StackLimit);
}

/* Windows aligns DEVICE_OBJECT to 16 bytes on x64: 0x150, where this header's type has 0x148. x86: 0xb8. */
#define NT_DEVICE_OBJECT_SIZE ((sizeof(DEVICE_OBJECT) + 2 * sizeof(PVOID) - 1) & ~(2 * sizeof(PVOID) - 1))

/*
 * A spin-lock-like word: wait until 0, set to 1, leave the section. Not for code that is one atomic section anyway.
 */
static inline VOID KiAcquireWord(volatile LONG *Word)
{
    if (InterlockedCompareExchange(Word, 1, 0) == 0) {
        return;
    }
    HvWaitWord((volatile void *)Word, sizeof(*Word), HV_EQ, 0, HV_WAIT_NO_YIELD, (const void *)Word);
    *Word = 1;
    HvAtomicEnd();
}
static inline VOID KiReleaseWord(volatile LONG *Word) { *Word = 0; }

#endif
