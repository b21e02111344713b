/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - nt/arch, nt/rtl and nt/kd alone, as a system image: boot, run the test that the option /TEST=name names, in a
 * system thread, shut down. A test prints what it sees; the host compares. See seh-amd64.S and seh-i386.S for
 * the routines with scopes.
 */
#include "kernel_arch.h"
#include "rtl.h"

NT_MODEL NtModel;
ULONG_PTR MmUserProbeAddress = MM_PROBE_LIMIT;

static NT_PCR Pcr[2];
static struct _KTHREAD Threads[2];
static CHAR Name[64];

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Type);
    UNREFERENCED_PARAMETER(Tag);
    return HvAlloc(Size, HV_POOL);
}

VOID NTAPI ExFreePoolWithTag(PVOID Block, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    HvFree(Block);
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS Status)
{
    DbgPrint("ended %x\n", Status);
    HvCall0(HV_SHUTDOWN);
    return Status;
}

BOOLEAN NTAPI PsGetVersion(PULONG Major, PULONG Minor, PULONG Build, PUNICODE_STRING Csd)
{
    UNREFERENCED_PARAMETER(Build);
    UNREFERENCED_PARAMETER(Csd);
    *Major = 6;
    *Minor = 1;
    return FALSE;
}

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW Version)
{
    PRTL_OSVERSIONINFOEXW Long = (PRTL_OSVERSIONINFOEXW)Version;
    Long->dwMajorVersion = 6;
    Long->dwMinorVersion = 1;
    Long->dwBuildNumber = 7601;
    Long->wServicePackMajor = 1;
    Long->wServicePackMinor = 0;
    return STATUS_SUCCESS;
}

static LONG FilterAnswer;
static ROUTINE FinallyTarget;

LONG TestFilter(PEXCEPTION_POINTERS Pointers, PVOID Frame)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    UNREFERENCED_PARAMETER(Frame);
    DbgPrint("filter %x at %s, %u: %Ix %Ix\n", Record->ExceptionCode,
             Record->ExceptionAddress == (PVOID)KI_CONTEXT_PC(Pointers->ContextRecord) ? "pc" : "elsewhere",
             Record->NumberParameters, Record->ExceptionInformation[0], Record->ExceptionInformation[1]);
    if (FilterAnswer < 0) {
        static LONG Valid = 42;
        CONTEXT_CX(Pointers->ContextRecord) = (ULONG_PTR)&Valid;
    }
    return FilterAnswer;
}

VOID TestFinally(BOOLEAN Abnormal, PVOID Frame)
{
    UNREFERENCED_PARAMETER(Frame);
    DbgPrint("finally %u\n", Abnormal);
    if (FinallyTarget) {
        ROUTINE Routine = FinallyTarget;
        FinallyTarget = NULL;
        Routine(NULL);
    }
}

__attribute__((noinline)) VOID NTAPI ReadAt(PVOID Address)
{
    LONG Value;
    __asm__ volatile("movl (%1), %0" : "=r"(Value) : "c"(Address));
    DbgPrint("read %d\n", Value);
}

static VOID NTAPI Nothing(PVOID Context) { UNREFERENCED_PARAMETER(Context); }

static __attribute__((noinline)) VOID NTAPI Crash(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt(NULL);
}

static VOID NTAPI RaiseStatus(PVOID Context) { ExRaiseStatus((NTSTATUS)(ULONG_PTR)Context); }
static VOID NTAPI Break(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    DbgBreakPoint();
}

static VOID NTAPI Divide(PVOID Context)
{
    volatile LONG Zero = Context != NULL;
    DbgPrint("%d\n", 5 / Zero);
}

static VOID NTAPI CallNull(PVOID Context) { ((VOID(*)(VOID))Context)(); }
static VOID NTAPI Finally(PVOID Context) { TryFinally(Crash, Context); }
static VOID NTAPI Nested(PVOID Context)
{
    DbgPrint("inner %x\n", TryExecute(Crash, Context));
    RaiseStatus((PVOID)(ULONG_PTR)STATUS_NO_MEMORY);
}

