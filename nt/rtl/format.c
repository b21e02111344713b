/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format.c - the formatter behind the sprintf family and DbgPrint.
 *
 * %[flags][width][.precision][h|l|ll|w|I|I32|I64|z]type, types d i u o x X p c C s S Z %. Width and precision may be *.
 * c and s are of the format's own width, C and S of the other; h forces CHAR, l and w force WCHAR; Z is a STRING, wZ a
 * UNICODE_STRING. p is 16 capital digits. There is no floating point and no n, as in the kernel. Source: Microsoft:
 * "Format specification syntax: printf and wprintf functions", DbgPrint.
 */
#include "rtl.h"

enum { FLAG_LEFT = 1, FLAG_PLUS = 2, FLAG_SPACE = 4, FLAG_ALTERNATE = 8, FLAG_ZERO = 16 };
enum { SIZE_DEFAULT, SIZE_HALF, SIZE_CHAR, SIZE_LONG, SIZE_WIDE, SIZE_64 };

typedef struct _FORMAT_SPEC {
    ULONG Flags;
    ULONG Size;
    LONG Width;
    LONG Precision; /* -1: not given */
    WCHAR Type;
} FORMAT_SPEC;

typedef struct _FORMAT_CURSOR {
    const VOID *Format;
    BOOLEAN Wide;
} FORMAT_CURSOR;

static inline WCHAR RtlpPeek(const FORMAT_CURSOR *Cursor, ULONG Ahead)
{
    return Cursor->Wide ? ((const WCHAR *)Cursor->Format)[Ahead] : ((const UCHAR *)Cursor->Format)[Ahead];
}

static inline VOID RtlpSkip(FORMAT_CURSOR *Cursor, ULONG Count)
{
    Cursor->Format = (const UCHAR *)Cursor->Format + (Cursor->Wide ? Count * sizeof(WCHAR) : Count);
}

static inline VOID RtlpPut(PRTLP_SINK Sink, WCHAR Char)
{
    SIZE_T At = Sink->Count++;
    if (At >= Sink->Size) {
        return;
    }
    if (Sink->Wide) {
        ((PWCHAR)Sink->Buffer)[At] = Char;
    } else {
        ((PCHAR)Sink->Buffer)[At] = (CHAR)Char;
    }
}

static VOID RtlpPutMany(PRTLP_SINK Sink, WCHAR Char, LONG Count)
{
    for (; Count > 0; Count--) {
        RtlpPut(Sink, Char);
    }
}

/* Text of Length characters, WCHAR if Wide, padded to the width. */
static VOID RtlpPutText(PRTLP_SINK Sink, const FORMAT_SPEC *Spec, const VOID *Text, LONG Length, BOOLEAN Wide)
{
    LONG Pad = Spec->Width - Length;
    if (!(Spec->Flags & FLAG_LEFT)) {
        RtlpPutMany(Sink, (Spec->Flags & FLAG_ZERO) ? '0' : ' ', Pad);
    }
    for (LONG Index = 0; Index < Length; Index++) {
        WCHAR Char = Wide ? ((const WCHAR *)Text)[Index] : ((const UCHAR *)Text)[Index];
        if (Wide && !Sink->Wide) {
            Char = (UCHAR)RtlpUnicodeToAnsi(Char);
        }
        if (!Wide && Sink->Wide && Char >= 0x80) {
            Char = RtlpAnsiToUnicode((CHAR)Char);
        }
        RtlpPut(Sink, Char);
    }
    if (Spec->Flags & FLAG_LEFT) {
        RtlpPutMany(Sink, ' ', Pad);
    }
}

static VOID RtlpPutString(PRTLP_SINK Sink, const FORMAT_SPEC *Spec, const VOID *Text, LONG Limit, BOOLEAN Wide)
{
    LONG Length = 0;
    if (Text == NULL) {
        Text = "(null)";
        Wide = FALSE;
        Limit = -1;
    }
    if (Spec->Precision >= 0 && (Limit < 0 || Limit > Spec->Precision)) {
        Limit = Spec->Precision;
    }
    while ((Limit < 0 || Length < Limit) && (Wide ? ((const WCHAR *)Text)[Length] : ((const CHAR *)Text)[Length])) {
        Length++;
    }
    RtlpPutText(Sink, Spec, Text, Length, Wide);
}

