/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time.c - what time it is: the machine's virtual clock, which moves when somebody waits. On x64 drivers mostly read
 * KUSER_SHARED_DATA instead (inline KeQuerySystemTime and friends).
 */
#include "ke.h"

#undef KeQuerySystemTime
#undef KeQueryTickCount
#undef KeQueryInterruptTime

VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
VOID NTAPI KeQueryTickCount(PLARGE_INTEGER Count);
ULONGLONG NTAPI KeQueryInterruptTime(VOID);
VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
ULONGLONG NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);

VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)(KE_BOOT_TIME + HvClock());
}

VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)(KE_BOOT_TIME + HvClock());
}

VOID NTAPI KeQueryTickCount(PLARGE_INTEGER Count) { Count->QuadPart = (LONGLONG)(HvClock() / KE_TIME_INCREMENT); }

ULONGLONG NTAPI KeQueryInterruptTime(VOID) { return HvClock(); }
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID) { return HvClock(); }

ULONGLONG NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    *QpcTimeStamp = HvClock();
    return *QpcTimeStamp;
}

ULONG NTAPI KeQueryTimeIncrement(VOID) { return KE_TIME_INCREMENT; }

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER Counter;

    if (PerformanceFrequency) {
        PerformanceFrequency->QuadPart = KE_PERFORMANCE_FREQUENCY;
    }
    Counter.QuadPart = (LONGLONG)HvClock();
    return Counter;
}

/* A busy wait: others may run meanwhile, whatever the time asked for (microseconds). Any IRQL. */
VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
    UNREFERENCED_PARAMETER(MicroSeconds);
    HvYield();
}

/* Local time is UTC. */
VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime) { *LocalTime = *SystemTime; }
VOID NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime) { *SystemTime = *LocalTime; }

ULONG NTAPI ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    UNREFERENCED_PARAMETER(DesiredTime);
    UNREFERENCED_PARAMETER(SetResolution);
    return KE_TIME_INCREMENT;
}