static VOID NTAPI TestSeh(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("none %x\n", TryExecute(Nothing, NULL));
    DbgPrint("null %x\n", TryExecute(Crash, NULL));
    DbgPrint("status %x\n", TryExecute(RaiseStatus, (PVOID)(ULONG_PTR)STATUS_NO_MEMORY));
    DbgPrint("break %x\n", TryExecute(Break, NULL));
    DbgPrint("divide %x\n", TryExecute(Divide, NULL));
    DbgPrint("call %x\n", TryExecute(CallNull, NULL));
    DbgPrint("finally %x\n", TryExecute(Finally, NULL));
    DbgPrint("nested %x\n", TryExecute(Nested, NULL));
    FilterAnswer = 1;
    DbgPrint("filtered %x\n", TryFilter(Crash, NULL));
    FilterAnswer = -1;
    DbgPrint("continued %x\n", TryFilter(Crash, NULL));
    FilterAnswer = 0;
    TryFinally(Nothing, NULL);
    FinallyTarget = Crash;
    DbgPrint("collided %x\n", TryExecute(Finally, NULL));
    DbgPrint("registers %Ix\n", KeepsRegisters());
    DbgPrint("trap frame %p\n", KiCurrentTrapFrame());
}

/* Bad accesses; the host looks at the bug check. Text behind the name: an IRQL. */
static VOID NTAPI TestNull(PVOID Context) { Crash(Context); }
static VOID NTAPI TestNullIrql(PVOID Context)
{
    KiSetIrql(DISPATCH_LEVEL);
    Crash(Context);
}
static VOID NTAPI TestKernel(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    TryExecute(ReadAt, (PVOID)SYSTEM_ADDRESS);
}
static VOID NTAPI TestFreed(PVOID Context)
{
    PVOID Block = HvAlloc(64, HV_POOL);
    UNREFERENCED_PARAMETER(Context);
    HvFree(Block);
    ReadAt(Block);
}
static VOID NTAPI TestOverrun(PVOID Context)
{
    volatile PUCHAR Block = HvAlloc(64, HV_POOL);
    UNREFERENCED_PARAMETER(Context);
    Block[64] = 1;
}
static VOID NTAPI TestFastFail(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    __asm__ volatile("int $0x29" : : "c"(3));
}
static VOID NTAPI TestUser(PVOID Context)
{
    KiThread()->Role = ThreadUser;
    Crash(Context);
}
static VOID NTAPI TestReturn(PVOID Context) { DbgPrint("context %p\n", Context); }
static VOID NTAPI TestManual(PVOID Context)
{
    TryExecute(Crash, NULL);
    UNREFERENCED_PARAMETER(Context);
    KeBugCheckEx(MANUALLY_INITIATED_CRASH, 1, 2, 3, 4);
}

static VOID NTAPI TestTrace(PVOID Context)
{
    PVOID Trace[8] = {0}, Base;
    ULONG Count = RtlCaptureStackBackTrace(0, RTL_NUMBER_OF(Trace), Trace, NULL);
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("trace %u %u%u\n", Count, (ULONG_PTR)Trace[0] - (ULONG_PTR)TestTrace < 0x80,
             (ULONG_PTR)Trace[1] - (ULONG_PTR)PspSystemThreadStartup < 0x20);
    RtlPcToFileHeader(Trace[0], &Base);
    DbgPrint("image %u %u\n", Base != NULL, RtlpIsSystemImage(Base));
}

/* The same code once more, as an image that is not the system's: where Routine lies in it. */
static PVOID InDriver(PVOID *Base, ROUTINE Routine)
{
    extern UCHAR __ImageBase[];
    static struct hv_image Image = {.name = "driver.sys"};
    if (HvImageLoad(&Image) != HV_IMAGE_OK) {
        DbgPrint("no driver.sys\n");
    }
    *Base = (PVOID)(ULONG_PTR)Image.base;
    RtlpInsertInvertedFunctionTable(*Base, Image.size, (PVOID)(ULONG_PTR)Image.exception_directory,
                                    Image.exception_size);
    return (PUCHAR)*Base + ((PUCHAR)Routine - __ImageBase);
}

static PVOID InUnloadedDriver(ROUTINE Routine)
{
    PVOID Base, Address = InDriver(&Base, Routine);
    RtlpRemoveInvertedFunctionTable(Base);
    HvImageUnload(Base);
    return Address;
}

