/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iodriver.c - driver objects: making, naming, finding, deleting them; their client extensions.
 *
 * Deleting the object is what unmaps the image: whoever drops the last reference does it, in its own thread.
 */
#include "cm.h"
#include "ex.h"
#include "io.h"
#include "mm.h"
#include "vf.h"

/* Microsoft: DRIVER_DISPATCH; what every MajorFunction is before the driver sets it. */
NTSTATUS NTAPI IopInvalidDeviceRequest(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/*
 * As DriverEntry sees it (ReactOS kernel tests, IoDeviceObject): Flags DRVO_LEGACY_DRIVER, no device, DriverExtension
 * directly behind, AddDevice and DriverUnload NULL. PointerCount 1; not yet in the directory.
 */
NTSTATUS IopCreateDriverObject(PCUNICODE_STRING Name, POBJECT_DIRECTORY Directory, PDRIVER_OBJECT *DriverObject)
{
    static const UNICODE_STRING Hardware = RTL_CONSTANT_STRING(L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");
    PDRIVER_OBJECT Driver = ObAllocateObject(ObpDriverType, sizeof(*Driver) + sizeof(IOP_DRIVER_EXTENSION), Name, NULL);
    PIOP_DRIVER_EXTENSION Extension = (PIOP_DRIVER_EXTENSION)(Driver + 1);

    UNREFERENCED_PARAMETER(Directory);
    if (!Driver) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ObHeader(Driver)->Flags = OB_FLAG_PERMANENT;
    memset(Driver, 0, FIELD_OFFSET(DRIVER_OBJECT, MajorFunction));
    Driver->Type = IO_TYPE_DRIVER;
    Driver->Size = sizeof(DRIVER_OBJECT);
    Driver->Flags = DRVO_LEGACY_DRIVER;
    Driver->DriverExtension = &Extension->Public;
    Driver->HardwareDatabase = (PUNICODE_STRING)&Hardware;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        Driver->MajorFunction[i] = IopInvalidDeviceRequest;
    }
    memset(Extension, 0, sizeof(*Extension));
    Extension->Public.DriverObject = Driver;
    *DriverObject = Driver;
    return STATUS_SUCCESS;
}

/* ServiceKeyName and DriverName, which Windows fills after the name has become visible. One block holds both texts. */
VOID IopNameDriver(PDRIVER_OBJECT Driver, PCUNICODE_STRING Service, POBJECT_DIRECTORY Directory)
{
    PUNICODE_STRING Parent = &ObHeader(Directory)->Name;
    ULONG Full = Parent->Length + Service->Length + 2 * sizeof(WCHAR);
    PWCH Text = ExpAllocateSystemPool(Full + sizeof(WCHAR) + Service->Length + sizeof(WCHAR)), Key;

    if (!Text) {
        return;
    }
    Text[0] = L'\\';
    memcpy(Text + 1, Parent->Buffer, Parent->Length);
    Text[1 + Parent->Length / sizeof(WCHAR)] = L'\\';
    memcpy(Text + 2 + Parent->Length / sizeof(WCHAR), Service->Buffer, Service->Length);
    Text[Full / sizeof(WCHAR)] = 0;
    Key = Text + Full / sizeof(WCHAR) + 1;
    memcpy(Key, Service->Buffer, Service->Length);
    Key[Service->Length / sizeof(WCHAR)] = 0;
    Driver->DriverExtension->ServiceKeyName.Buffer = Key;
    Driver->DriverExtension->ServiceKeyName.MaximumLength = (USHORT)(Service->Length + sizeof(WCHAR));
    Driver->DriverExtension->ServiceKeyName.Length = Service->Length;
    Driver->DriverName.Buffer = Text;
    Driver->DriverName.MaximumLength = (USHORT)(Full + sizeof(WCHAR));
    Driver->DriverName.Length = (USHORT)Full;
}

/*
 * Delete method, PASSIVE_LEVEL. Queued DPCs are flushed before the driver's memory goes (Microsoft: KeCancelTimer,
 * Remarks); mm does it again before it unmaps.
 */
VOID IopDeleteDriver(PVOID Object)
{
    PDRIVER_OBJECT Driver = Object;
    PIOP_CLIENT_EXTENSION Extension = IopDriverExtension(Driver)->ClientExtension;

    if (Extension) {
        KeFlushQueuedDpcs();
    }
    while (Extension) {
        PIOP_CLIENT_EXTENSION Next = Extension->Next;
        ExpFreeSystemPool(Extension);
        Extension = Next;
    }
    if (Driver->DriverSection) {
        VfDriverDeleted(Driver);
        MmUnloadSystemImage(Driver->DriverSection);
    }
    if (Driver->DriverName.Buffer) {
        ExpFreeSystemPool(Driver->DriverName.Buffer);
    }
}

/* The value ObjectName, else \FileSystem\<service> for Type 2 and 8, else \Driver\<service>. */
NTSTATUS IopGetDriverName(PCUNICODE_STRING ServiceKey, POBJECT_DIRECTORY *Directory, PUNICODE_STRING Name)
{
    static const UNICODE_STRING ObjectName = RTL_CONSTANT_STRING(L"ObjectName");
    PCM_KEY Key = CmpFindKey(NULL, ServiceKey);
    PCM_VALUE Value;
    ULONG Type;

    if (!Key) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    Value = CmpFindValue(Key, &ObjectName);
    if (Value && Value->Type == REG_SZ && Value->Bytes > sizeof(WCHAR)) {
        UNICODE_STRING Path = {(USHORT)(Value->Bytes - sizeof(WCHAR)), (USHORT)Value->Bytes, Value->Data};
        return ObpParsePath(&Path, Directory, Name);
    }
    Type = CmpQueryDword(Key, L"Type", 1);
    *Directory = Type == 2 || Type == 8 ? ObpFileSystemDirectory : ObpDriverDirectory;
    *Name = Key->Name;
    return STATUS_SUCCESS;
}

NTSTATUS IopReferenceDriverByService(PCUNICODE_STRING ServiceKey, PDRIVER_OBJECT *DriverObject)
{
    POBJECT_DIRECTORY Directory;
    UNICODE_STRING Name;
    NTSTATUS Status = IopGetDriverName(ServiceKey, &Directory, &Name);

    if (NT_SUCCESS(Status)) {
        *DriverObject = ObpReferenceNamed(Directory, &Name);
        Status = *DriverObject ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return Status;
}

/* Microsoft: IoAllocateDriverObjectExtension. PASSIVE_LEVEL. Zeroed. STATUS_OBJECT_NAME_COLLISION. */
NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID Client, ULONG Size, PVOID *Result)
{
    PIOP_CLIENT_EXTENSION New = ExpAllocateSystemPool(sizeof(*New) + Size), Item;

    *Result = NULL;
    if (!New) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    New->ClientIdentification = Client;
    memset(New->Extension, 0, Size);
    HvAtomicBegin();
    for (Item = IopDriverExtension(DriverObject)->ClientExtension; Item; Item = Item->Next) {
        if (Item->ClientIdentification == Client) {
            break;
        }
    }
    if (!Item) {
        New->Next = IopDriverExtension(DriverObject)->ClientExtension;
        IopDriverExtension(DriverObject)->ClientExtension = New;
    }
    HvAtomicEnd();
    if (Item) {
        ExpFreeSystemPool(New);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *Result = New->Extension;
    return STATUS_SUCCESS;
}

/* Microsoft: IoGetDriverObjectExtension. IRQL <= DISPATCH_LEVEL. NULL if there is none. */
PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID Client)
{
    PIOP_CLIENT_EXTENSION Item;

    HvAtomicBegin();
    for (Item = IopDriverExtension(DriverObject)->ClientExtension; Item; Item = Item->Next) {
        if (Item->ClientIdentification == Client) {
            break;
        }
    }
    HvAtomicEnd();
    return Item ? Item->Extension : NULL;
}
