/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmcallback.c - CmRegisterCallback(Ex). Approximated: registrations are kept and audited; the callbacks are never
 * called, because no registry operation here comes from a client that a filter would look at.
 */
#include "cm.h"
#include "ex.h"
#include "ob.h"

typedef struct _CMP_CALLBACK {
    struct _CMP_CALLBACK *Next;
    PVOID Function;
    LARGE_INTEGER Cookie;
} CMP_CALLBACK, *PCMP_CALLBACK;

static PCMP_CALLBACK CmpCallbacks; /* changes in a section */
static LONGLONG CmpNextCookie = 0x01D0000000000000;

static NTSTATUS CmpRegister(PEX_CALLBACK_FUNCTION Function, PLARGE_INTEGER Cookie)
{
    PCMP_CALLBACK New = ExpAllocateSystemPool(sizeof(*New));

    if (!New) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    New->Function = (PVOID)(ULONG_PTR)Function;
    HvAtomicBegin();
    New->Cookie.QuadPart = ++CmpNextCookie;
    New->Next = CmpCallbacks;
    CmpCallbacks = New;
    HvAtomicEnd();
    *Cookie = New->Cookie;
    return STATUS_SUCCESS;
}

/* Microsoft: CmRegisterCallback (XP), CmRegisterCallbackEx (Vista). IRQL <= APC_LEVEL. */
NTSTATUS NTAPI CmRegisterCallback(PEX_CALLBACK_FUNCTION Function, PVOID Context, PLARGE_INTEGER Cookie)
{
    UNREFERENCED_PARAMETER(Context);
    return CmpRegister(Function, Cookie);
}

NTSTATUS NTAPI CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION Function, PCUNICODE_STRING Altitude, PVOID Driver,
                                    PVOID Context, PLARGE_INTEGER Cookie, PVOID Reserved)
{
    UNREFERENCED_PARAMETER(Altitude);
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Reserved);
    return CmpRegister(Function, Cookie);
}

/* Microsoft: CmUnRegisterCallback. STATUS_INVALID_PARAMETER: no such cookie. */
NTSTATUS NTAPI CmUnRegisterCallback(LARGE_INTEGER Cookie)
{
    PCMP_CALLBACK *Link, Found;

    HvAtomicBegin();
    for (Link = &CmpCallbacks; *Link && (*Link)->Cookie.QuadPart != Cookie.QuadPart; Link = &(*Link)->Next) {
    }
    Found = *Link;
    if (Found) {
        *Link = Found->Next;
    }
    HvAtomicEnd();
    if (!Found) {
        return STATUS_INVALID_PARAMETER;
    }
    ExpFreeSystemPool(Found);
    return STATUS_SUCCESS;
}

/* Microsoft: CmGetCallbackVersion. */
VOID NTAPI CmGetCallbackVersion(PULONG Major, PULONG Minor)
{
    if (Major) {
        *Major = 1;
    }
    if (Minor) {
        *Minor = 0;
    }
}

/* For code inside callbacks, which never runs here. */
NTSTATUS NTAPI CmSetCallbackObjectContext(PVOID Object, PLARGE_INTEGER Cookie, PVOID NewContext, PVOID *OldContext)
{
    UNREFERENCED_PARAMETER(Object);
    UNREFERENCED_PARAMETER(Cookie);
    UNREFERENCED_PARAMETER(NewContext);
    UNREFERENCED_PARAMETER(OldContext);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI CmCallbackGetKeyObjectID(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR Id, PCUNICODE_STRING *Name)
{
    UNREFERENCED_PARAMETER(Cookie);
    UNREFERENCED_PARAMETER(Object);
    UNREFERENCED_PARAMETER(Id);
    UNREFERENCED_PARAMETER(Name);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR Id, PCUNICODE_STRING *Name,
                                          ULONG Flags);
NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR Id, PCUNICODE_STRING *Name,
                                          ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    return CmCallbackGetKeyObjectID(Cookie, Object, Id, Name);
}

VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING Name);
VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING Name) { UNREFERENCED_PARAMETER(Name); }

PVOID NTAPI CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object)
{
    UNREFERENCED_PARAMETER(Cookie);
    UNREFERENCED_PARAMETER(Object);
    return NULL;
}

VOID CmpWalkCallbacks(CM_CALLBACK_VISITOR *Visit, PVOID Context)
{
    for (PCMP_CALLBACK Item = CmpCallbacks; Item; Item = Item->Next) {
        Visit(Item->Function, Item->Cookie, Context);
    }
}
