/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iounload.c - unloading a driver: at once if nobody has its devices open or attached to, else when the last one
 * leaves.
 *
 *   NtUnloadDriver -> IopUnloadDriver
 *     reference by name; refuse if UNLOAD_INVOKED (DELETE_PENDING) or no DriverUnload (INVALID_DEVICE_REQUEST)
 *     mark all devices DOE_UNLOAD_PENDING; in use: success, pending
 *     set DRVO_UNLOAD_INVOKED; IopLoadUnloadDriver -> DriverUnload
 *     make temporary, drop two references: by-name and the load's -> IopDeleteDriver -> image unmapped
 *
 * Nothing asks whether the load has ended (DRVO_INITIALIZED is not tested), nothing takes the lock of loading unless
 * NtModel.LoadLock says so. Sources: Microsoft: ZwUnloadDriver, "Unload Routine Environment"; ReactOS kernel tests
 * (IoDeviceObject); order as ReactOS reimplements it.
 */
#include "io.h"
#include "vf.h"

static BOOLEAN IopDeviceInUse(PDEVICE_OBJECT Device)
{
    return Device->ReferenceCount != 0 || Device->AttachedDevice != NULL;
}

/* One step, as under the I/O database lock. TRUE: no device is in use. */
static BOOLEAN IopMarkDevices(PDRIVER_OBJECT DriverObject)
{
    BOOLEAN Safe = TRUE;

    HvAtomicBegin();
    for (PDEVICE_OBJECT Device = DriverObject->DeviceObject; Device; Device = Device->NextDevice) {
        IopDope(Device)->ExtensionFlags |= DOE_UNLOAD_PENDING;
        if (IopDeviceInUse(Device)) {
            Safe = FALSE;
        }
    }
    HvAtomicEnd();
    return Safe;
}

/* STATUS_SUCCESS: DRVO_UNLOAD_INVOKED is set, call DriverUnload. STATUS_PENDING: devices are in use. */
static NTSTATUS IopCheckUnloadDriver(PDRIVER_OBJECT DriverObject)
{
    volatile DRIVER_OBJECT *Driver = DriverObject;

    if (Driver->Flags & DRVO_UNLOAD_INVOKED) {
        return STATUS_DELETE_PENDING;
    }
    if (!Driver->DriverUnload || !Driver->DriverSection || Driver->DriverExtension->AddDevice) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!IopMarkDevices(DriverObject)) {
        return STATUS_PENDING;
    }
    DriverObject->Flags |= DRVO_UNLOAD_INVOKED;
    return STATUS_SUCCESS;
}

/* Test and set as one step, if the model says so. */
static NTSTATUS IopClaimUnload(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS Status;

    if (NtModel.UnloadTest == UNLOAD_TEST_SPLIT) {
        return IopCheckUnloadDriver(DriverObject);
    }
    HvAtomicBegin();
    Status = IopCheckUnloadDriver(DriverObject);
    HvAtomicEnd();
    return Status;
}

/* Call DriverUnload in the System process, then take the name away and drop the load's reference. */
static VOID IopInvokeUnload(PDRIVER_OBJECT DriverObject)
{
    IOP_LOAD_PACKET Packet;

    Packet.DriverObject = DriverObject;
    IopQueueLoadUnload(&Packet);
    ObMakeTemporaryObject(DriverObject);
    ObDereferenceObject(DriverObject);
}

static NTSTATUS IopUnloadReferencedDriver(PDRIVER_OBJECT DriverObject)
{
    BOOLEAN Locked = NtModel.LoadLock == LOAD_LOCK_LOAD_AND_UNLOAD && NtModel.Os < MODEL_WIN8;
    NTSTATUS Status;

    if (Locked) {
        IopAcquireLoadResource();
    }
    Status = IopClaimUnload(DriverObject);
    if (Status == STATUS_SUCCESS) {
        IopInvokeUnload(DriverObject);
    } else if (Status == STATUS_PENDING) {
        Status = STATUS_SUCCESS;
    }
    ObDereferenceObject(DriverObject);
    if (Locked) {
        IopReleaseLoadResource();
    }
    return Status;
}

static VOID IopDeferredUnload(PDRIVER_OBJECT DriverObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ObReferenceObject(DriverObject);
    IopUnloadReferencedDriver(DriverObject);
}

IOP_FRAME NTSTATUS IopUnloadDriver(PCUNICODE_STRING ServiceKey)
{
    PDRIVER_OBJECT DriverObject;
    NTSTATUS Status = IopReferenceDriverByService(ServiceKey, &DriverObject);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IopBeginUnload(DriverObject, IopDeferredUnload, NULL);
    if (Status != STATUS_SUCCESS) {
        ObDereferenceObject(DriverObject);
        return Status;
    }
    Status = IopUnloadReferencedDriver(DriverObject);
    IopEndUnload(DriverObject);
    return Status;
}

/*
 * Microsoft: ZwUnloadDriver. PASSIVE_LEVEL. STATUS_OBJECT_NAME_NOT_FOUND, STATUS_DELETE_PENDING,
 * STATUS_INVALID_DEVICE_REQUEST. STATUS_SUCCESS also when the unload is pending; STATUS_PENDING when Windows 8 defers
 * it.
 */
IOP_FRAME NTSTATUS NTAPI NtUnloadDriver(PUNICODE_STRING ServiceKey) { return IopUnloadDriver(ServiceKey); }

NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING ServiceKey) { return NtUnloadDriver(ServiceKey); }

/* Inside a section. All devices are marked, none is in use, and nobody has called DriverUnload yet. */
static BOOLEAN IopUnloadIsDue(PDRIVER_OBJECT DriverObject)
{
    if (DriverObject->Flags & DRVO_UNLOAD_INVOKED) {
        return FALSE;
    }
    for (PDEVICE_OBJECT Device = DriverObject->DeviceObject; Device; Device = Device->NextDevice) {
        if (IopDeviceInUse(Device) || !(IopDope(Device)->ExtensionFlags & DOE_UNLOAD_PENDING)) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * A device with DOE_UNLOAD_PENDING has lost its last open or attachment, or is deleted: perhaps the pending unload can
 * be completed now. The caller guarantees that the driver object lives.
 */
VOID IopCompletePendingUnload(PDRIVER_OBJECT DriverObject)
{
    BOOLEAN Due;

    HvAtomicBegin();
    Due = IopUnloadIsDue(DriverObject);
    if (Due) {
        DriverObject->Flags |= DRVO_UNLOAD_INVOKED;
    }
    HvAtomicEnd();
    if (Due) {
        IopInvokeUnload(DriverObject);
    }
}
