/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.c - file names: parts and wildcards. IRQL <= APC_LEVEL. Source: Microsoft: FsRtlDissectName,
 * FsRtlIsNameInExpression, FsRtlDoesNameContainWildCards.
 */
#include "rtl.h"

/*
 * Beside * and ?, an expression may hold DOS_STAR '<' (any characters, up to the last dot of the name), DOS_QM '>' (one
 * character, or nothing at a dot or the end) and DOS_DOT '"' (a dot, or nothing at the end).
 */

/* First part and the rest, without the backslashes between and before. */
VOID NTAPI FsRtlDissectName(UNICODE_STRING Path, PUNICODE_STRING FirstName, PUNICODE_STRING RemainingName)
{
    USHORT Count = Path.Length / sizeof(WCHAR), Start = 0, End;
    memset(FirstName, 0, sizeof(*FirstName));
    memset(RemainingName, 0, sizeof(*RemainingName));
    if (Count == 0) {
        return;
    }
    if (Path.Buffer[0] == '\\') {
        Start = 1;
    }
    for (End = Start; End < Count && Path.Buffer[End] != '\\';) {
        End++;
    }
    FirstName->Buffer = &Path.Buffer[Start];
    FirstName->Length = FirstName->MaximumLength = (USHORT)((End - Start) * sizeof(WCHAR));
    if (End >= Count) {
        return;
    }
    RemainingName->Buffer = &Path.Buffer[End + 1];
    RemainingName->Length = RemainingName->MaximumLength = (USHORT)((Count - End - 1) * sizeof(WCHAR));
}

BOOLEAN NTAPI FsRtlDoesNameContainWildCards(PUNICODE_STRING Name)
{
    for (USHORT Index = 0; Index < Name->Length / sizeof(WCHAR); Index++) {
        WCHAR Char = Name->Buffer[Index];
        if (Char == '*' || Char == '?' || Char == DOS_STAR || Char == DOS_QM || Char == DOS_DOT) {
            return TRUE;
        }
    }
    return FALSE;
}

typedef struct _MATCH {
    PCWCH Pattern, PatternEnd;
    PCWCH NameEnd, LastDot; /* LastDot: NULL = the name has none */
    BOOLEAN IgnoreCase;
} MATCH;

static BOOLEAN RtlpMatch(const MATCH *Match, PCWCH Pattern, PCWCH Name);

/* Pattern is behind a star. Limit: how far it may reach. */
static BOOLEAN RtlpMatchStar(const MATCH *Match, PCWCH Pattern, PCWCH Name, PCWCH Limit)
{
    if (Pattern == Match->PatternEnd && Limit == Match->NameEnd) {
        return TRUE;
    }
    for (; Name <= Limit; Name++) {
        if (RtlpMatch(Match, Pattern, Name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN RtlpMatch(const MATCH *Match, PCWCH Pattern, PCWCH Name)
{
    for (; Pattern < Match->PatternEnd; Pattern++) {
        BOOLEAN AtEnd = Name == Match->NameEnd;
        if (*Pattern == '*') {
            return RtlpMatchStar(Match, Pattern + 1, Name, Match->NameEnd);
        }
        if (*Pattern == DOS_STAR) {
            PCWCH Dot = Match->LastDot;
            return RtlpMatchStar(Match, Pattern + 1, Name, Dot != NULL && Dot >= Name ? Dot : Match->NameEnd);
        }
        if (*Pattern == DOS_QM && (AtEnd || *Name == '.')) {
            continue;
        }
        if (*Pattern == DOS_DOT && AtEnd) {
            continue;
        }
        if (AtEnd) {
            return FALSE;
        }
        if (*Pattern == DOS_DOT) {
            if (*Name != '.') {
                return FALSE;
            }
        } else if (*Pattern != '?' && *Pattern != DOS_QM && *Pattern != *Name &&
                   !(Match->IgnoreCase && *Pattern == RtlpUpcase(*Name))) {
            return FALSE;
        }
        Name++;
    }
    return Name == Match->NameEnd;
}

/* If IgnoreCase, the expression is in capitals already (the caller's duty). */
BOOLEAN NTAPI FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name, BOOLEAN IgnoreCase,
                                      PWCHAR UpcaseTable)
{
    MATCH Match = {Expression->Buffer, Expression->Buffer + Expression->Length / sizeof(WCHAR),
                   Name->Buffer + Name->Length / sizeof(WCHAR), NULL, IgnoreCase};
    UNREFERENCED_PARAMETER(UpcaseTable);
    if (Name->Length == 0 || Expression->Length == 0) {
        return Name->Length == Expression->Length;
    }
    for (PCWCH Char = Name->Buffer; Char < Match.NameEnd; Char++) {
        if (*Char == '.') {
            Match.LastDot = Char;
        }
    }
    return RtlpMatch(&Match, Match.Pattern, Name->Buffer);
}

BOOLEAN NTAPI FsRtlAreNamesEqual(PCUNICODE_STRING ConstantNameA, PCUNICODE_STRING ConstantNameB, BOOLEAN IgnoreCase,
                                 PCWCH UpcaseTable)
{
    UNREFERENCED_PARAMETER(UpcaseTable);
    return RtlEqualUnicodeString(ConstantNameA, ConstantNameB, IgnoreCase);
}

/* Is Status one that a file system may return where exceptions are filtered? All but those of faulty code. */
BOOLEAN NTAPI FsRtlIsNtstatusExpected(NTSTATUS Ntstatus)
{
    return Ntstatus != STATUS_DATATYPE_MISALIGNMENT && Ntstatus != STATUS_ACCESS_VIOLATION &&
           Ntstatus != STATUS_ILLEGAL_INSTRUCTION && Ntstatus != STATUS_INSTRUCTION_MISALIGNMENT;
}