static VOID RtlpPutNumber(PRTLP_SINK Sink, const FORMAT_SPEC *Spec, ULONG64 Value, ULONG Base, WCHAR Sign)
{
    const CHAR *Digits = Spec->Type == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    CHAR Text[24];
    LONG Length = 0, Zeros, Pad;
    BOOLEAN Prefix = (Spec->Flags & FLAG_ALTERNATE) && Base == 16 && Value != 0;
    do {
        Text[Length++] = Digits[Value % Base];
        Value /= Base;
    } while (Value != 0);
    if (Spec->Precision == 0 && Length == 1 && Text[0] == '0') {
        Length = 0;
    }
    Zeros = Spec->Precision > Length ? Spec->Precision - Length : 0;
    if ((Spec->Flags & FLAG_ALTERNATE) && Base == 8 && Zeros == 0 && (Length == 0 || Text[Length - 1] != '0')) {
        Zeros = 1;
    }
    Pad = Spec->Width - Length - Zeros - (Sign != 0) - (Prefix ? 2 : 0);
    if ((Spec->Flags & (FLAG_ZERO | FLAG_LEFT)) == FLAG_ZERO && Spec->Precision < 0 && Pad > 0) {
        Zeros += Pad;
        Pad = 0;
    }
    if (!(Spec->Flags & FLAG_LEFT)) {
        RtlpPutMany(Sink, ' ', Pad);
    }
    if (Sign) {
        RtlpPut(Sink, Sign);
    }
    if (Prefix) {
        RtlpPut(Sink, '0');
        RtlpPut(Sink, Spec->Type);
    }
    RtlpPutMany(Sink, '0', Zeros);
    while (Length) {
        RtlpPut(Sink, (UCHAR)Text[--Length]);
    }
    if (Spec->Flags & FLAG_LEFT) {
        RtlpPutMany(Sink, ' ', Pad);
    }
}

/* A decimal number, or * for the next argument. */
static LONG RtlpParseNumber(FORMAT_CURSOR *Cursor, va_list *Arguments)
{
    LONG Value = 0;
    if (RtlpPeek(Cursor, 0) == '*') {
        RtlpSkip(Cursor, 1);
        return va_arg(*Arguments, LONG);
    }
    for (; RtlpPeek(Cursor, 0) >= '0' && RtlpPeek(Cursor, 0) <= '9'; RtlpSkip(Cursor, 1)) {
        Value = Value * 10 + RtlpPeek(Cursor, 0) - '0';
    }
    return Value;
}

static ULONG RtlpParseFlags(FORMAT_CURSOR *Cursor)
{
    ULONG Flags = 0;
    for (;; RtlpSkip(Cursor, 1)) {
        switch (RtlpPeek(Cursor, 0)) {
        case '-': Flags |= FLAG_LEFT; break;
        case '+': Flags |= FLAG_PLUS; break;
        case ' ': Flags |= FLAG_SPACE; break;
        case '#': Flags |= FLAG_ALTERNATE; break;
        case '0': Flags |= FLAG_ZERO; break;
        default: return Flags;
        }
    }
}

static ULONG RtlpParseSize(FORMAT_CURSOR *Cursor)
{
    WCHAR First = RtlpPeek(Cursor, 0), Second = First ? RtlpPeek(Cursor, 1) : 0;
    ULONG Skip = 1, Size;
    switch (First) {
    case 'h':
        Size = Second == 'h' ? SIZE_CHAR : SIZE_HALF;
        Skip += Second == 'h';
        break;
    case 'l':
        Size = Second == 'l' ? SIZE_64 : SIZE_LONG;
        Skip += Second == 'l';
        break;
    case 'w': Size = SIZE_WIDE; break;
    case 'z':
    case 't':
    case 'j': Size = SIZE_64; break;
    case 'I':
        Size = sizeof(SIZE_T) == 8 ? SIZE_64 : SIZE_LONG;
        if (Second == '6' && RtlpPeek(Cursor, 2) == '4') {
            Size = SIZE_64;
            Skip = 3;
        } else if (Second == '3' && RtlpPeek(Cursor, 2) == '2') {
            Size = SIZE_LONG;
            Skip = 3;
        }
        break;
    default: return SIZE_DEFAULT;
    }
    RtlpSkip(Cursor, Skip);
    return Size;
}

static VOID RtlpParseSpec(FORMAT_CURSOR *Cursor, FORMAT_SPEC *Spec, va_list *Arguments)
{
    Spec->Flags = RtlpParseFlags(Cursor);
    Spec->Width = RtlpParseNumber(Cursor, Arguments);
    if (Spec->Width < 0) {
        Spec->Width = -Spec->Width;
        Spec->Flags |= FLAG_LEFT;
    }
    Spec->Precision = -1;
    if (RtlpPeek(Cursor, 0) == '.') {
        RtlpSkip(Cursor, 1);
        Spec->Precision = RtlpParseNumber(Cursor, Arguments);
    }
    Spec->Size = RtlpParseSize(Cursor);
    Spec->Type = RtlpPeek(Cursor, 0);
}

