/* SPDX-License-Identifier: MIT */
/*
 * register.c - how a target is asked to register: by the function that it exports, or by a request to its device.
 *
 * In both cases Released is cleared before control goes into the target, and set when it has come back: set by the target
 * itself, it could be unmapped under its own last instructions. But it is set before the target is let go: an unload that
 * was put off because its device was open is done by whoever closes it, that is by this thread, and waits for Released.
 */
#include "gatep.h"

/* Exported since Windows NT 4, but in no header of Microsoft's. */
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                                   PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                                   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                                   PVOID ParseContext, PVOID *Object);
__declspec(dllimport) extern POBJECT_TYPE IoDriverObjectType; /* by dllimport: the kernel's variable itself */

#define GATE_PATH_LENGTH       256
#define GATE_INITIALIZED       0x00000010 /* DRVO_INITIALIZED: DriverEntry has returned */
#define GATE_POLLS             1000
#define GATE_POLL_MILLISECONDS 10

static NTSTATUS GateReferenceDriverIn(_In_ PCWSTR Directory, _In_ PCUNICODE_STRING Service,
                                      _Out_ PDRIVER_OBJECT *Driver)
{
    WCHAR Buffer[GATE_PATH_LENGTH];
    UNICODE_STRING Path = {0, sizeof(Buffer), Buffer};
    NTSTATUS Status = RtlAppendUnicodeToString(&Path, Directory);

    if (NT_SUCCESS(Status)) {
        Status = RtlAppendUnicodeStringToString(&Path, Service);
    }
    if (NT_SUCCESS(Status)) {
        Status = ObReferenceObjectByName(&Path, OBJ_CASE_INSENSITIVE, NULL, 0, IoDriverObjectType, KernelMode, NULL,
                                         (PVOID *)Driver);
    }
    return Status;
}

/* File system drivers and minifilters are in the first directory, others in the second. */
static NTSTATUS GateReferenceDriver(_In_ PCUNICODE_STRING Service, _Out_ PDRIVER_OBJECT *Driver)
{
    NTSTATUS Status = GateReferenceDriverIn(L"\\FileSystem\\", Service, Driver);

    return NT_SUCCESS(Status) ? Status : GateReferenceDriverIn(L"\\Driver\\", Service, Driver);
}

/* At once, unless somebody else loads it and ZwLoadDriver did not wait for that. */
static NTSTATUS GateWaitForLoad(_In_ PDRIVER_OBJECT Driver)
{
    LARGE_INTEGER Interval;
    ULONG Poll;

    Interval.QuadPart = GATE_POLL_MILLISECONDS * -10000LL;
    for (Poll = 0; Poll < GATE_POLLS; Poll++) {
        if (*(volatile ULONG *)&Driver->Flags & GATE_INITIALIZED) {
            return STATUS_SUCCESS;
        }
        KeDelayExecutionThread(KernelMode, FALSE, &Interval);
    }
    return STATUS_IO_TIMEOUT;
}

/* The reference on the driver object keeps the image, not the driver: that is up to Released. */
static NTSTATUS GateRegisterByExport(_Inout_ PGATE_TARGET Target)
{
    PGATE_REGISTER_ROUTINE Register;
    PDRIVER_OBJECT Driver;
    NTSTATUS Status = GateReferenceDriver(&Target->Service, &Driver);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = GateWaitForLoad(Driver);
    if (NT_SUCCESS(Status)) {
        Register = (PGATE_REGISTER_ROUTINE)GateFindExport(Driver->DriverStart, Driver->DriverSize, "GateRegister");
        Status = Register != NULL ? Register(Driver, &Target->Released) : STATUS_PROCEDURE_NOT_FOUND;
    }
    KeSetEvent(&Target->Released, IO_NO_INCREMENT, FALSE);
    ObDereferenceObject(Driver);
    return Status;
}

static NTSTATUS GateSendRegister(_In_ PDEVICE_OBJECT Device, _In_ PKEVENT Released)
{
    GATE_REGISTER Register = {Released};
    IO_STATUS_BLOCK IoStatus;
    KEVENT Done;
    PIRP Irp;
    NTSTATUS Status;

    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    Irp = IoBuildDeviceIoControlRequest(IOCTL_GATE_REGISTER, Device, &Register, sizeof(Register), NULL, 0, TRUE, &Done,
                                        &IoStatus);
    if (Irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = IoCallDriver(Device, Irp);
    if (Status == STATUS_PENDING) {
        KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
        Status = IoStatus.Status;
    }
    return Status;
}

/* A device whose driver is still being loaded cannot be opened: then somebody else loads it, and GateServe is called again. */
static NTSTATUS GateRegisterByDevice(_Inout_ PGATE_TARGET Target)
{
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
    NTSTATUS Status = IoGetDeviceObjectPointer(&Target->Device, FILE_READ_ATTRIBUTES, &File, &Device);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = GateSendRegister(Device, &Target->Released);
    KeSetEvent(&Target->Released, IO_NO_INCREMENT, FALSE);
    ObDereferenceObject(File);
    return Status;
}

NTSTATUS GateRegisterTarget(_Inout_ PGATE_TARGET Target)
{
    KeClearEvent(&Target->Released);
    return Target->Device.Length != 0 ? GateRegisterByDevice(Target) : GateRegisterByExport(Target);
}
