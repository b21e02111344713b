/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ecp.c - extra create parameters: typed blocks in a list that a create carries. No create is delivered to filters yet.
 */
#include "fltp.h"

struct _ECP_LIST {
    LIST_ENTRY Entries;
};

struct __attribute__((aligned(2 * sizeof(PVOID)))) _ECP_HEADER { /* the body is aligned as pool is */
    LIST_ENTRY Link;                                             /* to itself while in no list */
    GUID Type;
    PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK Cleanup;
    ULONG Size;
    ULONG Flags;
};
#define ECP_ACKNOWLEDGED 1

static PECP_HEADER FltpEcp(PVOID Context) { return (PECP_HEADER)Context - 1; }

static PVOID FltpEcpContext(PECP_HEADER Header, LPGUID Type, PULONG Size)
{
    if (Type != NULL) {
        *Type = Header->Type;
    }
    if (Size != NULL) {
        *Size = Header->Size;
    }
    return Header + 1;
}

/* Microsoft: FltAllocateExtraCreateParameterList. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltAllocateExtraCreateParameterList(PFLT_FILTER Filter, FSRTL_ALLOCATE_ECPLIST_FLAGS Flags,
                                                    PECP_LIST *EcpList)
{
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Flags);
    *EcpList = ExpAllocateSystemPool(sizeof(struct _ECP_LIST));
    if (*EcpList == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InitializeListHead(&(*EcpList)->Entries);
    return STATUS_SUCCESS;
}

/* Microsoft: FltAllocateExtraCreateParameter. *EcpContext: SizeOfContext bytes of the caller's own. */
NTSTATUS FLTAPI FltAllocateExtraCreateParameter(PFLT_FILTER Filter, LPCGUID EcpType, ULONG SizeOfContext,
                                                FSRTL_ALLOCATE_ECP_FLAGS Flags,
                                                PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback,
                                                ULONG PoolTag, PVOID *EcpContext)
{
    PECP_HEADER Header = ExpAllocateSystemPool(sizeof(*Header) + SizeOfContext);

    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(PoolTag);
    *EcpContext = NULL;
    if (Header == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InitializeListHead(&Header->Link);
    Header->Type = *EcpType;
    Header->Cleanup = CleanupCallback;
    Header->Size = SizeOfContext;
    Header->Flags = 0;
    *EcpContext = Header + 1;
    return STATUS_SUCCESS;
}

/* Microsoft: FltFreeExtraCreateParameter. Calls the cleanup callback. Not while it is in a list. */
VOID FLTAPI FltFreeExtraCreateParameter(PFLT_FILTER Filter, PVOID EcpContext)
{
    PECP_HEADER Header = FltpEcp(EcpContext);

    UNREFERENCED_PARAMETER(Filter);
    if (Header->Cleanup != NULL) {
        Header->Cleanup(EcpContext, &Header->Type);
    }
    ExpFreeSystemPool(Header);
}

/* Microsoft: FltFreeExtraCreateParameterList: with all that it contains. */
VOID FLTAPI FltFreeExtraCreateParameterList(PFLT_FILTER Filter, PECP_LIST EcpList)
{
    while (!IsListEmpty(&EcpList->Entries)) {
        PLIST_ENTRY Entry = RemoveHeadList(&EcpList->Entries);
        FltFreeExtraCreateParameter(Filter, CONTAINING_RECORD(Entry, struct _ECP_HEADER, Link) + 1);
    }
    ExpFreeSystemPool(EcpList);
}

/* The next one after Current (NULL: the first), of that type (NULL: any). */
static PECP_HEADER FltpNextEcp(PECP_LIST EcpList, PVOID Current, LPCGUID Type)
{
    PLIST_ENTRY Entry = Current != NULL ? FltpEcp(Current)->Link.Flink : EcpList->Entries.Flink;

    for (; Entry != &EcpList->Entries; Entry = Entry->Flink) {
        PECP_HEADER Header = CONTAINING_RECORD(Entry, struct _ECP_HEADER, Link);
        if (Type == NULL || RtlCompareMemory(&Header->Type, Type, sizeof(GUID)) == sizeof(GUID)) {
            return Header;
        }
    }
    return NULL;
}

/* Microsoft: FltInsertExtraCreateParameter. STATUS_INVALID_PARAMETER: the list has one of that type already. */
NTSTATUS FLTAPI FltInsertExtraCreateParameter(PFLT_FILTER Filter, PECP_LIST EcpList, PVOID EcpContext)
{
    PECP_HEADER Header = FltpEcp(EcpContext);

    UNREFERENCED_PARAMETER(Filter);
    if (FltpNextEcp(EcpList, NULL, &Header->Type) != NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    InsertTailList(&EcpList->Entries, &Header->Link);
    return STATUS_SUCCESS;
}

/* Microsoft: FltFindExtraCreateParameter. STATUS_NOT_FOUND. */
NTSTATUS FLTAPI FltFindExtraCreateParameter(PFLT_FILTER Filter, PECP_LIST EcpList, LPCGUID EcpType, PVOID *EcpContext,
                                            ULONG *EcpContextSize)
{
    PECP_HEADER Header = FltpNextEcp(EcpList, NULL, EcpType);
    PVOID Context;

    UNREFERENCED_PARAMETER(Filter);
    if (Header == NULL) {
        return STATUS_NOT_FOUND;
    }
    Context = FltpEcpContext(Header, NULL, EcpContextSize);
    if (EcpContext != NULL) {
        *EcpContext = Context;
    }
    return STATUS_SUCCESS;
}

/* Microsoft: FltGetNextExtraCreateParameter. STATUS_NOT_FOUND at the end. */
NTSTATUS FLTAPI FltGetNextExtraCreateParameter(PFLT_FILTER Filter, PECP_LIST EcpList, PVOID CurrentEcpContext,
                                               LPGUID NextEcpType, PVOID *NextEcpContext, ULONG *NextEcpContextSize)
{
    PECP_HEADER Header = FltpNextEcp(EcpList, CurrentEcpContext, NULL);
    PVOID Context;

    UNREFERENCED_PARAMETER(Filter);
    if (Header == NULL) {
        return STATUS_NOT_FOUND;
    }
    Context = FltpEcpContext(Header, NextEcpType, NextEcpContextSize);
    if (NextEcpContext != NULL) {
        *NextEcpContext = Context;
    }
    return STATUS_SUCCESS;
}

/* Microsoft: FltRemoveExtraCreateParameter. STATUS_NOT_FOUND. */
NTSTATUS FLTAPI FltRemoveExtraCreateParameter(PFLT_FILTER Filter, PECP_LIST EcpList, LPCGUID EcpType, PVOID *EcpContext,
                                              ULONG *EcpContextSize)
{
    PECP_HEADER Header = FltpNextEcp(EcpList, NULL, EcpType);

    UNREFERENCED_PARAMETER(Filter);
    if (Header == NULL) {
        return STATUS_NOT_FOUND;
    }
    RemoveEntryList(&Header->Link);
    InitializeListHead(&Header->Link);
    *EcpContext = FltpEcpContext(Header, NULL, EcpContextSize);
    return STATUS_SUCCESS;
}

/* Microsoft: FltAcknowledgeEcp, FltIsEcpAcknowledged, FltIsEcpFromUserMode. */
VOID FLTAPI FltAcknowledgeEcp(PFLT_FILTER Filter, PVOID EcpContext)
{
    UNREFERENCED_PARAMETER(Filter);
    FltpEcp(EcpContext)->Flags |= ECP_ACKNOWLEDGED;
}

BOOLEAN FLTAPI FltIsEcpAcknowledged(PFLT_FILTER Filter, PVOID EcpContext)
{
    UNREFERENCED_PARAMETER(Filter);
    return (FltpEcp(EcpContext)->Flags & ECP_ACKNOWLEDGED) != 0;
}

BOOLEAN FLTAPI FltIsEcpFromUserMode(PFLT_FILTER Filter, PVOID EcpContext)
{
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(EcpContext);
    return FALSE;
}

/* Microsoft: FltGetEcpListFromCallbackData: NULL, the operation carries none. */
NTSTATUS FLTAPI FltGetEcpListFromCallbackData(PFLT_FILTER Filter, PFLT_CALLBACK_DATA CallbackData, PECP_LIST *EcpList)
{
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(CallbackData);
    *EcpList = NULL;
    return STATUS_SUCCESS;
}

/* Microsoft: FltSetEcpListIntoCallbackData: for creates, of which there are none. */
NTSTATUS FLTAPI FltSetEcpListIntoCallbackData(PFLT_FILTER Filter, PFLT_CALLBACK_DATA CallbackData, PECP_LIST EcpList)
{
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(CallbackData);
    UNREFERENCED_PARAMETER(EcpList);
    return STATUS_INVALID_PARAMETER;
}
