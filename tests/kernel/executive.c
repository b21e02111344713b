/* SPDX-License-Identifier: GPL-2.0-or-later */
/* executive.c - pool, locks, lists, callbacks, images, versions. */
#include "client.h"

#define TAG 'tseT'

static volatile LONG Count;
static FAST_MUTEX Fast;
static ERESOURCE Resource;
static EX_RUNDOWN_REF Rundown;
static EX_PUSH_LOCK Push;

VOID FASTCALL ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock);
VOID FASTCALL ExfReleasePushLock(PEX_PUSH_LOCK Lock);

static VOID Bump(VOID)
{
    LONG Old = Count;
    HvYield();
    Count = Old + 1;
}

static VOID NTAPI FastThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 3; i++) {
        ExAcquireFastMutex(&Fast);
        CHECK(KeGetCurrentIrql() == APC_LEVEL);
        Bump();
        ExReleaseFastMutex(&Fast);
        CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
    }
}

static VOID TwoThreads(PKSTART_ROUTINE Routine, LONG Expected)
{
    PVOID Threads[2];

    Start(Routine, NULL, &Threads[0]);
    Start(Routine, NULL, &Threads[1]);
    Join(Threads[0]);
    Join(Threads[1]);
    CHECK(Count == Expected);
}

VOID TestFastMutex(VOID)
{
    ExInitializeFastMutex(&Fast);
    TwoThreads(FastThread, 6);
    CHECK(ExTryToAcquireFastMutex(&Fast));
    CHECK(!ExTryToAcquireFastMutex(&Fast));
    ExReleaseFastMutex(&Fast);
}

static VOID NTAPI ResourceThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 2; i++) {
        LONG Seen;
        KeEnterCriticalRegion();
        CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE));
        CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE));
        CHECK(ExIsResourceAcquiredExclusiveLite(&Resource));
        Bump();
        ExReleaseResourceLite(&Resource);
        ExConvertExclusiveToSharedLite(&Resource);
        CHECK(ExIsResourceAcquiredSharedLite(&Resource) == 1);
        ExReleaseResourceLite(&Resource);
        CHECK(ExAcquireResourceSharedLite(&Resource, TRUE));
        CHECK(ExAcquireResourceSharedLite(&Resource, TRUE));
        Seen = Count;
        HvYield();
        CHECK(Seen == Count);
        ExReleaseResourceLite(&Resource);
        ExReleaseResourceLite(&Resource);
        CHECK(ExIsResourceAcquiredSharedLite(&Resource) == 0);
        KeLeaveCriticalRegion();
    }
}

VOID TestResource(VOID)
{
    ExInitializeResourceLite(&Resource);
    TwoThreads(ResourceThread, 4);
    ExDeleteResourceLite(&Resource);
}

static VOID NTAPI RundownThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    while (ExAcquireRundownProtection(&Rundown)) {
        InterlockedIncrement(&Count);
        CHECK(Count > 0);
        HvYield();
        InterlockedDecrement(&Count);
        ExReleaseRundownProtection(&Rundown);
        HvYield();
    }
}

VOID TestRundown(VOID)
{
    PVOID Thread;

    ExInitializeRundownProtection(&Rundown);
    CHECK(ExAcquireRundownProtection(&Rundown));
    Start(RundownThread, NULL, &Thread);
    HvYield();
    ExReleaseRundownProtection(&Rundown);
    ExWaitForRundownProtectionRelease(&Rundown);
    CHECK(Count == 0);
    CHECK(!ExAcquireRundownProtection(&Rundown));
    Join(Thread);
    ExReInitializeRundownProtection(&Rundown);
    CHECK(ExAcquireRundownProtection(&Rundown));
}

static VOID NTAPI PushThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 2; i++) {
        LONG Seen;
        KeEnterCriticalRegion();
        ExfAcquirePushLockExclusive(&Push);
        Bump();
        ExfReleasePushLock(&Push);
        ExfAcquirePushLockShared(&Push);
        Seen = Count;
        HvYield();
        CHECK(Seen == Count);
        ExfReleasePushLock(&Push);
        KeLeaveCriticalRegion();
    }
}

VOID TestPushLock(VOID)
{
    TwoThreads(PushThread, 4);
    CHECK(Push == 0);
}

VOID TestPool(VOID)
{
    PUCHAR Block = ExAllocatePoolWithTag(NonPagedPool, 20, TAG);
    PUCHAR Page = ExAllocatePoolWithTag(PagedPool, PAGE_SIZE, TAG);

    CHECK(((ULONG_PTR)Block & 15) == 0);
    CHECK(((ULONG_PTR)Page & (PAGE_SIZE - 1)) == 0);
    Block[0] = Block[19] = 1;
    CHECK(MmIsAddressValid(Block));
    ExFreePoolWithTag(Block, TAG);
    CHECK(!MmIsAddressValid(Block));
    ExFreePool(Page);
}

