/* SPDX-License-Identifier: MIT */
/*
 * The unload callback looks at a word before it takes the lock, and draws conclusions from it behind the lock.
 *
 * DriverEntry says that it is ready and then, under the lock, enters itself as the first user. An unload callback that
 * sees it ready takes for granted that there is a user. If it gets the lock in between there is none: bug check 7E,
 * C0000005 at address 0. It takes one order at the word and the other at the lock, so that neither thread can do its part
 * at one go. The twin looks, and says so, under the lock.
 *
 * Meant for: --load nt --unload fltmc
 */
#include "filter.h"

typedef struct _USER {
    LONG Uses;
} USER, *PUSER;

static volatile LONG Ready;
static USER Loader;
static PUSER FirstUser; /* under UserLock */
static KSPIN_LOCK UserLock;

/* The order of the two is the fault. */
static VOID EnterFirstUser(VOID)
{
    KIRQL Irql;

#ifndef FIXED
    Ready = TRUE;
#endif
    KeAcquireSpinLock(&UserLock, &Irql);
#ifdef FIXED
    Ready = TRUE;
#endif
    FirstUser = &Loader;
    KeReleaseSpinLock(&UserLock, Irql);
}

static VOID UseFirstUser(VOID)
{
    KIRQL Irql;
    BOOLEAN IsReady;

#ifndef FIXED
    IsReady = Ready != 0;
#endif
    KeAcquireSpinLock(&UserLock, &Irql);
#ifdef FIXED
    IsReady = Ready != 0;
#endif
    if (IsReady) {
        FirstUser->Uses++;
    }
    KeReleaseSpinLock(&UserLock, Irql);
}

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);

    StopFilter();
    UseFirstUser();
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeSpinLock(&UserLock);
    Status = StartFilter(DriverObject, UnloadCallback);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    FilterStarted(DriverObject);
    EnterFirstUser();
    return STATUS_SUCCESS;
}