static VOID RtlpPutSigned(PRTLP_SINK Sink, const FORMAT_SPEC *Spec, LONG64 Value)
{
    WCHAR Sign = (Spec->Flags & FLAG_PLUS) ? '+' : (Spec->Flags & FLAG_SPACE) ? ' ' : 0;
    RtlpPutNumber(Sink, Spec, Value < 0 ? 0 - (ULONG64)Value : (ULONG64)Value, 10, Value < 0 ? '-' : Sign);
}

static LONG64 RtlpSignedArgument(const FORMAT_SPEC *Spec, va_list *Arguments)
{
    if (Spec->Size == SIZE_64) {
        return va_arg(*Arguments, LONG64);
    }
    if (Spec->Size == SIZE_HALF) {
        return (SHORT)va_arg(*Arguments, int);
    }
    if (Spec->Size == SIZE_CHAR) {
        return (signed char)va_arg(*Arguments, int);
    }
    return va_arg(*Arguments, LONG);
}

static ULONG64 RtlpUnsignedArgument(const FORMAT_SPEC *Spec, va_list *Arguments)
{
    if (Spec->Size == SIZE_64) {
        return va_arg(*Arguments, ULONG64);
    }
    if (Spec->Size == SIZE_HALF) {
        return (USHORT)va_arg(*Arguments, int);
    }
    if (Spec->Size == SIZE_CHAR) {
        return (UCHAR)va_arg(*Arguments, int);
    }
    return va_arg(*Arguments, ULONG);
}

static BOOLEAN RtlpIsWideText(const FORMAT_SPEC *Spec, BOOLEAN WideFormat)
{
    if (Spec->Size == SIZE_HALF) {
        return FALSE;
    }
    if (Spec->Size == SIZE_LONG || Spec->Size == SIZE_WIDE) {
        return TRUE;
    }
    return (Spec->Type == 'C' || Spec->Type == 'S') ? !WideFormat : WideFormat;
}

static VOID RtlpPutCounted(PRTLP_SINK Sink, const FORMAT_SPEC *Spec, const UNICODE_STRING *String)
{
    BOOLEAN Wide = Spec->Size == SIZE_WIDE || Spec->Size == SIZE_LONG;
    if (String == NULL || String->Buffer == NULL) {
        RtlpPutString(Sink, Spec, NULL, -1, FALSE);
    } else {
        RtlpPutString(Sink, Spec, String->Buffer, Wide ? String->Length / 2 : String->Length, Wide);
    }
}

static VOID RtlpPutArgument(PRTLP_SINK Sink, FORMAT_SPEC *Spec, BOOLEAN WideFormat, va_list *Arguments)
{
    WCHAR Char;
    switch (Spec->Type) {
    case 'd':
    case 'i': RtlpPutSigned(Sink, Spec, RtlpSignedArgument(Spec, Arguments)); break;
    case 'u': RtlpPutNumber(Sink, Spec, RtlpUnsignedArgument(Spec, Arguments), 10, 0); break;
    case 'o': RtlpPutNumber(Sink, Spec, RtlpUnsignedArgument(Spec, Arguments), 8, 0); break;
    case 'x':
    case 'X': RtlpPutNumber(Sink, Spec, RtlpUnsignedArgument(Spec, Arguments), 16, 0); break;
    case 'p':
        Spec->Precision = 2 * sizeof(PVOID);
        RtlpPutNumber(Sink, Spec, (ULONG_PTR)va_arg(*Arguments, PVOID), 16, 0);
        break;
    case 'c':
    case 'C':
        Char = (WCHAR)va_arg(*Arguments, int);
        RtlpPutText(Sink, Spec, &Char, 1, RtlpIsWideText(Spec, WideFormat));
        break;
    case 's':
    case 'S': RtlpPutString(Sink, Spec, va_arg(*Arguments, PVOID), -1, RtlpIsWideText(Spec, WideFormat)); break;
    case 'Z': RtlpPutCounted(Sink, Spec, va_arg(*Arguments, PUNICODE_STRING)); break;
    default: RtlpPut(Sink, Spec->Type); /* %%, and what nobody defined */
    }
}

VOID RtlpFormat(PRTLP_SINK Sink, const VOID *Format, va_list Arguments)
{
    FORMAT_CURSOR Cursor = {Format, Sink->Wide};
    FORMAT_SPEC Spec;
    va_list Rest;
    WCHAR Char;
    va_copy(Rest, Arguments);
    for (; (Char = RtlpPeek(&Cursor, 0)) != 0; RtlpSkip(&Cursor, 1)) {
        if (Char != '%') {
            RtlpPut(Sink, Char);
            continue;
        }
        RtlpSkip(&Cursor, 1);
        RtlpParseSpec(&Cursor, &Spec, &Rest);
        if (Spec.Type == 0) {
            break;
        }
        RtlpPutArgument(Sink, &Spec, Sink->Wide, &Rest);
    }
    va_end(Rest);
}
