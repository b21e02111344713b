/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perstream.c - file systems' structures that filters and file systems share: contexts of a stream, byte-range locks.
 * Sources: Microsoft, "Tracking Per-Stream Context in a Legacy File System Filter Driver", the page of each routine.
 * IRQL <= APC_LEVEL.
 */
#include "ex.h"

/* STATUS_INVALID_DEVICE_REQUEST: the file system does not support contexts. The newest comes first. */
NTSTATUS NTAPI FsRtlInsertPerStreamContext(PFSRTL_ADVANCED_FCB_HEADER Header, PFSRTL_PER_STREAM_CONTEXT Context)
{
    if (!(Header->Flags2 & FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    ExAcquireFastMutex(Header->FastMutex);
    InsertHeadList(&Header->FilterContexts, &Context->Links);
    ExReleaseFastMutex(Header->FastMutex);
    return STATUS_SUCCESS;
}

/* The mutex is held. Of that owner (NULL = any), and of that instance if it is given. */
static PFSRTL_PER_STREAM_CONTEXT FsRtlpFindContext(PFSRTL_ADVANCED_FCB_HEADER Header, PVOID OwnerId, PVOID InstanceId)
{
    for (PLIST_ENTRY Link = Header->FilterContexts.Flink; Link != &Header->FilterContexts; Link = Link->Flink) {
        PFSRTL_PER_STREAM_CONTEXT Context = CONTAINING_RECORD(Link, FSRTL_PER_STREAM_CONTEXT, Links);
        if ((OwnerId == NULL || Context->OwnerId == OwnerId) &&
            (InstanceId == NULL || Context->InstanceId == InstanceId)) {
            return Context;
        }
    }
    return NULL;
}

/* What the macro FsRtlLookupPerStreamContext calls, if there are any. */
PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlLookupPerStreamContextInternal(PFSRTL_ADVANCED_FCB_HEADER Header, PVOID OwnerId,
                                                                    PVOID InstanceId)
{
    PFSRTL_PER_STREAM_CONTEXT Context;

    ExAcquireFastMutex(Header->FastMutex);
    Context = FsRtlpFindContext(Header, OwnerId, InstanceId);
    ExReleaseFastMutex(Header->FastMutex);
    return Context;
}

PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlRemovePerStreamContext(PFSRTL_ADVANCED_FCB_HEADER Header, PVOID OwnerId,
                                                            PVOID InstanceId)
{
    PFSRTL_PER_STREAM_CONTEXT Context;

    if (!(Header->Flags2 & FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS)) {
        return NULL;
    }
    ExAcquireFastMutex(Header->FastMutex);
    Context = FsRtlpFindContext(Header, OwnerId, InstanceId);
    if (Context != NULL) {
        RemoveEntryList(&Context->Links);
    }
    ExReleaseFastMutex(Header->FastMutex);
    return Context;
}

/* The stream goes: each context is unlinked, and its owner frees it. */
VOID NTAPI FsRtlTeardownPerStreamContexts(PFSRTL_ADVANCED_FCB_HEADER Header)
{
    PFSRTL_PER_STREAM_CONTEXT Context;

    while ((Context = FsRtlRemovePerStreamContext(Header, NULL, NULL)) != NULL) {
        Context->FreeCallback(Context);
    }
}

/* No lock is held yet. */
VOID NTAPI FsRtlInitializeFileLock(PFILE_LOCK FileLock, PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine,
                                   PUNLOCK_ROUTINE UnlockRoutine)
{
    RtlZeroMemory(FileLock, sizeof(*FileLock));
    FileLock->CompleteLockIrpRoutine = CompleteLockIrpRoutine;
    FileLock->UnlockRoutine = UnlockRoutine;
}

/* Nothing here locks ranges, so that there is nothing to release. */
VOID NTAPI FsRtlUninitializeFileLock(PFILE_LOCK FileLock) { FileLock->LockInformation = NULL; }
