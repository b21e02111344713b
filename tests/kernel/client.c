/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.c - stands in for session.exe: runs the test that the option /TEST=name names on a system thread. A test says
 * "ok" at its end; every CHECK that does not hold prints its line. The host runs each under many schedules.
 */
#include "client.h"

static struct {
    PCSTR Name;
    TEST_ROUTINE *Routine;
} const Tests[] = {
#define TEST(name) {#name, Test##name},
    TESTS
#undef TEST
};

volatile LONG Failures;

static BOOLEAN Same(PCSTR A, PCSTR B)
{
    while (*A && *A == *B) {
        A++;
        B++;
    }
    return *A == *B;
}

VOID CheckFailed(PCSTR File, LONG Line, PCSTR Text)
{
    InterlockedIncrement(&Failures);
    DbgPrint("%s:%d: %s\n", File, Line, Text);
}

VOID Start(PKSTART_ROUTINE Routine, PVOID Context, PVOID *Thread)
{
    HANDLE Handle;

    CHECK(NT_SUCCESS(PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context)));
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(Handle, SYNCHRONIZE, NULL, KernelMode, Thread, NULL)));
    ZwClose(Handle);
}

VOID Join(PVOID Thread)
{
    CHECK(KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    ObDereferenceObject(Thread);
}

static VOID NTAPI RunTest(PVOID Context)
{
    ((TEST_ROUTINE *)Context)();
    if (!Failures) {
        DbgPrint("ok\n");
    }
    HvCall0(HV_SHUTDOWN);
}

/* Called by the kernel at the end of boot. */
VOID NtProcessStartup(VOID)
{
    PCSTR Name = InitOption("TEST");
    HANDLE Handle;

    for (ULONG i = 0; Name && i < RTL_NUMBER_OF(Tests); i++) {
        if (Same(Tests[i].Name, Name)) {
            PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, RunTest, (PVOID)Tests[i].Routine);
            ZwClose(Handle);
            return;
        }
    }
    DbgPrint("no such test\n");
}
