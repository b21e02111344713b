/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time.c - system time (100 ns units since 1601-01-01) and calendar fields, proleptic Gregorian. Any IRQL.
 * Source: Microsoft: RtlTimeToTimeFields, RtlTimeFieldsToTime.
 */
#include "rtl.h"

#define TICKS_PER_MILLISECOND 10000LL
#define MILLISECONDS_PER_DAY  86400000LL
#define DAYS_PER_400_YEARS    146097LL
#define SECONDS_1601_TO_1970  11644473600LL
#define SECONDS_1601_TO_1980  11960006400LL
#define TICKS_PER_SECOND      10000000LL

/* Days from 1601-01-01 to the first of that month. Years are counted from March, so that leap days end them. */
static LONG64 RtlpDaysBefore(LONG Year, LONG Month)
{
    LONG64 MarchYear = Month <= 2 ? Year - 1 : Year;
    LONG64 MarchMonth = (Month + 9) % 12;
    LONG64 Days = MarchYear * 365 + MarchYear / 4 - MarchYear / 100 + MarchYear / 400 + (MarchMonth * 306 + 5) / 10;
    return Days - 584694; /* the same sum for 1601-01-01 */
}

static LONG RtlpDaysInMonth(LONG Year, LONG Month)
{
    LONG64 Next = Month == 12 ? RtlpDaysBefore(Year + 1, 1) : RtlpDaysBefore(Year, Month + 1);
    return (LONG)(Next - RtlpDaysBefore(Year, Month));
}

VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONG64 Milliseconds = Time->QuadPart / TICKS_PER_MILLISECOND;
    LONG64 Days = Milliseconds / MILLISECONDS_PER_DAY;
    LONG InDay = (LONG)(Milliseconds % MILLISECONDS_PER_DAY);
    LONG Year = (LONG)(1601 + Days * 400 / DAYS_PER_400_YEARS);
    LONG Month = 1;
    while (RtlpDaysBefore(Year, 1) > Days) {
        Year--;
    }
    while (RtlpDaysBefore(Year + 1, 1) <= Days) {
        Year++;
    }
    while (Month < 12 && RtlpDaysBefore(Year, Month + 1) <= Days) {
        Month++;
    }
    TimeFields->Year = (CSHORT)Year;
    TimeFields->Month = (CSHORT)Month;
    TimeFields->Day = (CSHORT)(Days - RtlpDaysBefore(Year, Month) + 1);
    TimeFields->Hour = (CSHORT)(InDay / 3600000);
    TimeFields->Minute = (CSHORT)(InDay / 60000 % 60);
    TimeFields->Second = (CSHORT)(InDay / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(InDay % 1000);
    TimeFields->Weekday = (CSHORT)((Days + 1) % 7); /* 1601-01-01 was a Monday */
}

BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    LONG64 Days, InDay;
    if (TimeFields->Year < 1601 || TimeFields->Month < 1 || TimeFields->Month > 12 || TimeFields->Day < 1 ||
        TimeFields->Day > RtlpDaysInMonth(TimeFields->Year, TimeFields->Month) || TimeFields->Hour < 0 ||
        TimeFields->Hour > 23 || TimeFields->Minute < 0 || TimeFields->Minute > 59 || TimeFields->Second < 0 ||
        TimeFields->Second > 59 || TimeFields->Milliseconds < 0 || TimeFields->Milliseconds > 999) {
        return FALSE;
    }
    Days = RtlpDaysBefore(TimeFields->Year, TimeFields->Month) + TimeFields->Day - 1;
    InDay =
        ((TimeFields->Hour * 60LL + TimeFields->Minute) * 60 + TimeFields->Second) * 1000 + TimeFields->Milliseconds;
    Time->QuadPart = (Days * MILLISECONDS_PER_DAY + InDay) * TICKS_PER_MILLISECOND;
    return TRUE;
}

static BOOLEAN RtlpToSeconds(LONG64 Time, LONG64 Start, PULONG Seconds)
{
    LONG64 Value = Time / TICKS_PER_SECOND - Start;
    if (Value < 0 || Value > 0xffffffffLL) {
        return FALSE;
    }
    *Seconds = (ULONG)Value;
    return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return RtlpToSeconds(Time->QuadPart, SECONDS_1601_TO_1970, ElapsedSeconds);
}

BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return RtlpToSeconds(Time->QuadPart, SECONDS_1601_TO_1980, ElapsedSeconds);
}

VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + SECONDS_1601_TO_1970) * TICKS_PER_SECOND;
}

VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + SECONDS_1601_TO_1980) * TICKS_PER_SECOND;
}
