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

/*
 * KUSER_SHARED_DATA, which drivers read inline: times that follow the clock, the version. Boot only. Offsets: Microsoft,
 * ntddk.h, KUSER_SHARED_DATA.
 */
VOID KiInitializeSharedData(VOID)
{
    enum {
        TickCountMultiplier = 0x4,
        InterruptTime = 0x8,
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
    HvClockWord(Page + InterruptTime, 0, 1);
    HvClockWord(Page + SystemTime, KE_BOOT_TIME, 1);
    HvClockWord(Page + TickCount, 0, KE_TIME_INCREMENT);
#ifndef _WIN64
    HvClockWord((PVOID)&KiTickCount, 0, KE_TIME_INCREMENT);
#endif
}

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
