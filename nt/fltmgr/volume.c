/* SPDX-License-Identifier: GPL-2.0-or-later */
/* volume.c - the one volume there is to filter: NTFS on \Device\HarddiskVolume1. It lives as long as the system. */
#include "fltp.h"

#define FLTP_VOLUME_NAME L"\\Device\\HarddiskVolume1"
#define FLTP_VOLUME_GUID L"\\??\\Volume{11111111-2222-3333-4444-555555555555}"
#define FLTP_SECTOR_SIZE 512

static NTSTATUS FltpCreateDevice(PDRIVER_OBJECT DriverObject, PUNICODE_STRING Name, DEVICE_TYPE Type,
                                 PDEVICE_OBJECT *Device)
{
    NTSTATUS Status = IoCreateDevice(DriverObject, 0, Name, Type, 0, FALSE, Device);

    if (NT_SUCCESS(Status)) {
        (*Device)->SectorSize = FLTP_SECTOR_SIZE;
        (*Device)->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
    return Status;
}

NTSTATUS FltpCreateVolume(PDRIVER_OBJECT DriverObject)
{
    static struct _FLT_VOLUME Volume;
    NTSTATUS Status;

    FltpInitializeObject(&Volume.Base, FLT_OBFL_TYPE_VOLUME);
    RtlInitUnicodeString(&Volume.DeviceName, FLTP_VOLUME_NAME);
    RtlInitUnicodeString(&Volume.GuidName, FLTP_VOLUME_GUID);
    InitializeListHead(&Volume.InstanceList);
    Volume.FileSystemType = FLT_FSTYPE_NTFS;
    Status = FltpCreateDevice(DriverObject, &Volume.DeviceName, FILE_DEVICE_DISK, &Volume.DiskDeviceObject);
    if (NT_SUCCESS(Status)) {
        Status = FltpCreateDevice(DriverObject, NULL, FILE_DEVICE_DISK_FILE_SYSTEM, &Volume.DeviceObject);
    }
    if (NT_SUCCESS(Status)) {
        InsertTailList(&FltpVolumeList, &Volume.Base.PrimaryLink);
    }
    return Status;
}

static PFLT_VOLUME FltpFirstVolume(VOID)
{
    return CONTAINING_RECORD(FltpVolumeList.Flink, struct _FLT_VOLUME, Base.PrimaryLink);
}

/* The volume that belongs to an object of any kind. */
static PFLT_VOLUME FltpVolumeOf(PVOID FltObject)
{
    PFLT_OBJECT Object = FltObject;
    return Object->Flags & FLT_OBFL_TYPE_INSTANCE ? ((PFLT_INSTANCE)FltObject)->Volume : FltObject;
}

/* Microsoft: FltEnumerateVolumes. Takes a rundown reference on each. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltEnumerateVolumes(PFLT_FILTER Filter, PFLT_VOLUME *VolumeList, ULONG VolumeListSize,
                                    PULONG NumberVolumesReturned)
{
    UNREFERENCED_PARAMETER(Filter);
    *NumberVolumesReturned = 1;
    if (VolumeListSize < 1) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    VolumeList[0] = FltpFirstVolume();
    return FltObjectReference(VolumeList[0]);
}

static NTSTATUS FltpReturnVolume(BOOLEAN Found, PFLT_VOLUME *RetVolume)
{
    *RetVolume = Found ? FltpFirstVolume() : NULL;
    return Found ? FltObjectReference(*RetVolume) : STATUS_FLT_VOLUME_NOT_FOUND;
}

/* Microsoft: FltGetVolumeFromName. Device name or volume GUID name. Takes a rundown reference. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeFromName(PFLT_FILTER Filter, PCUNICODE_STRING VolumeName, PFLT_VOLUME *RetVolume)
{
    PFLT_VOLUME Volume = FltpFirstVolume();

    UNREFERENCED_PARAMETER(Filter);
    return FltpReturnVolume(RtlEqualUnicodeString(VolumeName, &Volume->DeviceName, TRUE) ||
                                RtlEqualUnicodeString(VolumeName, &Volume->GuidName, TRUE),
                            RetVolume);
}

/* Microsoft: FltGetVolumeFromInstance. Takes a rundown reference. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeFromInstance(PFLT_INSTANCE Instance, PFLT_VOLUME *RetVolume)
{
    *RetVolume = Instance->Volume;
    return FltObjectReference(*RetVolume);
}

/* Microsoft: FltGetVolumeFromDeviceObject. Takes a rundown reference. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeFromDeviceObject(PFLT_FILTER Filter, PDEVICE_OBJECT DeviceObject, PFLT_VOLUME *RetVolume)
{
    PFLT_VOLUME Volume = FltpFirstVolume();

    UNREFERENCED_PARAMETER(Filter);
    return FltpReturnVolume(DeviceObject == Volume->DeviceObject || DeviceObject == Volume->DiskDeviceObject,
                            RetVolume);
}

/* Microsoft: FltGetVolumeFromFileObject. Takes a rundown reference. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeFromFileObject(PFLT_FILTER Filter, PFILE_OBJECT FileObject, PFLT_VOLUME *RetVolume)
{
    return FltGetVolumeFromDeviceObject(Filter, FileObject->DeviceObject, RetVolume);
}

static NTSTATUS FltpReturnName(PCUNICODE_STRING Name, PUNICODE_STRING Buffer, PULONG BufferSizeNeeded)
{
    if (BufferSizeNeeded != NULL) {
        *BufferSizeNeeded = Name->Length;
    }
    if (Buffer == NULL || Buffer->MaximumLength < Name->Length) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlCopyUnicodeString(Buffer, Name);
    return STATUS_SUCCESS;
}

/* Microsoft: FltGetVolumeName. STATUS_BUFFER_TOO_SMALL: *BufferSizeNeeded bytes. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeName(PFLT_VOLUME Volume, PUNICODE_STRING VolumeName, PULONG BufferSizeNeeded)
{
    return FltpReturnName(&Volume->DeviceName, VolumeName, BufferSizeNeeded);
}

/* Microsoft: FltGetVolumeGuidName. IRQL PASSIVE_LEVEL. */
NTSTATUS FLTAPI FltGetVolumeGuidName(PFLT_VOLUME Volume, PUNICODE_STRING VolumeGuidName, PULONG BufferSizeNeeded)
{
    return FltpReturnName(&Volume->GuidName, VolumeGuidName, BufferSizeNeeded);
}

static NTSTATUS FltpReturnDevice(PDEVICE_OBJECT Device, PDEVICE_OBJECT *RetDevice)
{
    *RetDevice = Device;
    ObfReferenceObject(Device);
    return STATUS_SUCCESS;
}

/* Microsoft: FltGetDeviceObject. The caller dereferences the device. IRQL <= DISPATCH_LEVEL. */
NTSTATUS FLTAPI FltGetDeviceObject(PFLT_VOLUME Volume, PDEVICE_OBJECT *DeviceObject)
{
    return FltpReturnDevice(Volume->DeviceObject, DeviceObject);
}

/* Microsoft: FltGetDiskDeviceObject. The caller dereferences the device. IRQL <= DISPATCH_LEVEL. */
NTSTATUS FLTAPI FltGetDiskDeviceObject(PFLT_VOLUME Volume, PDEVICE_OBJECT *DiskDeviceObject)
{
    return FltpReturnDevice(Volume->DiskDeviceObject, DiskDeviceObject);
}

/* Microsoft: FltIsFltMgrVolumeDeviceObject: no such device stands in the stack here. */
BOOLEAN FLTAPI FltIsFltMgrVolumeDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return FALSE;
}

