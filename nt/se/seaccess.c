/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seaccess.c - security as far as drivers ask for it. Approximated: every client here is Local System with all
 * privileges, so that access is always granted and descriptors are stored nowhere.
 */
#include "ex.h"
#include "ob.h"

static PVOID SepSystemToken; /* a token object without contents that drivers could see */

VOID SeInitSystem(VOID);
VOID SeInitSystem(VOID) { SepSystemToken = ObAllocateSystemObject(ObpTokenType, 64); }

/* Microsoft: SeSinglePrivilegeCheck, SePrivilegeCheck. PASSIVE_LEVEL. */
BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID Privilege, KPROCESSOR_MODE Mode)
{
    UNREFERENCED_PARAMETER(Privilege);
    UNREFERENCED_PARAMETER(Mode);
    return TRUE;
}

BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET Privileges, PSECURITY_SUBJECT_CONTEXT Subject, KPROCESSOR_MODE Mode)
{
    UNREFERENCED_PARAMETER(Privileges);
    UNREFERENCED_PARAMETER(Subject);
    UNREFERENCED_PARAMETER(Mode);
    return TRUE;
}

/* Microsoft: SeCaptureSubjectContext, SeReleaseSubjectContext, SeLock..., SeUnlock.... PASSIVE_LEVEL. */
VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT Subject)
{
    Subject->ClientToken = NULL;
    Subject->ImpersonationLevel = SecurityAnonymous;
    Subject->PrimaryToken = SepSystemToken;
    Subject->ProcessAuditId = NULL;
}

VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT Subject) { Subject->PrimaryToken = NULL; }
VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT Subject) { UNREFERENCED_PARAMETER(Subject); }
VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT Subject) { UNREFERENCED_PARAMETER(Subject); }

/* Microsoft: SeAccessCheck. PASSIVE_LEVEL. */
BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR Descriptor, PSECURITY_SUBJECT_CONTEXT Subject, BOOLEAN Locked,
                            ACCESS_MASK Desired, ACCESS_MASK Previously, PPRIVILEGE_SET *Privileges,
                            PGENERIC_MAPPING Mapping, KPROCESSOR_MODE Mode, PACCESS_MASK Granted, PNTSTATUS Status)
{
    UNREFERENCED_PARAMETER(Descriptor);
    UNREFERENCED_PARAMETER(Subject);
    UNREFERENCED_PARAMETER(Locked);
    UNREFERENCED_PARAMETER(Mode);
    if (Privileges) {
        *Privileges = NULL;
    }
    if (Desired & MAXIMUM_ALLOWED) {
        Desired = (Desired & ~MAXIMUM_ALLOWED) | Mapping->GenericAll;
    }
    *Granted = Desired | Previously;
    *Status = STATUS_SUCCESS;
    return TRUE;
}

BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    UNREFERENCED_PARAMETER(Token);
    return TRUE;
}

/* Local System: 0x3e7. */
NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID Id)
{
    UNREFERENCED_PARAMETER(Token);
    Id->LowPart = 0x3e7;
    Id->HighPart = 0;
    return STATUS_SUCCESS;
}

TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token)
{
    UNREFERENCED_PARAMETER(Token);
    return TokenPrimary;
}

/* Microsoft: SeCaptureSecurityDescriptor (exported for wdmsec.lib): a copy in pool, self-relative. */
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR Original, KPROCESSOR_MODE Mode, POOL_TYPE PoolType,
                                           BOOLEAN CaptureIfKernel, PSECURITY_DESCRIPTOR *Captured);
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR Original, KPROCESSOR_MODE Mode, POOL_TYPE PoolType,
                                           BOOLEAN CaptureIfKernel, PSECURITY_DESCRIPTOR *Captured)
{
    ULONG Length;

    UNREFERENCED_PARAMETER(Mode);
    UNREFERENCED_PARAMETER(CaptureIfKernel);
    if (!Original) {
        *Captured = NULL;
        return STATUS_SUCCESS;
    }
    Length = RtlLengthSecurityDescriptor(Original);
    *Captured = ExAllocatePoolWithTag(PoolType, Length, 0x63536553 /* SeSc */);
    if (!*Captured) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (((PISECURITY_DESCRIPTOR)Original)->Control & SE_SELF_RELATIVE) {
        memcpy(*Captured, Original, Length);
        return STATUS_SUCCESS;
    }
    return RtlAbsoluteToSelfRelativeSD(Original, *Captured, &Length);
}

NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR Captured, KPROCESSOR_MODE Mode,
                                           BOOLEAN CaptureIfKernel);
NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR Captured, KPROCESSOR_MODE Mode, BOOLEAN CaptureIfKernel)
{
    UNREFERENCED_PARAMETER(Mode);
    UNREFERENCED_PARAMETER(CaptureIfKernel);
    if (Captured) {
        ExFreePool(Captured);
    }
    return STATUS_SUCCESS;
}

/* Microsoft: ZwSetSecurityObject, ZwQuerySecurityObject, ObGetObjectSecurity, ObReleaseObjectSecurity. */
NTSTATUS NTAPI ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION Information, PSECURITY_DESCRIPTOR Descriptor)
{
    PVOID Object = ObpHandleObject(Handle);

    UNREFERENCED_PARAMETER(Information);
    UNREFERENCED_PARAMETER(Descriptor);
    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    ObDereferenceObject(Object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObGetObjectSecurity(PVOID Object, PSECURITY_DESCRIPTOR *Descriptor, PBOOLEAN Allocated)
{
    UNREFERENCED_PARAMETER(Object);
    *Descriptor = NULL;
    *Allocated = FALSE;
    return STATUS_SUCCESS;
}

VOID NTAPI ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR Descriptor, BOOLEAN Allocated)
{
    UNREFERENCED_PARAMETER(Descriptor);
    UNREFERENCED_PARAMETER(Allocated);
}

/* Microsoft: PsReferencePrimaryToken, PsDereferencePrimaryToken. */
PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    ObReferenceObject(SepSystemToken);
    return SepSystemToken;
}

VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN Token) { ObDereferenceObject(Token); }
