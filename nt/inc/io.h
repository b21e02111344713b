/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.h - drivers and devices: what the I/O manager shares with the rest of the kernel and with the filter manager.
 *
 * Driver object block: DRIVER_OBJECT, then directly IOP_DRIVER_EXTENSION (its beginning is the public
 * DRIVER_EXTENSION). Device object block: DEVICE_OBJECT (0x150 bytes), the driver's extension, then
 * IOP_DEVOBJ_EXTENSION.
 */
#ifndef AIRLOCK_NT_IO_H
#define AIRLOCK_NT_IO_H

#include "ntos.h"
#include "ob.h"

/* Routines that people know from stacks keep their frames. */
#define IOP_FRAME __attribute__((noinline))

#ifndef DRVO_REINIT_REGISTERED
#define DRVO_REINIT_REGISTERED     0x00000008
#define DRVO_INITIALIZED           0x00000010
#define DRVO_BOOTREINIT_REGISTERED 0x00000020
#endif

#define DOE_UNLOAD_PENDING   0x01
#define DOE_DELETE_PENDING   0x02
#define DOE_REMOVE_PENDING   0x04
#define DOE_REMOVE_PROCESSED 0x08
#define DOE_START_PENDING    0x10

typedef struct _IOP_DEVOBJ_EXTENSION {
    CSHORT Type; /* 13 */
    USHORT Size; /* 0 */
    PDEVICE_OBJECT DeviceObject;
    ULONG PowerFlags;
    PVOID Dope;
    ULONG ExtensionFlags; /* DOE_... */
    PVOID DeviceNode;
    PDEVICE_OBJECT AttachedTo;
    LONG StartIoCount;
    PVOID Vpb;
    LIST_ENTRY ShutdownEntry; /* registered when Flink is not NULL */
} IOP_DEVOBJ_EXTENSION, *PIOP_DEVOBJ_EXTENSION;

static inline PIOP_DEVOBJ_EXTENSION IopDope(PDEVICE_OBJECT Device)
{
    return (PIOP_DEVOBJ_EXTENSION)Device->DeviceObjectExtension;
}

typedef struct _IOP_CLIENT_EXTENSION {
    struct _IOP_CLIENT_EXTENSION *Next;
    PVOID ClientIdentification;
    ULONG64 Extension[];
} IOP_CLIENT_EXTENSION, *PIOP_CLIENT_EXTENSION;

/* Who finishes an unload that was deferred until the load ends (Windows 8, win8-serialise=defer). */
typedef VOID IOP_DEFERRED_UNLOAD(PDRIVER_OBJECT DriverObject, PVOID Context);

enum { IOP_LOAD_DONE, IOP_LOAD_RUNNING, IOP_LOAD_FAILED };

/* A request to load (DriverObject NULL) or to call DriverUnload; on the requester's stack while a worker serves it. */
typedef struct _IOP_LOAD_PACKET {
    WORK_QUEUE_ITEM WorkItem;
    KEVENT Event;
    PDRIVER_OBJECT DriverObject;
    PCUNICODE_STRING ServiceKey;
    NTSTATUS FinalStatus;
} IOP_LOAD_PACKET, *PIOP_LOAD_PACKET;

typedef struct _IOP_DRIVER_EXTENSION {
    DRIVER_EXTENSION Public;
    PIOP_CLIENT_EXTENSION ClientExtension;
    struct _IOP_DEFERRED *Deferred; /* Windows 8 only */
    volatile LONG LoadState;        /* Windows 8 only: enum above */
    PVOID ImageBase;                /* kept for the audit: drivers may write DriverStart */
} IOP_DRIVER_EXTENSION, *PIOP_DRIVER_EXTENSION;

static inline PIOP_DRIVER_EXTENSION IopDriverExtension(PDRIVER_OBJECT Driver)
{
    return (PIOP_DRIVER_EXTENSION)Driver->DriverExtension;
}

/*
 * Boot, PASSIVE_LEVEL, after ob, cm, ps, ex: type methods; then the entry of fltmgr.sys and of every other mapped
 * driver.
 */
VOID IoInitSystem(VOID);

/*
 * Boot: make the driver object of an image that is already mapped (fltmgr.sys, a volume) and call its DriverEntry.
 * Name: "\FileSystem\FltMgr". DRVO_BUILTIN_DRIVER; never unloaded.
 */
NTSTATUS IopInitializeBuiltinDriver(PCUNICODE_STRING Name, PVOID Base, SIZE_T Size, PDRIVER_INITIALIZE Entry,
                                    PDRIVER_OBJECT *DriverObject);

/* Load and unload. The Nt... routines are the services as user mode reaches them. */
NTSTATUS NTAPI NtLoadDriver(PUNICODE_STRING ServiceKey);
NTSTATUS NTAPI NtUnloadDriver(PUNICODE_STRING ServiceKey);
NTSTATUS IopLoadDriver(PCUNICODE_STRING ServiceKey, PDRIVER_OBJECT *DriverObject);
NTSTATUS IopUnloadDriver(PCUNICODE_STRING ServiceKey);

