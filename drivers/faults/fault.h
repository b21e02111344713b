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

#include "../lib/dereference.h"

#define FAULT_TAG 'tlaF'

DRIVER_INITIALIZE DriverEntry;

/*
 * PinUntilLoaded - keep the driver object, and with it the image, until the loading thread has left the driver for good.
 *
 * Up to Windows 7 nothing keeps an image mapped while its DriverEntry runs: whoever unloads it at that moment unmaps the
 * code that is being executed. So both twins take a reference here, which the kernel drops after all of loading is done.
 *
 * Call it after the last step of DriverEntry that can fail, and before an unload can get through. IRQL PASSIVE_LEVEL.
 */
static inline VOID PinUntilLoaded(_In_ PDRIVER_OBJECT DriverObject)
{
    ObfReferenceObject(DriverObject);
    DereferenceWhenLoaded(DriverObject);
}

/* Waits as long as it takes. IRQL PASSIVE_LEVEL. */
static inline VOID WaitFor(_In_ PVOID Object) { KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL); }

#endif
