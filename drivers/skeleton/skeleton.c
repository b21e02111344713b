/* SPDX-License-Identifier: MIT */
/*
 * skeleton.c - a minifilter in the shape in which most of them begin: a lookaside list, the filter, a communication port
 * for a program, filtering. It tells a program that asks how many files have been opened.
 *
 * Its order is the usual one, and an unload that comes while DriverEntry is still at it meets a port, or a filter, that is
 * not there yet.
 */
#include <fltkernel.h>

#define SKELETON_TAG  'lekS'
#define SKELETON_PORT L"\\SkeletonPort"

/* From before an open to after it. */
typedef struct _SKELETON_OPEN {
    LARGE_INTEGER Started;
} SKELETON_OPEN, *PSKELETON_OPEN;

static struct {
    PFLT_FILTER Filter;
    PFLT_PORT ServerPort;
    PFLT_PORT ClientPort; /* NULL: no program is connected */
    NPAGED_LOOKASIDE_LIST Opens;
    volatile LONG OpenCount;
} Skeleton;

DRIVER_INITIALIZE DriverEntry;

static FLT_PREOP_CALLBACK_STATUS FLTAPI PreCreate(_Inout_ PFLT_CALLBACK_DATA Data,
                                                  _In_ PCFLT_RELATED_OBJECTS FltObjects,
                                                  _Outptr_result_maybenull_ PVOID *CompletionContext)
{
    PSKELETON_OPEN Open = ExAllocateFromNPagedLookasideList(&Skeleton.Opens);

    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(FltObjects);
    *CompletionContext = Open;
    if (Open == NULL) {
        return FLT_PREOP_SUCCESS_NO_CALLBACK;
    }
    KeQuerySystemTime(&Open->Started);
    return FLT_PREOP_SUCCESS_WITH_CALLBACK;
}

static FLT_POSTOP_CALLBACK_STATUS FLTAPI PostCreate(_Inout_ PFLT_CALLBACK_DATA Data,
                                                    _In_ PCFLT_RELATED_OBJECTS FltObjects,
                                                    _In_opt_ PVOID CompletionContext,
                                                    _In_ FLT_POST_OPERATION_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(FltObjects);
    if (!(Flags & FLTFL_POST_OPERATION_DRAINING) && NT_SUCCESS(Data->IoStatus.Status)) {
        InterlockedIncrement(&Skeleton.OpenCount);
    }
    ExFreeToNPagedLookasideList(&Skeleton.Opens, CompletionContext);
    return FLT_POSTOP_FINISHED_PROCESSING;
}

/* One program at a time: the port is created for one connection. */
static NTSTATUS FLTAPI PortConnect(_In_ PFLT_PORT ClientPort, _In_opt_ PVOID ServerPortCookie,
                                   _In_opt_ PVOID ConnectionContext, _In_ ULONG SizeOfContext,
                                   _Outptr_result_maybenull_ PVOID *ConnectionPortCookie)
{
    UNREFERENCED_PARAMETER(ServerPortCookie);
    UNREFERENCED_PARAMETER(ConnectionContext);
    UNREFERENCED_PARAMETER(SizeOfContext);
    Skeleton.ClientPort = ClientPort;
    *ConnectionPortCookie = NULL;
    return STATUS_SUCCESS;
}

static VOID FLTAPI PortDisconnect(_In_opt_ PVOID ConnectionCookie)
{
    UNREFERENCED_PARAMETER(ConnectionCookie);
    FltCloseClientPort(Skeleton.Filter, &Skeleton.ClientPort);
}

/* Any message is answered by the number of opens. OutputBuffer is the program's memory. */
static NTSTATUS FLTAPI PortMessage(_In_opt_ PVOID PortCookie, _In_opt_ PVOID InputBuffer, _In_ ULONG InputBufferLength,
                                   _Out_opt_ PVOID OutputBuffer, _In_ ULONG OutputBufferLength,
                                   _Out_ PULONG ReturnOutputBufferLength)
{
    LONG Count = Skeleton.OpenCount;

    UNREFERENCED_PARAMETER(PortCookie);
    UNREFERENCED_PARAMETER(InputBuffer);
    UNREFERENCED_PARAMETER(InputBufferLength);
    *ReturnOutputBufferLength = 0;
    if (OutputBuffer == NULL || OutputBufferLength < sizeof(Count)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlCopyMemory(OutputBuffer, &Count, sizeof(Count));
    *ReturnOutputBufferLength = sizeof(Count);
    return STATUS_SUCCESS;
}

static NTSTATUS CreatePort(VOID)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(SKELETON_PORT);
    PSECURITY_DESCRIPTOR Descriptor;
    OBJECT_ATTRIBUTES Attributes;
    NTSTATUS Status;

    Status = FltBuildDefaultSecurityDescriptor(&Descriptor, FLT_PORT_ALL_ACCESS);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, Descriptor);
    Status = FltCreateCommunicationPort(Skeleton.Filter, &Skeleton.ServerPort, &Attributes, NULL, PortConnect,
                                        PortDisconnect, PortMessage, 1);
    FltFreeSecurityDescriptor(Descriptor);
    return Status;
}

static NTSTATUS FLTAPI UnloadCallback(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    FltCloseCommunicationPort(Skeleton.ServerPort);
    FltUnregisterFilter(Skeleton.Filter);
    ExDeleteNPagedLookasideList(&Skeleton.Opens);
    return STATUS_SUCCESS;
}

static const FLT_OPERATION_REGISTRATION Operations[] = {
    {IRP_MJ_CREATE, 0, PreCreate, PostCreate, NULL},
    {.MajorFunction = IRP_MJ_OPERATION_END},
};

static const FLT_REGISTRATION Registration = {
    .Size = sizeof(FLT_REGISTRATION),
    .Version = FLT_REGISTRATION_VERSION,
    .OperationRegistration = Operations,
    .FilterUnloadCallback = UnloadCallback,
};

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeNPagedLookasideList(&Skeleton.Opens, NULL, NULL, 0, sizeof(SKELETON_OPEN), SKELETON_TAG, 0);
    Status = FltRegisterFilter(DriverObject, &Registration, &Skeleton.Filter);
    if (!NT_SUCCESS(Status)) {
        goto ExitLookaside;
    }
    Status = CreatePort();
    if (!NT_SUCCESS(Status)) {
        goto ExitFilter;
    }
    Status = FltStartFiltering(Skeleton.Filter);
    if (!NT_SUCCESS(Status)) {
        goto ExitPort;
    }
    return STATUS_SUCCESS;

ExitPort:
    FltCloseCommunicationPort(Skeleton.ServerPort);
ExitFilter:
    FltUnregisterFilter(Skeleton.Filter);
ExitLookaside:
    ExDeleteNPagedLookasideList(&Skeleton.Opens);
    return Status;
}
