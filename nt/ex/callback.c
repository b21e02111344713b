/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callback.c - callback objects. Unregistering waits until nobody is inside the routine.
 * Source: Microsoft, "Callback Objects".
 */
#include "ke.h"
#include "ob.h"

struct _CALLBACK_OBJECT {
    LIST_ENTRY Registrations;
    BOOLEAN AllowMultiple;
};

typedef struct _EXP_REGISTRATION {
    LIST_ENTRY Link;
    PCALLBACK_OBJECT Object;
    PCALLBACK_FUNCTION Function;
    PVOID Context;
    volatile LONG Busy;
    BOOLEAN Gone;
} EXP_REGISTRATION, *PEXP_REGISTRATION;

#define EXP_REGISTRATION_TAG 0x52626C43 /* 'ClbR' */

static NTSTATUS ExpNewCallback(PCUNICODE_STRING Path, BOOLEAN AllowMultiple, PVOID Caller, PCALLBACK_OBJECT *Object)
{
    POBJECT_DIRECTORY Directory = NULL;
    UNICODE_STRING Last;
    NTSTATUS Status = STATUS_SUCCESS;

    if (Path) {
        Status = ObpParsePath(Path, &Directory, &Last);
    }
    if (NT_SUCCESS(Status)) {
        *Object = ObAllocateObject(ObpCallbackType, sizeof(**Object), Path ? &Last : NULL, Caller);
        Status = *Object ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (NT_SUCCESS(Status)) {
        InitializeListHead(&(*Object)->Registrations);
        (*Object)->AllowMultiple = AllowMultiple;
        if (Path) {
            Status = ObpInsertName(*Object, Directory);
        }
        if (!NT_SUCCESS(Status)) {
            ObfDereferenceObject(*Object);
        }
    }
    return Status;
}

/* Open by name, or create if there is none and Create says so. Dereferenced by the caller. PASSIVE_LEVEL. */
NTSTATUS NTAPI ExCreateCallback(PCALLBACK_OBJECT *CallbackObject, POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN Create,
                                BOOLEAN AllowMultipleCallbacks)
{
    PCUNICODE_STRING Path = ObjectAttributes ? ObjectAttributes->ObjectName : NULL;
    NTSTATUS Status = STATUS_OBJECT_NAME_NOT_FOUND;

    if (Path) {
        Status = ObpLookupPath(Path, ObpCallbackType, NULL, (PVOID *)CallbackObject);
    }
    if (!NT_SUCCESS(Status) && Create) {
        Status = ExpNewCallback(Path, AllowMultipleCallbacks, __builtin_return_address(0), CallbackObject);
    }
    return Status;
}

/* NULL: only one is allowed and there is one, or no memory. */
PVOID NTAPI ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction,
                               PVOID CallbackContext)
{
    PEXP_REGISTRATION Registration = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Registration), EXP_REGISTRATION_TAG);

    if (!Registration) {
        return NULL;
    }
    Registration->Object = CallbackObject;
    Registration->Function = CallbackFunction;
    Registration->Context = CallbackContext;
    Registration->Busy = 0;
    Registration->Gone = FALSE;
    ObfReferenceObject(CallbackObject);
    HvAtomicBegin();
    if (CallbackObject->AllowMultiple || IsListEmpty(&CallbackObject->Registrations)) {
        InsertTailList(&CallbackObject->Registrations, &Registration->Link);
        HvAtomicEnd();
        return Registration;
    }
    HvAtomicEnd();
    ObfDereferenceObject(CallbackObject);
    ExFreePoolWithTag(Registration, EXP_REGISTRATION_TAG);
    return NULL;
}

VOID NTAPI ExUnregisterCallback(PVOID CbRegistration)
{
    PEXP_REGISTRATION Registration = CbRegistration;

    HvAtomicBegin();
    Registration->Gone = TRUE;
    if (Registration->Busy) {
        HvWaitWord(&Registration->Busy, sizeof(LONG), HV_EQ, 0, 0, Registration);
    }
    RemoveEntryList(&Registration->Link);
    HvAtomicEnd();
    ObfDereferenceObject(Registration->Object);
    ExFreePoolWithTag(Registration, EXP_REGISTRATION_TAG);
}

/* Calls every routine that is registered now, at the caller's IRQL (<= DISPATCH_LEVEL). */
VOID NTAPI ExNotifyCallback(PCALLBACK_OBJECT CallbackObject, PVOID Argument1, PVOID Argument2)
{
    PLIST_ENTRY Link;

    HvAtomicBegin();
    for (Link = CallbackObject->Registrations.Flink; Link != &CallbackObject->Registrations; Link = Link->Flink) {
        PEXP_REGISTRATION Registration = CONTAINING_RECORD(Link, EXP_REGISTRATION, Link);
        if (Registration->Gone) {
            continue;
        }
        Registration->Busy++;
        HvAtomicEnd();
        Registration->Function(Registration->Context, Argument1, Argument2);
        HvAtomicBegin();
        Registration->Busy--;
    }
    HvAtomicEnd();
}
