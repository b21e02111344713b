/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port.c - communication ports. An open server port holds a rundown reference on its filter: a driver that does not
 * close it before FltUnregisterFilter hangs there (Microsoft: "Closing the Communication Server Port"). There are no
 * clients.
 */
#include "fltp.h"

struct _FLT_PORT {
    PFLT_FILTER Filter;
    PFLT_CONNECT_NOTIFY ConnectNotify;
    PFLT_DISCONNECT_NOTIFY DisconnectNotify;
    PFLT_MESSAGE_NOTIFY MessageNotify;
    PVOID Cookie;
    LONG MaxConnections;
};

static struct _OBJECT_TYPE FltpServerPortType = {.Name = RTL_CONSTANT_STRING(L"FilterConnectionPort")};

static VOID FltpFillPort(PFLT_PORT Port, PFLT_FILTER Filter, PVOID Cookie, PFLT_CONNECT_NOTIFY Connect,
                         PFLT_DISCONNECT_NOTIFY Disconnect, PFLT_MESSAGE_NOTIFY Message, LONG MaxConnections)
{
    Port->Filter = Filter;
    Port->ConnectNotify = Connect;
    Port->DisconnectNotify = Disconnect;
    Port->MessageNotify = Message;
    Port->Cookie = Cookie;
    Port->MaxConnections = MaxConnections;
}

/*
 * Microsoft: FltCreateCommunicationPort. STATUS_FLT_DELETING_OBJECT, STATUS_INSUFFICIENT_RESOURCES,
 * STATUS_INVALID_PARAMETER (no OBJ_KERNEL_HANDLE, no name, no connections), STATUS_OBJECT_NAME_COLLISION. IRQL
 * PASSIVE_LEVEL.
 */
