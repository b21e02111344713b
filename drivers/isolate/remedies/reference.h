/* SPDX-License-Identifier: MIT */
/*
 * reference - a reference on the driver object that only the kernel drops, when the load has ended: the reinitialisation
 * routine is the kernel's own ObfDereferenceObject. The image stays under DriverEntry, and no instruction of the driver
 * runs after the reference is gone.
 *
 * Leaves: everything else. The unload callback still runs beside DriverEntry; only the last steps of the load are safe.
 */
#include "../../lib/dereference.h"

static inline NTSTATUS ReferenceDriver(_In_ PDRIVER_OBJECT DriverObject)
{
    ObReferenceObject(DriverObject);
    return STATUS_SUCCESS;
}

/* A DriverEntry that fails may not register a reinitialisation routine. */
static inline VOID DereferenceLater(_In_ PDRIVER_OBJECT DriverObject, _In_ NTSTATUS Status)
{
    if (NT_SUCCESS(Status)) {
        DereferenceWhenLoaded(DriverObject);
    } else {
        ObDereferenceObject(DriverObject);
    }
}

#define RemedyEnter(DriverObject)         ReferenceDriver(DriverObject)
#define RemedyLeave(DriverObject, Status) DereferenceLater(DriverObject, Status)
