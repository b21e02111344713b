/* SPDX-License-Identifier: MIT */
/*
 * F3: DriverEntry arms a timer after the unload callback has cancelled it.
 *
 * DriverEntry says that it has started and arms its timer afterwards. If the unload callback ran in between, the timer
 * expires in memory of an image that is gone: bug check D4 or CE, later, with nobody of the driver on the stack. The twin
 * arms it first.
 *
 * Meant for: --load nt --unload fltmc
 */
#include "filter.h"

#define HOUSEKEEPING_DUE (-10 * 1000 * 10) /* 10 ms from now, in 100 ns */

static KTIMER HousekeepingTimer;
static KDPC HousekeepingDpc;
static volatile LONG HousekeepingRuns;

static VOID NTAPI Housekeeping(_In_ PKDPC Dpc, _In_opt_ PVOID Context, _In_opt_ PVOID Argument1,
                               _In_opt_ PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);

    InterlockedIncrement(&HousekeepingRuns);
}

static VOID ArmTimer(VOID)
{
    LARGE_INTEGER Due;

    Due.QuadPart = HOUSEKEEPING_DUE;
    KeSetTimer(&HousekeepingTimer, Due, &HousekeepingDpc);
}

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    StopFilter();
    KeCancelTimer(&HousekeepingTimer);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeTimer(&HousekeepingTimer);
    KeInitializeDpc(&HousekeepingDpc, Housekeeping, NULL);
    Status = StartFilter(DriverObject, UnloadCallback);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
#ifdef FIXED
    ArmTimer();
    FilterStarted(DriverObject);
#else
    FilterStarted(DriverObject);
    ArmTimer();
#endif
    return STATUS_SUCCESS;
}
