/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region.c - critical and guarded regions. No APC is ever delivered here, so only the count matters: its balance is
 * checked when a thread ends or a work routine returns. Source: Microsoft, "Disabling APCs".
 */
#include "ke.h"

VOID NTAPI KeEnterCriticalRegion(VOID) { KiThread()->KernelApcDisable--; }

VOID NTAPI KeLeaveCriticalRegion(VOID)
{
    if (++KiThread()->KernelApcDisable > 0) {
        KiMisuse("KeLeaveCriticalRegion without KeEnterCriticalRegion", 0, 0);
    }
}

VOID NTAPI KeEnterGuardedRegion(VOID) { KiThread()->SpecialApcDisable--; }

VOID NTAPI KeLeaveGuardedRegion(VOID)
{
    if (++KiThread()->SpecialApcDisable > 0) {
        KiMisuse("KeLeaveGuardedRegion without KeEnterGuardedRegion", 0, 0);
    }
}

BOOLEAN NTAPI KeAreApcsDisabled(VOID)
{
    PKTHREAD Thread = KiThread();
    return Thread->KernelApcDisable != 0 || Thread->SpecialApcDisable != 0;
}

BOOLEAN NTAPI KeAreAllApcsDisabled(VOID) { return KiThread()->SpecialApcDisable != 0 || KiIrql() >= APC_LEVEL; }

BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE Mode)
{
    UNREFERENCED_PARAMETER(Mode);
    return FALSE;
}