/* Microsoft: FltGetFileSystemType. FltObject: volume or instance. */
NTSTATUS FLTAPI FltGetFileSystemType(PVOID FltObject, PFLT_FILESYSTEM_TYPE FileSystemType)
{
    *FileSystemType = FltpVolumeOf(FltObject)->FileSystemType;
    return STATUS_SUCCESS;
}

/* Microsoft: FltIsVolumeWritable. FltObject: volume or instance. */
NTSTATUS FLTAPI FltIsVolumeWritable(PVOID FltObject, PBOOLEAN IsWritable)
{
    UNREFERENCED_PARAMETER(FltObject);
    *IsWritable = TRUE;
    return STATUS_SUCCESS;
}

static PUCHAR FltpPlaceName(PUNICODE_STRING Target, PCWSTR Name, PUCHAR Buffer)
{
    UNICODE_STRING Source;

    RtlInitUnicodeString(&Source, Name);
    Target->Buffer = (PWCHAR)Buffer;
    Target->Length = Target->MaximumLength = Source.Length;
    RtlCopyMemory(Buffer, Source.Buffer, Source.Length);
    return Buffer + Source.Length;
}

/*
 * Microsoft: FltGetVolumeProperties. The names follow the structure in the caller's buffer. STATUS_BUFFER_TOO_SMALL:
 * not even the structure fits; STATUS_BUFFER_OVERFLOW: the names do not, *LengthReturned says what is needed.
 */
NTSTATUS FLTAPI FltGetVolumeProperties(PFLT_VOLUME Volume, PFLT_VOLUME_PROPERTIES Properties, ULONG Length,
                                       PULONG LengthReturned)
{
    static const WCHAR Driver[] = L"\\FileSystem\\Ntfs";
    static const WCHAR Device[] = L"\\Ntfs";
    ULONG Names = sizeof(Driver) + sizeof(Device) - 2 * sizeof(WCHAR) + Volume->DeviceName.Length;
    ULONG Needed = sizeof(*Properties) + Names;
    PUCHAR Text = (PUCHAR)(Properties + 1);

    *LengthReturned = Needed;
    if (Properties == NULL || Length < sizeof(*Properties)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlZeroMemory(Properties, sizeof(*Properties));
    Properties->DeviceType = FILE_DEVICE_DISK_FILE_SYSTEM;
    Properties->DeviceObjectFlags = Volume->DeviceObject->Flags;
    Properties->SectorSize = FLTP_SECTOR_SIZE;
    if (Length < Needed) {
        return STATUS_BUFFER_OVERFLOW;
    }
    Text = FltpPlaceName(&Properties->FileSystemDriverName, Driver, Text);
    Text = FltpPlaceName(&Properties->FileSystemDeviceName, Device, Text);
    FltpPlaceName(&Properties->RealDeviceName, Volume->DeviceName.Buffer, Text);
    return STATUS_SUCCESS;
}
