/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ansi.c - STRING, ANSI_STRING and conversions. The ANSI code page is 1252, the OEM code page the same. Lengths are
 * bytes. Source: Microsoft: the page of each routine.
 */
#include "rtl.h"

static const WCHAR RtlpPage1252[32] = {/* 0x80 to 0x9f */
                                       0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                       0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                       0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                       0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

WCHAR RtlpAnsiToUnicode(CHAR Char)
{
    UCHAR Code = (UCHAR)Char;
    return Code >= 0x80 && Code < 0xa0 ? RtlpPage1252[Code - 0x80] : Code;
}

CHAR RtlpUnicodeToAnsi(WCHAR Char)
{
    if (Char < 0x80 || (Char >= 0xa0 && Char <= 0xff)) {
        return (CHAR)Char;
    }
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(RtlpPage1252); Index++) {
        if (RtlpPage1252[Index] == Char) {
            return (CHAR)(Index + 0x80);
        }
    }
    return '?';
}

static CHAR RtlpUpperAnsi(CHAR Char) { return RtlpUnicodeToAnsi(RtlpUpcase(RtlpAnsiToUnicode(Char))); }

CHAR NTAPI RtlUpperChar(CHAR Character) { return RtlpUpperAnsi(Character); }

VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    SIZE_T Length = SourceString ? strlen(SourceString) : 0;
    if (Length > 0xfffe) {
        Length = 0xfffe;
    }
    DestinationString->Length = (USHORT)Length;
    DestinationString->MaximumLength = SourceString ? (USHORT)(Length + 1) : 0;
    DestinationString->Buffer = (PCHAR)SourceString;
}

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    RtlInitAnsiString(DestinationString, SourceString);
}

NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
    if (SourceString != NULL && strlen(SourceString) > 0xfffe) {
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitAnsiString(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

LONG NTAPI RtlCompareString(const PSTRING String1, const PSTRING String2, BOOLEAN CaseInSensitive)
{
    ULONG Count = min(String1->Length, String2->Length);
    for (ULONG Index = 0; Index < Count; Index++) {
        CHAR A = String1->Buffer[Index], B = String2->Buffer[Index];
        if (CaseInSensitive) {
            A = RtlpUpperAnsi(A);
            B = RtlpUpperAnsi(B);
        }
        if (A != B) {
            return (UCHAR)A - (UCHAR)B;
        }
    }
    return (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN NTAPI RtlEqualString(const PSTRING String1, const PSTRING String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length && RtlCompareString(String1, String2, CaseInSensitive) == 0;
}

BOOLEAN NTAPI RtlPrefixString(const PSTRING String1, const PSTRING String2, BOOLEAN CaseInSensitive)
{
    STRING Head = *String2;
    if (String1->Length > String2->Length) {
        return FALSE;
    }
    Head.Length = String1->Length;
    return RtlCompareString(String1, &Head, CaseInSensitive) == 0;
}

VOID NTAPI RtlCopyString(PSTRING DestinationString, const PSTRING SourceString)
{
    DestinationString->Length = 0;
    if (SourceString == NULL) {
        return;
    }
    DestinationString->Length = min(SourceString->Length, DestinationString->MaximumLength);
    memmove(DestinationString->Buffer, SourceString->Buffer, DestinationString->Length);
}

VOID NTAPI RtlUpperString(PSTRING DestinationString, const PSTRING SourceString)
{
    ULONG Count = min(SourceString->Length, DestinationString->MaximumLength);
    for (ULONG Index = 0; Index < Count; Index++) {
        DestinationString->Buffer[Index] = RtlpUpperAnsi(SourceString->Buffer[Index]);
    }
    DestinationString->Length = (USHORT)Count;
}

VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    if (AnsiString->Buffer == NULL) {
        return;
    }
    RtlpFree(AnsiString->Buffer);
    AnsiString->Buffer = NULL;
    AnsiString->Length = 0;
    AnsiString->MaximumLength = 0;
}

VOID NTAPI RtlFreeOemString(POEM_STRING OemString) { RtlFreeAnsiString(OemString); }

ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString) { return (AnsiString->Length + 1) * sizeof(WCHAR); }
ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    return UnicodeString->Length / sizeof(WCHAR) + 1;
}

static NTSTATUS RtlpToUnicode(PUNICODE_STRING To, const STRING *From, BOOLEAN Allocate, PVOID Caller)
{
    ULONG Bytes = (From->Length + 1) * sizeof(WCHAR);
    if (Bytes > 0xffff) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (Allocate) {
        To->Buffer = RtlpAllocate(Bytes, Caller);
        if (To->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
        To->MaximumLength = (USHORT)Bytes;
    } else if (Bytes > To->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (ULONG Index = 0; Index < From->Length; Index++) {
        To->Buffer[Index] = RtlpAnsiToUnicode(From->Buffer[Index]);
    }
    To->Buffer[From->Length] = 0;
    To->Length = (USHORT)(Bytes - sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* Without allocation, what does not fit is cut off, and STATUS_BUFFER_OVERFLOW (a warning) says so. */
static NTSTATUS RtlpToAnsi(PSTRING To, PCUNICODE_STRING From, BOOLEAN Allocate, BOOLEAN Upcase, PVOID Caller)
{
    ULONG Count = From->Length / sizeof(WCHAR);
    NTSTATUS Status = STATUS_SUCCESS;
    if (Allocate) {
        To->Buffer = RtlpAllocate(Count + 1, Caller);
        if (To->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
        To->MaximumLength = (USHORT)(Count + 1);
    } else if (Count + 1 > To->MaximumLength) {
        if (To->MaximumLength == 0) {
            return STATUS_BUFFER_OVERFLOW;
        }
        Count = To->MaximumLength - 1;
        Status = STATUS_BUFFER_OVERFLOW;
    }
    for (ULONG Index = 0; Index < Count; Index++) {
        WCHAR Char = From->Buffer[Index];
        To->Buffer[Index] = RtlpUnicodeToAnsi(Upcase ? RtlpUpcase(Char) : Char);
    }
    To->Buffer[Count] = 0;
    To->Length = (USHORT)Count;
    return Status;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    return RtlpToUnicode(DestinationString, SourceString, AllocateDestinationString, __builtin_return_address(0));
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    return RtlpToAnsi(DestinationString, SourceString, AllocateDestinationString, FALSE, __builtin_return_address(0));
}

NTSTATUS NTAPI RtlUpcaseUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
                                                  BOOLEAN AllocateDestinationString)
{
    return RtlpToAnsi(DestinationString, SourceString, AllocateDestinationString, TRUE, __builtin_return_address(0));
}

NTSTATUS NTAPI RtlOemStringToUnicodeString(PUNICODE_STRING DestinationString, PCOEM_STRING SourceString,
                                           BOOLEAN AllocateDestinationString)
{
    return RtlpToUnicode(DestinationString, SourceString, AllocateDestinationString, __builtin_return_address(0));
}

NTSTATUS NTAPI RtlUnicodeStringToOemString(POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
                                           BOOLEAN AllocateDestinationString)
{
    return RtlpToAnsi(DestinationString, SourceString, AllocateDestinationString, FALSE, __builtin_return_address(0));
}

/* Sizes in bytes; what does not fit is cut off. */
NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString, PULONG BytesInUnicodeString,
                                      const CHAR *MultiByteString, ULONG BytesInMultiByteString)
{
    ULONG Count = min(MaxBytesInUnicodeString / (ULONG)sizeof(WCHAR), BytesInMultiByteString);
    for (ULONG Index = 0; Index < Count; Index++) {
        UnicodeString[Index] = RtlpAnsiToUnicode(MultiByteString[Index]);
    }
    if (BytesInUnicodeString) {
        *BytesInUnicodeString = Count * sizeof(WCHAR);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                      PULONG BytesInMultiByteString, PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    ULONG Count = min(BytesInUnicodeString / (ULONG)sizeof(WCHAR), MaxBytesInMultiByteString);
    for (ULONG Index = 0; Index < Count; Index++) {
        MultiByteString[Index] = RtlpUnicodeToAnsi(UnicodeString[Index]);
    }
    if (BytesInMultiByteString) {
        *BytesInMultiByteString = Count;
    }
    return STATUS_SUCCESS;
}
