/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unicode.c - UNICODE_STRING. Lengths are bytes. Comparisons ignoring case and case conversions: PASSIVE_LEVEL on
 * Windows (paged tables), not checked. Source: Microsoft: the page of each routine.
 */
#include "rtl.h"

#define MAX_UNICODE_BYTES 0xfffe

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    SIZE_T Length = 0;
    DestinationString->Length = 0;
    DestinationString->MaximumLength = 0;
    DestinationString->Buffer = (PWCH)SourceString;
    if (SourceString == NULL) {
        return;
    }
    while (SourceString[Length]) {
        Length++;
    }
    Length *= sizeof(WCHAR);
    if (Length > MAX_UNICODE_BYTES - sizeof(WCHAR)) {
        Length = MAX_UNICODE_BYTES - sizeof(WCHAR);
    }
    DestinationString->Length = (USHORT)Length;
    DestinationString->MaximumLength = (USHORT)(Length + sizeof(WCHAR));
}

/* STATUS_NAME_TOO_LONG if it does not fit a UNICODE_STRING. */
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    if (SourceString != NULL && wcslen(SourceString) * sizeof(WCHAR) > MAX_UNICODE_BYTES - sizeof(WCHAR)) {
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitUnicodeString(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

static LONG RtlpCompareUnits(PCWCH One, PCWCH Two, SIZE_T Count, BOOLEAN IgnoreCase)
{
    for (SIZE_T Index = 0; Index < Count; Index++) {
        WCHAR A = One[Index], B = Two[Index];
        if (A == B) {
            continue;
        }
        if (IgnoreCase) {
            A = RtlpUpcase(A);
            B = RtlpUpcase(B);
        }
        if (A != B) {
            return (LONG)A - (LONG)B;
        }
    }
    return 0;
}

LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2, SIZE_T String2Length,
                                    BOOLEAN CaseInSensitive)
{
    SIZE_T Count = min(String1Length, String2Length);
    LONG Order = RtlpCompareUnits(String1, String2, Count, CaseInSensitive);
    return Order ? Order : (LONG)(String1Length - String2Length);
}

LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    SIZE_T Count = min(String1->Length, String2->Length) / sizeof(WCHAR);
    LONG Order = RtlpCompareUnits(String1->Buffer, String2->Buffer, Count, CaseInSensitive);
    return Order ? Order : (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           RtlpCompareUnits(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR), CaseInSensitive) == 0;
}

BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           RtlpCompareUnits(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR), CaseInSensitive) == 0;
}

/* Copies what fits; ends it with a zero if there is room. Source NULL empties the destination. */
VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    USHORT Length;
    if (SourceString == NULL) {
        DestinationString->Length = 0;
        return;
    }
    Length = min(SourceString->Length, DestinationString->MaximumLength);
    DestinationString->Length = Length;
    memmove(DestinationString->Buffer, SourceString->Buffer, Length);
    if (Length + sizeof(WCHAR) <= DestinationString->MaximumLength) {
        DestinationString->Buffer[Length / sizeof(WCHAR)] = 0;
    }
}

static NTSTATUS RtlpAppend(PUNICODE_STRING Destination, PCWCH Source, SIZE_T Bytes)
{
    SIZE_T Length = Destination->Length;
    if (Bytes == 0) {
        return STATUS_SUCCESS;
    }
    if (Length + Bytes > Destination->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memmove((PUCHAR)Destination->Buffer + Length, Source, Bytes);
    Length += Bytes;
    Destination->Length = (USHORT)Length;
    if (Length + sizeof(WCHAR) <= Destination->MaximumLength) {
        Destination->Buffer[Length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    return RtlpAppend(Destination, Source->Buffer, Source->Length);
}

NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return Source ? RtlpAppend(Destination, Source, wcslen(Source) * sizeof(WCHAR)) : STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    SIZE_T Bytes = (wcslen(SourceString) + 1) * sizeof(WCHAR);
    PWCH Buffer = Bytes <= MAX_UNICODE_BYTES ? RtlpAllocate(Bytes, __builtin_return_address(0)) : NULL;
    if (Buffer == NULL) {
        return FALSE;
    }
    memcpy(Buffer, SourceString, Bytes);
    DestinationString->Buffer = Buffer;
    DestinationString->Length = (USHORT)(Bytes - sizeof(WCHAR));
    DestinationString->MaximumLength = (USHORT)Bytes;
    return TRUE;
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    if (UnicodeString->Buffer == NULL) {
        return;
    }
    RtlpFree(UnicodeString->Buffer);
    UnicodeString->Buffer = NULL;
    UnicodeString->Length = 0;
    UnicodeString->MaximumLength = 0;
}

/* Flags: 1 end with a zero, 2 (with 1) allocate for an empty string too. Source: Microsoft: RtlDuplicateUnicodeString. */
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn, PUNICODE_STRING StringOut)
{
    USHORT Zero = (Flags & 1) ? sizeof(WCHAR) : 0;
    if (Flags > 3 || Flags == 2 || StringIn->Length > MAX_UNICODE_BYTES - Zero) {
        return STATUS_INVALID_PARAMETER;
    }
    StringOut->Length = 0;
    StringOut->MaximumLength = 0;
    StringOut->Buffer = NULL;
    if (StringIn->Length == 0 && !(Flags & 2)) {
        return STATUS_SUCCESS;
    }
    StringOut->Buffer = RtlpAllocate(StringIn->Length + Zero, __builtin_return_address(0));
    if (StringOut->Buffer == NULL) {
        return STATUS_NO_MEMORY;
    }
    StringOut->Length = StringIn->Length;
    StringOut->MaximumLength = StringIn->Length + Zero;
    memcpy(StringOut->Buffer, StringIn->Buffer, StringIn->Length);
    if (Zero) {
        StringOut->Buffer[StringIn->Length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RtlpConvertCase(PUNICODE_STRING To, PCUNICODE_STRING From, BOOLEAN Allocate, PVOID Caller,
                                WCHAR(NTAPI *Convert)(WCHAR))
{
    if (Allocate) {
        To->Buffer = RtlpAllocate(From->Length, Caller);
        if (To->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
        To->MaximumLength = From->Length;
    } else if (From->Length > To->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (ULONG Index = 0; Index < From->Length / sizeof(WCHAR); Index++) {
        To->Buffer[Index] = Convert(From->Buffer[Index]);
    }
    To->Length = From->Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    return RtlpConvertCase(DestinationString, SourceString, AllocateDestinationString, __builtin_return_address(0),
                           RtlUpcaseUnicodeChar);
}

NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING UniDest, PCUNICODE_STRING UniSource, BOOLEAN AllocateDest)
{
    return RtlpConvertCase(UniDest, UniSource, AllocateDest, __builtin_return_address(0), RtlDowncaseUnicodeChar);
}

/* HASH_STRING_ALGORITHM_X65599 (also the default). */
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm,
                                    PULONG HashValue)
{
    ULONG Hash = 0;
    if (String == NULL || HashValue == NULL || HashAlgorithm > 1) {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG Index = 0; Index < String->Length / sizeof(WCHAR); Index++) {
        WCHAR Char = String->Buffer[Index];
        Hash = Hash * 65599 + (CaseInSensitive ? RtlpUpcase(Char) : Char);
    }
    *HashValue = Hash;
    return STATUS_SUCCESS;
}
