/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * processor.c - processors, affinity and priorities as a driver sees them. Every thread has a processor of its own and
 * the explorer schedules; so affinities and priorities are accepted, told back, and change nothing.
 */
#include "ke.h"

#undef KeQueryActiveProcessors
#undef KeSetSystemAffinityThread
#undef KeRevertToUserAffinityThread

#define KI_ACTIVE_PROCESSORS (((KAFFINITY)1 << KE_PROCESSORS) - 1)

#undef KeNumberProcessors
CCHAR KiNumberProcessors NT_DATA(KeNumberProcessors) = KE_PROCESSORS;

KAFFINITY NTAPI KeQueryActiveProcessors(VOID) { return KI_ACTIVE_PROCESSORS; }
ULONG NTAPI KeQueryMaximumProcessorCount(VOID) { return KE_PROCESSORS; }
USHORT NTAPI KeQueryActiveGroupCount(VOID) { return 1; }
USHORT NTAPI KeQueryMaximumGroupCount(VOID) { return 1; }
USHORT NTAPI KeQueryHighestNodeNumber(VOID) { return 0; }
USHORT NTAPI KeGetCurrentNodeNumber(VOID) { return 0; }

ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors) {
        *ActiveProcessors = KI_ACTIVE_PROCESSORS;
    }
    return KE_PROCESSORS;
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? KE_PROCESSORS : 0;
}

ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber) { return KeQueryActiveProcessorCountEx(GroupNumber); }

KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber) { return GroupNumber == 0 ? KI_ACTIVE_PROCESSORS : 0; }

/* Which one the caller is on: any answer may be outdated at once, in Windows too. */
ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER Number)
{
    ULONG Index = KiPcr()->Number % KE_PROCESSORS;
    if (Number) {
        Number->Group = 0;
        Number->Number = (UCHAR)Index;
        Number->Reserved = 0;
    }
    return Index;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG Index, PPROCESSOR_NUMBER Number)
{
    if (Index >= KE_PROCESSORS) {
        return STATUS_INVALID_PARAMETER;
    }
    Number->Group = 0;
    Number->Number = (UCHAR)Index;
    Number->Reserved = 0;
    return STATUS_SUCCESS;
}

ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER Number)
{
    return Number->Group == 0 && Number->Number < KE_PROCESSORS ? Number->Number : INVALID_PROCESSOR_INDEX;
}

VOID NTAPI KeSetSystemAffinityThread(KAFFINITY Affinity) { UNREFERENCED_PARAMETER(Affinity); }
VOID NTAPI KeRevertToUserAffinityThread(VOID) {}
VOID NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity) { UNREFERENCED_PARAMETER(Affinity); }

KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    UNREFERENCED_PARAMETER(Affinity);
    return 0; /* no system affinity was set before */
}

VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity)
{
    UNREFERENCED_PARAMETER(Affinity);
    if (PreviousAffinity) {
        PreviousAffinity->Mask = 0;
        PreviousAffinity->Group = 0;
    }
}

VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    UNREFERENCED_PARAMETER(PreviousAffinity);
}

KPRIORITY NTAPI KeQueryPriorityThread(PRKTHREAD Thread) { return Thread->Priority; }

KPRIORITY NTAPI KeSetPriorityThread(PRKTHREAD Thread, KPRIORITY Priority)
{
    KPRIORITY Before = Thread->Priority;
    Thread->Priority = Priority;
    return Before;
}

/* Relative to the process's priority, 8. */
LONG NTAPI KeSetBasePriorityThread(PRKTHREAD Thread, LONG Increment)
{
    LONG Before = Thread->Priority - 8;
    Thread->Priority = 8 + Increment;
    return Before;
}

BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable)
{
    UNREFERENCED_PARAMETER(Enable);
    return TRUE;
}

/* All processes see the same memory, so attaching is bookkeeping. Source: Microsoft, "KeStackAttachProcess". */
VOID NTAPI KeStackAttachProcess(PKPROCESS Process, PRKAPC_STATE ApcState)
{
    ApcState->Process = KiThread()->Process;
    KiThread()->Process = Process;
}

VOID NTAPI KeUnstackDetachProcess(PRKAPC_STATE ApcState) { KiThread()->Process = ApcState->Process; }

VOID NTAPI KeAttachProcess(PKPROCESS Process) { UNREFERENCED_PARAMETER(Process); }
VOID NTAPI KeDetachProcess(VOID) {}

/* Kernel code keeps its floating-point state on x64 anyway. */
NTSTATUS NTAPI KxSaveFloatingPointState(PVOID State) NT_STDCALL(KeSaveFloatingPointState, 4);
NTSTATUS NTAPI KxRestoreFloatingPointState(PVOID State) NT_STDCALL(KeRestoreFloatingPointState, 4);
NTSTATUS NTAPI KxSaveFloatingPointState(PVOID State)
{
    UNREFERENCED_PARAMETER(State);
    return STATUS_SUCCESS;
}
NTSTATUS NTAPI KxRestoreFloatingPointState(PVOID State)
{
    UNREFERENCED_PARAMETER(State);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size)
{
    UNREFERENCED_PARAMETER(Size);
    Callout(Parameter);
    return STATUS_SUCCESS;
}

/* Runs on this processor only, at IPI_LEVEL as on every other. Source: Microsoft, "KeIpiGenericCall". */
ULONG_PTR NTAPI KeIpiGenericCall(PKIPI_BROADCAST_WORKER Broadcast, ULONG_PTR Context)
{
    KIRQL Irql = KiIrql();
    ULONG_PTR Result;

    KiSetIrql(IPI_LEVEL);
    Result = Broadcast(Context);
    KiSetIrql(Irql);
    return Result;
}

BOOLEAN NTAPI KeInvalidateAllCaches(VOID) { return TRUE; }
ULONG NTAPI KeGetRecommendedSharedDataAlignment(VOID) { return 64; }
