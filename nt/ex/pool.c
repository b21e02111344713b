/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - pool memory. Every block is special pool: the machine gives it pages of its own, catches overruns, underruns
 * and use after free at the instruction, and fills new blocks with a pattern. What is left here is the bookkeeping that
 * names tags and callers. Paged and nonpaged pool are the same memory; IRQL decides what may be asked for.
 * Source: Microsoft, "Using Special Pool", "ExAllocatePoolWithTag", bug check 0xC2 "BAD_POOL_CALLER".
 */
#include "ex.h"
#include "ke.h"

#undef ExFreePool
#undef ExAllocatePool
#undef ExAllocatePoolWithQuota
#undef ExAllocatePoolWithQuotaTag

/* First argument of BAD_POOL_CALLER. */
enum {
    FREED_ALREADY = 7,
    BAD_ALLOCATION_IRQL = 8,
    BAD_FREE_IRQL = 9,
    WRONG_TAG = 0xA,
    FREE_OF_NULL = 0x46,
    BAD_FREE_ADDRESS = 0x99
};

#define EXP_PROTECTED_TAG     0x80000000u
#define EXP_RECORDS_LOOKED_AT 64          /* for the tag of a block that is freed by the thread that allocated it */
#define EXP_DEFAULT_TAG       0x656E6F4Eu /* 'None' */

typedef ULONG64 EXP_POOL_FLAGS;
#define EXP_FLAG_USE_QUOTA      0x01ull
#define EXP_FLAG_UNINITIALIZED  0x02ull
#define EXP_FLAG_CACHE_ALIGNED  0x08ull
#define EXP_FLAG_RAISE          0x20ull
#define EXP_FLAG_NON_PAGED      0x40ull
#define EXP_FLAG_NON_PAGED_EXEC 0x80ull
#define EXP_FLAG_PAGED          0x100ull

PVOID NTAPI ExAllocatePool2(EXP_POOL_FLAGS Flags, SIZE_T Bytes, ULONG Tag);
VOID NTAPI ExFreePool2(PVOID Block, ULONG Tag, PVOID Extended, ULONG Count);

PVOID ExpAllocateSystemPool(SIZE_T Size) { return HvAlloc(Size, HV_POOL); }
VOID ExpFreeSystemPool(PVOID Block) { HvFree(Block); }

static VOID ExpRecord(PVOID Address, ULONG Size, ULONG Tag, PVOID Caller)
{
    PPOOL_RECORD Record = HvAlloc(sizeof(*Record), HV_SYSTEM);

    if (Record) {
        Record->Address = Address;
        Record->Caller = Caller;
        Record->Size = Size;
        Record->Tag = Tag;
        Record->Next = KiPcr()->PoolRecords;
        KiPcr()->PoolRecords = Record;
    }
}

static inline BOOLEAN ExpIsPaged(POOL_TYPE Type) { return (Type & 1) == PagedPool; }

static VOID ExpCheckAllocationIrql(POOL_TYPE Type, SIZE_T Bytes)
{
    KIRQL Irql = KiIrql();
    if (Irql > (ExpIsPaged(Type) ? APC_LEVEL : DISPATCH_LEVEL)) {
        KeBugCheckEx(BAD_POOL_CALLER, BAD_ALLOCATION_IRQL, Irql, Type, Bytes);
    }
}

static inline PVOID ExpAllocate(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag, PVOID Caller)
{
    PVOID Block;

    ExpCheckAllocationIrql(Type, Bytes);
    Block = HvAlloc(Bytes, HV_POOL);
    if (Block) {
        ExpRecord(Block, (ULONG)Bytes, Tag, Caller);
    }
    return Block;
}

/*
 * A block of Bytes bytes, contents unspecified; NULL when there is none (POOL_RAISE_IF_ALLOCATION_FAILURE: raises
 * STATUS_INSUFFICIENT_RESOURCES). IRQL <= DISPATCH_LEVEL, paged pool <= APC_LEVEL.
 */
PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    PVOID Block = ExpAllocate(PoolType, NumberOfBytes, Tag, __builtin_return_address(0));
    if (!Block && (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE)) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return Block;
}

PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return ExpAllocate(PoolType, NumberOfBytes, EXP_DEFAULT_TAG, __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                          EX_POOL_PRIORITY Priority)
{
    UNREFERENCED_PARAMETER(Priority);
    return ExpAllocate(PoolType, NumberOfBytes, Tag, __builtin_return_address(0));
}

