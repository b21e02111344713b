/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time.c - what time it is: the machine's virtual clock, which moves when somebody waits. On x64 drivers mostly read
 * KUSER_SHARED_DATA instead (inline KeQuerySystemTime and friends).
 */
#include "ke.h"

#ifndef _WIN64
extern volatile KSYSTEM_TIME KiTickCount NT_DATA(KeTickCount); /* what drivers for x86 read for the tick count */
#endif

#undef KeQuerySystemTime
#undef KeQueryTickCount
#undef KeQueryInterruptTime

VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
VOID NTAPI KeQueryTickCount(PLARGE_INTEGER Count);
ULONGLONG NTAPI KeQueryInterruptTime(VOID);
VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
ULONGLONG NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);

enum { INTERRUPT_TIME = 0x8 }; /* in the page */

/*
 * KUSER_SHARED_DATA, which drivers read inline: times that follow the clock, the version. Boot only. Offsets: Microsoft,
 * ntddk.h, KUSER_SHARED_DATA.
 */
VOID KiInitializeSharedData(VOID)
{
    enum {
        TickCountMultiplier = 0x4,
        SystemTime = 0x14,
        NtProductType = 0x264,
        NtMajorVersion = 0x26c,
        NtMinorVersion = 0x270,
        TickCount = 0x320
    };
    PUCHAR Page = (PUCHAR)(ULONG_PTR)HV_CLOCK_PAGE;
    ULONG Major, Minor;

    PsGetVersion(&Major, &Minor, NULL, NULL);
    *(volatile ULONG *)(Page + TickCountMultiplier) = (ULONG)((ULONG64)KE_TIME_INCREMENT * (1 << 24) / 10000);
    *(volatile ULONG *)(Page + NtProductType) = 1;
    *(volatile ULONG *)(Page + NtMajorVersion) = Major;
    *(volatile ULONG *)(Page + NtMinorVersion) = Minor;
    HvClockWord(Page + INTERRUPT_TIME, 0, 1);
    HvClockWord(Page + SystemTime, KE_BOOT_TIME, 1);
    HvClockWord(Page + TickCount, 0, KE_TIME_INCREMENT);
#ifndef _WIN64
    HvClockWord((PVOID)&KiTickCount, 0, KE_TIME_INCREMENT);
#endif
    if (NtModel.Clock == CLOCK_JUMPS)
        HvClockJump(60 * 60 * 1000);
}

/* The time as drivers are told it. It is read from where they could read it themselves: that they look is noticed. */
static ULONG64 SeenClock(VOID)
{
    const volatile ULONG *Time = (const volatile ULONG *)((PUCHAR)(ULONG_PTR)HV_CLOCK_PAGE + INTERRUPT_TIME);

    ULONG64 High = Time[1]; /* the first to be read, as drivers do */

    return High << 32 | Time[0];
}

VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)(KE_BOOT_TIME + SeenClock());
}

VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)(KE_BOOT_TIME + SeenClock());
}

VOID NTAPI KeQueryTickCount(PLARGE_INTEGER Count) { Count->QuadPart = (LONGLONG)(SeenClock() / KE_TIME_INCREMENT); }

ULONGLONG NTAPI KeQueryInterruptTime(VOID) { return SeenClock(); }
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID) { return SeenClock(); }

ULONGLONG NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    *QpcTimeStamp = SeenClock();
    return *QpcTimeStamp;
}

ULONG NTAPI KeQueryTimeIncrement(VOID) { return KE_TIME_INCREMENT; }

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER Counter;

    if (PerformanceFrequency) {
        PerformanceFrequency->QuadPart = KE_PERFORMANCE_FREQUENCY;
    }
    Counter.QuadPart = (LONGLONG)SeenClock();
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
