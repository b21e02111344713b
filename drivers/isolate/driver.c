/* SPDX-License-Identifier: MIT */
/*
 * driver.c - isolate.sys, the driver of "One Driver: Loading and Unloading... At The Same Time" (OSR, The NT Insider
 * 2014, issue 2): a minifilter with work queues of its own. It comes up in the order of that article, which is its
 * fault:
 *
 *   1. register with the filter manager       from here on the driver can be unloaded
 *   2. start filtering                        from here on it gets callbacks
 *   3. create the work queues                 what the unload callback takes for granted
 *
 * An unload between 1 and the end of 3 runs StopWorkerQueues over queues that do not exist. What can be done about it is
 * in remedies/, a driver isolate-NAME.sys for each; isolate.sys has none.
 *
 * The I/O path is not here yet: the operations that an isolation filter handles are registered, and passed through.
 */
#include "isolate.h"

DRIVER_INITIALIZE DriverEntry;

ISOLATE_DATA IsolateData;

static NTSTATUS StartIsolation(_In_ PDRIVER_OBJECT DriverObject);

#include "remedy.h"

static FLT_PREOP_CALLBACK_STATUS FLTAPI PassThrough(_Inout_ PFLT_CALLBACK_DATA Data,
                                                    _In_ PCFLT_RELATED_OBJECTS FltObjects,
                                                    _Outptr_result_maybenull_ PVOID *CompletionContext)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(FltObjects);
    *CompletionContext = NULL;
    return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

/* Attach to disk volumes, not to the network. */
static NTSTATUS FLTAPI InstanceSetup(_In_ PCFLT_RELATED_OBJECTS FltObjects, _In_ FLT_INSTANCE_SETUP_FLAGS Flags,
                                     _In_ DEVICE_TYPE VolumeDeviceType, _In_ FLT_FILESYSTEM_TYPE VolumeFilesystemType)
{
    UNREFERENCED_PARAMETER(FltObjects);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(VolumeFilesystemType);
    PAGED_CODE();

    return VolumeDeviceType == FILE_DEVICE_DISK_FILE_SYSTEM ? STATUS_SUCCESS : STATUS_FLT_DO_NOT_ATTACH;
}

static NTSTATUS FLTAPI InstanceQueryTeardown(_In_ PCFLT_RELATED_OBJECTS FltObjects,
                                             _In_ FLT_INSTANCE_QUERY_TEARDOWN_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(FltObjects);
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    return STATUS_SUCCESS;
}

/* FilterUnloadCallback: fltmc unload (may be refused, is not here), sc stop (may not). */
static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    Status = RemedyUnload(Flags);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    StopWorkerQueues();
    FltUnregisterFilter(IsolateData.Filter);
    RemedyUnloaded();
    return STATUS_SUCCESS;
}

/* clang-format off */
static const FLT_OPERATION_REGISTRATION Operations[] = {
    {IRP_MJ_CREATE, 0, PassThrough, NULL, NULL},
    {IRP_MJ_CLOSE, 0, PassThrough, NULL, NULL},
    {IRP_MJ_READ, 0, PassThrough, NULL, NULL},
    {IRP_MJ_WRITE, 0, PassThrough, NULL, NULL},
    {IRP_MJ_CLEANUP, 0, PassThrough, NULL, NULL},
    {.MajorFunction = IRP_MJ_OPERATION_END},
};
/* clang-format on */

static const FLT_REGISTRATION Registration = {
    .Size = sizeof(FLT_REGISTRATION),
    .Version = FLT_REGISTRATION_VERSION,
    .Flags = RemedyRegistrationFlags,
    .OperationRegistration = Operations,
    .FilterUnloadCallback = UnloadCallback,
    .InstanceSetupCallback = InstanceSetup,
    .InstanceQueryTeardownCallback = InstanceQueryTeardown,
};

/* The order is the article's, and wrong: see above. A step that fails undoes those before it. */
static NTSTATUS StartIsolation(_In_ PDRIVER_OBJECT DriverObject)
{
    BOOLEAN InitDoneQueues = FALSE;
    BOOLEAN InitDoneFilter = FALSE;
    NTSTATUS Status;

    if (RemedyRegistersLast) {
        Status = CreateWorkerQueues();
        if (!NT_SUCCESS(Status)) {
            goto Exit;
        }
        InitDoneQueues = TRUE;
    }

    Status = RemedyRegisterFilter(DriverObject, &Registration, &IsolateData.Filter);
    if (!NT_SUCCESS(Status)) {
        goto Exit;
    }
    InitDoneFilter = TRUE;

    Status = FltStartFiltering(IsolateData.Filter);
    if (!NT_SUCCESS(Status)) {
        goto Exit;
    }

    if (!RemedyRegistersLast) {
        Status = CreateWorkerQueues();
        if (!NT_SUCCESS(Status)) {
            goto Exit;
        }
        InitDoneQueues = TRUE;
    }

    Status = RemedyComplete();

Exit:
    if (!NT_SUCCESS(Status) && InitDoneFilter) {
        RemedyUnregisterFilter(IsolateData.Filter);
    }
    if (!NT_SUCCESS(Status) && InitDoneQueues) {
        StopWorkerQueues();
    }
    return Status;
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    Status = RemedyEnter(DriverObject);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = RemedyStart(DriverObject);
    RemedyLeave(DriverObject, Status);
    return Status;
}