/* Raises STATUS_INSUFFICIENT_RESOURCES instead of returning NULL, unless told otherwise. Quotas are unlimited. */
PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    PVOID Block = ExpAllocate(PoolType, NumberOfBytes, Tag, __builtin_return_address(0));
    if (!Block && !(PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE)) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return Block;
}

PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    PVOID Block = ExpAllocate(PoolType, NumberOfBytes, EXP_DEFAULT_TAG, __builtin_return_address(0));
    if (!Block && !(PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE)) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return Block;
}

/* Windows 10 2004. Zeroed unless POOL_FLAG_UNINITIALIZED. Source: Microsoft, "ExAllocatePool2". */
PVOID NTAPI ExAllocatePool2(EXP_POOL_FLAGS Flags, SIZE_T Bytes, ULONG Tag)
{
    POOL_TYPE Type = Flags & EXP_FLAG_PAGED ? PagedPool : NonPagedPool;
    PVOID Block = NULL;

    if (Bytes && Tag && (Flags & (EXP_FLAG_PAGED | EXP_FLAG_NON_PAGED | EXP_FLAG_NON_PAGED_EXEC))) {
        Block = ExpAllocate(Type, Bytes, Tag, __builtin_return_address(0));
    }
    if (Block && !(Flags & EXP_FLAG_UNINITIALIZED)) {
        RtlZeroMemory(Block, Bytes);
    }
    if (!Block && (Flags & EXP_FLAG_RAISE)) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return Block;
}

static inline BOOLEAN ExpSameTag(ULONG A, ULONG B) { return ((A ^ B) & ~EXP_PROTECTED_TAG) == 0; }

/*
 * Is Tag the block's? A thread knows its own allocations; of others it leaves a record, which the audit compares: to
 * read their lists here would make every free depend on every allocation.
 */
static VOID ExpCheckTag(PVOID Block, ULONG Tag, PVOID Caller)
{
    PPOOL_RECORD Record = KiPcr()->PoolRecords;

    for (ULONG i = 0; Record && i < EXP_RECORDS_LOOKED_AT; i++, Record = Record->Next) {
        if (Record->Address == Block) {
            if (!ExpSameTag(Record->Tag, Tag)) {
                KeBugCheckEx(BAD_POOL_CALLER, WRONG_TAG, (ULONG_PTR)Block, Record->Tag, Tag);
            }
            return;
        }
    }
    ExpRecord(Block, POOL_RECORD_FREE, Tag, Caller);
}

static VOID ExpFree(PVOID Block, ULONG Tag, PVOID Caller)
{
    if (!Block) {
        KeBugCheckEx(BAD_POOL_CALLER, FREE_OF_NULL, 0, 0, 0);
    }
    if (KiIrql() > DISPATCH_LEVEL) {
        KeBugCheckEx(BAD_POOL_CALLER, BAD_FREE_IRQL, KiIrql(), 0, (ULONG_PTR)Block);
    }
    if (Tag) {
        ExpCheckTag(Block, Tag, Caller);
    }
    switch (HvFree(Block)) {
    case HV_FREE_TWICE: KeBugCheckEx(BAD_POOL_CALLER, FREED_ALREADY, 0, 0, (ULONG_PTR)Block);
    case HV_FREE_BAD_ADDRESS: KeBugCheckEx(BAD_POOL_CALLER, BAD_FREE_ADDRESS, (ULONG_PTR)Block, 0, 0);
    }
}

/* Tag 0 = whatever it was allocated with. A wrong tag, a block freed twice or a pointer to none: BAD_POOL_CALLER. */
VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag) { ExpFree(P, Tag, __builtin_return_address(0)); }
VOID NTAPI ExFreePool(PVOID P) { ExpFree(P, 0, __builtin_return_address(0)); }

VOID NTAPI ExFreePool2(PVOID Block, ULONG Tag, PVOID Extended, ULONG Count)
{
    UNREFERENCED_PARAMETER(Extended);
    UNREFERENCED_PARAMETER(Count);
    ExpFree(Block, Tag, __builtin_return_address(0));
}

SIZE_T NTAPI ExQueryPoolBlockSize(PVOID Block, PBOOLEAN QuotaCharged)
{
    *QuotaCharged = FALSE;
    for (PPOOL_RECORD Record = KiPcr()->PoolRecords; Record; Record = Record->Next) {
        if (Record->Address == Block && Record->Size != POOL_RECORD_FREE) {
            return Record->Size;
        }
    }
    return 0;
}
