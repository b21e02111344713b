/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - nt/arch, nt/rtl and nt/kd alone, as a system image: boot, run the test that the option /TEST=name names, in a
 * system thread, shut down. A test prints what it sees; the host compares. See seh.S for the routines with scopes.
 */
#include "arch.h"
#include "rtl.h"

NT_MODEL NtModel;
ULONG64 MmUserProbeAddress = 0x7FFFFFF0000;

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

/* seh.S: call Routine(Context) in a scope. */
ULONG TryExecute(VOID (*Routine)(PVOID), PVOID Context); /* __except(1); returns the code, 0 = none */
ULONG TryFilter(VOID (*Routine)(PVOID), PVOID Context);  /* __except(TestFilter) */
VOID TryFinally(VOID (*Routine)(PVOID), PVOID Context);  /* __finally(TestFinally) */
ULONG64 KeepsRegisters(VOID); /* a fault with all nonvolatile registers set, caught; 0 = all kept */

static LONG FilterAnswer;
static PVOID FinallyTarget;

LONG TestFilter(PEXCEPTION_POINTERS Pointers, PVOID Frame)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    UNREFERENCED_PARAMETER(Frame);
    DbgPrint("filter %x at %s, %u: %Ix %Ix\n", Record->ExceptionCode,
             Record->ExceptionAddress == (PVOID)Pointers->ContextRecord->Rip ? "rip" : "elsewhere",
             Record->NumberParameters, Record->ExceptionInformation[0], Record->ExceptionInformation[1]);
    if (FilterAnswer < 0) {
        static LONG Valid = 42;
        Pointers->ContextRecord->Rcx = (ULONG64)&Valid;
    }
    return FilterAnswer;
}

VOID TestFinally(BOOLEAN Abnormal, PVOID Frame)
{
    UNREFERENCED_PARAMETER(Frame);
    DbgPrint("finally %u\n", Abnormal);
    if (FinallyTarget) {
        VOID (*Routine)(PVOID) = (VOID(*)(PVOID))FinallyTarget;
        FinallyTarget = NULL;
        Routine(NULL);
    }
}

/* Reads through its argument, which it keeps in RCX. */
static __attribute__((noinline)) VOID ReadAt(PVOID Address)
{
    LONG Value;
    __asm__ volatile("movl (%%rcx), %0" : "=r"(Value) : "c"(Address));
    DbgPrint("read %d\n", Value);
}

static VOID Nothing(PVOID Context) { UNREFERENCED_PARAMETER(Context); }

static __attribute__((noinline)) VOID Crash(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt(NULL);
}

static VOID RaiseStatus(PVOID Context) { ExRaiseStatus((NTSTATUS)(ULONG_PTR)Context); }
static VOID Break(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    DbgBreakPoint();
}

static VOID Divide(PVOID Context)
{
    volatile LONG Zero = Context != NULL;
    DbgPrint("%d\n", 5 / Zero);
}

static VOID CallNull(PVOID Context) { ((VOID(*)(VOID))Context)(); }
static VOID Finally(PVOID Context) { TryFinally(Crash, Context); }
static VOID Nested(PVOID Context)
{
    DbgPrint("inner %x\n", TryExecute(Crash, Context));
    RaiseStatus((PVOID)(ULONG_PTR)STATUS_NO_MEMORY);
}

static __attribute__((noinline)) VOID NonCanonical(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt((PVOID)0x8000000000000000ULL);
}

static VOID TestSeh(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("none %x\n", TryExecute(Nothing, NULL));
    DbgPrint("null %x\n", TryExecute(Crash, NULL));
    DbgPrint("status %x\n", TryExecute(RaiseStatus, (PVOID)(ULONG_PTR)STATUS_NO_MEMORY));
    DbgPrint("break %x\n", TryExecute(Break, NULL));
    DbgPrint("divide %x\n", TryExecute(Divide, NULL));
    DbgPrint("call %x\n", TryExecute(CallNull, NULL));
    DbgPrint("non-canonical %x\n", TryExecute(NonCanonical, NULL));
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
    DbgPrint("registers %I64x\n", KeepsRegisters());
    DbgPrint("trap frame %p\n", KiCurrentTrapFrame());
}

