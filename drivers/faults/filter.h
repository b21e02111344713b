/* SPDX-License-Identifier: MIT */
/*
 * filter.h - the minifilter around a planted failure. It is closed by itself: the unload callback begins with
 * StopFilter, which waits until DriverEntry has called FilterStarted. So whatever goes wrong is what was planted.
 */
#ifndef FAULT_FILTER_H
#define FAULT_FILTER_H

#include "fault.h"
#include <fltkernel.h>

static PFLT_FILTER FilterHandle;
static KEVENT FilterStartedEvent;

/* First part of DriverEntry. On failure nothing is left of it. */
static NTSTATUS StartFilter(_In_ PDRIVER_OBJECT DriverObject, _In_ PFLT_FILTER_UNLOAD_CALLBACK Unload)
{
    const FLT_REGISTRATION Registration = {
        .Size = sizeof(Registration),
        .Version = FLT_REGISTRATION_VERSION,
        .FilterUnloadCallback = Unload,
    };
    NTSTATUS Status;

    KeInitializeEvent(&FilterStartedEvent, NotificationEvent, FALSE);
    Status = FltRegisterFilter(DriverObject, &Registration, &FilterHandle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = FltStartFiltering(FilterHandle);
    if (!NT_SUCCESS(Status)) {
        FltUnregisterFilter(FilterHandle);
    }
    return Status;
}

/* From here on the driver can be unloaded: the unload callback goes ahead. */
static VOID FilterStarted(_In_ PDRIVER_OBJECT DriverObject)
{
    PinUntilLoaded(DriverObject);
    KeSetEvent(&FilterStartedEvent, IO_NO_INCREMENT, FALSE);
}

/* First part of the unload callback. */
static VOID StopFilter(VOID)
{
    WaitFor(&FilterStartedEvent);
    FltUnregisterFilter(FilterHandle);
}

#endif
