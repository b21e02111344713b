/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioattach.c - device stacks: attach, detach, walk. Each is one step, as under the I/O database lock. */
#include "io.h"
#include "vf.h"

/* Inside a section. */
static PDEVICE_OBJECT IopTopOf(PDEVICE_OBJECT Device)
{
    while (Device->AttachedDevice) {
        Device = Device->AttachedDevice;
    }
    return Device;
}

/* NULL: the top of the stack is not ready or going. With AttachedTo it is written before anybody can send a request. */
static PDEVICE_OBJECT IopAttach(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target, PDEVICE_OBJECT *AttachedTo)
{
    PDEVICE_OBJECT Top;

    HvAtomicBegin();
    Top = IopTopOf(Target);
    if (IopDeviceIsGoing(Top)) {
        Top = NULL;
    } else {
        Top->AttachedDevice = Source;
        Source->StackSize = (CCHAR)(Top->StackSize + 1);
        Source->AlignmentRequirement = Top->AlignmentRequirement;
        Source->SectorSize = Top->SectorSize;
        IopDope(Source)->AttachedTo = Top;
    }
    if (AttachedTo) {
        *AttachedTo = Top;
    }
    HvAtomicEnd();
    return Top;
}

/* Microsoft: IoAttachDeviceToDeviceStack, IoAttachDeviceToDeviceStackSafe. IRQL <= DISPATCH_LEVEL. */
PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target)
{
    return IopAttach(Source, Target, NULL);
}

NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target, PDEVICE_OBJECT *AttachedTo)
{
    return IopAttach(Source, Target, AttachedTo) ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

/* Microsoft: IoAttachDevice. PASSIVE_LEVEL: by name. */
NTSTATUS NTAPI IoAttachDevice(PDEVICE_OBJECT Source, PUNICODE_STRING TargetName, PDEVICE_OBJECT *AttachedTo)
{
    PFILE_OBJECT File;
    PDEVICE_OBJECT Target;
    NTSTATUS Status = IoGetDeviceObjectPointer(TargetName, FILE_READ_ATTRIBUTES, &File, &Target);

    if (NT_SUCCESS(Status)) {
        Status = IoAttachDeviceToDeviceStackSafe(Source, Target, AttachedTo);
        ObDereferenceObject(File);
    }
    return Status;
}

/*
 * Microsoft: IoDetachDevice. PASSIVE_LEVEL. Target: the device that was attached to. May complete the pending delete or
 * unload of the target.
 */
VOID NTAPI IoDetachDevice(PDEVICE_OBJECT Target)
{
    BOOLEAN Pending = FALSE;

    HvAtomicBegin();
    if (Target->AttachedDevice) {
        IopDope(Target->AttachedDevice)->AttachedTo = NULL;
        Target->AttachedDevice = NULL;
        Pending = Target->ReferenceCount == 0 && (IopDope(Target)->ExtensionFlags & DOE_UNLOAD_PENDING) != 0;
    }
    HvAtomicEnd();
    if (Pending) {
        IopCompletePendingUnload(Target->DriverObject);
    }
}

/* Exported, undocumented: the top of a stack, not referenced. */
PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT Device)
{
    PDEVICE_OBJECT Top;

    HvAtomicBegin();
    Top = IopTopOf(Device);
    HvAtomicEnd();
    return Top;
}

/* Microsoft: IoGetAttachedDeviceReference. IRQL <= DISPATCH_LEVEL. */
PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT Device)
{
    PDEVICE_OBJECT Top;

    HvAtomicBegin();
    Top = IopTopOf(Device);
    ObHeader(Top)->PointerCount++;
    HvAtomicEnd();
    return Top;
}

/* Microsoft: IoGetDeviceAttachmentBaseRef. */
PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT Device)
{
    HvAtomicBegin();
    while (IopDope(Device)->AttachedTo) {
        Device = IopDope(Device)->AttachedTo;
    }
    ObHeader(Device)->PointerCount++;
    HvAtomicEnd();
    return Device;
}

/* Microsoft: IoGetLowerDeviceObject. NULL: nothing below. */
PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT Device)
{
    PDEVICE_OBJECT Lower;

    HvAtomicBegin();
    Lower = IopDope(Device)->AttachedTo;
    if (Lower) {
        ObHeader(Lower)->PointerCount++;
    }
    HvAtomicEnd();
    return Lower;
}

/* Microsoft: IoEnumerateDeviceObjectList. The devices are referenced. STATUS_BUFFER_TOO_SMALL with the true count. */
NTSTATUS NTAPI IoEnumerateDeviceObjectList(PDRIVER_OBJECT Driver, PDEVICE_OBJECT *List, ULONG Bytes, PULONG Count)
{
    ULONG Found = 0;
    NTSTATUS Status;

    HvAtomicBegin();
    for (PDEVICE_OBJECT Device = Driver->DeviceObject; Device; Device = Device->NextDevice) {
        Found++;
    }
    Status = Bytes / sizeof(PDEVICE_OBJECT) < Found ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
    if (NT_SUCCESS(Status)) {
        for (PDEVICE_OBJECT Device = Driver->DeviceObject; Device; Device = Device->NextDevice) {
            ObHeader(Device)->PointerCount++;
            *List++ = Device;
        }
    }
    HvAtomicEnd();
    *Count = Found;
    return Status;
}
