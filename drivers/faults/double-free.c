/* SPDX-License-Identifier: MIT */
/*
 * Double free: DriverEntry and the unload routine both free a block of pool.
 *
 * Both look at the pointer, free the block and clear the pointer; in that order, so that both can see it before either
 * clears it: bug check C2. The twin takes the pointer and leaves NULL in one step.
 *
 * Meant for: --load nt --unload nt
 */
#include "fault.h"

#define SCRATCH_BYTES 128

static PVOID volatile Scratch;

static VOID FreeScratch(VOID)
{
#ifdef FIXED
    PVOID Block = InterlockedExchangePointer(&Scratch, NULL);

    if (Block != NULL) {
        ExFreePoolWithTag(Block, FAULT_TAG);
    }
#else
    if (Scratch != NULL) {
        ExFreePoolWithTag(Scratch, FAULT_TAG);
        Scratch = NULL;
    }
#endif
}

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);

    FreeScratch();
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    Scratch = ExAllocatePoolWithTag(NonPagedPool, SCRATCH_BYTES, FAULT_TAG);
    if (Scratch == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PinUntilLoaded(DriverObject);
    DriverObject->DriverUnload = Unload;
    FreeScratch(); /* DriverEntry is done with it */
    return STATUS_SUCCESS;
}