/*
 * Every unload of a driver passes here before driver code runs, whoever asks: the I/O manager, the filter manager.
 *   STATUS_SUCCESS  go on; the driver object stays referenced until IopEndUnload
 *   STATUS_PENDING  deferred: Routine(DriverObject, Context) runs in a worker when the load has ended, by itself again
 *                   serialised; nothing to end
 *   other           refused: report it to the requester
 * Before Windows 8 it only returns STATUS_SUCCESS, without touching the driver object. May block (PASSIVE_LEVEL). The
 * caller guarantees that the object exists now (has a reference, or found the filter that names it).
 */
NTSTATUS IopBeginUnload(PDRIVER_OBJECT DriverObject, IOP_DEFERRED_UNLOAD *Routine, PVOID Context);
VOID IopEndUnload(PDRIVER_OBJECT DriverObject);

/* In the System process: directly; from a user thread: by a worker of the delayed queue, and wait for it. */
NTSTATUS IopQueueLoadUnload(PIOP_LOAD_PACKET Packet);
VOID NTAPI IopLoadUnloadDriver(PVOID Packet);
VOID IopCallDriverReinitializationRoutines(VOID);
VOID IopReadyDeviceObjects(PDRIVER_OBJECT DriverObject);
VOID IopBeginLoad(PDRIVER_OBJECT DriverObject);
VOID IopFinishLoad(PDRIVER_OBJECT DriverObject, NTSTATUS Status);
VOID IopAcquireLoadResource(VOID);
VOID IopReleaseLoadResource(VOID);
VOID IopDeleteDriver(PVOID Object); /* delete methods of the object types */
VOID IopDeleteDevice(PVOID Object);
VOID IopDeleteFile(PVOID Object);
VOID IopCloseFile(PVOID Object);
NTSTATUS IopCreateDriverObject(PCUNICODE_STRING Name, POBJECT_DIRECTORY Directory, PDRIVER_OBJECT *DriverObject);
VOID IopNameDriver(PDRIVER_OBJECT Driver, PCUNICODE_STRING Service, POBJECT_DIRECTORY Directory);
VOID IopCompletePendingUnload(PDRIVER_OBJECT DriverObject);
VOID IopDeleteTimer(PDEVICE_OBJECT Device);

/* Where the driver object of a service lives, and its last component; Name points into the key or into ServiceKey. */
NTSTATUS IopGetDriverName(PCUNICODE_STRING ServiceKey, POBJECT_DIRECTORY *Directory, PUNICODE_STRING Name);

/*
 * Change a device's Flags without interlock: read, then write, another processor may come between and lose its change.
 * (DRIVER_OBJECT.Flags are changed by single instructions here: a lost DRVO_UNLOAD_INVOKED would be no driver's fault.)
 */
static inline VOID IopSetFlag(volatile ULONG *Word, ULONG Flag)
{
    ULONG Old = *Word;
    *Word = Old | Flag;
}
static inline VOID IopClearFlag(volatile ULONG *Word, ULONG Flag)
{
    ULONG Old = *Word;
    *Word = Old & ~Flag;
}

/* The driver object of a service ("\FileSystem\x" or "\Driver\x"), referenced. */
NTSTATUS IopReferenceDriverByService(PCUNICODE_STRING ServiceKey, PDRIVER_OBJECT *DriverObject);

VOID IopDereferenceDeviceObject(PDEVICE_OBJECT Device); /* one open less; may complete a pending delete or unload */
BOOLEAN IopDeviceIsGoing(PDEVICE_OBJECT Device);        /* DO_DEVICE_INITIALIZING or a DOE_...PENDING flag is set */
VOID IopCleanupThreadIo(PKTHREAD Thread);               /* nothing to do today; ps calls it when a thread ends */

/*
 * Open a file object on a device, send IRP_MJ_CREATE. Path names a device, perhaps with a rest for it.
 * Information: FILE_OPENED ... . PASSIVE_LEVEL.
 */
NTSTATUS IopOpenFile(PCUNICODE_STRING Path, ACCESS_MASK Access, ULONG ShareAccess, ULONG Disposition, ULONG Options,
                     PFILE_OBJECT *FileObject, PULONG_PTR Information);

/* A block that a driver must give back (work item, list of pages ...): recorded for the audit. */
VOID IopRecordBlock(PVOID Block, ULONG Bytes, ULONG Tag, PVOID Caller);

PIRP IopAllocateIrp(CCHAR StackSize);

/* Send a packet whose next stack location is filled, and wait. */
NTSTATUS IopCallAndWait(PDEVICE_OBJECT Device, PIRP Irp, PFILE_OBJECT File, PIO_STATUS_BLOCK IoStatus);

/* Send a prepared stack location to a device and wait for it. PASSIVE_LEVEL. */
NTSTATUS IopSendSynchronous(PDEVICE_OBJECT Device, PFILE_OBJECT File, PIO_STACK_LOCATION Location, PVOID Buffer,
                            PIO_STATUS_BLOCK IoStatus);

NTSTATUS NTAPI IoCreateDriver(PUNICODE_STRING Name, PDRIVER_INITIALIZE Entry);
NTSTATUS NTAPI IopInvalidDeviceRequest(PDEVICE_OBJECT Device, PIRP Irp);

#endif
