/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mutant.c - mutexes (KMUTEX) and mutants. Source: Microsoft, "Mutex Objects". */
#include "ke.h"

/* A kernel mutex: its owner is in a critical region while it owns it. Level is not used by Windows either. */
VOID NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    UNREFERENCED_PARAMETER(Level);
    KiInitializeHeader(&Mutex->Header, MutantObject, sizeof(KMUTANT) / sizeof(ULONG), 1);
    Mutex->OwnerThread = NULL;
    Mutex->Abandoned = FALSE;
    Mutex->ApcDisable = 1;
}

/* A mutant as NtCreateMutant makes it: no critical region. */
VOID NTAPI KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner)
{
    KeInitializeMutex(Mutant, 0);
    Mutant->ApcDisable = 0;
    if (InitialOwner) {
        KeWaitForSingleObject(Mutant, Executive, KernelMode, FALSE, NULL);
    }
}

/* The last release, or the owner's end. Inside the dispatcher. */
static VOID KiFreeMutant(PKMUTANT Mutant, PKTHREAD Owner)
{
    RemoveEntryList(&Mutant->MutantListEntry);
    Owner->KernelApcDisable += Mutant->ApcDisable;
    Mutant->OwnerThread = NULL;
    Mutant->Header.SignalState = 1;
    KiSignal(&Mutant->Header);
}

/*
 * Release once; returns the state before (0 = owned once, negative = more often). Raises STATUS_MUTANT_NOT_OWNED if the
 * caller does not own it, STATUS_ABANDONED if its owner ended. Source: Microsoft, "KeReleaseMutex".
 */
LONG NTAPI KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandon, BOOLEAN Wait)
{
    PKTHREAD Thread = KiThread();
    KIRQL Irql = KiEnterDispatcher();
    LONG Before = Mutant->Header.SignalState;

    UNREFERENCED_PARAMETER(Increment);
    UNREFERENCED_PARAMETER(Wait);
    if (Mutant->OwnerThread != Thread && !Abandon) {
        BOOLEAN Abandoned = Mutant->Abandoned;
        KiLeaveDispatcher(Irql);
        ExRaiseStatus(Abandoned ? STATUS_ABANDONED : STATUS_MUTANT_NOT_OWNED);
    }
    if (Before == 0) {
        KiFreeMutant(Mutant, Thread);
    } else {
        Mutant->Header.SignalState = Before + 1;
    }
    KiLeaveDispatcher(Irql);
    return Before;
}

LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait) { return KeReleaseMutant(Mutex, 1, FALSE, Wait); }

LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex) { return *(volatile LONG *)&Mutex->Header.SignalState; }
LONG NTAPI KeReadStateMutant(PRKMUTANT Mutant) { return *(volatile LONG *)&Mutant->Header.SignalState; }

/*
 * A thread that ends while it owns a kernel mutex stops Windows; a mutant is passed on as abandoned.
 * Source: Microsoft, bug check 0x39 "THREAD_TERMINATE_HELD_MUTEX" (SYSTEM_EXIT_OWNED_MUTEX).
 */
VOID KiSignalThreadEnd(PKTHREAD Thread)
{
    while (Thread->MutantListHead.Flink && !IsListEmpty(&Thread->MutantListHead)) {
        PKMUTANT Mutant = CONTAINING_RECORD(Thread->MutantListHead.Flink, KMUTANT, MutantListEntry);
        if (Mutant->ApcDisable) {
            KeBugCheckEx(THREAD_TERMINATE_HELD_MUTEX, (ULONG_PTR)Thread, (ULONG_PTR)Mutant, 0, 0);
        }
        Mutant->Abandoned = TRUE;
        KiFreeMutant(Mutant, Thread);
    }
    Thread->Header.SignalState = 1;
    KiSignal(&Thread->Header);
}
