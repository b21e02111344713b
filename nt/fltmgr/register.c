/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register.c - FltRegisterFilter, FltStartFiltering, FltUnregisterFilter: a filter's life as its driver drives it.
 *
 * FltRegisterFilter in steps, between any two of which another thread may unload the driver:
 *   Ra  read the registry, allocate and fill the FLT_FILTER
 *   Rb  link it: fltmc can find it now (model switch filter-link=last: after Rd)
 *   Rc  save DriverObject->DriverUnload, replace it
 *   Rd  *RetFilter = the filter
 * The order of Ra, Rc, Rd is that of ReactOS; that Rb comes first is the assumption that is worse for a driver.
 */
#include "fltp.h"

/* Text of a REG_SZ value, without the zero at its end. FALSE = absent or empty. */
static BOOLEAN FltpQueryText(PCM_KEY Key, PCUNICODE_STRING Name, PUNICODE_STRING Text)
{
    PCM_VALUE Value = CmpFindValue(Key, Name);

    if (Value == NULL || Value->Type != REG_SZ || Value->Bytes < sizeof(WCHAR)) {
        return FALSE;
    }
    Text->Buffer = Value->Data;
    Text->Length = (USHORT)(Value->Bytes & ~1u);
    while (Text->Length != 0 && Text->Buffer[Text->Length / sizeof(WCHAR) - 1] == 0) {
        Text->Length -= sizeof(WCHAR);
    }
    Text->MaximumLength = Text->Length;
    return Text->Length != 0;
}

/*
 * Services\<name>\Instances, its DefaultInstance, that instance's Altitude: without them
 * STATUS_OBJECT_NAME_NOT_FOUND (Microsoft: FltRegisterFilter).
 */
