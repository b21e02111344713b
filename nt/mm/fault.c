/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - what a bad access becomes.
 *
 *   special pool, freed           CC from the system's code, D5 from a driver's
 *   special pool, behind a block  CD, D6
 *   not canonical                 access violation with address -1 (model switch non-canonical: 50)
 *   IRQL 2 and above              A (KeBugCheckEx makes D1, D3 or D4 of it)
 *   user range                    access violation
 *   present, not allowed          BE for a write, FC for an execution
 *   any other system address      50 (KeBugCheckEx makes CE of it when the image was unloaded)
 *
 * Sources: Microsoft: bug checks 0x0A, 0x50, 0xBE, 0xCC, 0xCD, 0xD5, 0xD6, 0xFC; x64 dumps in public reports.
 */
#include "arch.h"
#include "rtl.h"

#define PF_PROTECTION 1
#define PF_WRITE      2
#define PF_FETCH      16

#define FAULT_TYPE_NO_TABLE      2 /* bug check 50, fourth parameter */
#define FAULT_TYPE_NON_CANONICAL 4

static ULONG_PTR MiAccessKind(ULONG_PTR ErrorCode)
{
    if (ErrorCode & PF_FETCH) {
        return EXCEPTION_EXECUTE_FAULT;
    }
    return (ErrorCode & PF_WRITE) ? EXCEPTION_WRITE_FAULT : EXCEPTION_READ_FAULT;
}

/* The fault of an instruction at Pc on special pool. */
static DECLSPEC_NORETURN VOID MiSpecialPoolFault(ULONG Kind, ULONG_PTR Address, ULONG_PTR Access, ULONG_PTR Pc)
{
    BOOLEAN System = RtlpIsSystemImage((PVOID)Pc);
    ULONG Code = System ? PAGE_FAULT_IN_FREED_SPECIAL_POOL : DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL;
    if (Kind == HV_PAGE_GUARD) {
        Code = System ? PAGE_FAULT_BEYOND_END_OF_ALLOCATION : DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
    }
    KeBugCheckEx(Code, Address, Access == EXCEPTION_WRITE_FAULT, Pc, 0);
}

NTSTATUS MmAccessFault(ULONG_PTR ErrorCode, PVOID Address, KPROCESSOR_MODE Mode, PKTRAP_FRAME TrapFrame)
{
    ULONG_PTR Va = (ULONG_PTR)Address;
    ULONG_PTR Pc = KI_TRAP_PC(TrapFrame);
    ULONG_PTR Access = MiAccessKind(ErrorCode);
    ULONG Kind;
    BOOLEAN Present;
    UNREFERENCED_PARAMETER(Mode);

    if (!MI_IS_CANONICAL(Va)) {
        KiCheckNonCanonical(TrapFrame);
        return STATUS_ACCESS_VIOLATION;
    }
    Kind = HvFaultInfo(Va);
    if (Kind == HV_PAGE_FREED || Kind == HV_PAGE_GUARD) {
        MiSpecialPoolFault(Kind, Va, Access, Pc);
    }
    Present = (ErrorCode & PF_PROTECTION) || Kind == HV_PAGE_VALID || Kind == HV_PAGE_READ_ONLY;
    if (KiIrql() >= DISPATCH_LEVEL && !Present) {
        return STATUS_IN_PAGE_ERROR;
    }
    if (Va <= MI_USER_LIMIT) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (Present) {
        ULONG Code =
            (ErrorCode & PF_FETCH) ? ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY : ATTEMPTED_WRITE_TO_READONLY_MEMORY;
        KeBugCheckEx(Code, Va, 0, (ULONG_PTR)TrapFrame, 0);
    }
    KeBugCheckEx(PAGE_FAULT_IN_NONPAGED_AREA, Va, Access, Pc, Kind == HV_PAGE_NONE ? FAULT_TYPE_NO_TABLE : 0);
}

/* Bug check 50 for a non-canonical address, if that is how the model answers it; the address itself is not known. */
DECLSPEC_NOINLINE VOID KiCheckNonCanonical(PKTRAP_FRAME TrapFrame)
{
    if (NtModel.NonCanonical != NON_CANONICAL_50) {
        return;
    }
    KeBugCheckEx(PAGE_FAULT_IN_NONPAGED_AREA, (ULONG_PTR)-1, EXCEPTION_READ_FAULT, KI_TRAP_PC(TrapFrame),
                 FAULT_TYPE_NON_CANONICAL);
}
