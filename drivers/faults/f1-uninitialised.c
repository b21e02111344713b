/* SPDX-License-Identifier: MIT */
/*
 * F1: the unload callback meets globals that DriverEntry has not initialised yet.
 *
 * DriverEntry says that it has started and prepares the list of pending requests afterwards. An unload callback in
 * between walks a list head of zeros: bug check 7E, C0000005 at address 0, in UnloadCallback. The twin prepares first.
 *
 * Meant for: --load nt --unload fltmc
 */
#include "filter.h"

typedef struct _REQUEST {
    LIST_ENTRY Entry;
} REQUEST, *PREQUEST;

static LIST_ENTRY PendingRequests;

/* The whole contents of the list, which nobody else uses any more. */
static VOID FreePendingRequests(VOID)
{
    while (!IsListEmpty(&PendingRequests)) {
        PREQUEST Request = CONTAINING_RECORD(RemoveHeadList(&PendingRequests), REQUEST, Entry);
        ExFreePoolWithTag(Request, FAULT_TAG);
    }
}

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    StopFilter();
    FreePendingRequests();
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

#ifdef FIXED
    InitializeListHead(&PendingRequests);
#endif
    Status = StartFilter(DriverObject, UnloadCallback);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    FilterStarted(DriverObject);
#ifndef FIXED
    InitializeListHead(&PendingRequests);
#endif
    return STATUS_SUCCESS;
}
