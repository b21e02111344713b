/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iomdl.c - memory descriptor lists. All memory is resident and mapped; page frame numbers are made from addresses. */
#include "ex.h"
#include "io.h"

/* Microsoft: IoAllocateMdl. IRQL <= DISPATCH_LEVEL. NULL: out of memory. */
PMDL NTAPI IoAllocateMdl(PVOID Address, ULONG Length, BOOLEAN Secondary, BOOLEAN ChargeQuota, PIRP Irp)
{
    SIZE_T Size = sizeof(MDL) + ADDRESS_AND_SIZE_TO_SPAN_PAGES(Address, Length) * sizeof(PFN_NUMBER);
    PMDL Mdl = ExpAllocateSystemPool(Size);

    UNREFERENCED_PARAMETER(ChargeQuota);
    if (!Mdl) {
        return NULL;
    }
    IopRecordBlock(Mdl, (ULONG)Size, 0x206C644D /* Mdl */, __builtin_return_address(0));
    memset(Mdl, 0, sizeof(*Mdl));
    MmInitializeMdl(Mdl, Address, Length);
    if (Irp && Secondary) {
        PMDL Last = Irp->MdlAddress;
        while (Last->Next) {
            Last = Last->Next;
        }
        Last->Next = Mdl;
    } else if (Irp) {
        Irp->MdlAddress = Mdl;
    }
    return Mdl;
}

/* Microsoft: IoFreeMdl. IRQL <= DISPATCH_LEVEL. */
VOID NTAPI IoFreeMdl(PMDL Mdl)
{
    (void)*(volatile CSHORT *)&Mdl->Size; /* freed twice: caught here */
    ExpFreeSystemPool(Mdl);
}

/* Microsoft: IoBuildPartialMdl. Length 0: to the end of the source. */
VOID NTAPI IoBuildPartialMdl(PMDL Source, PMDL Target, PVOID Address, ULONG Length)
{
    ULONG Offset = (ULONG)((PUCHAR)Address - (PUCHAR)Source->StartVa) - Source->ByteOffset;

    if (!Length) {
        Length = Source->ByteCount - Offset;
    }
    Target->Process = Source->Process;
    Target->StartVa = PAGE_ALIGN(Address);
    Target->ByteOffset = BYTE_OFFSET(Address);
    Target->ByteCount = Length;
    Target->MdlFlags =
        (CSHORT)((Target->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) | MDL_PARTIAL |
                 (Source->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA | MDL_IO_SPACE)));
    Target->MappedSystemVa = (PUCHAR)Source->MappedSystemVa + Offset;
    for (ULONG i = 0; i < ADDRESS_AND_SIZE_TO_SPAN_PAGES(Address, Length); i++) {
        MmGetMdlPfnArray(Target)[i] =
            MmGetMdlPfnArray(Source)[((PUCHAR)PAGE_ALIGN(Address) - (PUCHAR)Source->StartVa) / PAGE_SIZE + i];
    }
}
