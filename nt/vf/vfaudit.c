/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfaudit.c - what drivers left behind: the same questions that Driver Verifier asks at unload (bug checks C4/60-62,
 * 61, 15 ...), asked when the system has come to rest, so that a thread or a block that goes a moment later is no
 * finding.
 *
 * An item is reported if the driver it belongs to is gone, its unload was invoked, or its DriverEntry failed. Fourth value of each note: the
 * code that made the item.
 */
#include "cm.h"
#include "ex.h"
#include "ke.h"
#include "io.h"
#include "ps.h"
#include "vfp.h"
#include "walk.h"

/* The object exists, but its DriverEntry has failed: then, and by an unload, the name is taken away. */
static BOOLEAN VfpEntryFailed(PVF_DRIVER Driver)
{
    return !(Driver->DriverObject->Flags & DRVO_UNLOAD_INVOKED) &&
           !(ObHeader(Driver->DriverObject)->Flags & OB_FLAG_PERMANENT);
}

/* The driver is gone, or should be. */
static BOOLEAN VfpHasLeft(PVF_DRIVER Driver)
{
    return Driver && (Driver->Unmapped || Driver->Deleted || (Driver->DriverObject->Flags & DRVO_UNLOAD_INVOKED) ||
                      VfpEntryFailed(Driver));
}

/* The driver that the first of these addresses belongs to that belongs to any, if it has left. */
static PVF_DRIVER VfpOwner(const VOID *A, const VOID *B)
{
    PVF_DRIVER Driver = VfpDriverOf(A);

    Driver = Driver ? Driver : VfpDriverOf(B);
    return VfpHasLeft(Driver) ? Driver : NULL;
}

static VOID VfpAppend(char *Text, SIZE_T Room, PCSTR More)
{
    SIZE_T End = 0;

    while (Text[End]) {
        End++;
    }
    while (*More && End + 1 < Room) {
        Text[End++] = *More++;
    }
    Text[End] = 0;
}

/* "<driver>: <text>" */
static VOID VfpLeft(ULONG Kind, PVF_DRIVER Driver, PCSTR What, ULONG_PTR A, ULONG_PTR B, ULONG_PTR C,
                    const VOID *Caller)
{
    char Text[128];

    Text[0] = 0;
    VfpAppend(Text, sizeof(Text), Driver->Name);
    VfpAppend(Text, sizeof(Text), ": ");
    VfpAppend(Text, sizeof(Text), What);
    VfNote(Kind, Text, A, B, C, (ULONG_PTR)Caller);
}

static VOID VfpThread(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner((PVOID)First, Caller);

    UNREFERENCED_PARAMETER(Second);
    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_THREAD, Driver, "a system thread has not ended", (ULONG_PTR)Item, First, 0, Caller);
    }
}

static VOID VfpTimer(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner((PVOID)Second, Item);

    UNREFERENCED_PARAMETER(Context);
    Driver = Driver ? Driver : VfpOwner((PVOID)First, Caller);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_TIMER, Driver, "a timer is still set", (ULONG_PTR)Item, First, Second, Caller);
    }
}

static VOID VfpDpc(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner((PVOID)First, Item);

    UNREFERENCED_PARAMETER(Second);
    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_TIMER, Driver, "a DPC is still queued", (ULONG_PTR)Item, First, 0, Caller);
    }
}

static VOID VfpPool(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner(Caller, NULL);

    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_POOL, Driver, "pool was not freed", (ULONG_PTR)Item, First, Second, Caller);
    }
}

static VOID VfpWorkItem(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner((PVOID)First, Item);

    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_WORK_ITEM, Driver, "a work item is still queued", (ULONG_PTR)Item, First, Second, Caller);
    }
}

static VOID VfpNotify(PVOID Item, ULONG_PTR First, ULONG_PTR Second, PVOID Caller, PVOID Context)
{
    static const PCSTR Kind[] = {"a process notify routine is registered", "a thread notify routine is registered",
                                 "an image notify routine is registered"};
    PVF_DRIVER Driver = VfpOwner(Item, NULL);

    UNREFERENCED_PARAMETER(Second);
    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_CALLBACK, Driver, Kind[First % 3], (ULONG_PTR)Item, 0, 0, Caller);
    }
}

