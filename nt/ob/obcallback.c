/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obcallback.c - ObRegisterCallbacks (Vista SP1). Approximated: the registration is kept, checked for collisions and
 * audited, but handles are not opened by anybody whom a filter would want to stop, so the callbacks are never called.
 */
#include "ob.h"
#include "ex.h"
#include "mm.h"

typedef struct _OBP_REGISTRATION {
    struct _OBP_REGISTRATION *Next;
    PVOID Caller;
    UNICODE_STRING Altitude; /* buffer behind this structure */
} OBP_REGISTRATION, *POBP_REGISTRATION;

static POBP_REGISTRATION ObpRegistrations; /* changes in a section */

/* Microsoft: ObGetFilterVersion. */
USHORT NTAPI ObGetFilterVersion(VOID) { return OB_FLT_REGISTRATION_VERSION; }

static BOOLEAN ObpLinkRegistration(POBP_REGISTRATION New)
{
    POBP_REGISTRATION Other;

    HvAtomicBegin();
    for (Other = ObpRegistrations; Other && !ObpSameName(&Other->Altitude, &New->Altitude); Other = Other->Next) {
    }
    if (!Other) {
        New->Next = ObpRegistrations;
        ObpRegistrations = New;
    }
    HvAtomicEnd();
    return Other == NULL;
}

/* Is each routine in an image whose signature the loader had to check? */
static BOOLEAN ObpCallbacksSigned(POB_CALLBACK_REGISTRATION Registration)
{
    for (USHORT i = 0; i < Registration->OperationRegistrationCount; i++) {
        POB_OPERATION_REGISTRATION Operation = &Registration->OperationRegistration[i];
        if ((Operation->PreOperation && !MmpIntegrityForced((PVOID)Operation->PreOperation)) ||
            (Operation->PostOperation && !MmpIntegrityForced((PVOID)Operation->PostOperation))) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * Microsoft: ObRegisterCallbacks. IRQL <= APC_LEVEL. STATUS_FLT_INSTANCE_ALTITUDE_COLLISION, STATUS_INVALID_PARAMETER.
 * STATUS_ACCESS_DENIED: a routine is not in a signed image; Microsoft's sample of these callbacks (ObCallback) is linked
 * with /INTEGRITYCHECK for that, as PsSetCreateProcessNotifyRoutineEx wants it.
 */
NTSTATUS NTAPI ObRegisterCallbacks(POB_CALLBACK_REGISTRATION Registration, PVOID *Handle)
{
    POBP_REGISTRATION New;

    if (Registration->Version >> 8 != OB_FLT_REGISTRATION_VERSION >> 8 || !Registration->OperationRegistrationCount) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!ObpCallbacksSigned(Registration)) {
        return STATUS_ACCESS_DENIED;
    }
    New = ExpAllocateSystemPool(sizeof(*New) + Registration->Altitude.Length);
    if (!New) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    New->Caller = __builtin_return_address(0);
    New->Altitude.Length = New->Altitude.MaximumLength = Registration->Altitude.Length;
    New->Altitude.Buffer = (PWCH)(New + 1);
    memcpy(New + 1, Registration->Altitude.Buffer, Registration->Altitude.Length);
    if (!ObpLinkRegistration(New)) {
        ExpFreeSystemPool(New);
        return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
    }
    *Handle = New;
    return STATUS_SUCCESS;
}

/* Microsoft: ObUnRegisterCallbacks. IRQL <= APC_LEVEL. */
VOID NTAPI ObUnRegisterCallbacks(PVOID Handle)
{
    POBP_REGISTRATION *Link;

    HvAtomicBegin();
    for (Link = &ObpRegistrations; *Link && *Link != Handle; Link = &(*Link)->Next) {
    }
    if (*Link) {
        *Link = (*Link)->Next;
    }
    HvAtomicEnd();
    ExpFreeSystemPool(Handle);
}

VOID ObpWalkCallbacks(OB_HANDLE_VISITOR *Visit, PVOID Context)
{
    for (POBP_REGISTRATION Item = ObpRegistrations; Item; Item = Item->Next) {
        Visit(NULL, Item, Item->Caller, Context);
    }
}
