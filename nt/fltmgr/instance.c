/* SPDX-License-Identifier: GPL-2.0-or-later */
/* instance.c - instances: a filter on a volume. Lists change in atomic sections; callbacks run outside. */
#include "fltp.h"

static VOID FltpFillRelated(FLT_RELATED_OBJECTS *Objects, PFLT_INSTANCE Instance)
{
    FLT_RELATED_OBJECTS Filled = {
        .Size = sizeof(Filled), .Filter = Instance->Filter, .Volume = Instance->Volume, .Instance = Instance};
    RtlCopyMemory(Objects, &Filled, sizeof(Filled));
}

/*
 * Altitudes are decimal fractions of any length ("370030.5"): compare by the length of the whole part, then digit by
 * digit. > 0: the first one is above.
 */
static LONG FltpCompareAltitudes(PCUNICODE_STRING First, PCUNICODE_STRING Second)
{
    USHORT FirstLength = First->Length / sizeof(WCHAR);
    USHORT SecondLength = Second->Length / sizeof(WCHAR);
    USHORT FirstWhole = 0;
    USHORT SecondWhole = 0;
    USHORT Index;

    while (FirstWhole < FirstLength && First->Buffer[FirstWhole] != L'.') {
        FirstWhole++;
    }
    while (SecondWhole < SecondLength && Second->Buffer[SecondWhole] != L'.') {
        SecondWhole++;
    }
    if (FirstWhole != SecondWhole) {
        return FirstWhole > SecondWhole ? 1 : -1;
    }
    for (Index = 0; Index < FirstLength && Index < SecondLength; Index++) {
        if (First->Buffer[Index] != Second->Buffer[Index]) {
            return First->Buffer[Index] > Second->Buffer[Index] ? 1 : -1;
        }
    }
    return (LONG)FirstLength - (LONG)SecondLength;
}

/* Inside a section: the place on the volume, or why there is none. */
static NTSTATUS FltpLinkInstance(PFLT_INSTANCE Instance)
{
    PLIST_ENTRY Head = &Instance->Volume->InstanceList;
    PLIST_ENTRY Before = Head;

    if (Instance->Filter->Base.Flags & FLT_OBFL_DRAINING) {
        return STATUS_FLT_DELETING_OBJECT;
    }
    for (PLIST_ENTRY Entry = Head->Flink; Entry != Head; Entry = Entry->Flink) {
        PFLT_INSTANCE Other = CONTAINING_RECORD(Entry, struct _FLT_INSTANCE, Base.PrimaryLink);
        LONG Order = FltpCompareAltitudes(&Instance->Altitude, &Other->Altitude);
        if (Order == 0) {
            return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
        }
        if (Other->Filter == Instance->Filter && RtlEqualUnicodeString(&Other->Name, &Instance->Name, TRUE)) {
            return STATUS_FLT_INSTANCE_NAME_COLLISION;
        }
        if (Order > 0 && Before == Head) {
            Before = Entry;
        }
    }
    InsertTailList(Before, &Instance->Base.PrimaryLink);
    InsertTailList(&Instance->Filter->InstanceList, &Instance->FilterLink);
    return STATUS_SUCCESS;
}

static PFLT_INSTANCE FltpAllocateInstance(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Altitude,
                                          PCUNICODE_STRING Name)
{
    PFLT_INSTANCE Instance = ExpAllocateSystemPool(sizeof(*Instance) + Altitude->Length + Name->Length);

    if (Instance == NULL) {
        return NULL;
    }
    FltpInitializeObject(&Instance->Base, FLT_OBFL_TYPE_INSTANCE);
    Instance->Filter = Filter;
    Instance->Volume = Volume;
    Instance->Context = NULL;
    Instance->Altitude.Buffer = (PWCHAR)(Instance + 1);
    Instance->Altitude.Length = Instance->Altitude.MaximumLength = Altitude->Length;
    RtlCopyMemory(Instance->Altitude.Buffer, Altitude->Buffer, Altitude->Length);
    Instance->Name.Buffer = Instance->Altitude.Buffer + Altitude->Length / sizeof(WCHAR);
    Instance->Name.Length = Instance->Name.MaximumLength = Name->Length;
    RtlCopyMemory(Instance->Name.Buffer, Name->Buffer, Name->Length);
    return Instance;
}

/* The instance is in no list any more: tell the filter, wait for its users, free it. */
static VOID FltpFinishTeardown(PFLT_INSTANCE Instance, FLT_INSTANCE_TEARDOWN_FLAGS Reason, BOOLEAN Tell)
{
    PFLT_FILTER Filter = Instance->Filter;
    FLT_RELATED_OBJECTS Objects;

    FltpFillRelated(&Objects, Instance);
    if (Tell && Filter->InstanceTeardownStart != NULL) {
        Filter->InstanceTeardownStart(&Objects, Reason);
    }
    FltpObjectRundownWait(&Instance->Base.RundownRef);
    if (Tell && Filter->InstanceTeardownComplete != NULL) {
        Filter->InstanceTeardownComplete(&Objects, Reason);
    }
    FltpDropContext(&Instance->Context);
    ExpFreeSystemPool(Instance);
}

