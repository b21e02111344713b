/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secdesc.c - security descriptors: absolute ones hold pointers, self-relative ones offsets. Source: Microsoft:
 * RtlCreateSecurityDescriptor and its relatives; SECURITY_DESCRIPTOR_RELATIVE.
 */
#include "rtl.h"

typedef enum { PartOwner, PartGroup, PartSacl, PartDacl, PartCount } PART;

static PVOID RtlpPart(PSECURITY_DESCRIPTOR Descriptor, PART Part)
{
    PISECURITY_DESCRIPTOR Absolute = Descriptor;
    if (Part == PartSacl && !(Absolute->Control & SE_SACL_PRESENT)) {
        return NULL;
    }
    if (Part == PartDacl && !(Absolute->Control & SE_DACL_PRESENT)) {
        return NULL;
    }
    if (Absolute->Control & SE_SELF_RELATIVE) {
        ULONG Offset = (&((PISECURITY_DESCRIPTOR_RELATIVE)Descriptor)->Owner)[Part];
        return Offset ? (PUCHAR)Descriptor + Offset : NULL;
    }
    return (&Absolute->Owner)[Part];
}

static ULONG RtlpPartLength(PVOID Data, PART Part)
{
    if (Data == NULL) {
        return 0;
    }
    return ((Part <= PartGroup ? RtlLengthSid(Data) : ((PACL)Data)->AclSize) + 3) & ~3U;
}

static NTSTATUS RtlpSetPart(PSECURITY_DESCRIPTOR Descriptor, PART Part, PVOID Data, USHORT Set, USHORT Mask)
{
    PISECURITY_DESCRIPTOR Absolute = Descriptor;
    if (Absolute->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    if (Absolute->Control & SE_SELF_RELATIVE) {
        return STATUS_INVALID_SECURITY_DESCR;
    }
    *(PVOID *)(&Absolute->Owner + Part) = Data;
    Absolute->Control = (Absolute->Control & ~Mask) | Set;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    memset(SecurityDescriptor, 0, sizeof(SECURITY_DESCRIPTOR));
    ((PISECURITY_DESCRIPTOR)SecurityDescriptor)->Revision = SECURITY_DESCRIPTOR_REVISION;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent, PACL Dacl,
                                            BOOLEAN DaclDefaulted)
{
    USHORT Set = DaclPresent ? SE_DACL_PRESENT | (DaclDefaulted ? SE_DACL_DEFAULTED : 0) : 0;
    return RtlpSetPart(SecurityDescriptor, PartDacl, DaclPresent ? Dacl : NULL, Set,
                       SE_DACL_PRESENT | SE_DACL_DEFAULTED);
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                             BOOLEAN OwnerDefaulted)
{
    return RtlpSetPart(SecurityDescriptor, PartOwner, Owner, OwnerDefaulted ? SE_OWNER_DEFAULTED : 0,
                       SE_OWNER_DEFAULTED);
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                             BOOLEAN GroupDefaulted)
{
    return RtlpSetPart(SecurityDescriptor, PartGroup, Group, GroupDefaulted ? SE_GROUP_DEFAULTED : 0,
                       SE_GROUP_DEFAULTED);
}

static NTSTATUS RtlpGetAcl(PSECURITY_DESCRIPTOR Descriptor, PART Part, USHORT Present, USHORT Defaulted,
                           PBOOLEAN IsPresent, PACL *Acl, PBOOLEAN IsDefaulted)
{
    USHORT Control = ((PISECURITY_DESCRIPTOR)Descriptor)->Control;
    *IsPresent = (Control & Present) != 0;
    if (!*IsPresent) {
        return STATUS_SUCCESS;
    }
    *Acl = RtlpPart(Descriptor, Part);
    *IsDefaulted = (Control & Defaulted) != 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent, PACL *Dacl,
                                            PBOOLEAN DaclDefaulted)
{
    return RtlpGetAcl(SecurityDescriptor, PartDacl, SE_DACL_PRESENT, SE_DACL_DEFAULTED, DaclPresent, Dacl,
                      DaclDefaulted);
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent, PACL *Sacl,
                                            PBOOLEAN SaclDefaulted)
{
    return RtlpGetAcl(SecurityDescriptor, PartSacl, SE_SACL_PRESENT, SE_SACL_DEFAULTED, SaclPresent, Sacl,
                      SaclDefaulted);
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                             PBOOLEAN OwnerDefaulted)
{
    *Owner = RtlpPart(SecurityDescriptor, PartOwner);
    *OwnerDefaulted = (((PISECURITY_DESCRIPTOR)SecurityDescriptor)->Control & SE_OWNER_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                             PBOOLEAN GroupDefaulted)
{
    *Group = RtlpPart(SecurityDescriptor, PartGroup);
    *GroupDefaulted = (((PISECURITY_DESCRIPTOR)SecurityDescriptor)->Control & SE_GROUP_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PISECURITY_DESCRIPTOR Absolute = SecurityDescriptor;
    if (Absolute == NULL || Absolute->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return FALSE;
    }
    for (PART Part = PartOwner; Part < PartCount; Part++) {
        PVOID Data = RtlpPart(SecurityDescriptor, Part);
        if (Data != NULL && !(Part <= PartGroup ? RtlValidSid(Data) : RtlValidAcl(Data))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Bytes of the descriptor with its parts, as it would be self-relative. */
static ULONG RtlpRelativeLength(PSECURITY_DESCRIPTOR Descriptor)
{
    ULONG Length = sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    for (PART Part = PartOwner; Part < PartCount; Part++) {
        Length += RtlpPartLength(RtlpPart(Descriptor, Part), Part);
    }
    return Length;
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PISECURITY_DESCRIPTOR Absolute = SecurityDescriptor;
    ULONG Length = RtlpRelativeLength(SecurityDescriptor);
    if (Absolute->Control & SE_SELF_RELATIVE) {
        return Length;
    }
    return Length - sizeof(SECURITY_DESCRIPTOR_RELATIVE) + sizeof(SECURITY_DESCRIPTOR);
}

NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PULONG BufferLength)
{
    PISECURITY_DESCRIPTOR From = AbsoluteSecurityDescriptor;
    PISECURITY_DESCRIPTOR_RELATIVE To = SelfRelativeSecurityDescriptor;
    ULONG Offset = sizeof(SECURITY_DESCRIPTOR_RELATIVE), Length = RtlpRelativeLength(From);
    if (From->Control & SE_SELF_RELATIVE) {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    if (*BufferLength < Length) {
        *BufferLength = Length;
        return STATUS_BUFFER_TOO_SMALL;
    }
    memset(To, 0, Length);
    To->Revision = From->Revision;
    To->Sbz1 = From->Sbz1;
    To->Control = From->Control | SE_SELF_RELATIVE;
    for (PART Part = PartOwner; Part < PartCount; Part++) {
        PVOID Data = RtlpPart(From, Part);
        if (Data == NULL) {
            continue;
        }
        memcpy((PUCHAR)To + Offset, Data, Part <= PartGroup ? RtlLengthSid(Data) : ((PACL)Data)->AclSize);
        (&To->Owner)[Part] = Offset;
        Offset += RtlpPartLength(Data, Part);
    }
    return STATUS_SUCCESS;
}
