/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ps.h - threads and processes inside nt.
 *
 * A new thread starts at KiStartSystemThread (arch.h), which calls PspSystemThreadStartup(StartRoutine, StartContext),
 * whose exception filter is the system's; that one calls StartRoutine(StartContext), then PsTerminateSystemThread.
 */
#ifndef AIRLOCK_NT_PS_H
#define AIRLOCK_NT_PS_H

#include "ntos.h"

#define PS_SYSTEM_CID ((HANDLE)(ULONG_PTR)4)     /* process id of System */
#define PS_CLIENT_CID ((HANDLE)(ULONG_PTR)0x100) /* process id of the client (session) threads */

/*
 * Create a thread and let it run. Creator: return address of the caller's caller, for the audit. Object: NULL, or an
 * object of which the caller took a reference that the end of the thread drops. On success *Handle, unless NULL, is a
 * handle to it, written before the thread runs; *Thread, unless NULL, a referenced thread. PASSIVE_LEVEL.
 * STATUS_INSUFFICIENT_RESOURCES when the machine has no room.
 */
NTSTATUS PspCreateThread(KTHREAD_ROLE Role, PKSTART_ROUTINE StartRoutine, PVOID StartContext, PVOID Creator,
                         PVOID Object, PHANDLE Handle, PKTHREAD *Thread);

/* The calling thread ends: object signalled, mutants abandoned, stack given back. */
DECLSPEC_NORETURN VOID PspExitThread(NTSTATUS Status);

/* Delete procedures of the thread and process object types (nt/ob stores them in the types). */
VOID PspDeleteThread(PVOID Object);
VOID PspDeleteProcess(PVOID Object);

VOID PsInitSystem(VOID); /* System process, boot thread as objects; after ObInitSystem */

extern PNT_PCR KiBootPcr; /* of the first thread: root of the tree of processors */
PVOID PspProcessOf(KTHREAD_ROLE Role);
VOID PspInitVersion(VOID);

/*
 * Walk all processors (= threads) ever created, whatever created them; start with NULL. For the audit, when nothing
 * else runs: elsewhere it would depend on every thread creation.
 */
PNT_PCR PsNextProcessor(PNT_PCR Pcr);

/* The thread with that number, or NULL; not referenced. As PsNextProcessor, for rare use. */
PKTHREAD PspThreadById(ULONG Id);

/* Notify routines. Called by nt/mm and nt/ps; the tables are walked by the audit of nt/vf. */
#define PSP_NOTIFY_MAX 64
typedef enum _PSP_NOTIFY_KIND {
    PspNotifyProcess,
    PspNotifyProcessEx,
    PspNotifyThread,
    PspNotifyImage,
    PspNotifyKinds
} PSP_NOTIFY_KIND;
typedef struct _PSP_NOTIFY_TABLE {
    volatile LONG Count; /* registered now; 0: nobody looks further */
    PVOID volatile Routine[PSP_NOTIFY_MAX];
} PSP_NOTIFY_TABLE;
extern PSP_NOTIFY_TABLE PspNotify[PspNotifyKinds];
VOID PspCallThreadNotify(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create);
VOID PspCallImageNotify(PUNICODE_STRING FullName, PVOID Base, SIZE_T Size);

#endif
