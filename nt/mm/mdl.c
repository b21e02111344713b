/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mdl.c - memory descriptor lists. All memory is resident and everybody sees all of it, so locking and mapping are
 * bookkeeping: the mapped address is the address itself. What is checked is that the memory is there.
 * Source: Microsoft, "Using MDLs". IoAllocateMdl and IoFreeMdl are the I/O manager's.
 */
#include "ex.h"
#include "ke.h"
#include "mm.h"

static inline PVOID MmpMdlAddress(PMDL Mdl) { return (PUCHAR)Mdl->StartVa + Mdl->ByteOffset; }

/* One page-frame number per page; the frame of an address is the address. */
static VOID MmpFillFrames(PMDL Mdl)
{
    PPFN_NUMBER Frames = (PPFN_NUMBER)(Mdl + 1);
    ULONG Pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmpMdlAddress(Mdl), Mdl->ByteCount);

    for (ULONG i = 0; i < Pages; i++) {
        Frames[i] = ((ULONG_PTR)Mdl->StartVa >> PAGE_SHIFT) + i;
    }
}

SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return sizeof(MDL) + ADDRESS_AND_SIZE_TO_SPAN_PAGES(Base, Length) * sizeof(PFN_NUMBER);
}

/* Obsolete. Initialises a given MDL, or allocates one. */
PMDL NTAPI MmCreateMdl(PMDL Mdl, PVOID Base, SIZE_T Length)
{
    if (!Mdl) {
        Mdl = ExAllocatePoolWithTag(NonPagedPool, MmSizeOfMdl(Base, Length), EX_TAG('M', 'd', 'l', ' '));
    }
    if (Mdl) {
        MmInitializeMdl(Mdl, Base, Length);
    }
    return Mdl;
}

VOID NTAPI MmBuildMdlForNonPagedPool(PMDL Mdl)
{
    MmpFillFrames(Mdl);
    Mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
    Mdl->Process = NULL;
    Mdl->MappedSystemVa = MmpMdlAddress(Mdl);
}

static BOOLEAN MmpIsThere(PMDL Mdl, LOCK_OPERATION Operation)
{
    PUCHAR Last = (PUCHAR)MmpMdlAddress(Mdl) + Mdl->ByteCount - 1;

    for (PUCHAR Page = Mdl->StartVa; Page <= Last; Page += PAGE_SIZE) {
        ULONG Kind = HvFaultInfo(HvAddress(Page == Mdl->StartVa ? MmpMdlAddress(Mdl) : Page));
        if (Kind != HV_PAGE_VALID && !(Kind == HV_PAGE_READ_ONLY && Operation == IoReadAccess)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Raises STATUS_ACCESS_VIOLATION if some of it is not there. IRQL <= APC_LEVEL, nonpaged memory <= DISPATCH_LEVEL. */
VOID NTAPI MmProbeAndLockPages(PMDL Mdl, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    UNREFERENCED_PARAMETER(AccessMode);
    if (Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL)) {
        KiMisuse("MmProbeAndLockPages of an MDL whose pages are locked already", HvAddress(Mdl), 0);
    }
    if (Mdl->ByteCount && !MmpIsThere(Mdl, Operation)) {
        ExRaiseStatus(STATUS_ACCESS_VIOLATION);
    }
    MmpFillFrames(Mdl);
    Mdl->MdlFlags |= MDL_PAGES_LOCKED | (Operation == IoReadAccess ? 0 : MDL_WRITE_OPERATION);
}

VOID NTAPI MmProbeAndLockProcessPages(PMDL Mdl, PEPROCESS Process, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    UNREFERENCED_PARAMETER(Process);
    MmProbeAndLockPages(Mdl, AccessMode, Operation);
}

VOID NTAPI MmUnlockPages(PMDL Mdl)
{
    if (!(Mdl->MdlFlags & MDL_PAGES_LOCKED)) {
        KiMisuse("MmUnlockPages of an MDL whose pages are not locked", HvAddress(Mdl), (ULONG)Mdl->MdlFlags);
    }
    Mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA | MDL_WRITE_OPERATION);
}

PVOID NTAPI MmMapLockedPages(PMDL Mdl, KPROCESSOR_MODE AccessMode)
{
    UNREFERENCED_PARAMETER(AccessMode);
    Mdl->MappedSystemVa = MmpMdlAddress(Mdl);
    Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    return Mdl->MappedSystemVa;
}

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE AccessMode, MEMORY_CACHING_TYPE CacheType,
                                         PVOID BaseAddress, ULONG BugCheckOnFailure, MM_PAGE_PRIORITY Priority)
{
    UNREFERENCED_PARAMETER(CacheType);
    UNREFERENCED_PARAMETER(BaseAddress);
    UNREFERENCED_PARAMETER(BugCheckOnFailure);
    UNREFERENCED_PARAMETER(Priority);
    return MmMapLockedPages(Mdl, AccessMode);
}

VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL Mdl)
{
    UNREFERENCED_PARAMETER(BaseAddress);
    Mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
}

NTSTATUS NTAPI MmProtectMdlSystemAddress(PMDL Mdl, ULONG NewProtect)
{
    UNREFERENCED_PARAMETER(NewProtect);
    return Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA ? STATUS_SUCCESS : STATUS_NOT_MAPPED_VIEW;
}

/* Pages of their own, not mapped: here one block, whose address is known only through the MDL. */
PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                   PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType,
                                   ULONG Flags)
{
    SIZE_T Bytes = ROUND_TO_PAGES(TotalBytes);
    PVOID Pages = ExAllocatePoolWithTag(NonPagedPool, Bytes, EX_TAG('M', 'p', 'd', ' '));
    PMDL Mdl = Pages ? MmCreateMdl(NULL, Pages, Bytes) : NULL;

    UNREFERENCED_PARAMETER(LowAddress);
    UNREFERENCED_PARAMETER(HighAddress);
    UNREFERENCED_PARAMETER(SkipBytes);
    UNREFERENCED_PARAMETER(CacheType);
    if (!Mdl) {
        if (Pages) {
            ExFreePoolWithTag(Pages, 0);
        }
        return NULL;
    }
    if (!(Flags & MM_DONT_ZERO_ALLOCATION)) {
        RtlZeroMemory(Pages, Bytes);
    }
    MmpFillFrames(Mdl);
    Mdl->MdlFlags |= MDL_PAGES_LOCKED;
    return Mdl;
}

PMDL NTAPI MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
                                 SIZE_T TotalBytes)
{
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, MmCached, 0);
}

VOID NTAPI MmFreePagesFromMdl(PMDL Mdl)
{
    ExFreePoolWithTag(Mdl->StartVa, 0);
    Mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
}

NTSTATUS NTAPI MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    PUCHAR Address = MmpMdlAddress(Mdl);

    if (NumberOfBytes >= Mdl->ByteCount) {
        return STATUS_INVALID_PARAMETER_2;
    }
    Address += NumberOfBytes;
    Mdl->StartVa = PAGE_ALIGN(Address);
    Mdl->ByteOffset = BYTE_OFFSET(Address);
    Mdl->ByteCount -= NumberOfBytes;
    return STATUS_SUCCESS;
}
