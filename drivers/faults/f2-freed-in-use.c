/* SPDX-License-Identifier: MIT */
/*
 * F2: the unload callback frees what DriverEntry still uses.
 *
 * DriverEntry says that it has started and marks its context as ready afterwards. If the unload callback ran in between,
 * the mark goes into freed pool: silent on most days, a bug check of the special pool in the lab. The twin marks first.
 *
 * Meant for: --load nt --unload fltmc
 */
#include "filter.h"

typedef struct _FILTER_CONTEXT {
    ULONG Version;
    BOOLEAN Ready;
} FILTER_CONTEXT, *PFILTER_CONTEXT;

static PFILTER_CONTEXT FilterContext;

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    StopFilter();
    ExFreePoolWithTag(FilterContext, FAULT_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    FilterContext = ExAllocatePoolWithTag(NonPagedPool, sizeof(*FilterContext), FAULT_TAG);
    if (FilterContext == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FilterContext->Version = 1;
    FilterContext->Ready = FALSE;

    Status = StartFilter(DriverObject, UnloadCallback);
    if (!NT_SUCCESS(Status)) {
        ExFreePoolWithTag(FilterContext, FAULT_TAG);
        return Status;
    }
#ifdef FIXED
    FilterContext->Ready = TRUE;
    FilterStarted(DriverObject);
#else
    FilterStarted(DriverObject);
    FilterContext->Ready = TRUE;
#endif
    return STATUS_SUCCESS;
}
