/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hal.c - spin locks and IRQL under the names that only x86 has, most of them in hal.dll. Source: Microsoft, "Spin
 * Locks", "Managing Hardware Priorities"; wdm.h for which macro calls which.
 */
#include "ke.h"

#undef KeAcquireSpinLock
#undef KeReleaseSpinLock
#undef KeAcquireSpinLockAtDpcLevel
#undef KeReleaseSpinLockFromDpcLevel
#undef KeRaiseIrql
#undef KeLowerIrql

KIRQL FASTCALL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock);
KIRQL FASTCALL KxfRaiseIrql(KIRQL Irql) NT_FASTCALL(KfRaiseIrql, 4);
VOID NTAPI KxLowerIrql(KIRQL Irql) NT_STDCALL(KeLowerIrql, 4);

VOID FASTCALL KxfLowerIrql(KIRQL Irql) NT_FASTCALL(KfLowerIrql, 4);
KIRQL FASTCALL KxfAcquireSpinLock(PKSPIN_LOCK Lock) NT_FASTCALL(KfAcquireSpinLock, 4);
VOID NTAPI KxRaiseIrql(KIRQL Irql, PKIRQL Before) NT_STDCALL(KeRaiseIrql, 8);
KIRQL NTAPI KxRaiseIrqlToSynchLevel(VOID) NT_STDCALL(KeRaiseIrqlToSynchLevel, 0);
VOID NTAPI KxAcquireSpinLock(PKSPIN_LOCK Lock, PKIRQL Before) NT_STDCALL(KeAcquireSpinLock, 8);
VOID NTAPI KxReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql) NT_STDCALL(KeReleaseSpinLock, 8);
VOID NTAPI KxAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock) NT_STDCALL(KeAcquireSpinLockAtDpcLevel, 4);
VOID NTAPI KxReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock) NT_STDCALL(KeReleaseSpinLockFromDpcLevel, 4);

#define KI_SYNCH_LEVEL 0x1b

VOID FASTCALL KxfLowerIrql(KIRQL Irql)
{
    if (Irql > KiIrql()) {
        KiMisuse("KeLowerIrql to a higher IRQL", KiIrql(), Irql);
    }
    KiSetIrql(Irql);
}

KIRQL FASTCALL KxfAcquireSpinLock(PKSPIN_LOCK Lock) { return KeAcquireSpinLockRaiseToDpc(Lock); }
VOID NTAPI KxRaiseIrql(KIRQL Irql, PKIRQL Before) { *Before = KxfRaiseIrql(Irql); }
KIRQL NTAPI KxRaiseIrqlToSynchLevel(VOID) { return KxfRaiseIrql(KI_SYNCH_LEVEL); }
VOID NTAPI KxAcquireSpinLock(PKSPIN_LOCK Lock, PKIRQL Before) { *Before = KeAcquireSpinLockRaiseToDpc(Lock); }
VOID NTAPI KxReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL Irql) { KfReleaseSpinLock(Lock, Irql); }
VOID NTAPI KxAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock) { KefAcquireSpinLockAtDpcLevel(Lock); }
VOID NTAPI KxReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock) { KefReleaseSpinLockFromDpcLevel(Lock); }

/* What KeQueryTickCount reads inline: follows the clock (KiInitializeSharedData). */
#undef KeTickCount
volatile KSYSTEM_TIME KiTickCount NT_DATA(KeTickCount) = {0, 0, 0};
