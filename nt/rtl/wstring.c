/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wstring.c - the C library's routines for strings of WCHAR as ntoskrnl exports them. Any IRQL. */
#include "rtl.h"

static inline int RtlpLowerWide(WCHAR Char) { return Char >= 'A' && Char <= 'Z' ? Char + 32 : Char; }

wint_t towlower(wint_t Char) { return RtlDowncaseUnicodeChar(Char); }
wint_t towupper(wint_t Char) { return RtlUpcaseUnicodeChar(Char); }

size_t wcslen(const wchar_t *String)
{
    size_t Length = 0;
    while (String[Length]) {
        Length++;
    }
    return Length;
}

size_t wcsnlen(const wchar_t *String, size_t Limit)
{
    size_t Length = 0;
    while (Length < Limit && String[Length]) {
        Length++;
    }
    return Length;
}

wchar_t *wcscpy(wchar_t *To, const wchar_t *From)
{
    wchar_t *Start = To;
    while ((*To++ = *From++)) {
        continue;
    }
    return Start;
}

wchar_t *wcsncpy(wchar_t *To, const wchar_t *From, size_t Count)
{
    size_t Index = 0;
    for (; Index < Count && From[Index]; Index++) {
        To[Index] = From[Index];
    }
    for (; Index < Count; Index++) {
        To[Index] = 0;
    }
    return To;
}

wchar_t *wcscat(wchar_t *To, const wchar_t *From)
{
    wcscpy(To + wcslen(To), From);
    return To;
}

wchar_t *wcsncat(wchar_t *To, const wchar_t *From, size_t Count)
{
    wchar_t *End = To + wcslen(To);
    while (Count-- && *From) {
        *End++ = *From++;
    }
    *End = 0;
    return To;
}

int wcsncmp(const wchar_t *One, const wchar_t *Two, size_t Count)
{
    for (; Count; Count--, One++, Two++) {
        if (*One != *Two) {
            return *One < *Two ? -1 : 1;
        }
        if (*One == 0) {
            break;
        }
    }
    return 0;
}

int wcscmp(const wchar_t *One, const wchar_t *Two) { return wcsncmp(One, Two, (size_t)-1); }

int _wcsnicmp(const wchar_t *One, const wchar_t *Two, size_t Count)
{
    for (; Count; Count--, One++, Two++) {
        int A = RtlpLowerWide(*One), B = RtlpLowerWide(*Two);
        if (A != B) {
            return A - B;
        }
        if (A == 0) {
            break;
        }
    }
    return 0;
}

int _wcsicmp(const wchar_t *One, const wchar_t *Two) { return _wcsnicmp(One, Two, (size_t)-1); }

wchar_t *wcschr(const wchar_t *String, wchar_t Char)
{
    for (;; String++) {
        if (*String == Char) {
            return (wchar_t *)String;
        }
        if (*String == 0) {
            return NULL;
        }
    }
}

wchar_t *wcsrchr(const wchar_t *String, wchar_t Char)
{
    const wchar_t *Found = NULL;
    for (;; String++) {
        if (*String == Char) {
            Found = String;
        }
        if (*String == 0) {
            return (wchar_t *)Found;
        }
    }
}

wchar_t *wcsstr(const wchar_t *String, const wchar_t *Part)
{
    size_t Length = wcslen(Part);
    for (;; String++) {
        if (wcsncmp(String, Part, Length) == 0) {
            return (wchar_t *)String;
        }
        if (*String == 0) {
            return NULL;
        }
    }
}

size_t wcsspn(const wchar_t *String, const wchar_t *Set)
{
    size_t Count = 0;
    while (String[Count] && wcschr(Set, String[Count])) {
        Count++;
    }
    return Count;
}

wchar_t *_wcslwr(wchar_t *String)
{
    for (wchar_t *Char = String; *Char; Char++) {
        *Char = RtlDowncaseUnicodeChar(*Char);
    }
    return String;
}

wchar_t *_wcsupr(wchar_t *String)
{
    for (wchar_t *Char = String; *Char; Char++) {
        *Char = RtlUpcaseUnicodeChar(*Char);
    }
    return String;
}

int _wtoi(const wchar_t *String)
{
    ULONG Value = 0;
    BOOLEAN Minus;
    while (*String == ' ' || (*String >= 9 && *String <= 13)) {
        String++;
    }
    Minus = *String == '-';
    if (*String == '-' || *String == '+') {
        String++;
    }
    while (*String >= '0' && *String <= '9') {
        Value = Value * 10 + (ULONG)(*String++ - '0');
    }
    return (int)(Minus ? 0 - Value : Value);
}

/* Returns the characters written, the terminating zero not counted; To NULL: those needed. */
size_t wcstombs(char *To, const wchar_t *From, size_t Count)
{
    size_t Index = 0;
    for (; To == NULL || Index < Count; Index++) {
        if (To != NULL) {
            To[Index] = RtlpUnicodeToAnsi(From[Index]);
        }
        if (From[Index] == 0) {
            break;
        }
    }
    return Index;
}

size_t mbstowcs(wchar_t *To, const char *From, size_t Count)
{
    size_t Index = 0;
    for (; To == NULL || Index < Count; Index++) {
        if (To != NULL) {
            To[Index] = RtlpAnsiToUnicode(From[Index]);
        }
        if (From[Index] == 0) {
            break;
        }
    }
    return Index;
}
