/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioload.c - loading a driver. The heart of the matter: nothing here but the name directory and the load lock is
 * protected; what happens to the driver object between DriverEntry's return and the end of the load is plain code.
 *
 *   requester            loader (worker or a System thread)                  who else can get at the driver
 *   NtLoadDriver ------> IopLoadUnloadDriver
 *                        IopLoadDriver
 *                          IopDriverLoadResource exclusive
 *                          MmLoadSystemImage         image mapped
 *                          IopCreateDriverObject     name in the directory ... NtUnloadDriver finds it from here on
 *                          DriverEntry               ......................... the filter manager may unload it
 *                          fill MajorFunction        LB
 *                          MmFreeDriverInitialization LD
 *                          IopReadyDeviceObjects     LE LF LG LH
 *                          release the resource
 *                        IopCallDriverReinitializationRoutines   LI
 *   wakes up <---------- KeSetEvent                  LJ
 *
 * The loader keeps no reference of its own: the one that the creation left is the one that unloading drops.
 *
 * Sources: Microsoft: DRIVER_INITIALIZE callback, "DriverEntry Return Values"; call order as ReactOS reimplements it
 * and as public stacks show it (OSR, NT Insider 2014-2, "One Driver: Loading and Unloading... At The Same Time").
 */
#include "cm.h"
#include "ex.h"
#include "io.h"
#include "mm.h"
#include "vf.h"

/* ERESOURCE-like: exclusive, recursive for its owner (a DriverEntry may call ZwLoadDriver). */
static struct {
    PKTHREAD volatile Owner;
    LONG Depth;
} IopDriverLoadResource;

VOID IopAcquireLoadResource(VOID)
{
    KeEnterCriticalRegion();
    if (IopDriverLoadResource.Owner != KiThread()) {
        HvWaitWord(&IopDriverLoadResource.Owner, sizeof(PVOID), HV_EQ, 0, 0, &IopDriverLoadResource);
        IopDriverLoadResource.Owner = KiThread();
        HvAtomicEnd();
    }
    IopDriverLoadResource.Depth++;
}

VOID IopReleaseLoadResource(VOID)
{
    if (--IopDriverLoadResource.Depth == 0) {
        IopDriverLoadResource.Owner = NULL;
    }
    KeLeaveCriticalRegion();
}

/* RegistryPath as DriverEntry gets it: valid only until it returns (Microsoft: DRIVER_INITIALIZE). */
static PUNICODE_STRING IopCopyRegistryPath(PCUNICODE_STRING ServiceKey)
{
    PUNICODE_STRING Copy = ExpAllocateSystemPool(sizeof(*Copy) + ServiceKey->Length + sizeof(WCHAR));

    if (Copy) {
        Copy->Length = ServiceKey->Length;
        Copy->MaximumLength = (USHORT)(ServiceKey->Length + sizeof(WCHAR));
        Copy->Buffer = (PWCH)(Copy + 1);
        memcpy(Copy->Buffer, ServiceKey->Buffer, ServiceKey->Length);
        Copy->Buffer[ServiceKey->Length / sizeof(WCHAR)] = 0;
    }
    return Copy;
}

static inline __attribute__((always_inline)) NTSTATUS IopCallDriverEntry(PDRIVER_OBJECT DriverObject,
                                                                         PCUNICODE_STRING ServiceKey)
{
    PUNICODE_STRING RegistryPath = IopCopyRegistryPath(ServiceKey);
    BOOLEAN Outer = FALSE;
    NTSTATUS Status;

    if (!RegistryPath) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (VfFailCall) {
        Outer = VfEnterDriver(DriverObject);
    }
    Status = DriverObject->DriverInit(DriverObject, RegistryPath);
    if (VfFailCall) {
        VfLeaveDriver(Outer);
    }
    ExpFreeSystemPool(RegistryPath);
    return Status;
}

/* LB: a driver may have stored NULL for a function it does not have. */
static VOID IopFillMajorFunctions(PDRIVER_OBJECT DriverObject)
{
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        if (!*(PDRIVER_DISPATCH volatile *)&DriverObject->MajorFunction[i]) {
            DriverObject->MajorFunction[i] = IopInvalidDeviceRequest;
        }
    }
}

