/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioremlock.c - remove locks (free build: no tracking of tags). Counts are interlocked words. */
#include "io.h"
#include "vf.h"

/* Microsoft: IoInitializeRemoveLock. PASSIVE_LEVEL. */
VOID NTAPI IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG Tag, ULONG MaxLockedMinutes, ULONG HighWatermark,
                                    ULONG Size)
{
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(MaxLockedMinutes);
    UNREFERENCED_PARAMETER(HighWatermark);
    UNREFERENCED_PARAMETER(Size);
    Lock->Common.Removed = FALSE;
    Lock->Common.IoCount = 1;
    KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

/* Microsoft: IoAcquireRemoveLock. IRQL <= DISPATCH_LEVEL. STATUS_DELETE_PENDING once removal has begun. */
NTSTATUS NTAPI IoAcquireRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, PCSTR File, ULONG Line, ULONG Size)
{
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(File);
    UNREFERENCED_PARAMETER(Line);
    UNREFERENCED_PARAMETER(Size);
    InterlockedIncrement(&Lock->Common.IoCount);
    if (!*(volatile BOOLEAN *)&Lock->Common.Removed) {
        return STATUS_SUCCESS;
    }
    if (InterlockedDecrement(&Lock->Common.IoCount) == 0) {
        KeSetEvent(&Lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_DELETE_PENDING;
}

/* Microsoft: IoReleaseRemoveLock. IRQL <= DISPATCH_LEVEL. */
VOID NTAPI IoReleaseRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG Size)
{
    LONG Count = InterlockedDecrement(&Lock->Common.IoCount);

    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(Size);
    if (Count < 0) {
        VfMisuse("IoReleaseRemoveLock: released more often than acquired", (ULONG_PTR)Lock, (ULONG_PTR)(LONG_PTR)Count,
                 __builtin_return_address(0));
    }
    if (Count == 0) {
        KeSetEvent(&Lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
    }
}

/* Microsoft: IoReleaseRemoveLockAndWait. PASSIVE_LEVEL. The caller holds it once; nobody can acquire it afterwards. */
VOID NTAPI IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG Size)
{
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(Size);
    *(volatile BOOLEAN *)&Lock->Common.Removed = TRUE;
    InterlockedDecrement(&Lock->Common.IoCount);
    if (InterlockedDecrement(&Lock->Common.IoCount) > 0) {
        KeWaitForSingleObject(&Lock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
    }
}
