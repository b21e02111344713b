/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acl.c - access control lists: an ACL header, then entries one behind the other. Source: Microsoft: RtlCreateAcl and
 * its relatives; ACL, ACE structures. */
#include "rtl.h"

NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    if (AclLength < sizeof(ACL)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (AclRevision < ACL_REVISION || AclRevision > ACL_REVISION_DS || AclLength > 0xffff) {
        return STATUS_INVALID_PARAMETER;
    }
    memset(Acl, 0, sizeof(*Acl));
    Acl->AclRevision = (UCHAR)AclRevision;
    Acl->AclSize = (USHORT)(AclLength & ~3U);
    return STATUS_SUCCESS;
}

/* The place of entry Index; Index = AceCount: behind the last. NULL: the list is malformed. */
static PACE_HEADER RtlpAce(PACL Acl, ULONG Index)
{
    PUCHAR At = (PUCHAR)(Acl + 1), End = (PUCHAR)Acl + Acl->AclSize;
    for (; Index; Index--) {
        if (At + sizeof(ACE_HEADER) > End || ((PACE_HEADER)At)->AceSize < sizeof(ACE_HEADER)) {
            return NULL;
        }
        At += ((PACE_HEADER)At)->AceSize;
    }
    return At <= End ? (PACE_HEADER)At : NULL;
}

BOOLEAN NTAPI RtlValidAcl(PACL Acl)
{
    return Acl->AclRevision >= 2 && Acl->AclRevision <= 4 && Acl->AclSize >= sizeof(ACL) &&
           RtlpAce(Acl, Acl->AceCount) != NULL;
}

BOOLEAN NTAPI RtlFirstFreeAce(PACL Acl, PVOID *FirstFree)
{
    *FirstFree = RtlpAce(Acl, Acl->AceCount);
    return *FirstFree != NULL;
}

NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    if (AceIndex >= Acl->AceCount) {
        return STATUS_INVALID_PARAMETER;
    }
    *Ace = RtlpAce(Acl, AceIndex);
    return *Ace ? STATUS_SUCCESS : STATUS_INVALID_ACL;
}

NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    PUCHAR Ace, Next, End;
    if (AceIndex >= Acl->AceCount) {
        return STATUS_INVALID_PARAMETER;
    }
    End = (PUCHAR)RtlpAce(Acl, Acl->AceCount);
    if (End == NULL) {
        return STATUS_INVALID_ACL;
    }
    Ace = (PUCHAR)RtlpAce(Acl, AceIndex);
    Next = Ace + ((PACE_HEADER)Ace)->AceSize;
    memmove(Ace, Next, (SIZE_T)(End - Next));
    Acl->AceCount--;
    return STATUS_SUCCESS;
}

/* Insert a list of entries before StartingAceIndex (MAXULONG: at the end). */
NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList, ULONG AceListLength)
{
    PUCHAR At, End = (PUCHAR)RtlpAce(Acl, Acl->AceCount), Limit = (PUCHAR)Acl + Acl->AclSize;
    ULONG Count = 0, Offset = 0;
    if (End == NULL) {
        return STATUS_INVALID_ACL;
    }
    while (Offset + sizeof(ACE_HEADER) <= AceListLength) {
        ULONG Size = ((PACE_HEADER)((PUCHAR)AceList + Offset))->AceSize;
        if (Size < sizeof(ACE_HEADER)) {
            return STATUS_INVALID_PARAMETER;
        }
        Offset += Size;
        Count++;
    }
    if (Offset != AceListLength) {
        return STATUS_INVALID_PARAMETER;
    }
    if (AceListLength > (ULONG)(Limit - End)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    At = StartingAceIndex < Acl->AceCount ? (PUCHAR)RtlpAce(Acl, StartingAceIndex) : End;
    memmove(At + AceListLength, At, (SIZE_T)(End - At));
    memcpy(At, AceList, AceListLength);
    Acl->AceCount += (USHORT)Count;
    if (AceRevision > Acl->AclRevision) {
        Acl->AclRevision = (UCHAR)AceRevision;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RtlpAddKnownAce(PACL Acl, ULONG Revision, UCHAR Type, ULONG Flags, ACCESS_MASK Mask, PSID Sid)
{
    PACCESS_ALLOWED_ACE Ace = (PACCESS_ALLOWED_ACE)RtlpAce(Acl, Acl->AceCount);
    ULONG Size = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(Sid);
    if (!RtlValidSid(Sid)) {
        return STATUS_INVALID_SID;
    }
    if (Ace == NULL) {
        return STATUS_INVALID_ACL;
    }
    if (Size > (ULONG)((PUCHAR)Acl + Acl->AclSize - (PUCHAR)Ace)) {
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    }
    Ace->Header.AceType = Type;
    Ace->Header.AceFlags = (UCHAR)Flags;
    Ace->Header.AceSize = (USHORT)Size;
    Ace->Mask = Mask;
    memcpy(&Ace->SidStart, Sid, RtlLengthSid(Sid));
    Acl->AceCount++;
    if (Revision > Acl->AclRevision) {
        Acl->AclRevision = (UCHAR)Revision;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return RtlpAddKnownAce(Acl, AceRevision, ACCESS_ALLOWED_ACE_TYPE, 0, AccessMask, Sid);
}

NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask, PSID Sid)
{
    return RtlpAddKnownAce(Acl, AceRevision, ACCESS_ALLOWED_ACE_TYPE, AceFlags, AccessMask, Sid);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return RtlpAddKnownAce(Acl, AceRevision, ACCESS_DENIED_ACE_TYPE, 0, AccessMask, Sid);
}

VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, PGENERIC_MAPPING GenericMapping)
{
    ACCESS_MASK Mask = *AccessMask;
    if (Mask & GENERIC_READ) {
        Mask |= GenericMapping->GenericRead;
    }
    if (Mask & GENERIC_WRITE) {
        Mask |= GenericMapping->GenericWrite;
    }
    if (Mask & GENERIC_EXECUTE) {
        Mask |= GenericMapping->GenericExecute;
    }
    if (Mask & GENERIC_ALL) {
        Mask |= GenericMapping->GenericAll;
    }
    *AccessMask = Mask & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
}