VOID TestDoubleFree(VOID)
{
    PVOID Block = ExAllocatePoolWithTag(NonPagedPool, 20, TAG);
    ExFreePoolWithTag(Block, TAG);
    ExFreePoolWithTag(Block, TAG);
}

VOID TestWrongTag(VOID) { ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 20, TAG), TAG + 1); }

VOID TestUseAfterFree(VOID)
{
    volatile ULONG *Block = ExAllocatePoolWithTag(NonPagedPool, 20, TAG);
    ExFreePoolWithTag((PVOID)Block, TAG);
    *Block = 1;
}

VOID TestLookaside(VOID)
{
    static NPAGED_LOOKASIDE_LIST List;
    PVOID Entry;

    ExInitializeNPagedLookasideList(&List, NULL, NULL, 0, 64, TAG, 0);
    Entry = ExAllocateFromNPagedLookasideList(&List);
    CHECK(Entry != NULL);
    ExFreeToNPagedLookasideList(&List, Entry);
    CHECK(!MmIsAddressValid(Entry));
    CHECK(List.L.TotalAllocates == 1 && List.L.TotalFrees == 1 && List.L.AllocateMisses == 1);
    ExDeleteNPagedLookasideList(&List);
}

VOID TestSList(VOID)
{
    static SLIST_HEADER Head;
    static SLIST_ENTRY A, B;

    InitializeSListHead(&Head);
    CHECK(ExInterlockedPushEntrySList(&Head, &A, NULL) == NULL);
    CHECK(ExInterlockedPushEntrySList(&Head, &B, NULL) == &A);
    CHECK(ExQueryDepthSList(&Head) == 2);
    CHECK(ExInterlockedPopEntrySList(&Head, NULL) == &B);
    CHECK(ExInterlockedPopEntrySList(&Head, NULL) == &A);
    CHECK(ExInterlockedPopEntrySList(&Head, NULL) == NULL);
    CHECK(ExQueryDepthSList(&Head) == 0);
}

static VOID NTAPI CallbackRoutine(PVOID Context, PVOID Argument1, PVOID Argument2)
{
    Count += (LONG)(LONG_PTR)Context + (LONG)(LONG_PTR)Argument1 + (LONG)(LONG_PTR)Argument2;
}

VOID TestCallback(VOID)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Callback\\Test");
    OBJECT_ATTRIBUTES Attributes;
    PCALLBACK_OBJECT Object, Same;
    PVOID Registration;

    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    CHECK(ExCreateCallback(&Object, &Attributes, FALSE, TRUE) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ExCreateCallback(&Object, &Attributes, TRUE, TRUE) == STATUS_SUCCESS);
    CHECK(ExCreateCallback(&Same, &Attributes, FALSE, TRUE) == STATUS_SUCCESS);
    CHECK(Object == Same);
    Registration = ExRegisterCallback(Object, CallbackRoutine, (PVOID)1);
    ExNotifyCallback(Object, (PVOID)10, (PVOID)100);
    CHECK(Count == 111);
    ExUnregisterCallback(Registration);
    ExNotifyCallback(Object, (PVOID)10, (PVOID)100);
    CHECK(Count == 111);
}

VOID TestRoutine(VOID)
{
    UNICODE_STRING SetEvent = RTL_CONSTANT_STRING(L"KeSetEvent"), New = RTL_CONSTANT_STRING(L"ExAllocatePool2"),
                   Private = RTL_CONSTANT_STRING(L"PspCreateThread"), None = RTL_CONSTANT_STRING(L"NoSuchRoutine"),
                   Seven = RTL_CONSTANT_STRING(L"KeQueryActiveProcessorCountEx");
    ULONG Major, Minor;

    PsGetVersion(&Major, &Minor, NULL, NULL);
    CHECK(MmGetSystemRoutineAddress(&SetEvent) != NULL);
    CHECK(MmGetSystemRoutineAddress(&New) == NULL);
    CHECK(MmGetSystemRoutineAddress(&Private) == NULL);
    CHECK(MmGetSystemRoutineAddress(&None) == NULL);
    CHECK((MmGetSystemRoutineAddress(&Seven) != NULL) == (Major > 5));
}

VOID TestVersion(VOID)
{
    RTL_OSVERSIONINFOW Version = {.dwOSVersionInfoSize = sizeof(Version)};

    RtlGetVersion(&Version);
    DbgPrint("%u.%u.%u\n", Version.dwMajorVersion, Version.dwMinorVersion, Version.dwBuildNumber);
}

VOID TestMdl(VOID)
{
    PUCHAR Block = ExAllocatePoolWithTag(NonPagedPool, 3 * PAGE_SIZE, TAG);
    PMDL Mdl = IoAllocateMdl(Block + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(Mdl);
    CHECK(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) == Block + 100);
    CHECK(MmGetMdlByteCount(Mdl) == 2 * PAGE_SIZE);
    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Block, TAG);
}
