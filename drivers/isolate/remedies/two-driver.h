/* SPDX-License-Identifier: MIT */
/* two-driver.h - what both two-driver remedies share. */
#include "../../gate/gate.h"

static PKEVENT GateReleased;
static BOOLEAN GateStarted; /* valid when GateReleased is set */

/* Called by driver 1, when the load has ended. The event must be known before the filter can be found. */
static NTSTATUS StartForGate(_In_ PDRIVER_OBJECT DriverObject, _In_ PKEVENT Released)
{
    NTSTATUS Status;

    if (InterlockedCompareExchangePointer((PVOID volatile *)&GateReleased, Released, NULL) != NULL) {
        return STATUS_ALREADY_REGISTERED;
    }
    Status = StartIsolation(DriverObject);
    GateStarted = NT_SUCCESS(Status);
    return Status;
}

/* If starting has failed there is nothing to stop. */
static inline NTSTATUS WaitForGate(VOID)
{
    KeWaitForSingleObject(GateReleased, Executive, KernelMode, FALSE, NULL);
    return GateStarted ? STATUS_SUCCESS : STATUS_FLT_DO_NOT_DETACH;
}