/* Bad accesses; the host looks at the bug check. Text behind the name: an IRQL. */
static VOID TestNull(PVOID Context) { Crash(Context); }
static VOID TestNullIrql(PVOID Context)
{
    KiSetIrql(DISPATCH_LEVEL);
    Crash(Context);
}
static VOID TestKernel(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    TryExecute((VOID(*)(PVOID))ReadAt, (PVOID)0xfffff88012345678ULL);
}
static VOID TestFreed(PVOID Context)
{
    PVOID Block = HvAlloc(64, HV_POOL);
    UNREFERENCED_PARAMETER(Context);
    HvFree(Block);
    ReadAt(Block);
}
static VOID TestOverrun(PVOID Context)
{
    volatile PUCHAR Block = HvAlloc(64, HV_POOL);
    UNREFERENCED_PARAMETER(Context);
    Block[64] = 1;
}
static VOID TestFastFail(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    __asm__ volatile("int $0x29" : : "c"(3));
}
static VOID TestUser(PVOID Context)
{
    KiThread()->Role = ThreadUser;
    Crash(Context);
}
static VOID TestNonCanonical(PVOID Context)
{
    NtModel.NonCanonical = NON_CANONICAL_50;
    NonCanonical(Context);
}
static VOID TestReturn(PVOID Context) { DbgPrint("context %p\n", Context); }
static VOID TestManual(PVOID Context)
{
    TryExecute(Crash, NULL);
    UNREFERENCED_PARAMETER(Context);
    KeBugCheckEx(MANUALLY_INITIATED_CRASH, 1, 2, 3, 4);
}

static VOID TestTrace(PVOID Context)
{
    PVOID Trace[8] = {0}, Base;
    ULONG Count = RtlCaptureStackBackTrace(0, RTL_NUMBER_OF(Trace), Trace, NULL);
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("trace %u %u\n", Count, (ULONG_PTR)Trace[0] - (ULONG_PTR)PspSystemThreadStartup < 0x20);
    RtlPcToFileHeader(Trace[0], &Base);
    DbgPrint("image %u %u\n", Base != NULL, RtlpIsSystemImage(Base));
}

/* The same code once more, as an image that is not the system's: where Routine lies in it. */
static PVOID InDriver(PVOID *Base, VOID (*Routine)(PVOID))
{
    extern UCHAR __ImageBase[];
    static struct hv_image Image = {.name = "driver.sys"};
    if (HvImageLoad(&Image) != HV_IMAGE_OK) {
        DbgPrint("no driver.sys\n");
    }
    *Base = (PVOID)Image.base;
    RtlpInsertInvertedFunctionTable(*Base, Image.size, (PVOID)Image.exception_directory, Image.exception_size);
    return (PUCHAR)Image.base + ((PUCHAR)Routine - __ImageBase);
}

static PVOID InUnloadedDriver(VOID (*Routine)(PVOID))
{
    PVOID Base, Address = InDriver(&Base, Routine);
    RtlpRemoveInvertedFunctionTable(Base);
    HvImageUnload(Base);
    return Address;
}

static VOID TestDriverIrql(PVOID Context)
{
    PVOID Base;
    VOID (*Routine)(PVOID) = (VOID(*)(PVOID))InDriver(&Base, ReadAt);
    UNREFERENCED_PARAMETER(Context);
    KiSetIrql(DISPATCH_LEVEL);
    Routine(NULL);
}

static VOID TestDriverFreed(PVOID Context)
{
    PVOID Base, Block = HvAlloc(64, HV_POOL);
    VOID (*Routine)(PVOID) = (VOID(*)(PVOID))InDriver(&Base, ReadAt);
    UNREFERENCED_PARAMETER(Context);
    HvFree(Block);
    Routine(Block);
}

static VOID TestUnloaded(PVOID Context) { ((VOID(*)(PVOID))InUnloadedDriver(ReadAt))(Context); }

static VOID TestUnloadedRead(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ReadAt(InUnloadedDriver(ReadAt));
}

static VOID TestUnloadedIrql(PVOID Context)
{
    PVOID Address = InUnloadedDriver(ReadAt);
    UNREFERENCED_PARAMETER(Context);
    KiSetIrql(DISPATCH_LEVEL);
    ReadAt(Address);
}

VOID TestStrings(PVOID Context); /* strings.c */
VOID TestNames(PVOID Context);
VOID TestFormat(PVOID Context);
VOID TestTables(PVOID Context);

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
             {"non-canonical", TestNonCanonical},
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
             {"unloaded-irql", TestUnloadedIrql}};

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
    HvCall4(HV_THREAD_CREATE, (ULONG64)KiStartSystemThread, (ULONG64)Thread->StackBase, (ULONG64)Block,
            (ULONG64)Thread);
}

VOID KiInitializeKernel(struct hv_loader_block *LoaderBlock)
{
    struct hv_module *Module = &LoaderBlock->module[0];
    PCSTR Option = strstr(LoaderBlock->options, "/TEST=");
    HvCall1(HV_IRQL_HOME, FIELD_OFFSET(NT_PCR, Irql));
    Pcr[0].Self = &Pcr[0];
    KiSetProcessorBlock(&Pcr[0]);
    KiInitializeTraps();
    RtlpInsertInvertedFunctionTable((PVOID)Module->base, Module->size, (PVOID)Module->exception_directory,
                                    Module->exception_size);
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
