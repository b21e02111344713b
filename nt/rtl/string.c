/* SPDX-License-Identifier: GPL-2.0-or-later */
/* string.c - the C library's string routines as ntoskrnl exports them. Any IRQL; letters are ASCII only. */
#include "rtl.h"

static inline int RtlpLower(int Char) { return Char >= 'A' && Char <= 'Z' ? Char + 32 : Char; }
static inline int RtlpUpper(int Char) { return Char >= 'a' && Char <= 'z' ? Char - 32 : Char; }

int tolower(int Char) { return RtlpLower(Char); }
int toupper(int Char) { return RtlpUpper(Char); }
int isdigit(int Char) { return Char >= '0' && Char <= '9'; }
int isupper(int Char) { return Char >= 'A' && Char <= 'Z'; }
int islower(int Char) { return Char >= 'a' && Char <= 'z'; }
int isspace(int Char) { return Char == ' ' || (Char >= 9 && Char <= 13); }
int isprint(int Char) { return Char >= 0x20 && Char < 0x7f; }
int isxdigit(int Char) { return isdigit(Char) || (RtlpLower(Char) >= 'a' && RtlpLower(Char) <= 'f'); }

size_t strlen(const char *String)
{
    size_t Length = 0;
    while (String[Length]) {
        Length++;
    }
    return Length;
}

size_t strnlen(const char *String, size_t Limit)
{
    size_t Length = 0;
    while (Length < Limit && String[Length]) {
        Length++;
    }
    return Length;
}

char *strcpy(char *To, const char *From)
{
    char *Start = To;
    while ((*To++ = *From++)) {
        continue;
    }
    return Start;
}

/* Fills the rest of the Count characters with zeros, as C says. */
char *strncpy(char *To, const char *From, size_t Count)
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

char *strcat(char *To, const char *From)
{
    strcpy(To + strlen(To), From);
    return To;
}

char *strncat(char *To, const char *From, size_t Count)
{
    char *End = To + strlen(To);
    while (Count-- && *From) {
        *End++ = *From++;
    }
    *End = 0;
    return To;
}

int strcmp(const char *One, const char *Two)
{
    while (*One && *One == *Two) {
        One++, Two++;
    }
    return (*(const UCHAR *)One > *(const UCHAR *)Two) - (*(const UCHAR *)One < *(const UCHAR *)Two);
}

int strncmp(const char *One, const char *Two, size_t Count)
{
    for (; Count; Count--, One++, Two++) {
        if (*One != *Two) {
            return *(const UCHAR *)One - *(const UCHAR *)Two;
        }
        if (*One == 0) {
            break;
        }
    }
    return 0;
}

int _strnicmp(const char *One, const char *Two, size_t Count)
{
    for (; Count; Count--, One++, Two++) {
        int A = RtlpLower(*(const UCHAR *)One), B = RtlpLower(*(const UCHAR *)Two);
        if (A != B) {
            return A - B;
        }
        if (A == 0) {
            break;
        }
    }
    return 0;
}

int _stricmp(const char *One, const char *Two) { return _strnicmp(One, Two, (size_t)-1); }

char *strchr(const char *String, int Char)
{
    for (;; String++) {
        if (*String == (char)Char) {
            return (char *)String;
        }
        if (*String == 0) {
            return NULL;
        }
    }
}

char *strrchr(const char *String, int Char)
{
    const char *Found = NULL;
    for (;; String++) {
        if (*String == (char)Char) {
            Found = String;
        }
        if (*String == 0) {
            return (char *)Found;
        }
    }
}

char *strstr(const char *String, const char *Part)
{
    size_t Length = strlen(Part);
    for (;; String++) {
        if (strncmp(String, Part, Length) == 0) {
            return (char *)String;
        }
        if (*String == 0) {
            return NULL;
        }
    }
}

size_t strspn(const char *String, const char *Set)
{
    size_t Count = 0;
    while (String[Count] && strchr(Set, String[Count])) {
        Count++;
    }
    return Count;
}

char *_strlwr(char *String)
{
    for (char *Char = String; *Char; Char++) {
        *Char = (char)RtlpLower((UCHAR)*Char);
    }
    return String;
}

char *_strupr(char *String)
{
    for (char *Char = String; *Char; Char++) {
        *Char = (char)RtlpUpper((UCHAR)*Char);
    }
    return String;
}

int atoi(const char *String)
{
    ULONG Value = 0;
    BOOLEAN Minus;
    while (isspace((UCHAR)*String)) {
        String++;
    }
    Minus = *String == '-';
    if (*String == '-' || *String == '+') {
        String++;
    }
    while (isdigit((UCHAR)*String)) {
        Value = Value * 10 + (ULONG)(*String++ - '0');
    }
    return (int)(Minus ? 0 - Value : Value);
}

long atol(const char *String) { return atoi(String); }
