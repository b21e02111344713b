/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what the drivers of this folder share.
 *
 * Each source makes two drivers: fault-NAME.sys, which plants one failure, and fixed-NAME.sys (compiled with FIXED),
 * which differs by its repair alone.
 */
#ifndef FAULT_H
#define FAULT_H

#include <ntifs.h>

#define FAULT_TAG 'tlaF'

DRIVER_INITIALIZE DriverEntry;

/*
 * PinUntilLoaded - keep the driver object, and with it the image, until the loading thread has left the driver for good.
 *
 * Up to Windows 7 nothing keeps an image mapped while its DriverEntry runs: whoever unloads it at that moment unmaps the
 * code that is being executed. So both twins take a reference here, which the kernel drops after all of loading is done:
 * the reinitialisation routine is the kernel's own ObfDereferenceObject, whose argument is the first one that such a
 * routine gets, the driver object. No instruction of ours runs after the reference is gone. (Arguments travel in
 * registers on x64, so the two it ignores do no harm; on x86 this would corrupt the stack.)
 *
 * Call it after the last step of DriverEntry that can fail, and before an unload can get through. IRQL PASSIVE_LEVEL.
 */
#if defined(_M_AMD64) || defined(__x86_64__)
static inline VOID PinUntilLoaded(_In_ PDRIVER_OBJECT DriverObject)
{
    ObfReferenceObject(DriverObject);
    IoRegisterDriverReinitialization(DriverObject, (PDRIVER_REINITIALIZE)(PVOID)ObfDereferenceObject, NULL);
}
#else
#error "PinUntilLoaded needs the x64 calling convention"
#endif

/* Waits as long as it takes. IRQL PASSIVE_LEVEL. */
static inline VOID WaitFor(_In_ PVOID Object) { KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL); }

#endif
