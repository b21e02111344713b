/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.c - addresses: which are there, what they are physically (themselves: there is no paging), contiguous and
 * device memory, paging of code, which is never done.
 */
#include "ex.h"
#include "ke.h"
#include "mm.h"

BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress)
{
    ULONG Kind = HvFaultInfo(HvAddress(VirtualAddress));
    return Kind == HV_PAGE_VALID || Kind == HV_PAGE_READ_ONLY;
}

BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(PVOID VirtualAddress) { return MmIsAddressValid(VirtualAddress); }

PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress)
{
    PHYSICAL_ADDRESS Address = {.QuadPart = (LONGLONG)(ULONG_PTR)BaseAddress & 0xFFFFFFFFFFFF};
    return Address;
}

PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress)
{
    return (PVOID)(ULONG_PTR)(PhysicalAddress.QuadPart | (LONGLONG)0xFFFF000000000000ull);
}

PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID)
{
    PPHYSICAL_MEMORY_RANGE Ranges =
        ExAllocatePoolWithTag(NonPagedPool, 2 * sizeof(*Ranges), EX_TAG('M', 'm', 'P', 'h'));
    if (Ranges) {
        Ranges[0].BaseAddress.QuadPart = 0x100000;
        Ranges[0].NumberOfBytes.QuadPart = 0x3FF00000;
        Ranges[1].BaseAddress.QuadPart = 0;
        Ranges[1].NumberOfBytes.QuadPart = 0;
    }
    return Ranges;
}

/* Windows 8.1. Source: Microsoft, "MmCopyMemory". Fails where a plain copy would fault. */
#define MM_COPY_VIRTUAL 2
NTSTATUS NTAPI MmCopyMemory(PVOID Target, PVOID Source, SIZE_T Bytes, ULONG Flags, PSIZE_T Transferred);
NTSTATUS NTAPI MmCopyMemory(PVOID Target, PVOID Source, SIZE_T Bytes, ULONG Flags, PSIZE_T Transferred)
{
    PHYSICAL_ADDRESS Physical = {.QuadPart = (LONG_PTR)Source};
    PUCHAR From = Flags & MM_COPY_VIRTUAL ? Source : MmGetVirtualForPhysical(Physical);
    SIZE_T Done = 0;

    while (Done < Bytes) {
        SIZE_T Piece = PAGE_SIZE - BYTE_OFFSET(From + Done);
        Piece = Piece < Bytes - Done ? Piece : Bytes - Done;
        if (!MmIsAddressValid(From + Done)) {
            break;
        }
        RtlCopyMemory((PUCHAR)Target + Done, From + Done, Piece);
        Done += Piece;
    }
    *Transferred = Done;
    return Done == Bytes ? STATUS_SUCCESS : STATUS_INVALID_ADDRESS;
}

PVOID NTAPI MmAllocateContiguousMemory(SIZE_T Bytes, PHYSICAL_ADDRESS Highest)
{
    UNREFERENCED_PARAMETER(Highest);
    return ExAllocatePoolWithTag(NonPagedPool, ROUND_TO_PAGES(Bytes), EX_TAG('C', 'o', 'n', 't'));
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(SIZE_T Bytes, PHYSICAL_ADDRESS Lowest, PHYSICAL_ADDRESS Highest,
                                                   PHYSICAL_ADDRESS Boundary, MEMORY_CACHING_TYPE CacheType)
{
    UNREFERENCED_PARAMETER(Lowest);
    UNREFERENCED_PARAMETER(Boundary);
    UNREFERENCED_PARAMETER(CacheType);
    return MmAllocateContiguousMemory(Bytes, Highest);
}

VOID NTAPI MmFreeContiguousMemory(PVOID BaseAddress) { ExFreePoolWithTag(BaseAddress, 0); }

VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T Bytes, MEMORY_CACHING_TYPE CacheType)
{
    UNREFERENCED_PARAMETER(Bytes);
    UNREFERENCED_PARAMETER(CacheType);
    ExFreePoolWithTag(BaseAddress, 0);
}

PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T Bytes)
{
    return ExAllocatePoolWithTag(NonPagedPool, ROUND_TO_PAGES(Bytes), EX_TAG('M', 'm', 'N', 'c'));
}

