/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookaside.c - lookaside lists. Drivers' inline code reads and counts in the structure; the depth is kept at 0, as the
 * Driver Verifier does, so that every entry is a pool block of its own and its use after free is seen.
 * Source: Microsoft, "Using Lookaside Lists"; bug checks 0xC4/0xCA-0xCC.
 */
#include "ke.h"
#include "slist.h"

static VOID ExpInitializeLookaside(PGENERAL_LOOKASIDE L, POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    ExpInitializeSList(&L->ListHead);
    L->Depth = 0;
    L->MaximumDepth = 256;
    L->TotalAllocates = 0;
    L->AllocateMisses = 0;
    L->TotalFrees = 0;
    L->FreeMisses = 0;
    L->Type = Type;
    L->Tag = Tag;
    L->Size = (ULONG)Size;
    L->LastTotalAllocates = 0;
    L->LastAllocateMisses = 0;
    InitializeListHead(&L->ListEntry); /* Windows: in the list of all */
}

static PVOID NTAPI ExpAllocateEx(POOL_TYPE Type, SIZE_T Size, ULONG Tag, PLOOKASIDE_LIST_EX Lookaside)
{
    UNREFERENCED_PARAMETER(Lookaside);
    return ExAllocatePoolWithTag(Type, Size, Tag);
}

static VOID NTAPI ExpFreeEx(PVOID Entry, PLOOKASIDE_LIST_EX Lookaside) { ExFreePoolWithTag(Entry, Lookaside->L.Tag); }

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                           PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    UNREFERENCED_PARAMETER(Depth);
    ExpInitializeLookaside(&Lookaside->L, NonPagedPool | (POOL_TYPE)Flags, Size, Tag);
    Lookaside->L.Allocate = Allocate ? Allocate : ExAllocatePoolWithTag;
    Lookaside->L.Free = Free ? Free : ExFreePool;
}

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                          PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    UNREFERENCED_PARAMETER(Depth);
    ExpInitializeLookaside(&Lookaside->L, PagedPool | (POOL_TYPE)Flags, Size, Tag);
    Lookaside->L.Allocate = Allocate ? Allocate : ExAllocatePoolWithTag;
    Lookaside->L.Free = Free ? Free : ExFreePool;
}

/* Vista. */
NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate,
                                           PFREE_FUNCTION_EX Free, POOL_TYPE PoolType, ULONG Flags, SIZE_T Size,
                                           ULONG Tag, USHORT Depth)
{
    UNREFERENCED_PARAMETER(Depth);
    if (Flags & ~(ULONG)(EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)) {
        return STATUS_INVALID_PARAMETER_5;
    }
    if (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL) {
        PoolType |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    }
    ExpInitializeLookaside((PGENERAL_LOOKASIDE)&Lookaside->L, PoolType, Size, Tag);
    Lookaside->L.AllocateEx = Allocate ? Allocate : ExpAllocateEx;
    Lookaside->L.FreeEx = Free ? Free : ExpFreeEx;
    return STATUS_SUCCESS;
}

/* Out of the list of all, where one that was never initialised faults, as in Windows. */
static VOID ExpUnlinkLookaside(PGENERAL_LOOKASIDE L, PVOID Caller)
{
    KIRQL Irql = KiEnterDispatcher();
    BOOLEAN Deleted = L->Free == NULL;
    RemoveEntryList(&L->ListEntry);
    InitializeListHead(&L->ListEntry);
    KiLeaveDispatcher(Irql);
    if (Deleted) {
        VfMisuse("lookaside list deleted twice", (ULONG_PTR)L, 0, Caller);
    }
}

static VOID ExpDeleteLookaside(PGENERAL_LOOKASIDE L, PVOID Caller)
{
    PVOID Entry;

    ExpUnlinkLookaside(L, Caller);
    while ((Entry = ExpPop(&L->ListHead)) != NULL) {
        L->Free(Entry);
    }
    L->Allocate = NULL;
    L->Free = NULL;
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    ExpDeleteLookaside(&Lookaside->L, __builtin_return_address(0));
}

VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    ExpDeleteLookaside(&Lookaside->L, __builtin_return_address(0));
}

VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    PVOID Entry;
    while ((Entry = ExpPop(&Lookaside->L.ListHead)) != NULL) {
        Lookaside->L.FreeEx(Entry, Lookaside);
    }
}

VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    ExpUnlinkLookaside((PGENERAL_LOOKASIDE)&Lookaside->L, __builtin_return_address(0));
    ExFlushLookasideListEx(Lookaside);
    Lookaside->L.AllocateEx = NULL;
    Lookaside->L.FreeEx = NULL;
}

/* The paged list's own routines are exported: only 32-bit drivers have them inline. */
PVOID NTAPI ExpAllocateFromPaged(PPAGED_LOOKASIDE_LIST Lookaside) NT_STDCALL(ExAllocateFromPagedLookasideList, 4);
VOID NTAPI ExpFreeToPaged(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry) NT_STDCALL(ExFreeToPagedLookasideList, 8);

PVOID NTAPI ExpAllocateFromPaged(PPAGED_LOOKASIDE_LIST Lookaside)
{
    Lookaside->L.TotalAllocates++;
    Lookaside->L.AllocateMisses++;
    return Lookaside->L.Allocate(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag);
}

VOID NTAPI ExpFreeToPaged(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    Lookaside->L.TotalFrees++;
    Lookaside->L.FreeMisses++;
    Lookaside->L.Free(Entry);
}
