/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioready.c - the last steps of a load: devices become usable, reinitialisation routines run. */
#include "ex.h"
#include "io.h"

/*
 * LE to LH. Newest device first, because creation pushes at the head. For each device the flag is cleared, and THEN the
 * next device is read: whoever waits for the flag and deletes the device wins a race of one instruction against this.
 * Plain accesses, no lock (Microsoft: "What does DO_DEVICE_INITIALIZING really do?"; order as in ReactOS).
 */
IOP_FRAME VOID IopReadyDeviceObjects(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT Device;

    DriverObject->Flags |= DRVO_INITIALIZED;
    __asm__ volatile("" ::: "memory"); /* in this order */
    Device = *(PDEVICE_OBJECT volatile *)&DriverObject->DeviceObject;
    while (Device) {
        IopClearFlag(&Device->Flags, DO_DEVICE_INITIALIZING);
        Device = *(PDEVICE_OBJECT volatile *)&Device->NextDevice;
    }
}

typedef struct _IOP_REINIT_ITEM {
    struct _IOP_REINIT_ITEM *Next;
    PDRIVER_OBJECT DriverObject; /* not referenced, as on the real system */
    PDRIVER_REINITIALIZE Routine;
    PVOID Context;
} IOP_REINIT_ITEM, *PIOP_REINIT_ITEM;

static PIOP_REINIT_ITEM IopReinitQueue; /* oldest first; changes in a section */

/*
 * Microsoft: IoRegisterDriverReinitialization. PASSIVE_LEVEL. Only from DriverEntry or from a reinitialisation
 * routine.
 */
VOID NTAPI IoRegisterDriverReinitialization(PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE Routine, PVOID Context)
{
    PIOP_REINIT_ITEM Item = ExpAllocateSystemPool(sizeof(*Item)), *Link;

    if (!Item) {
        return;
    }
    DriverObject->Flags |= DRVO_REINIT_REGISTERED;
    Item->Next = NULL;
    Item->DriverObject = DriverObject;
    Item->Routine = Routine;
    Item->Context = Context;
    HvAtomicBegin();
    for (Link = &IopReinitQueue; *Link; Link = &(*Link)->Next) {
    }
    *Link = Item;
    HvAtomicEnd();
}

/*
 * Microsoft: IoRegisterBootDriverReinitialization. Its queue is worked off once, when all boot drivers are loaded: for
 * a driver that is loaded later the routine is never called.
 */
VOID NTAPI IoRegisterBootDriverReinitialization(PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE Routine,
                                                PVOID Context)
{
    UNREFERENCED_PARAMETER(Routine);
    UNREFERENCED_PARAMETER(Context);
    DriverObject->Flags |= DRVO_BOOTREINIT_REGISTERED;
}

static PIOP_REINIT_ITEM IopNextReinit(VOID)
{
    PIOP_REINIT_ITEM Item;

    HvAtomicBegin();
    Item = IopReinitQueue;
    if (Item) {
        IopReinitQueue = Item->Next;
    }
    HvAtomicEnd();
    return Item;
}

/* LI: by the loading thread, when DriverEntry has returned and the devices are ready. */
VOID IopCallDriverReinitializationRoutines(VOID)
{
    PIOP_REINIT_ITEM Item;

    while ((Item = IopNextReinit()) != NULL) {
        PDRIVER_OBJECT Driver = Item->DriverObject;
        ULONG Count = ++Driver->DriverExtension->Count;
        Driver->Flags &= ~(ULONG)DRVO_REINIT_REGISTERED;
        Item->Routine(Driver, Item->Context, Count);
        ExpFreeSystemPool(Item);
    }
}
