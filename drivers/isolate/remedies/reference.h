/* SPDX-License-Identifier: MIT */
/*
 * reference - a reference on the driver object that only the kernel drops, when the load has ended: the reinitialisation
 * routine is the kernel's own ObfDereferenceObject, whose argument is the first one that such a routine gets. The image
 * stays under DriverEntry, and no instruction of the driver runs after the reference is gone.
 *
 * Leaves: everything else. The unload callback still runs beside DriverEntry; only the last steps of the load are safe.
 */
#if !defined(_M_AMD64) && !defined(__x86_64__)
#error "on x86 a reinitialisation routine has another calling convention than ObfDereferenceObject"
#endif

static inline NTSTATUS ReferenceDriver(_In_ PDRIVER_OBJECT DriverObject)
{
    ObReferenceObject(DriverObject);
    return STATUS_SUCCESS;
}

/* A DriverEntry that fails may not register a reinitialisation routine. */
static inline VOID DereferenceLater(_In_ PDRIVER_OBJECT DriverObject, _In_ NTSTATUS Status)
{
    if (NT_SUCCESS(Status)) {
        IoRegisterDriverReinitialization(DriverObject, (PDRIVER_REINITIALIZE)(PVOID)ObfDereferenceObject, NULL);
    } else {
        ObDereferenceObject(DriverObject);
    }
}

#define RemedyEnter(DriverObject)         ReferenceDriver(DriverObject)
#define RemedyLeave(DriverObject, Status) DereferenceLater(DriverObject, Status)
