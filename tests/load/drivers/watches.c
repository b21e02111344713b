/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watches.sys - wants to be told of processes and of handles to them, and says what it was answered. */
#include "check.h"

static PVOID Objects;

static VOID NTAPI ProcessCreated(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO Info)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(Info);
}

static OB_PREOP_CALLBACK_STATUS NTAPI HandleOpening(PVOID Context, POB_PRE_OPERATION_INFORMATION Info)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Info);
    return OB_PREOP_SUCCESS;
}

static VOID WatchProcesses(VOID)
{
    DbgPrint("processes %x\n", PsSetCreateProcessNotifyRoutineEx(ProcessCreated, FALSE));
}

static VOID WatchObjects(VOID)
{
    OB_OPERATION_REGISTRATION Operation = {
        .ObjectType = PsProcessType, .Operations = OB_OPERATION_HANDLE_CREATE, .PreOperation = HandleOpening};
    OB_CALLBACK_REGISTRATION Registration = {.Version = OB_FLT_REGISTRATION_VERSION,
                                             .OperationRegistrationCount = 1,
                                             .Altitude = RTL_CONSTANT_STRING(L"321000"),
                                             .OperationRegistration = &Operation};

    DbgPrint("objects %x\n", ObRegisterCallbacks(&Registration, &Objects));
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (Objects) {
        ObUnRegisterCallbacks(Objects);
        CHECK(PsSetCreateProcessNotifyRoutineEx(ProcessCreated, TRUE) == STATUS_SUCCESS);
    }
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    WatchProcesses();
    WatchProcesses();
    WatchObjects();
    return STATUS_SUCCESS;
}
