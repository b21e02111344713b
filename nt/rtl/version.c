/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.c - questions about the version that RtlGetVersion reports. Source: Microsoft: RtlVerifyVersionInfo,
 * RtlIsNtDdiVersionAvailable. */
#include "rtl.h"

/* The DDK headers divert these to wdmlib, which asks for the kernel's. */
#undef RtlIsNtDdiVersionAvailable
#undef RtlIsServicePackVersionInstalled

/* Conditions: three bits for each bit of the type mask. 1 =, 2 >, 3 >=, 4 <, 5 <=. */
static BOOLEAN RtlpHolds(ULONG Condition, LONG64 Order)
{
    switch (Condition) {
    case 1: return Order == 0;
    case 2: return Order > 0;
    case 3: return Order >= 0;
    case 4: return Order < 0;
    case 5: return Order <= 0;
    }
    return FALSE;
}

static ULONG RtlpCondition(ULONGLONG Mask, ULONG Bit) { return (ULONG)(Mask >> (Bit * 3)) & 7; }

/*
 * Version and service pack compare as one number, most significant part first, by the condition of that part; the other
 * parts compare alone.
 */
NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask, ULONGLONG ConditionMask)
{
    enum { MINOR, MAJOR, BUILD, PLATFORM, SP_MINOR, SP_MAJOR, SUITE, PRODUCT };
    static const UCHAR Chain[] = {MAJOR, MINOR, SP_MAJOR, SP_MINOR};
    RTL_OSVERSIONINFOEXW Now;
    LONG64 Order = 0;
    ULONG Condition = 0;
    if (TypeMask == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    Now.dwOSVersionInfoSize = sizeof(Now);
    RtlGetVersion((PRTL_OSVERSIONINFOW)&Now);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Chain) && Order == 0; Index++) {
        const LONG64 Have[] = {Now.dwMajorVersion, Now.dwMinorVersion, Now.wServicePackMajor, Now.wServicePackMinor};
        const LONG64 Want[] = {VersionInfo->dwMajorVersion, VersionInfo->dwMinorVersion, VersionInfo->wServicePackMajor,
                               VersionInfo->wServicePackMinor};
        if (!(TypeMask & 1U << Chain[Index])) {
            continue;
        }
        if (Condition == 0 || Condition == 1) {
            Condition = RtlpCondition(ConditionMask, Chain[Index]);
        }
        Order = Have[Index] - Want[Index];
    }
    if (Condition && !RtlpHolds(Condition, Order)) {
        return STATUS_REVISION_MISMATCH;
    }
    if ((TypeMask & 1U << BUILD) &&
        !RtlpHolds(RtlpCondition(ConditionMask, BUILD), (LONG64)Now.dwBuildNumber - VersionInfo->dwBuildNumber)) {
        return STATUS_REVISION_MISMATCH;
    }
    if ((TypeMask & 1U << PLATFORM) && Now.dwPlatformId != VersionInfo->dwPlatformId) {
        return STATUS_REVISION_MISMATCH;
    }
    if ((TypeMask & 1U << PRODUCT) &&
        !RtlpHolds(RtlpCondition(ConditionMask, PRODUCT), (LONG64)Now.wProductType - VersionInfo->wProductType)) {
        return STATUS_REVISION_MISMATCH;
    }
    return STATUS_SUCCESS;
}

/* Version: an NTDDI_ value, 0xMMmmSPss; only whole versions may be asked for. */
BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version)
{
    ULONG Major, Minor;
    if (Version & 0xffff) {
        return FALSE;
    }
    PsGetVersion(&Major, &Minor, NULL, NULL);
    return Version <= (Major << 24 | Minor << 16);
}

/* The same version, and at least that service pack of it. */
BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG Version)
{
    RTL_OSVERSIONINFOEXW Now;
    Now.dwOSVersionInfoSize = sizeof(Now);
    RtlGetVersion((PRTL_OSVERSIONINFOW)&Now);
    return Version >> 16 == (Now.dwMajorVersion << 8 | Now.dwMinorVersion) &&
           (Version >> 8 & 0xff) <= Now.wServicePackMajor;
}

/* Source: Microsoft: IoIsWdmVersionAvailable. WDM 1.20 is XP, 1.30 Server 2003 (and XP for x64), 6.0 Vista and later. */
BOOLEAN NTAPI IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
    ULONG Major = NtModel.Os == MODEL_XP ? 1 : 6, Minor = NtModel.Os != MODEL_XP ? 0 : sizeof(PVOID) == 8 ? 0x30 : 0x20;
    return MajorVersion < Major || (MajorVersion == Major && MinorVersion <= Minor);
}

/* Put a condition for one type bit into a mask for RtlVerifyVersionInfo. Source: Microsoft: VerSetConditionMask. */
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    if (TypeMask == 0) {
        return 0;
    }
    return ConditionMask | (ULONGLONG)(Condition & 7) << (RtlFindMostSignificantBit(TypeMask) * 3);
}
