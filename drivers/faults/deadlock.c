/* SPDX-License-Identifier: MIT */
/*
 * Deadlock: two locks, taken in opposite order by DriverEntry and by the unload routine.
 *
 * If each side has its first lock when it asks for its second, both wait for ever. The twin takes them in the same order.
 *
 * Meant for: --load nt --unload nt
 */
#include "fault.h"

static FAST_MUTEX StateLock;
static FAST_MUTEX TableLock;
static ULONG TableEntries;

static VOID FillTable(VOID)
{
    ExAcquireFastMutex(&StateLock);
    ExAcquireFastMutex(&TableLock);
    TableEntries = 1;
    ExReleaseFastMutex(&TableLock);
    ExReleaseFastMutex(&StateLock);
}

static VOID EmptyTable(VOID)
{
#ifdef FIXED
    PFAST_MUTEX First = &StateLock;
    PFAST_MUTEX Second = &TableLock;
#else
    PFAST_MUTEX First = &TableLock;
    PFAST_MUTEX Second = &StateLock;
#endif

    ExAcquireFastMutex(First);
    ExAcquireFastMutex(Second);
    TableEntries = 0;
    ExReleaseFastMutex(Second);
    ExReleaseFastMutex(First);
}

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);

    EmptyTable();
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeFastMutex(&StateLock);
    ExInitializeFastMutex(&TableLock);
    PinUntilLoaded(DriverObject);
    DriverObject->DriverUnload = Unload;
    FillTable();
    return STATUS_SUCCESS;
}