/* The object is visible when this returns; DriverEntry has not run. */
static NTSTATUS IopMakeDriver(PCUNICODE_STRING ServiceKey, PKLDR_DATA_TABLE_ENTRY Section, PVOID Base,
                              PDRIVER_OBJECT *DriverObject)
{
    POBJECT_DIRECTORY Directory;
    UNICODE_STRING Name;
    PDRIVER_OBJECT Driver;
    NTSTATUS Status = IopGetDriverName(ServiceKey, &Directory, &Name);

    if (NT_SUCCESS(Status)) {
        Status = IopCreateDriverObject(&Name, Directory, &Driver);
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Driver->DriverStart = Base;
    Driver->DriverSize = Section->SizeOfImage;
    Driver->DriverInit = (PDRIVER_INITIALIZE)(ULONG_PTR)Section->EntryPoint;
    IopDriverExtension(Driver)->ImageBase = Base;
    IopBeginLoad(Driver);
    Status = ObpInsertName(Driver, Directory);
    if (!NT_SUCCESS(Status)) {
        ObDereferenceObject(Driver);
        return Status;
    }
    Driver->DriverSection = Section; /* from here on deleting the object unloads the image */
    IopNameDriver(Driver, &Name, Directory);
    VfDriverLoaded(Driver, Base, Section->SizeOfImage, Section->Name);
    *DriverObject = Driver;
    return STATUS_SUCCESS;
}

static NTSTATUS IopMapDriver(PCUNICODE_STRING ServiceKey, PKLDR_DATA_TABLE_ENTRY *Section, PVOID *Base)
{
    static const UNICODE_STRING ImagePathName = RTL_CONSTANT_STRING(L"ImagePath");
    PCM_KEY Key = CmpFindKey(NULL, ServiceKey);
    PCM_VALUE Value = Key ? CmpFindValue(Key, &ImagePathName) : NULL;
    UNICODE_STRING ImagePath;
    PDRIVER_OBJECT Existing;
    NTSTATUS Status;

    if (!Value || Value->Bytes < 2 * sizeof(WCHAR)) {
        return Key ? STATUS_ILL_FORMED_SERVICE_ENTRY : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    ImagePath.Buffer = Value->Data;
    ImagePath.Length = ImagePath.MaximumLength = (USHORT)(Value->Bytes - sizeof(WCHAR));
    Status = MmLoadSystemImage(&ImagePath, Section, Base);
    if (Status == STATUS_IMAGE_ALREADY_LOADED) {
        /* Microsoft: FltLoadFilter tells "running" from "old copy still in memory". */
        if (NT_SUCCESS(IopReferenceDriverByService(ServiceKey, &Existing))) {
            ObDereferenceObject(Existing);
        } else {
            Status = STATUS_DRIVER_FAILED_PRIOR_UNLOAD;
        }
    }
    return Status;
}

/* What follows a successful DriverEntry: LB, LD, LE to LH, without protection. */
static VOID IopFinishDriverEntry(PDRIVER_OBJECT DriverObject)
{
    IopFillMajorFunctions(DriverObject);
    MmFreeDriverInitialization(*(PVOID volatile *)&DriverObject->DriverSection);
    IopReadyDeviceObjects(DriverObject);
}

IOP_FRAME NTSTATUS IopLoadDriver(PCUNICODE_STRING ServiceKey, PDRIVER_OBJECT *DriverObject)
{
    PKLDR_DATA_TABLE_ENTRY Section;
    PVOID Base;
    PDRIVER_OBJECT Driver = NULL;
    NTSTATUS Status;

    *DriverObject = NULL;
    IopAcquireLoadResource();
    Status = IopMapDriver(ServiceKey, &Section, &Base);
    if (!NT_SUCCESS(Status)) {
        goto exit;
    }
    Status = IopMakeDriver(ServiceKey, Section, Base, &Driver);
    if (!NT_SUCCESS(Status)) {
        MmUnloadSystemImage(Section);
        goto exit;
    }
    Status = IopCallDriverEntry(Driver, ServiceKey);
    if (!NT_SUCCESS(Status)) {
        IopFinishLoad(Driver, Status);
        IopFillMajorFunctions(Driver);
        ObMakeTemporaryObject(Driver);
        ObDereferenceObject(Driver);
        Status = STATUS_FAILED_DRIVER_ENTRY;
        goto exit;
    }
    IopFinishDriverEntry(Driver);
    *DriverObject = Driver;
exit:
    IopReleaseLoadResource();
    return Status;
}

/*
 * The one work routine for both directions: load if no driver object is given, else call its DriverUnload. Wakes the
 * requester, whose stack holds the packet: nothing may touch it afterwards.
 */
IOP_FRAME VOID NTAPI IopLoadUnloadDriver(PVOID Context)
{
    PIOP_LOAD_PACKET Packet = Context;
    PDRIVER_OBJECT DriverObject = Packet->DriverObject;

    if (DriverObject) {
        DriverObject->DriverUnload(DriverObject);
        Packet->FinalStatus = STATUS_SUCCESS;
    } else {
        Packet->FinalStatus = IopLoadDriver(Packet->ServiceKey, &DriverObject);
        IopCallDriverReinitializationRoutines();
        if (DriverObject) {
            IopFinishLoad(DriverObject, STATUS_SUCCESS);
        }
    }
    KeSetEvent(&Packet->Event, IO_NO_INCREMENT, FALSE);
}

NTSTATUS IopQueueLoadUnload(PIOP_LOAD_PACKET Packet)
{
    KeInitializeEvent(&Packet->Event, NotificationEvent, FALSE);
    if (KiThread()->Role != ThreadUser) {
        IopLoadUnloadDriver(Packet);
    } else {
        ExInitializeWorkItem(&Packet->WorkItem, IopLoadUnloadDriver, Packet);
        ExQueueWorkItem(&Packet->WorkItem, DelayedWorkQueue);
        KeWaitForSingleObject(&Packet->Event, UserRequest, KernelMode, FALSE, NULL);
    }
    return Packet->FinalStatus;
}

/*
 * Microsoft: ZwLoadDriver. PASSIVE_LEVEL. ServiceKey: \Registry\Machine\System\CurrentControlSet\Services\<service>.
 * STATUS_IMAGE_ALREADY_LOADED, STATUS_DRIVER_FAILED_PRIOR_UNLOAD, STATUS_FAILED_DRIVER_ENTRY,
 * STATUS_OBJECT_NAME_NOT_FOUND. All callers here hold SeLoadDriverPrivilege.
 */
IOP_FRAME NTSTATUS NTAPI NtLoadDriver(PUNICODE_STRING ServiceKey)
{
    IOP_LOAD_PACKET Packet;

    Packet.DriverObject = NULL;
    Packet.ServiceKey = ServiceKey;
    return IopQueueLoadUnload(&Packet);
}

NTSTATUS NTAPI ZwLoadDriver(PUNICODE_STRING ServiceKey) { return NtLoadDriver(ServiceKey); }
