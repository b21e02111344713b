/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - boot, in the order of init.h. The first thread becomes an idle thread of System when all is up.
 */
#include "init.h"
#include "arch.h"
#include "ex.h"
#include "io.h"
#include "ke.h"
#include "mm.h"
#include "ob.h"
#include "ps.h"
#include "vf.h"

struct hv_loader_block *KeLoaderBlock;

/* The processor block and thread of the code that runs now: everything that asks the processor block works from here on. */
static VOID KiInitializeBootProcessor(VOID)
{
    PNT_PCR Pcr = HvAlloc(sizeof(NT_PCR), HV_SYSTEM);
    PKTHREAD Thread;

    HvCall1(HV_IRQL_HOME, FIELD_OFFSET(NT_PCR, Irql));
    Pcr->Self = Pcr;
    KiBootPcr = Pcr;
    KiSetProcessorBlock(Pcr);
    Thread = ObAllocateSystemObject(ObpThreadType, sizeof(*Thread));
    KiInitializeHeader(&Thread->Header, ThreadObject, (UCHAR)(sizeof(*Thread) / sizeof(ULONG)), 0);
    KiInitializeProcessorBlock(Pcr, Thread, (PVOID)(ULONG_PTR)KeLoaderBlock->stack_base,
                               (PVOID)(ULONG_PTR)KeLoaderBlock->stack_limit);
    Pcr->Number = (UCHAR)HvCall0(HV_THREAD_SELF);
    Thread->Pcr = Pcr;
    Thread->Id = Pcr->Number;
    Thread->Role = ThreadSystem;
    Thread->ExitStatus = STATUS_PENDING;
    Thread->StackBase = (PVOID)(ULONG_PTR)KeLoaderBlock->stack_base;
    Thread->StackLimit = (PVOID)(ULONG_PTR)KeLoaderBlock->stack_limit;
}

/* Let every thread that was created come to rest. */
static VOID KiSettle(VOID)
{
    struct hv_wait Wait = {.flags = HV_WAIT_LAST};
    HvWait(&Wait);
    HvAtomicEnd();
}

static struct hv_module *KiFindModule(PCSTR Name)
{
    for (ULONG i = 0; i < KeLoaderBlock->module_count; i++) {
        PCSTR Have = KeLoaderBlock->module[i].name, Want = Name;
        while (*Want && *Have == *Want) {
            Have++;
            Want++;
        }
        if (*Have == *Want) {
            return &KeLoaderBlock->module[i];
        }
    }
    return NULL;
}

/* The clients: session.exe's entry creates their threads and returns. */
static VOID KiStartSession(VOID)
{
    struct hv_module *Module = KiFindModule("session.exe");
    if (Module) {
        ((VOID(*)(VOID))(ULONG_PTR)Module->entry)();
    }
}

static VOID Phase1Initialization(VOID)
{
    MmInitSystem();
    KiInitializeTraps();
    NtModelInitialize();
    VfInitialize();
    PspInitVersion();
    KiInitializeSharedData();
    ObInitSystem();
    PsInitSystem();
    SeInitSystem();
    CmInitSystem();
    KiInitializeDpcThread();
    ExpInitializeWorkers();
    IoInitSystem();
    KiSettle();
    KiStartSession();
}

VOID KiInitializeKernel(struct hv_loader_block *LoaderBlock)
{
    struct hv_wait Forever = {.flags = HV_WAIT_IDLE, .count = 0};

    KeLoaderBlock = LoaderBlock;
    KiInitializeBootProcessor();
    InitParseOptions();
    Phase1Initialization();
    HvCall0(HV_BOOTED);
    for (;;) {
        HvWait(&Forever);
        HvAtomicEnd();
    }
}