static VOID NTAPI TestDriverIrql(PVOID Context)
{
    PVOID Base;
    ROUTINE Routine = (ROUTINE)InDriver(&Base, ReadAt);
    UNREFERENCED_PARAMETER(Context);
    KiSetIrql(DISPATCH_LEVEL);
    Routine(NULL);
}

static VOID NTAPI TestDriverFreed(PVOID Context)
{
    PVOID Base, Block = HvAlloc(64, HV_POOL);
    ROUTINE Routine = (ROUTINE)InDriver(&Base, ReadAt);
    UNREFERENCED_PARAMETER(Context);
    HvFree(Block);
    Routine(Block);
}

static VOID NTAPI TestUnloaded(PVOID Context) { ((ROUTINE)InUnloadedDriver(ReadAt))(Context); }

static VOID NTAPI TestUnloadedRead(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt(InUnloadedDriver(ReadAt));
}

static VOID NTAPI TestUnloadedIrql(PVOID Context)
{
    PVOID Address = InUnloadedDriver(ReadAt);
    UNREFERENCED_PARAMETER(Context);
    KiSetIrql(DISPATCH_LEVEL);
    ReadAt(Address);
}

VOID NTAPI TestStrings(PVOID Context); /* strings.c */
VOID NTAPI TestNames(PVOID Context);
VOID NTAPI TestFormat(PVOID Context);
VOID NTAPI TestTables(PVOID Context);

static const struct {
    PCSTR Name;
    PKSTART_ROUTINE Routine;
} Tests[] = {{"seh", TestSeh},
             {"null", TestNull},
             {"null-irql", TestNullIrql},
             {"kernel", TestKernel},
             {"freed", TestFreed},
             {"overrun", TestOverrun},
             {"fastfail", TestFastFail},
             {"user", TestUser},
             {"return", TestReturn},
             {"manual", TestManual},
             {"strings", TestStrings},
             {"format", TestFormat},
             {"tables", TestTables},
             {"names", TestNames},
             {"trace", TestTrace},
             {"driver-irql", TestDriverIrql},
             {"driver-freed", TestDriverFreed},
             {"unloaded", TestUnloaded},
             {"unloaded-read", TestUnloadedRead},
             {"unloaded-irql", TestUnloadedIrql},
             ARCH_TESTS};

static VOID StartThread(PNT_PCR Block, PKTHREAD Thread, PKSTART_ROUTINE Routine)
{
    SIZE_T Size = 6 * PAGE_SIZE;
    PCHAR Stack = HvAlloc(Size, HV_STACK);
    Block->Self = Block;
    Block->CurrentThread = Thread;
    Thread->StackLimit = Stack;
    Thread->StackBase = Stack + Size;
    Thread->StartRoutine = Routine;
    Thread->StartContext = (PVOID)0x1234;
    KI_INITIALIZE_PCR(Block, Thread->StackBase, Thread->StackLimit);
    HvCall4(HV_THREAD_CREATE, HvAddress(KI_THREAD_ROOT), HvAddress(Thread->StackBase), HvAddress(Block),
            HvAddress(Thread));
}

VOID KiInitializeKernel(struct hv_loader_block *LoaderBlock)
{
    struct hv_module *Module = &LoaderBlock->module[0];
    PCSTR Option = strstr(LoaderBlock->options, "/TEST=");
    HvCall1(HV_IRQL_HOME, FIELD_OFFSET(NT_PCR, Irql));
    Pcr[0].Self = &Pcr[0];
    KiSetProcessorBlock(&Pcr[0]);
    KiInitializeTraps();
    RtlpInsertInvertedFunctionTable((PVOID)(ULONG_PTR)Module->base, Module->size,
                                    (PVOID)(ULONG_PTR)Module->exception_directory, Module->exception_size);
    strcpy(Name, Option ? Option + 6 : "");
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Tests); Index++) {
        if (strcmp(Tests[Index].Name, Name) == 0) {
            StartThread(&Pcr[1], &Threads[1], Tests[Index].Routine);
        }
    }
    HvCall0(HV_BOOTED);
    for (;;) {
        HvYield();
    }
}