/*
 * Attach: InstanceSetup is asked first, outside any lock; a refusal (any failure) leaves nothing behind. The caller
 * holds a rundown reference on the filter. *RetInstance, if wanted, gets one on the instance.
 */
NTSTATUS FltpAttachInstance(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Altitude, PCUNICODE_STRING Name,
                            FLT_INSTANCE_SETUP_FLAGS Flags, PFLT_INSTANCE *RetInstance)
{
    PFLT_INSTANCE Instance = FltpAllocateInstance(Filter, Volume, Altitude, Name);
    FLT_RELATED_OBJECTS Objects;
    NTSTATUS Status = STATUS_SUCCESS;

    if (Instance == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FltpFillRelated(&Objects, Instance);
    if (Filter->InstanceSetup != NULL) {
        Status = Filter->InstanceSetup(&Objects, Flags, FILE_DEVICE_DISK_FILE_SYSTEM, Volume->FileSystemType);
    }
    if (!NT_SUCCESS(Status)) {
        FltpFinishTeardown(Instance, 0, FALSE);
        return Status;
    }
    HvAtomicBegin();
    Status = FltpLinkInstance(Instance);
    if (NT_SUCCESS(Status) && RetInstance != NULL) {
        ExAcquireRundownProtection(&Instance->Base.RundownRef);
        *RetInstance = Instance;
    }
    HvAtomicEnd();
    if (!NT_SUCCESS(Status)) {
        FltpFinishTeardown(Instance, FLTFL_INSTANCE_TEARDOWN_INTERNAL_ERROR, TRUE);
    }
    return Status;
}

/* One step: take an instance out of its lists; it drains from now on. Inside a section. */
static VOID FltpUnlinkInstance(PFLT_INSTANCE Instance)
{
    Instance->Base.Flags |= FLT_OBFL_DRAINING;
    RemoveEntryList(&Instance->Base.PrimaryLink);
    RemoveEntryList(&Instance->FilterLink);
}

VOID FltpTeardownInstances(PFLT_FILTER Filter, FLT_INSTANCE_TEARDOWN_FLAGS Reason)
{
    for (;;) {
        PFLT_INSTANCE Instance = NULL;

        HvAtomicBegin();
        if (!IsListEmpty(&Filter->InstanceList)) {
            Instance = CONTAINING_RECORD(Filter->InstanceList.Flink, struct _FLT_INSTANCE, FilterLink);
            FltpUnlinkInstance(Instance);
        }
        HvAtomicEnd();
        if (Instance == NULL) {
            return;
        }
        FltpFinishTeardown(Instance, Reason, TRUE);
    }
}

/* An instance by filter and name (NULL: the filter's first on that volume), in a section. */
static PFLT_INSTANCE FltpFindInstance(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Name)
{
    for (PLIST_ENTRY Entry = Volume->InstanceList.Flink; Entry != &Volume->InstanceList; Entry = Entry->Flink) {
        PFLT_INSTANCE Instance = CONTAINING_RECORD(Entry, struct _FLT_INSTANCE, Base.PrimaryLink);
        if ((Filter == NULL || Instance->Filter == Filter) &&
            (Name == NULL || RtlEqualUnicodeString(&Instance->Name, Name, TRUE))) {
            return Instance;
        }
    }
    return NULL;
}

static NTSTATUS FltpAttach(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Altitude, PCUNICODE_STRING Name,
                           PFLT_INSTANCE *RetInstance)
{
    NTSTATUS Status;

    if (!(Filter->Flags & FLTFL_FILTERING_INITIATED)) {
        return STATUS_FLT_FILTER_NOT_READY;
    }
    Status = FltObjectReference(Filter);
    if (NT_SUCCESS(Status)) {
        Status = FltpAttachInstance(Filter, Volume, Altitude, Name != NULL ? Name : &Filter->DefaultInstance,
                                    FLTFL_INSTANCE_SETUP_MANUAL_ATTACHMENT, RetInstance);
        FltObjectDereference(Filter);
    }
    return Status;
}

/* Microsoft: FltAttachVolume. STATUS_FLT_FILTER_NOT_READY before FltStartFiltering. IRQL PASSIVE_LEVEL. */
NTSTATUS FLTAPI FltAttachVolume(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING InstanceName,
                                PFLT_INSTANCE *RetInstance)
{
    return FltpAttach(Filter, Volume, &Filter->DefaultAltitude, InstanceName, RetInstance);
}

/* Microsoft: FltAttachVolumeAtAltitude. IRQL PASSIVE_LEVEL. */
NTSTATUS FLTAPI FltAttachVolumeAtAltitude(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Altitude,
                                          PCUNICODE_STRING InstanceName, PFLT_INSTANCE *RetInstance)
{
    return FltpAttach(Filter, Volume, Altitude, InstanceName, RetInstance);
}

/*
 * Microsoft: FltDetachVolume, PFLT_INSTANCE_QUERY_TEARDOWN_CALLBACK: a filter without that callback cannot be detached
 * by hand. STATUS_FLT_INSTANCE_NOT_FOUND, STATUS_FLT_DO_NOT_DETACH or the callback's refusal. IRQL PASSIVE_LEVEL.
 */
NTSTATUS FLTAPI FltDetachVolume(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING InstanceName)
{
    FLT_RELATED_OBJECTS Objects;
    PFLT_INSTANCE Instance;
    NTSTATUS Status = STATUS_FLT_DO_NOT_DETACH;

    Status = FltGetVolumeInstanceFromName(Filter, Volume, InstanceName, &Instance);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    FltpFillRelated(&Objects, Instance);
    Status =
        Filter->InstanceQueryTeardown != NULL ? Filter->InstanceQueryTeardown(&Objects, 0) : STATUS_FLT_DO_NOT_DETACH;
    HvAtomicBegin();
    if (NT_SUCCESS(Status) && Instance->Base.Flags & FLT_OBFL_DRAINING) {
        Status = STATUS_FLT_DELETING_OBJECT;
    } else if (NT_SUCCESS(Status)) {
        FltpUnlinkInstance(Instance);
    }
    HvAtomicEnd();
    FltObjectDereference(Instance);
    if (NT_SUCCESS(Status)) {
        FltpFinishTeardown(Instance, FLTFL_INSTANCE_TEARDOWN_MANUAL, TRUE);
    }
    return Status;
}

/* Microsoft: FltGetVolumeInstanceFromName. Takes a rundown reference. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeInstanceFromName(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING InstanceName,
                                             PFLT_INSTANCE *RetInstance)
{
    PFLT_INSTANCE Instance;

    HvAtomicBegin();
    Instance = FltpFindInstance(Filter, Volume, InstanceName);
    if (Instance != NULL && !ExAcquireRundownProtection(&Instance->Base.RundownRef)) {
        Instance = NULL;
    }
    HvAtomicEnd();
    *RetInstance = Instance;
    return Instance != NULL ? STATUS_SUCCESS : STATUS_FLT_INSTANCE_NOT_FOUND;
}

/* Microsoft: FltCompareInstanceAltitudes. */
LONG FLTAPI FltCompareInstanceAltitudes(PFLT_INSTANCE Instance1, PFLT_INSTANCE Instance2)
{
    LONG Order = FltpCompareAltitudes(&Instance1->Altitude, &Instance2->Altitude);
    return Order > 0 ? 1 : Order < 0 ? -1 : 0;
}

/*
 * Microsoft: FltEnumerateInstances. Takes a rundown reference on each. STATUS_BUFFER_TOO_SMALL: the count says how
 * many. IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltEnumerateInstances(PFLT_VOLUME Volume, PFLT_FILTER Filter, PFLT_INSTANCE *InstanceList,
                                      ULONG InstanceListSize, PULONG NumberInstancesReturned)
{
    ULONG Count = 0;

    HvAtomicBegin();
    for (PLIST_ENTRY Link = FltpVolumeList.Flink; Link != &FltpVolumeList; Link = Link->Flink) {
        PFLT_VOLUME Each = CONTAINING_RECORD(Link, struct _FLT_VOLUME, Base.PrimaryLink);
        PLIST_ENTRY Head = &Each->InstanceList;
        for (PLIST_ENTRY Entry = Head->Flink; Entry != Head; Entry = Entry->Flink) {
            PFLT_INSTANCE Instance = CONTAINING_RECORD(Entry, struct _FLT_INSTANCE, Base.PrimaryLink);
            if ((Volume == NULL || Volume == Each) && (Filter == NULL || Filter == Instance->Filter)) {
                if (Count < InstanceListSize) {
                    ExAcquireRundownProtection(&Instance->Base.RundownRef);
                    InstanceList[Count] = Instance;
                }
                Count++;
            }
        }
    }
    HvAtomicEnd();
    *NumberInstancesReturned = Count;
    if (Count <= InstanceListSize) {
        return STATUS_SUCCESS;
    }
    while (InstanceListSize != 0) {
        FltObjectDereference(InstanceList[--InstanceListSize]);
    }
    return STATUS_BUFFER_TOO_SMALL;
}