NTSTATUS FLTAPI FltCreateCommunicationPort(PFLT_FILTER Filter, PFLT_PORT *ServerPort,
                                           POBJECT_ATTRIBUTES ObjectAttributes, PVOID ServerPortCookie,
                                           PFLT_CONNECT_NOTIFY ConnectNotifyCallback,
                                           PFLT_DISCONNECT_NOTIFY DisconnectNotifyCallback,
                                           PFLT_MESSAGE_NOTIFY MessageNotifyCallback, LONG MaxConnections)
{
    POBJECT_DIRECTORY Directory;
    UNICODE_STRING Name;
    PFLT_PORT Port;
    NTSTATUS Status;

    *ServerPort = NULL;
    if (ObjectAttributes->ObjectName == NULL || !(ObjectAttributes->Attributes & OBJ_KERNEL_HANDLE) ||
        MaxConnections < 1 || ConnectNotifyCallback == NULL || DisconnectNotifyCallback == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    Status = ObpParsePath(ObjectAttributes->ObjectName, &Directory, &Name);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (!ExAcquireRundownProtection(&Filter->Base.RundownRef)) {
        return STATUS_FLT_DELETING_OBJECT;
    }
    Port = ObAllocateObject(&FltpServerPortType, sizeof(*Port), &Name, __builtin_return_address(0));
    if (Port == NULL) {
        ExReleaseRundownProtection(&Filter->Base.RundownRef);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FltpFillPort(Port, Filter, ServerPortCookie, ConnectNotifyCallback, DisconnectNotifyCallback, MessageNotifyCallback,
                 MaxConnections);
    Status = ObpInsertName(Port, Directory);
    if (!NT_SUCCESS(Status)) {
        ExReleaseRundownProtection(&Filter->Base.RundownRef);
        ObfDereferenceObject(Port);
        return Status;
    }
    *ServerPort = Port;
    return STATUS_SUCCESS;
}

/* Microsoft: FltCloseCommunicationPort: no new connections from now on. IRQL PASSIVE_LEVEL. */
VOID FLTAPI FltCloseCommunicationPort(PFLT_PORT ServerPort)
{
    PFLT_FILTER Filter = ServerPort->Filter;

    ObpRemoveName(ServerPort);
    ObfDereferenceObject(ServerPort);
    ExReleaseRundownProtection(&Filter->Base.RundownRef);
}

/* Microsoft: FltCloseClientPort: sets the caller's variable to NULL; there is no connection to close. */
VOID FLTAPI FltCloseClientPort(PFLT_FILTER Filter, PFLT_PORT *ClientPort)
{
    UNREFERENCED_PARAMETER(Filter);
    *ClientPort = NULL;
}

/* Microsoft: FltSendMessage: nobody is connected, which is STATUS_PORT_DISCONNECTED. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltSendMessage(PFLT_FILTER Filter, PFLT_PORT *ClientPort, PVOID SenderBuffer, ULONG SenderBufferLength,
                               PVOID ReplyBuffer, PULONG ReplyLength, PLARGE_INTEGER Timeout)
{
    UNREFERENCED_PARAMETER(ClientPort);
    UNREFERENCED_PARAMETER(SenderBuffer);
    UNREFERENCED_PARAMETER(SenderBufferLength);
    UNREFERENCED_PARAMETER(ReplyBuffer);
    UNREFERENCED_PARAMETER(ReplyLength);
    UNREFERENCED_PARAMETER(Timeout);
    return Filter->Base.Flags & FLT_OBFL_DRAINING ? STATUS_FLT_DELETING_OBJECT : STATUS_PORT_DISCONNECTED;
}

/*
 * What FltBuildDefaultSecurityDescriptor returns: DesiredAccess for System and for the Administrators, for nobody else.
 */
typedef struct _FLTP_ACE {
    ACE_HEADER Header;
    ACCESS_MASK Mask;
    UCHAR Revision;
    UCHAR SubAuthorityCount;
    UCHAR IdentifierAuthority[6];
    ULONG SubAuthority[2];
} FLTP_ACE;

typedef struct _FLTP_DEFAULT_SECURITY {
    SECURITY_DESCRIPTOR Descriptor;
    ACL Acl;
    FLTP_ACE System;         /* S-1-5-18: its second sub-authority is slack */
    FLTP_ACE Administrators; /* S-1-5-32-544 */
} FLTP_DEFAULT_SECURITY, *PFLTP_DEFAULT_SECURITY;

static VOID FltpFillAce(FLTP_ACE *Ace, ACCESS_MASK Access, UCHAR Count, ULONG First, ULONG Second)
{
    RtlZeroMemory(Ace, sizeof(*Ace));
    Ace->Header.AceType = ACCESS_ALLOWED_ACE_TYPE;
    Ace->Header.AceSize = sizeof(*Ace);
    Ace->Mask = Access;
    Ace->Revision = SID_REVISION;
    Ace->SubAuthorityCount = Count;
    Ace->IdentifierAuthority[5] = 5;
    Ace->SubAuthority[0] = First;
    Ace->SubAuthority[1] = Second;
}

/* Microsoft: FltBuildDefaultSecurityDescriptor. Free it with FltFreeSecurityDescriptor. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltBuildDefaultSecurityDescriptor(PSECURITY_DESCRIPTOR *SecurityDescriptor, ACCESS_MASK DesiredAccess)
{
    PFLTP_DEFAULT_SECURITY Security = ExpAllocateSystemPool(sizeof(*Security));
    PISECURITY_DESCRIPTOR Descriptor;

    *SecurityDescriptor = Security;
    if (Security == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Descriptor = (PISECURITY_DESCRIPTOR)Security;
    RtlZeroMemory(Descriptor, sizeof(SECURITY_DESCRIPTOR));
    Descriptor->Revision = SECURITY_DESCRIPTOR_REVISION;
    Descriptor->Control = SE_DACL_PRESENT;
    Descriptor->Dacl = &Security->Acl;
    Security->Acl.AclRevision = ACL_REVISION;
    Security->Acl.Sbz1 = 0;
    Security->Acl.AclSize = sizeof(ACL) + 2 * sizeof(FLTP_ACE);
    Security->Acl.AceCount = 2;
    Security->Acl.Sbz2 = 0;
    FltpFillAce(&Security->System, DesiredAccess, 1, 18, 0);
    FltpFillAce(&Security->Administrators, DesiredAccess, 2, 32, 544);
    return STATUS_SUCCESS;
}

/* Microsoft: FltFreeSecurityDescriptor. */
VOID FLTAPI FltFreeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    ExpFreeSystemPool(SecurityDescriptor);
}
