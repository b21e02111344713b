/* SPDX-License-Identifier: MIT */
/*
 * A data race that fails nothing: DriverEntry leaves word of how far it has come, the unload callback reads that for its
 * message, and nothing orders the two. Whatever it reads is a phase that there was, so that no harm is done; a compiler
 * or a processor that takes the absence of an order for granted might see it otherwise.
 *
 * The twin writes and reads the word by interlocked operations. How many messages there were is counted under a spin
 * lock, in both drivers: that is no race.
 *
 * Meant for: --load nt --unload fltmc
 */
#include "filter.h"

enum { PhaseFiltering = 1, PhaseLoaded };

static LONG Phase;
static LONG Messages; /* under MessageLock */
static KSPIN_LOCK MessageLock;

#ifdef FIXED
static VOID SetPhase(_In_ LONG New) { InterlockedExchange(&Phase, New); }
static LONG GetPhase(VOID) { return InterlockedCompareExchange(&Phase, 0, 0); }
#else
static VOID SetPhase(_In_ LONG New) { Phase = New; }
static LONG GetPhase(VOID) { return Phase; }
#endif

static VOID Say(_In_ LONG Reached)
{
    KIRQL Irql;
    LONG Number;

    KeAcquireSpinLock(&MessageLock, &Irql);
    Number = ++Messages;
    KeReleaseSpinLock(&MessageLock, Irql);
    DbgPrint("message %d: phase %d\n", Number, Reached);
}

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    StopFilter();
    Say(GetPhase());
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeSpinLock(&MessageLock);
    SetPhase(PhaseFiltering);
    Status = StartFilter(DriverObject, UnloadCallback);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    FilterStarted(DriverObject);
    SetPhase(PhaseLoaded);
    Say(PhaseLoaded);
    return STATUS_SUCCESS;
}
