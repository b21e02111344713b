/* SPDX-License-Identifier: GPL-2.0-or-later */
/* number.c - numbers and GUIDs as text. Source: Microsoft: the page of each routine. */
#include "rtl.h"

static BOOLEAN RtlpIsBase(ULONG Base) { return Base == 2 || Base == 8 || Base == 10 || Base == 16; }

/* Digits of Value, zero-terminated, in the end of Text (65 characters); returns the first. */
static PCHAR RtlpDigits(ULONG64 Value, ULONG Base, PCHAR Text)
{
    PCHAR At = Text + 64;
    *At = 0;
    do {
        *--At = "0123456789ABCDEF"[Value % Base];
        Value /= Base;
    } while (Value != 0);
    return At;
}

static NTSTATUS RtlpToString(ULONG64 Value, ULONG Base, PUNICODE_STRING String)
{
    CHAR Text[65];
    PCHAR First;
    ULONG Count;
    if (Base == 0) {
        Base = 10;
    }
    if (!RtlpIsBase(Base)) {
        return STATUS_INVALID_PARAMETER;
    }
    First = RtlpDigits(Value, Base, Text);
    Count = (ULONG)(Text + 64 - First);
    if (Count * sizeof(WCHAR) > String->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (ULONG Index = 0; Index < Count; Index++) {
        String->Buffer[Index] = (UCHAR)First[Index];
    }
    String->Length = (USHORT)(Count * sizeof(WCHAR));
    if (String->Length < String->MaximumLength) {
        String->Buffer[Count] = 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    return RtlpToString(Value, Base, String);
}

NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    return RtlpToString(Value, Base, String);
}

/* Length: characters of String; a terminating zero is written if it fits. */
NTSTATUS NTAPI RtlIntegerToChar(ULONG Value, ULONG Base, ULONG Length, PCHAR String)
{
    CHAR Text[65];
    PCHAR First;
    ULONG Count;
    if (Base == 0) {
        Base = 10;
    }
    if (!RtlpIsBase(Base)) {
        return STATUS_INVALID_PARAMETER;
    }
    First = RtlpDigits(Value, Base, Text);
    Count = (ULONG)(Text + 64 - First);
    if (Count > Length) {
        return STATUS_BUFFER_OVERFLOW;
    }
    memcpy(String, First, Count < Length ? Count + 1 : Count);
    return STATUS_SUCCESS;
}

static LONG RtlpDigit(WCHAR Char)
{
    if (Char >= '0' && Char <= '9') {
        return Char - '0';
    }
    if (Char >= 'a' && Char <= 'f') {
        return Char - 'a' + 10;
    }
    if (Char >= 'A' && Char <= 'F') {
        return Char - 'A' + 10;
    }
    return 16;
}

typedef struct _TEXT {
    const VOID *Start;
    ULONG Count;
    BOOLEAN Wide;
} TEXT;

/* 0 behind the end. */
static WCHAR RtlpCharAt(const TEXT *Text, ULONG Index)
{
    if (Index >= Text->Count) {
        return 0;
    }
    return Text->Wide ? ((const WCHAR *)Text->Start)[Index] : ((const UCHAR *)Text->Start)[Index];
}

static ULONG RtlpBaseOfLetter(WCHAR Letter) { return Letter == 'x' ? 16 : Letter == 'o' ? 8 : Letter == 'b' ? 2 : 10; }

/* The number that the text begins with: blanks, a sign, 0x 0o 0b if Base is 0. Overflow wraps. */
static NTSTATUS RtlpParse(const TEXT *Text, ULONG Base, PULONG Value)
{
    ULONG Index = 0, Result = 0;
    WCHAR Sign;
    while (RtlpCharAt(Text, Index) != 0 && RtlpCharAt(Text, Index) <= ' ') {
        Index++;
    }
    Sign = RtlpCharAt(Text, Index);
    if (Sign == '-' || Sign == '+') {
        Index++;
    }
    if (Base == 0) {
        Base = 10;
        if (RtlpCharAt(Text, Index) == '0') {
            Base = RtlpBaseOfLetter(RtlpCharAt(Text, Index + 1));
        }
        if (Base != 10) {
            Index += 2;
        }
    }
    if (!RtlpIsBase(Base)) {
        return STATUS_INVALID_PARAMETER;
    }
    for (; RtlpDigit(RtlpCharAt(Text, Index)) < (LONG)Base; Index++) {
        Result = Result * Base + (ULONG)RtlpDigit(RtlpCharAt(Text, Index));
    }
    *Value = Sign == '-' ? 0 - Result : Result;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    TEXT Text = {String->Buffer, String->Length / sizeof(WCHAR), TRUE};
    return RtlpParse(&Text, Base, Value);
}

NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    TEXT Text = {String, (ULONG)strlen(String), FALSE};
    return RtlpParse(&Text, Base, Value);
}

/* {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}. Byte of the GUID's memory that each pair of digits shows, '-' between. */
#define GUID_CHARS 38
static const UCHAR RtlpGuidOrder[] = {3, 2, 1, 0, '-', 5, 4, '-', 7, 6, '-', 8, 9, '-', 10, 11, 12, 13, 14, 15};

NTSTATUS NTAPI RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
    const UCHAR *Bytes = (const UCHAR *)Guid;
    PWCH At = RtlpAllocate((GUID_CHARS + 1) * sizeof(WCHAR), __builtin_return_address(0));
    if (At == NULL) {
        return STATUS_NO_MEMORY;
    }
    GuidString->Buffer = At;
    GuidString->Length = GUID_CHARS * sizeof(WCHAR);
    GuidString->MaximumLength = (GUID_CHARS + 1) * sizeof(WCHAR);
    *At++ = '{';
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(RtlpGuidOrder); Index++) {
        if (RtlpGuidOrder[Index] == '-') {
            *At++ = '-';
            continue;
        }
        *At++ = (UCHAR) "0123456789ABCDEF"[Bytes[RtlpGuidOrder[Index]] >> 4];
        *At++ = (UCHAR) "0123456789ABCDEF"[Bytes[RtlpGuidOrder[Index]] & 15];
    }
    *At++ = '}';
    *At = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGUIDFromString(PUNICODE_STRING GuidString, GUID *Guid)
{
    UCHAR Bytes[sizeof(GUID)];
    PCWCH At = GuidString->Buffer;
    if (GuidString->Length < GUID_CHARS * sizeof(WCHAR) || *At++ != '{') {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(RtlpGuidOrder); Index++) {
        LONG High, Low;
        if (RtlpGuidOrder[Index] == '-') {
            if (*At++ != '-') {
                return STATUS_INVALID_PARAMETER;
            }
            continue;
        }
        High = RtlpDigit(*At++);
        Low = RtlpDigit(*At++);
        if (High > 15 || Low > 15) {
            return STATUS_INVALID_PARAMETER;
        }
        Bytes[RtlpGuidOrder[Index]] = (UCHAR)(High << 4 | Low);
    }
    if (*At != '}') {
        return STATUS_INVALID_PARAMETER;
    }
    memcpy(Guid, Bytes, sizeof(Bytes));
    return STATUS_SUCCESS;
}
