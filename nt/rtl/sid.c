/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sid.c - security identifiers. Source: Microsoft: RtlInitializeSid and its relatives; SID structure. */
#include "rtl.h"

#define SID_HEADER FIELD_OFFSET(SID, SubAuthority)

BOOLEAN NTAPI RtlValidSid(PSID Sid)
{
    PISID Id = Sid;
    return Id != NULL && (Id->Revision & 15) == SID_REVISION && Id->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount) { return SID_HEADER + SubAuthorityCount * sizeof(ULONG); }
ULONG NTAPI RtlLengthSid(PSID Sid) { return RtlLengthRequiredSid(((PISID)Sid)->SubAuthorityCount); }
PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority) { return &((PISID)Sid)->SubAuthority[SubAuthority]; }
PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid) { return &((PISID)Sid)->SubAuthorityCount; }

NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount)
{
    PISID Id = Sid;
    if (SubAuthorityCount > SID_MAX_SUB_AUTHORITIES) {
        return STATUS_INVALID_PARAMETER;
    }
    Id->Revision = SID_REVISION;
    Id->SubAuthorityCount = SubAuthorityCount;
    Id->IdentifierAuthority = *IdentifierAuthority;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2)
{
    ULONG Length = RtlLengthSid(Sid1);
    return Length == RtlLengthSid(Sid2) && memcmp(Sid1, Sid2, Length) == 0;
}

/* Equal but for the last sub-authority. */
BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2)
{
    ULONG Count = ((PISID)Sid1)->SubAuthorityCount;
    if (Count != ((PISID)Sid2)->SubAuthorityCount) {
        return FALSE;
    }
    return Count == 0 || memcmp(Sid1, Sid2, RtlLengthRequiredSid(Count - 1)) == 0;
}

NTSTATUS NTAPI RtlCopySid(ULONG Length, PSID Destination, PSID Source)
{
    if (RtlLengthSid(Source) > Length) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(Destination, Source, RtlLengthSid(Source));
    return STATUS_SUCCESS;
}

/* S-1-authority-sub-sub. */
NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid, BOOLEAN AllocateDestinationString)
{
    PISID Id = Sid;
    WCHAR Text[256];
    ULONG64 Authority = 0;
    int Count;
    if (!RtlValidSid(Sid)) {
        return STATUS_INVALID_SID;
    }
    for (ULONG Index = 0; Index < 6; Index++) {
        Authority = Authority << 8 | Id->IdentifierAuthority.Value[Index];
    }
    Count = _snwprintf(Text, RTL_NUMBER_OF(Text), Authority >> 32 ? L"S-1-0x%I64X" : L"S-1-%I64u", Authority);
    for (ULONG Index = 0; Index < Id->SubAuthorityCount; Index++) {
        Count += _snwprintf(Text + Count, RTL_NUMBER_OF(Text) - (size_t)Count, L"-%u", Id->SubAuthority[Index]);
    }
    if (AllocateDestinationString) {
        return RtlCreateUnicodeString(UnicodeString, Text) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    if ((ULONG)Count * sizeof(WCHAR) > UnicodeString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    UnicodeString->Length = 0;
    return RtlAppendUnicodeToString(UnicodeString, Text);
}
