/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setoken.c - the one token, Local System, through handles. Approximated. PASSIVE_LEVEL. */
#include "ob.h"

static const struct {
    UCHAR Revision, Count, Identifier[6];
    ULONG Sub[1];
} SepSystemSid = {1, 1, {0, 0, 0, 0, 0, 5}, {18}};

/* Microsoft: ZwOpenProcessTokenEx, ZwOpenThreadTokenEx. No thread impersonates. */
NTSTATUS NTAPI ZwOpenProcessTokenEx(HANDLE Process, ACCESS_MASK Access, ULONG Attributes, PHANDLE Handle)
{
    PACCESS_TOKEN Token = PsReferencePrimaryToken(NULL);
    NTSTATUS Status = ObpCreateHandle(Token, Attributes, __builtin_return_address(0), Handle);

    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(Access);
    ObDereferenceObject(Token);
    return Status;
}

NTSTATUS NTAPI ZwOpenThreadTokenEx(HANDLE Thread, ACCESS_MASK Access, BOOLEAN OpenAsSelf, ULONG Attributes,
                                   PHANDLE Handle)
{
    UNREFERENCED_PARAMETER(Thread);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(OpenAsSelf);
    UNREFERENCED_PARAMETER(Attributes);
    UNREFERENCED_PARAMETER(Handle);
    return STATUS_NO_TOKEN;
}

static NTSTATUS SepQueryUser(PTOKEN_USER User, ULONG Length, PULONG Needed)
{
    *Needed = sizeof(*User) + sizeof(SepSystemSid);
    if (Length < *Needed) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    User->User.Sid = User + 1;
    User->User.Attributes = 0;
    memcpy(User + 1, &SepSystemSid, sizeof(SepSystemSid));
    return STATUS_SUCCESS;
}

/* Microsoft: ZwQueryInformationToken: TokenUser, TokenStatistics, TokenSessionId. */
NTSTATUS NTAPI ZwQueryInformationToken(HANDLE Handle, TOKEN_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                                       PULONG ReturnLength)
{
    PTOKEN_STATISTICS Statistics = Information;
    PVOID Token;
    NTSTATUS Status = ObReferenceObjectByHandle(Handle, 0, ObpTokenType, KernelMode, &Token, NULL);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    ObDereferenceObject(Token);
    switch (Class) {
    case TokenUser: return SepQueryUser(Information, Length, ReturnLength);
    case TokenStatistics:
        *ReturnLength = sizeof(*Statistics);
        if (Length < sizeof(*Statistics)) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        memset(Statistics, 0, sizeof(*Statistics));
        Statistics->AuthenticationId.LowPart = 0x3e7;
        Statistics->TokenType = TokenPrimary;
        return STATUS_SUCCESS;
    case TokenSessionId:
        *ReturnLength = sizeof(ULONG);
        if (Length < sizeof(ULONG)) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        *(PULONG)Information = 0;
        return STATUS_SUCCESS;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}
