/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client.h - the tests of the kernel that run inside it. */
#ifndef AIRLOCK_TESTS_KERNEL_CLIENT_H
#define AIRLOCK_TESTS_KERNEL_CLIENT_H

#include "init.h"
#include "ps.h"

typedef VOID TEST_ROUTINE(VOID);

/* clang-format has no stable form for this. */
/* clang-format off */
#define TESTS \
    TEST(Boot) TEST(Events) TEST(Pulse) TEST(Semaphore) TEST(Mutex) TEST(WaitAll) TEST(WaitAny) TEST(Timeouts) \
    TEST(Threads) TEST(NotWorker) TEST(Timer) TEST(PeriodicTimer) TEST(Dpc) TEST(FlushDpcs) TEST(SpinLock) \
    TEST(Queue) TEST(FastMutex) TEST(Resource) TEST(Rundown) TEST(PushLock) TEST(WorkItems) TEST(Pool) \
    TEST(DoubleFree) TEST(WrongTag) TEST(UseAfterFree) TEST(ZeroEvent) TEST(FreedEvent) TEST(Lookaside) \
    TEST(SList) TEST(Callback) TEST(Routine) TEST(Version) TEST(WorkerTerminates) TEST(WorkerIrql) TEST(Mdl)
/* clang-format on */

#define TEST(name) TEST_ROUTINE Test##name;
TESTS
#undef TEST

VOID CheckFailed(PCSTR File, LONG Line, PCSTR Text);
#define CHECK(Condition) ((Condition) ? (VOID)0 : CheckFailed(__FILE_NAME__, __LINE__, #Condition))

/* A thread of System; *Thread is referenced. Join waits for its end and drops the reference. */
VOID Start(PKSTART_ROUTINE Routine, PVOID Context, PVOID *Thread);
VOID Join(PVOID Thread);

static inline LARGE_INTEGER Milliseconds(LONG Count)
{
    LARGE_INTEGER Interval = {.QuadPart = -10000ll * Count};
    return Interval;
}

#endif
