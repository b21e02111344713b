/* SPDX-License-Identifier: GPL-2.0-or-later */
/* instancestack.c - neighbours in a volume's stack of instances; the list is ordered, highest altitude first. */
#include "fltp.h"

/*
 * The instance at an entry of the volume's list, with a rundown reference; an end of the list is no instance. One step.
 */
static NTSTATUS FltpReturnInstance(PFLT_VOLUME Volume, PLIST_ENTRY CONST *Link, PFLT_INSTANCE *RetInstance)
{
    PFLT_INSTANCE Instance = NULL;

    HvAtomicBegin();
    if (*Link != &Volume->InstanceList) {
        Instance = CONTAINING_RECORD(*Link, struct _FLT_INSTANCE, Base.PrimaryLink);
        if (!ExAcquireRundownProtection(&Instance->Base.RundownRef)) {
            Instance = NULL;
        }
    }
    HvAtomicEnd();
    *RetInstance = Instance;
    return Instance != NULL ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

/* Microsoft: FltGetTopInstance, FltGetBottomInstance. STATUS_NO_MORE_ENTRIES: there is none. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetTopInstance(PFLT_VOLUME Volume, PFLT_INSTANCE *Instance)
{
    return FltpReturnInstance(Volume, &Volume->InstanceList.Flink, Instance);
}

NTSTATUS FLTAPI FltGetBottomInstance(PFLT_VOLUME Volume, PFLT_INSTANCE *Instance)
{
    return FltpReturnInstance(Volume, &Volume->InstanceList.Blink, Instance);
}

/* Microsoft: FltGetUpperInstance, FltGetLowerInstance. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetUpperInstance(PFLT_INSTANCE CurrentInstance, PFLT_INSTANCE *UpperInstance)
{
    return FltpReturnInstance(CurrentInstance->Volume, &CurrentInstance->Base.PrimaryLink.Blink, UpperInstance);
}

NTSTATUS FLTAPI FltGetLowerInstance(PFLT_INSTANCE CurrentInstance, PFLT_INSTANCE *LowerInstance)
{
    return FltpReturnInstance(CurrentInstance->Volume, &CurrentInstance->Base.PrimaryLink.Flink, LowerInstance);
}