static VOID VfpRegistryCallback(PVOID Function, LARGE_INTEGER Cookie, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner(Function, NULL);

    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_CALLBACK, Driver, "a registry callback is registered", (ULONG_PTR)Function,
                (ULONG_PTR)Cookie.QuadPart, 0, Function);
    }
}

static VOID VfpObjectCallback(HANDLE Handle, PVOID Object, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner(Caller, NULL);

    UNREFERENCED_PARAMETER(Handle);
    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_CALLBACK, Driver, "object callbacks are registered", (ULONG_PTR)Object, 0, 0, Caller);
    }
}

static VOID VfpHandle(HANDLE Handle, PVOID Object, PVOID Caller, PVOID Context)
{
    PVF_DRIVER Driver = VfpOwner(Caller, NULL);

    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_HANDLE, Driver, "a handle is open", (ULONG_PTR)Handle, (ULONG_PTR)Object, 0, Caller);
    }
}

static VOID VfpName(PVOID Object, PVOID Context)
{
    POBJECT_HEADER Header = ObHeader(Object);
    PVF_DRIVER Driver = Header->Type == ObpSymbolicLinkType ? VfpOwner(Header->Caller, NULL) : NULL;

    UNREFERENCED_PARAMETER(Context);
    if (Driver) {
        VfpLeft(HV_NOTE_LEFT_SYMLINK, Driver, "a symbolic link exists", (ULONG_PTR)Object, 0, 0, Header->Caller);
    }
}

/* The driver object is still there although its unload was called, or its DriverEntry has failed. */
static VOID VfpDriverStays(PVF_DRIVER Driver)
{
    PDRIVER_OBJECT Object = Driver->DriverObject;

    for (PDEVICE_OBJECT Device = Object->DeviceObject; Device; Device = Device->NextDevice) {
        VfpLeft(HV_NOTE_LEFT_DEVICE, Driver, "a device was not deleted", (ULONG_PTR)Device,
                (ULONG_PTR)Device->ReferenceCount, IopDope(Device)->ExtensionFlags, ObHeader(Device)->Caller);
    }
    if (!Object->DeviceObject) {
        VfpLeft(HV_NOTE_LEFT_REFERENCE, Driver, "references to the driver object are left", (ULONG_PTR)Object,
                (ULONG_PTR)ObHeader(Object)->PointerCount, 0, NULL);
    }
    VfpLeft(HV_NOTE_LEFT_IMAGE, Driver,
            VfpEntryFailed(Driver) ? "the image stays in memory although its DriverEntry failed"
                                   : "the image stays in memory although it was unloaded",
            (ULONG_PTR)Driver->Base, Driver->Size, (ULONG_PTR)ObHeader(Object)->PointerCount, NULL);
}

static VOID VfpAuditDriver(PVF_DRIVER Driver)
{
    if (!Driver->Deleted && VfpHasLeft(Driver)) {
        VfpDriverStays(Driver);
    } else if (Driver->Deleted && !Driver->Unmapped) {
        VfpLeft(HV_NOTE_LEFT_IMAGE, Driver, "another image imports from it and keeps it in memory",
                (ULONG_PTR)Driver->Base, Driver->Size, 0, NULL);
    }
}

VOID NTAPI VfAudit(VOID)
{
    for (PVF_DRIVER Driver = VfpNextDriver(NULL); Driver; Driver = VfpNextDriver(Driver)) {
        VfpAuditDriver(Driver);
    }
    if (!VfpNextDriver(NULL)) {
        return;
    }
    PspWalkThreads(VfpThread, NULL);
    KiWalkTimers(VfpTimer, NULL);
    KiWalkDpcs(VfpDpc, NULL);
    ExpWalkPool(VfpPool, NULL);
    ExpWalkWorkItems(VfpWorkItem, NULL);
    PspWalkNotifyRoutines(VfpNotify, NULL);
    CmpWalkCallbacks(VfpRegistryCallback, NULL);
    ObpWalkCallbacks(VfpObjectCallback, NULL);
    ObpWalkHandles(VfpHandle, NULL);
    ObpWalkNames(ObpDosDirectory, VfpName, NULL);
    ObpWalkNames(ObpRootDirectory, VfpName, NULL);
    ObpWalkNames(ObpDeviceDirectory, VfpName, NULL);
}
