/* SPDX-License-Identifier: MIT */
/*
 * selftest-seh.sys: structured exception handling, as a compiler writes it. DriverEntry runs each test; at the first
 * that goes wrong it names it in debugger output and stops the system (bug check E2). Otherwise the driver loads.
 *
 * Meant for: any load and unload; nothing is left behind. Needs a compiler with __try (clang, MSVC).
 */
#include <ntifs.h>

#define NOINLINE __attribute__((noinline))
#define EXECUTE  1    /* EXCEPTION_EXECUTE_HANDLER */
#define SEARCH   0    /* EXCEPTION_CONTINUE_SEARCH */
#define CONTINUE (-1) /* EXCEPTION_CONTINUE_EXECUTION */

static volatile LONG Steps;

/* Faults happen in calls: clang leaves a __try around plain accesses out of the scope table. */
static NOINLINE LONG Read(volatile LONG *Address) { return *Address; }
static NOINLINE VOID Write(volatile LONG *Address) { *Address = 1; }

static NOINLINE BOOLEAN TestNull(VOID)
{
    __try {
        Read(NULL);
    } __except (GetExceptionCode() == (ULONG)STATUS_ACCESS_VIOLATION ? EXECUTE : SEARCH) {
        return TRUE;
    }
    return FALSE;
}

static LONG Inspect(PEXCEPTION_POINTERS Pointers)
{
    PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;
    return Record->NumberParameters == 2 && Record->ExceptionInformation[0] == 1 &&
                   Record->ExceptionInformation[1] == 0x1234
               ? EXECUTE
               : SEARCH;
}

static NOINLINE BOOLEAN TestInformation(VOID)
{
    __try {
        Write((volatile LONG *)0x1234);
    } __except (Inspect(GetExceptionInformation())) {
        return TRUE;
    }
    return FALSE;
}

static NOINLINE VOID Finally(VOID)
{
    __try {
        ExRaiseStatus(STATUS_NO_MEMORY);
    } __finally {
        Steps = Steps * 10 + 1 + AbnormalTermination();
    }
}

static NOINLINE BOOLEAN TestFinally(VOID)
{
    Steps = 0;
    __try {
        Finally();
    } __except (EXECUTE) {
        Steps = Steps * 10 + 3;
    }
    return Steps == 23;
}

/* The inner handler declines, the outer takes it; the termination handler between runs before the outer's body. */
static NOINLINE BOOLEAN TestNested(VOID)
{
    Steps = 0;
    __try {
        __try {
            __try {
                Read(NULL);
            } __except (SEARCH) {
                Steps = 9;
            }
        } __finally {
            Steps = Steps * 10 + 1;
        }
    } __except (EXECUTE) {
        Steps = Steps * 10 + 2;
    }
    return Steps == 12;
}

static NOINLINE VOID Rethrow(VOID)
{
    __try {
        Read(NULL);
    } __except (EXECUTE) {
        ExRaiseStatus(GetExceptionCode());
    }
}

static NOINLINE BOOLEAN TestRethrow(VOID)
{
    __try {
        Rethrow();
    } __except (GetExceptionCode() == (ULONG)STATUS_ACCESS_VIOLATION ? EXECUTE : SEARCH) {
        return TRUE;
    }
    return FALSE;
}

static LONG Nested(VOID) { return TestNull() ? EXECUTE : SEARCH; }

/* An exception that is handled inside the filter of another. */
static NOINLINE BOOLEAN TestFilter(VOID)
{
    __try {
        ExRaiseStatus(STATUS_UNSUCCESSFUL);
    } __except (Nested()) {
        return TRUE;
    }
    return FALSE;
}

/* Two termination handlers, of which the inner one raises another exception: the outer one runs all the same. */
static NOINLINE VOID FinallyRaises(VOID)
{
    __try {
        __try {
            ExRaiseStatus(STATUS_NO_MEMORY);
        } __finally {
            Steps = Steps * 10 + 1;
            ExRaiseStatus(STATUS_UNSUCCESSFUL);
        }
    } __finally {
        Steps = Steps * 10 + 2;
    }
}

static NOINLINE BOOLEAN TestFinallyRaises(VOID)
{
    Steps = 0;
    __try {
        FinallyRaises();
    } __except (EXECUTE) {
        Steps = Steps * 10 + (GetExceptionCode() == (ULONG)STATUS_UNSUCCESSFUL ? 3 : 9);
    }
    return Steps == 123;
}

/* An exception that a termination handler handles by itself, while an unwind runs it. */
static NOINLINE VOID FinallyTries(VOID)
{
    __try {
        __try {
            ExRaiseStatus(STATUS_NO_MEMORY);
        } __finally {
            __try {
                Read(NULL);
            } __except (EXECUTE) {
                Steps = Steps * 10 + 1;
            }
            Steps = Steps * 10 + 2;
        }
    } __finally {
        Steps = Steps * 10 + 3;
    }
}

static NOINLINE BOOLEAN TestFinallyTries(VOID)
{
    Steps = 0;
    __try {
        FinallyTries();
    } __except (EXECUTE) {
        Steps = Steps * 10 + (GetExceptionCode() == (ULONG)STATUS_NO_MEMORY ? 4 : 9);
    }
    return Steps == 1234;
}

typedef VOID(NTAPI *RAISE)(PEXCEPTION_RECORD Record);

/* A filter that has the execution go on: nothing is unwound. By name: the import library does not have the routine. */
static NOINLINE BOOLEAN TestContinue(VOID)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"RtlRaiseException");
    EXCEPTION_RECORD Record = {.ExceptionCode = STATUS_NO_MEMORY};
    RAISE Raise = (RAISE)MmGetSystemRoutineAddress(&Name);
    Steps = 0;
    __try {
        __try {
            Raise(&Record);
            Steps = Steps * 10 + 1;
        } __finally {
            Steps = Steps * 10 + 2 + AbnormalTermination();
        }
    } __except (CONTINUE) {
        Steps = 9;
    }
    return Steps == 12;
}

/* Probing as file systems do. The address is a user's, and nothing is there. */
static NOINLINE BOOLEAN TestProbe(VOID)
{
    NTSTATUS Status = STATUS_SUCCESS;
    __try {
        ProbeForRead((PVOID)(ULONG_PTR)-4096, 16, 1);
    } __except (EXECUTE) {
        Status = GetExceptionCode();
    }
    return Status == STATUS_ACCESS_VIOLATION;
}

static const struct {
    PCSTR Name;
    BOOLEAN (*Routine)(VOID);
} Tests[] = {
    {"null", TestNull},
    {"information", TestInformation},
    {"finally", TestFinally},
    {"nested", TestNested},
    {"rethrow", TestRethrow},
    {"filter", TestFilter},
    {"finally raises", TestFinallyRaises},
    {"finally tries", TestFinallyTries},
    {"continue", TestContinue},
    {"probe", TestProbe},
};

static VOID NTAPI Unload(_In_ PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    ULONG Index;
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = Unload;
    for (Index = 0; Index < RTL_NUMBER_OF(Tests); Index++) {
        if (!Tests[Index].Routine()) {
            DbgPrint("selftest-seh: %s failed\n", Tests[Index].Name);
            KeBugCheckEx(MANUALLY_INITIATED_CRASH, Index, 0, 0, 0);
        }
    }
    return STATUS_SUCCESS;
}