static NTSTATUS FltpReadDefaultInstance(PCUNICODE_STRING Service, PUNICODE_STRING Instance, PUNICODE_STRING Altitude)
{
    static const UNICODE_STRING InstancesName = RTL_CONSTANT_STRING(L"Instances");
    static const UNICODE_STRING DefaultName = RTL_CONSTANT_STRING(L"DefaultInstance");
    static const UNICODE_STRING AltitudeName = RTL_CONSTANT_STRING(L"Altitude");
    PCM_KEY Key = CmpFindKey(FltpServicesKey, Service);

    Key = Key != NULL ? CmpFindKey(Key, &InstancesName) : NULL;
    if (Key == NULL || !FltpQueryText(Key, &DefaultName, Instance)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    Key = CmpFindKey(Key, Instance);
    if (Key == NULL || !FltpQueryText(Key, &AltitudeName, Altitude)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return STATUS_SUCCESS;
}

static ULONG FltpCountOperations(CONST FLT_OPERATION_REGISTRATION *Operations)
{
    ULONG Count = 0;

    while (Operations != NULL && Operations[Count].MajorFunction != IRP_MJ_OPERATION_END) {
        Count++;
    }
    return Count;
}

/*
 * Any minor version of FLT_REGISTRATION's major version registers, whatever the header's default was when the driver
 * was built (Microsoft: comments on FLT_REGISTRATION_VERSION; ReactOS tests the major byte). Name providers must give
 * a GenerateFileNameCallback with their NormalizeNameComponentCallback (Microsoft: FltRegisterFilter).
 */
static BOOLEAN FltpValidRegistration(CONST FLT_REGISTRATION *Registration)
{
    if (Registration->Version >> 8 != FLT_REGISTRATION_VERSION_0200 >> 8 ||
        Registration->Size < FIELD_OFFSET(FLT_REGISTRATION, TransactionNotificationCallback)) {
        return FALSE;
    }
    return Registration->NormalizeNameComponentCallback == NULL || Registration->GenerateFileNameCallback != NULL;
}

static PWCHAR FltpPackString(PUNICODE_STRING Target, PCUNICODE_STRING Source, PWCHAR Buffer)
{
    Target->Buffer = Buffer;
    Target->Length = Source->Length;
    Target->MaximumLength = Source->Length;
    RtlCopyMemory(Buffer, Source->Buffer, Source->Length);
    return Buffer + Source->Length / sizeof(WCHAR);
}

/* Ra: one block for the filter, its arrays and its strings. */
static PFLT_FILTER FltpAllocateFilter(PDRIVER_OBJECT Driver, CONST FLT_REGISTRATION *Registration, ULONG ContextCount,
                                      PUNICODE_STRING Instance, PUNICODE_STRING Altitude)
{
    PUNICODE_STRING Name = &Driver->DriverExtension->ServiceKeyName;
    ULONG OperationCount = FltpCountOperations(Registration->OperationRegistration);
    SIZE_T ContextBytes = ContextCount * sizeof(FLT_CONTEXT_REGISTRATION);
    SIZE_T OperationBytes = OperationCount * sizeof(FLT_OPERATION_REGISTRATION);
    PFLT_FILTER Filter = ExpAllocateSystemPool(sizeof(*Filter) + ContextBytes + OperationBytes + Name->Length +
                                               Instance->Length + Altitude->Length);
    PWCHAR Text;

    if (Filter == NULL) {
        return NULL;
    }
    FltpInitializeObject(&Filter->Base, FLT_OBFL_TYPE_FILTER);
    InitializeListHead(&Filter->InstanceList);
    Filter->Flags = Registration->Flags & FLTFL_REGISTRATION_DO_NOT_SUPPORT_SERVICE_STOP ? FLTFL_NO_SERVICE_STOP : 0;
    Filter->UnloadBusy = 0;
    Filter->DriverObject = Driver;
    Filter->FilterUnload = Registration->FilterUnloadCallback;
    Filter->InstanceSetup = Registration->InstanceSetupCallback;
    Filter->InstanceQueryTeardown = Registration->InstanceQueryTeardownCallback;
    Filter->InstanceTeardownStart = Registration->InstanceTeardownStartCallback;
    Filter->InstanceTeardownComplete = Registration->InstanceTeardownCompleteCallback;
    Filter->OldDriverUnload = NULL;
    Filter->ImageBase = Driver->DriverStart;
    Filter->ContextCount = ContextCount;
    Filter->OperationCount = OperationCount;
    Filter->Contexts = (PFLT_CONTEXT_REGISTRATION)(Filter + 1);
    Filter->Operations = (PFLT_OPERATION_REGISTRATION)(Filter->Contexts + ContextCount);
    RtlCopyMemory(Filter->Contexts, Registration->ContextRegistration, ContextBytes);
    RtlCopyMemory(Filter->Operations, Registration->OperationRegistration, OperationBytes);
    Text = FltpPackString(&Filter->Name, Name, (PWCHAR)(Filter->Operations + OperationCount));
    Text = FltpPackString(&Filter->DefaultInstance, Instance, Text);
    FltpPackString(&Filter->DefaultAltitude, Altitude, Text);
    return Filter;
}

/* Rb */
static VOID FltpLinkFilter(PFLT_FILTER Filter)
{
    HvAtomicBegin();
    InsertTailList(&FltpFilterList, &Filter->Base.PrimaryLink);
    FltpEverRegistered = TRUE;
    HvAtomicEnd();
}

/*
 * Rc: with a FilterUnloadCallback the filter manager's routine, otherwise none: the driver cannot be unloaded. None
 * either with DO_NOT_SUPPORT_SERVICE_STOP. (ReactOS; public dumps show DriverUnload = FltpMiniFilterDriverUnload.)
 */
static VOID FltpReplaceDriverUnload(PFLT_FILTER Filter, PDRIVER_OBJECT Driver)
{
    BOOLEAN Stoppable = Filter->FilterUnload != NULL && !(Filter->Flags & FLTFL_NO_SERVICE_STOP);

    Filter->OldDriverUnload = *(PDRIVER_UNLOAD volatile *)&Driver->DriverUnload;
    *(PDRIVER_UNLOAD volatile *)&Driver->DriverUnload = Stoppable ? FltpMiniFilterDriverUnload : NULL;
}

/*
 * Microsoft: FltRegisterFilter. To be called from DriverEntry. Statuses: STATUS_INVALID_PARAMETER,
 * STATUS_FLT_INVALID_CONTEXT_REGISTRATION, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INSUFFICIENT_RESOURCES. On failure
 * *RetFilter is not written. Takes no reference on the driver object (public dumps: reference counts during unload).
 * IRQL <= APC_LEVEL. Windows XP SP2. Model switches filter-link, unload-lock.
 */
NTSTATUS FLTAPI FltRegisterFilter(PDRIVER_OBJECT Driver, CONST FLT_REGISTRATION *Registration, PFLT_FILTER *RetFilter)
{
    UNICODE_STRING Instance;
    UNICODE_STRING Altitude;
    PFLT_FILTER Filter;
    ULONG ContextCount;
    NTSTATUS Status;

    if (!FltpValidRegistration(Registration)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!FltpValidContextRegistration(Registration->ContextRegistration, &ContextCount)) {
        return STATUS_FLT_INVALID_CONTEXT_REGISTRATION;
    }
    Status = FltpReadDefaultInstance(&Driver->DriverExtension->ServiceKeyName, &Instance, &Altitude);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Filter = FltpAllocateFilter(Driver, Registration, ContextCount, &Instance, &Altitude);
    if (Filter == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FltpLockUnload();
    if (NtModel.FilterLink == FILTER_LINK_FIRST) {
        FltpLinkFilter(Filter);
    }
    FltpReplaceDriverUnload(Filter, Driver);
    *(PFLT_FILTER volatile *)RetFilter = Filter;
    if (NtModel.FilterLink == FILTER_LINK_LAST) {
        FltpLinkFilter(Filter);
    }
    FltpUnlockUnload();
    return STATUS_SUCCESS;
}

/*
 * Microsoft: FltStartFiltering. Attaches the default instance to every volume; callbacks may come before it returns.
 * Holds a rundown reference on the filter meanwhile (ReactOS). STATUS_FLT_DELETING_OBJECT: the filter is being
 * unregistered; STATUS_INVALID_PARAMETER: filtering has been started already. A refusal by InstanceSetup is not a
 * failure. IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltStartFiltering(PFLT_FILTER Filter)
{
    NTSTATUS Status = STATUS_SUCCESS;

    if (!ExAcquireRundownProtection(&Filter->Base.RundownRef)) {
        return STATUS_FLT_DELETING_OBJECT;
    }
    if (InterlockedOr(&Filter->Flags, FLTFL_FILTERING_INITIATED) & FLTFL_FILTERING_INITIATED) {
        Status = STATUS_INVALID_PARAMETER;
    } else {
        for (PLIST_ENTRY Entry = FltpVolumeList.Flink; Entry != &FltpVolumeList; Entry = Entry->Flink) {
            FltpAttachInstance(Filter, CONTAINING_RECORD(Entry, struct _FLT_VOLUME, Base.PrimaryLink),
                               &Filter->DefaultAltitude, &Filter->DefaultInstance,
                               FLTFL_INSTANCE_SETUP_AUTOMATIC_ATTACHMENT, NULL);
        }
    }
    ExReleaseRundownProtection(&Filter->Base.RundownRef);
    return Status;
}

/*
 * A filter that another thread unregisters already: the second caller returns at once (ReactOS; undocumented), or waits
 * for the first (model switch second-unregister).
 */
static VOID FltpUnregisterAgain(PFLT_FILTER Filter)
{
    if (NtModel.SecondUnregister == SECOND_UNREGISTER_RETURN) {
        return;
    }
    InterlockedIncrement(&Filter->Base.PointerCount);
    HvWaitWord(&Filter->Base.Flags, sizeof(Filter->Base.Flags), HV_AND_NONZERO, FLT_OBFL_ZOMBIED, 0, Filter);
    HvAtomicEnd();
    FltpObjectPointerDereference(Filter);
}

/*
 * Microsoft: FltUnregisterFilter, "Unregistering the Minifilter". Tears down the instances, deletes the contexts and
 * waits until nobody has a rundown reference: FltObjectReference, a queued generic work item, a context still
 * referenced, an open server port, FltStartFiltering in progress. It does not wait for the driver's own threads, timers
 * or work items. IRQL <= APC_LEVEL. Model switch second-unregister.
 */
VOID FLTAPI FltUnregisterFilter(PFLT_FILTER Filter)
{
    FLT_INSTANCE_TEARDOWN_FLAGS Reason;

    if (InterlockedOr(&Filter->Base.Flags, FLT_OBFL_DRAINING) & FLT_OBFL_DRAINING) {
        FltpUnregisterAgain(Filter);
        return;
    }
    Reason = Filter->Flags & FLTFL_MANDATORY_UNLOAD_IN_PROGRESS ? FLTFL_INSTANCE_TEARDOWN_MANDATORY_FILTER_UNLOAD
                                                                : FLTFL_INSTANCE_TEARDOWN_FILTER_UNLOAD;
    FltpTeardownInstances(Filter, Reason);
    FltpDropVolumeContexts(Filter);
    FltpObjectRundownWait(&Filter->Base.RundownRef);
    InterlockedOr(&Filter->Base.Flags, FLT_OBFL_ZOMBIED);
    FltpObjectPointerDereference(Filter);
}
