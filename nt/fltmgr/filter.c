/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.c - finding filters, references on objects. */
#include "fltp.h"

static BOOLEAN FltpIsNamed(PFLT_FILTER Filter, PCUNICODE_STRING Name)
{
    return RtlEqualUnicodeString(&Filter->Name, Name, TRUE);
}

/*
 * The filter of that name with a reference on its memory; draining ones too. NULL = none. One step.
 */
PFLT_FILTER FltpReferenceFilterByName(PCUNICODE_STRING Name)
{
    PFLT_FILTER Found = NULL;

    HvAtomicBegin();
    for (PLIST_ENTRY Entry = FltpFilterList.Flink; Entry != &FltpFilterList; Entry = Entry->Flink) {
        PFLT_FILTER Filter = CONTAINING_RECORD(Entry, struct _FLT_FILTER, Base.PrimaryLink);
        if (FltpIsNamed(Filter, Name)) {
            Filter->Base.PointerCount++;
            Found = Filter;
            break;
        }
    }
    HvAtomicEnd();
    return Found;
}

/*
 * A filter that is not being torn down, with a reference; with unload-reference=found also one on its driver object. One
 * step.
 */
NTSTATUS FltpReferenceActiveFilter(PCUNICODE_STRING Name, PFLT_FILTER *Result)
{
    NTSTATUS Status = STATUS_FLT_FILTER_NOT_FOUND;

    HvAtomicBegin();
    for (PLIST_ENTRY Entry = FltpFilterList.Flink; Entry != &FltpFilterList; Entry = Entry->Flink) {
        PFLT_FILTER Filter = CONTAINING_RECORD(Entry, struct _FLT_FILTER, Base.PrimaryLink);
        if (FltpIsNamed(Filter, Name)) {
            Status = STATUS_FLT_DELETING_OBJECT;
            if (!(Filter->Base.Flags & FLT_OBFL_DRAINING)) {
                Filter->Base.PointerCount++;
                if (NtModel.UnloadReference == UNLOAD_REFERENCE_FOUND) {
                    ObfReferenceObject(Filter->DriverObject);
                }
                *Result = Filter;
                Status = STATUS_SUCCESS;
            }
            break;
        }
    }
    HvAtomicEnd();
    return Status;
}

/* The filter that this driver object registered, with a reference on its memory. NULL = none. One step. */
PFLT_FILTER FltpReferenceFilterByDriver(PDRIVER_OBJECT DriverObject)
{
    PFLT_FILTER Found = NULL;

    HvAtomicBegin();
    for (PLIST_ENTRY Entry = FltpFilterList.Flink; Entry != &FltpFilterList; Entry = Entry->Flink) {
        PFLT_FILTER Filter = CONTAINING_RECORD(Entry, struct _FLT_FILTER, Base.PrimaryLink);
        if (Filter->DriverObject == DriverObject) {
            Filter->Base.PointerCount++;
            Found = Filter;
            break;
        }
    }
    HvAtomicEnd();
    return Found;
}

/* The last reference unlinks and frees. */
VOID FltpObjectPointerDereference(PFLT_FILTER Filter)
{
    BOOLEAN Last;

    HvAtomicBegin();
    Last = --Filter->Base.PointerCount == 0;
    if (Last) {
        RemoveEntryList(&Filter->Base.PrimaryLink);
    }
    HvAtomicEnd();
    if (Last) {
        ExpFreeSystemPool(Filter);
    }
}

/* A frame of its own: this is what a stack of a hung FltUnregisterFilter shows (public dumps of Windows Vista). */
FLTP_NOINLINE VOID FltpObjectRundownWait(PEX_RUNDOWN_REF RundownRef) { ExWaitForRundownProtectionRelease(RundownRef); }

/* Microsoft: FltObjectReference. STATUS_FLT_DELETING_OBJECT when the object is being torn down. IRQL <= DISPATCH. */
NTSTATUS FLTAPI FltObjectReference(PVOID FltObject)
{
    PFLT_OBJECT Object = FltObject;
    return ExAcquireRundownProtection(&Object->RundownRef) ? STATUS_SUCCESS : STATUS_FLT_DELETING_OBJECT;
}

/* Microsoft: FltObjectDereference. IRQL <= DISPATCH_LEVEL. */
VOID FLTAPI FltObjectDereference(PVOID FltObject)
{
    PFLT_OBJECT Object = FltObject;
    ExReleaseRundownProtection(&Object->RundownRef);
}

/*
 * Microsoft: FltGetFilterFromName. Takes a rundown reference. STATUS_FLT_FILTER_NOT_FOUND: no such filter, or it is
 * being torn down. IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltGetFilterFromName(PCUNICODE_STRING FilterName, PFLT_FILTER *RetFilter)
{
    PFLT_FILTER Filter = FltpReferenceFilterByName(FilterName);
    NTSTATUS Status = STATUS_FLT_FILTER_NOT_FOUND;

    if (Filter == NULL) {
        return Status;
    }
    if (ExAcquireRundownProtection(&Filter->Base.RundownRef)) {
        *RetFilter = Filter;
        Status = STATUS_SUCCESS;
    }
    FltpObjectPointerDereference(Filter);
    return Status;
}

/* Microsoft: FltGetFilterFromInstance. Takes a rundown reference on the filter. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetFilterFromInstance(PFLT_INSTANCE Instance, PFLT_FILTER *RetFilter)
{
    NTSTATUS Status = FltObjectReference(Instance->Filter);

    *RetFilter = NT_SUCCESS(Status) ? Instance->Filter : NULL;
    return Status;
}

/*
 * Microsoft: FltEnumerateFilters. Takes a rundown reference on each. STATUS_BUFFER_TOO_SMALL: *NumberFiltersReturned
 * says how many there are. IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltEnumerateFilters(PFLT_FILTER *FilterList, ULONG FilterListSize, PULONG NumberFiltersReturned)
{
    ULONG Count = 0;
    ULONG Taken = 0;

    HvAtomicBegin();
    for (PLIST_ENTRY Entry = FltpFilterList.Flink; Entry != &FltpFilterList; Entry = Entry->Flink) {
        PFLT_FILTER Filter = CONTAINING_RECORD(Entry, struct _FLT_FILTER, Base.PrimaryLink);
        if (Filter->Base.Flags & FLT_OBFL_DRAINING) {
            continue;
        }
        if (Count++ < FilterListSize && ExAcquireRundownProtection(&Filter->Base.RundownRef)) {
            FilterList[Taken++] = Filter;
        }
    }
    HvAtomicEnd();
    *NumberFiltersReturned = Count;
    if (Count <= FilterListSize) {
        return STATUS_SUCCESS;
    }
    while (Taken != 0) {
        FltObjectDereference(FilterList[--Taken]);
    }
    return STATUS_BUFFER_TOO_SMALL;
}
