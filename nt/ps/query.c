/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query.c - processes by handle. PASSIVE_LEVEL. Sources: Microsoft, the page of each routine. */
#include "ps.h"
#include "ob.h"

/*
 * Microsoft: ZwOpenProcess. By number; by name is obsolete, and nothing here has one. Access rights are not checked.
 *   STATUS_INVALID_PARAMETER_MIX  a number and a name, or neither
 *   STATUS_INVALID_CID            no such process
 */
NTSTATUS NTAPI ZwOpenProcess(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, PCLIENT_ID ClientId)
{
    PEPROCESS Process;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Access);
    if ((ClientId != NULL) == (Attributes->ObjectName != NULL)) {
        return STATUS_INVALID_PARAMETER_MIX;
    }
    if (ClientId == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    Status = PsLookupProcessByProcessId(ClientId->UniqueProcess, &Process);
    if (!NT_SUCCESS(Status)) {
        return STATUS_INVALID_CID;
    }
    Status = ObpCreateHandle(Process, Attributes->Attributes, __builtin_return_address(0), Handle);
    ObfDereferenceObject(Process);
    return Status;
}

/* Microsoft: ZwQueryInformationProcess. ProcessBasicInformation; all else is STATUS_INVALID_INFO_CLASS. */
NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE Handle, PROCESSINFOCLASS Class, PVOID Information, ULONG Length,
                                         PULONG ReturnLength)
{
    PROCESS_BASIC_INFORMATION Basic = {.ExitStatus = STATUS_PENDING, .BasePriority = 8};
    PEPROCESS Process;
    NTSTATUS Status;

    if (Class != ProcessBasicInformation) {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (Length != sizeof(Basic)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    Status = ObReferenceObjectByHandle(Handle, 0, ObpProcessType, KernelMode, (PVOID *)&Process, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Basic.AffinityMask = KeQueryActiveProcessors();
    Basic.UniqueProcessId = (ULONG_PTR)PsGetProcessId(Process);
    ObfDereferenceObject(Process);
    *(PPROCESS_BASIC_INFORMATION)Information = Basic;
    if (ReturnLength != NULL) {
        *ReturnLength = sizeof(Basic);
    }
    return STATUS_SUCCESS;
}