VOID NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T Bytes)
{
    UNREFERENCED_PARAMETER(Bytes);
    ExFreePoolWithTag(BaseAddress, 0);
}

/* There are no devices: no physical address can be mapped. */
PVOID NTAPI MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T Bytes, MEMORY_CACHING_TYPE CacheType)
{
    UNREFERENCED_PARAMETER(PhysicalAddress);
    UNREFERENCED_PARAMETER(Bytes);
    UNREFERENCED_PARAMETER(CacheType);
    return NULL;
}

VOID NTAPI MmUnmapIoSpace(PVOID BaseAddress, SIZE_T Bytes)
{
    UNREFERENCED_PARAMETER(BaseAddress);
    UNREFERENCED_PARAMETER(Bytes);
}

LOGICAL NTAPI MmIsIoSpaceActive(PHYSICAL_ADDRESS Start, SIZE_T Bytes)
{
    UNREFERENCED_PARAMETER(Start);
    UNREFERENCED_PARAMETER(Bytes);
    return FALSE;
}

/* Nothing is paged: handles of sections are the addresses in them. */
PVOID NTAPI MmLockPagableDataSection(PVOID AddressWithinSection) { return AddressWithinSection; }
VOID NTAPI MmLockPagableSectionByHandle(PVOID Handle) { UNREFERENCED_PARAMETER(Handle); }
VOID NTAPI MmUnlockPagableImageSection(PVOID Handle) { UNREFERENCED_PARAMETER(Handle); }
VOID NTAPI MmResetDriverPaging(PVOID AddressWithinSection) { UNREFERENCED_PARAMETER(AddressWithinSection); }

PVOID NTAPI MmPageEntireDriver(PVOID AddressWithinSection)
{
    PKLDR_DATA_TABLE_ENTRY Entry;

    KiAcquireWord(&MmSystemLoadLock);
    Entry = MmpEntryOf(AddressWithinSection);
    KiReleaseWord(&MmSystemLoadLock);
    return Entry ? Entry->DllBase : NULL;
}

BOOLEAN MmpIntegrityForced(PVOID Routine)
{
    PKLDR_DATA_TABLE_ENTRY Entry;
    BOOLEAN Forced;

    KiAcquireWord(&MmSystemLoadLock);
    Entry = MmpEntryOf(Routine);
    Forced = Entry && (Entry->Flags & LDRP_INTEGRITY_FORCED);
    KiReleaseWord(&MmSystemLoadLock);
    return Forced;
}

MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID) { return MmMediumSystem; }
BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID) { return FALSE; }

/* The lab checks more than the Driver Verifier, but a driver must not behave differently under it. */
LOGICAL NTAPI MmIsDriverVerifying(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    return FALSE;
}

LOGICAL NTAPI MmIsDriverVerifyingByAddress(PVOID AddressWithinSection)
{
    UNREFERENCED_PARAMETER(AddressWithinSection);
    return FALSE;
}

NTSTATUS NTAPI MmIsVerifierEnabled(PULONG VerifierFlags)
{
    *VerifierFlags = 0;
    return STATUS_NOT_SUPPORTED;
}

/* No file is ever mapped or cached: nothing stands in the way of closing, flushing or truncating one. */
BOOLEAN NTAPI MmForceSectionClosed(PSECTION_OBJECT_POINTERS SectionPointers, BOOLEAN DelayClose)
{
    UNREFERENCED_PARAMETER(SectionPointers);
    UNREFERENCED_PARAMETER(DelayClose);
    return TRUE;
}

BOOLEAN NTAPI MmFlushImageSection(PSECTION_OBJECT_POINTERS SectionPointers, MMFLUSH_TYPE FlushType)
{
    UNREFERENCED_PARAMETER(SectionPointers);
    UNREFERENCED_PARAMETER(FlushType);
    return TRUE;
}

BOOLEAN NTAPI MmCanFileBeTruncated(PSECTION_OBJECT_POINTERS SectionPointers, PLARGE_INTEGER NewFileSize)
{
    UNREFERENCED_PARAMETER(SectionPointers);
    UNREFERENCED_PARAMETER(NewFileSize);
    return TRUE;
}

ULONG NTAPI MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS SectionPointers)
{
    UNREFERENCED_PARAMETER(SectionPointers);
    return 0;
}
