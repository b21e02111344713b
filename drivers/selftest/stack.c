/* SPDX-License-Identifier: MIT */
/*
 * selftest-stack.sys (x86) - calls routines that can fail, and looks at what each takes off the stack: its arguments, also
 * when its call is made to fail. At the first that does not it names it in debugger output and stops the system (bug check
 * E2). Otherwise the driver loads.
 *
 * Meant for: any load and unload, each of its calls failing.
 */
#include <fltkernel.h>

#define STACK_TAG 'katS'

/*
 * Calls Routine with Count arguments, which is no way that C has. *Popped: bytes that are gone from the stack. The
 * result is what the routine returns.
 */
PVOID NTAPI CallCounted(PVOID Routine, ULONG Count, const ULONG_PTR *Arguments, PULONG Popped);
__asm__("_CallCounted@16:\n\t"
        "pushl %ebp\n\t"
        "movl  %esp, %ebp\n\t"
        "pushl %ebx\n\t"
        "movl  12(%ebp), %ecx\n\t"
        "movl  16(%ebp), %edx\n"
        "1: jecxz 2f\n\t"
        "pushl -4(%edx, %ecx, 4)\n\t"
        "decl  %ecx\n\t"
        "jmp   1b\n"
        "2: movl %esp, %ebx\n\t"
        "call  *8(%ebp)\n\t"
        "movl  20(%ebp), %edx\n\t"
        "subl  %esp, %ebx\n\t"
        "negl  %ebx\n\t"
        "movl  %ebx, (%edx)\n\t"
        "movl  -4(%ebp), %ebx\n\t"
        "leave\n\t"
        "ret   $16");

typedef VOID(NTAPI *RELEASE)(PVOID);

static VOID NTAPI FreeTagged(PVOID Block) { ExFreePoolWithTag(Block, STACK_TAG); }
static VOID NTAPI FreeNonCached(PVOID Block) { MmFreeNonCachedMemory(Block, PAGE_SIZE); }
static VOID NTAPI FreeGeneric(PVOID Item) { FltFreeGenericWorkItem(Item); }

/* By address, so that each is a call through the import table. */
#define CALL(Name, Release, Count, ...)                                \
    {                                                                  \
#Name, (PVOID *)&__imp_##Name, Release, Count, { __VA_ARGS__ } \
    }
#define IMPORT(Name, Symbol) extern PVOID __imp_##Name __asm__("__imp__" Symbol)

IMPORT(FltAllocateGenericWorkItem, "FltAllocateGenericWorkItem@0");
IMPORT(MmAllocateNonCachedMemory, "MmAllocateNonCachedMemory@4");
IMPORT(ExAllocatePool, "ExAllocatePool@8");
IMPORT(IoAllocateIrp, "IoAllocateIrp@8");
IMPORT(ExAllocatePoolWithTag, "ExAllocatePoolWithTag@12");
IMPORT(ExAllocatePoolWithTagPriority, "ExAllocatePoolWithTagPriority@16");
IMPORT(IoAllocateMdl, "IoAllocateMdl@20");

static const struct {
    PCSTR Name;
    PVOID *Routine;
    RELEASE Release;
    ULONG Count;
    ULONG_PTR Arguments[5];
} Calls[] = {
    CALL(FltAllocateGenericWorkItem, FreeGeneric, 0, 0),
    CALL(MmAllocateNonCachedMemory, FreeNonCached, 1, PAGE_SIZE),
    CALL(ExAllocatePool, (RELEASE)ExFreePool, 2, NonPagedPool, 16),
    CALL(IoAllocateIrp, (RELEASE)IoFreeIrp, 2, 1, FALSE),
    CALL(ExAllocatePoolWithTag, FreeTagged, 3, NonPagedPool, 16, STACK_TAG),
    CALL(ExAllocatePoolWithTagPriority, FreeTagged, 4, NonPagedPool, 16, STACK_TAG, NormalPoolPriority),
    CALL(IoAllocateMdl, (RELEASE)IoFreeMdl, 5, (ULONG_PTR)Calls, 16, FALSE, FALSE, 0),
};

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = Unload;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Calls); Index++) {
        ULONG Popped, Wanted = Calls[Index].Count * sizeof(ULONG_PTR);
        PVOID Result = CallCounted(*Calls[Index].Routine, Calls[Index].Count, Calls[Index].Arguments, &Popped);

        if (Popped != Wanted) {
            DbgPrint("selftest-stack: %s took %u bytes, not %u\n", Calls[Index].Name, Popped, Wanted);
            KeBugCheckEx(MANUALLY_INITIATED_CRASH, Index, Popped, Wanted, 0);
        }
        if (Result != NULL) {
            Calls[Index].Release(Result);
        }
    }
    return STATUS_SUCCESS;
}
