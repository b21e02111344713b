/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fltp.h - the filter manager's own objects. Names of structures, members and flags are those of its public symbols.
 *
 *   FLT_OBJECT.RundownRef    who may still use the object: references, callbacks in progress, work items, contexts,
 *                            ports. FltUnregisterFilter waits for it.
 *   FLT_OBJECT.PointerCount  who needs the memory: the registration, an unload in progress. The last one frees it.
 *
 *   filter: registered (1) --FltUnregisterFilter--> DRAINING --rundown over--> ZOMBIED --last pointer--> freed,
 *   unlinked
 *
 * A filter stays in the list until it is freed, so that a request by name finds one that is draining, and DriverUnload
 * finds the driver's own. Lists and PointerCount change in atomic sections; all else is plain access, explored as such.
 */
#ifndef AIRLOCK_NT_FLTP_H
#define AIRLOCK_NT_FLTP_H

#include "ntos.h"
#include "cm.h"
#include "ex.h"
#include "io.h"
#include "ob.h"
#include "fltkernel.h"

#define FLTP_NOINLINE __attribute__((noinline))

/* FLT_OBJECT.Flags */
#define FLT_OBFL_DRAINING      0x00000001
#define FLT_OBFL_ZOMBIED       0x00000002
#define FLT_OBFL_TYPE_FILTER   0x01000000
#define FLT_OBFL_TYPE_INSTANCE 0x02000000
#define FLT_OBFL_TYPE_VOLUME   0x04000000

typedef struct _FLT_OBJECT {
    volatile LONG Flags;
    volatile LONG PointerCount;
    EX_RUNDOWN_REF RundownRef;
    LIST_ENTRY PrimaryLink; /* filter: all filters; instance: its volume's, by altitude; volume: all volumes */
} FLT_OBJECT, *PFLT_OBJECT;

/* FLT_FILTER.Flags */
#define FLTFL_MANDATORY_UNLOAD_IN_PROGRESS 0x00000001
#define FLTFL_FILTERING_INITIATED          0x00000002
#define FLTFL_UNLOAD_CALLBACK_DONE         0x00000100 /* ours: the callback agreed; DriverUnload must not call it again */
#define FLTFL_NO_SERVICE_STOP              0x00000200 /* ours: FLTFL_REGISTRATION_DO_NOT_SUPPORT_SERVICE_STOP */

struct _FLT_FILTER {
    FLT_OBJECT Base;
    UNICODE_STRING Name; /* strings and arrays lie behind this structure, in the same block */
    UNICODE_STRING DefaultAltitude;
    UNICODE_STRING DefaultInstance;
    volatile LONG Flags;
    volatile LONG UnloadBusy;    /* 1 while one unload is in the callback: the next one waits */
    PDRIVER_OBJECT DriverObject; /* not referenced */
    LIST_ENTRY InstanceList;     /* FLT_INSTANCE.FilterLink */
    PFLT_FILTER_UNLOAD_CALLBACK FilterUnload;
    PFLT_INSTANCE_SETUP_CALLBACK InstanceSetup;
    PFLT_INSTANCE_QUERY_TEARDOWN_CALLBACK InstanceQueryTeardown;
    PFLT_INSTANCE_TEARDOWN_CALLBACK InstanceTeardownStart;
    PFLT_INSTANCE_TEARDOWN_CALLBACK InstanceTeardownComplete;
    PDRIVER_UNLOAD OldDriverUnload;
    PVOID ImageBase; /* of its driver, for the audit */
    ULONG ContextCount;
    ULONG OperationCount; /* without the end mark */
    PFLT_CONTEXT_REGISTRATION Contexts;
    PFLT_OPERATION_REGISTRATION Operations;
};

struct _FLT_INSTANCE {
    FLT_OBJECT Base;
    PFLT_FILTER Filter;
    PFLT_VOLUME Volume;
    LIST_ENTRY FilterLink;
    UNICODE_STRING Altitude;
    UNICODE_STRING Name;
    struct _CONTEXT_NODE *Context;
};

struct _FLT_VOLUME {
    FLT_OBJECT Base;
    UNICODE_STRING DeviceName;
    UNICODE_STRING GuidName;
    FLT_FILESYSTEM_TYPE FileSystemType;
    PDEVICE_OBJECT DeviceObject; /* the file system's volume device */
    PDEVICE_OBJECT DiskDeviceObject;
    LIST_ENTRY InstanceList;        /* FLT_INSTANCE.Base.PrimaryLink, highest altitude first */
    struct _CONTEXT_NODE *Contexts; /* one per filter */
};

extern LIST_ENTRY FltpFilterList; /* FLT_FILTER.Base.PrimaryLink, in order of registration */
extern LIST_ENTRY FltpVolumeList;
extern PCM_KEY FltpServicesKey;
extern volatile LONG FltpUnloadLock; /* model switch unload-lock=held */
extern volatile LONG FltpEverRegistered;

/* filter.c */
PFLT_FILTER FltpReferenceFilterByName(PCUNICODE_STRING Name);
NTSTATUS FltpReferenceActiveFilter(PCUNICODE_STRING Name, PFLT_FILTER *Result);
PFLT_FILTER FltpReferenceFilterByDriver(PDRIVER_OBJECT DriverObject);
VOID FltpObjectPointerDereference(PFLT_FILTER Filter);
VOID FltpObjectRundownWait(PEX_RUNDOWN_REF RundownRef);

/* unload.c */
VOID NTAPI FltpMiniFilterDriverUnload(PDRIVER_OBJECT DriverObject);
NTSTATUS NTAPI FltpMsgUnloadFilter(PCUNICODE_STRING FilterName);
VOID FltpLockUnload(VOID);
VOID FltpUnlockUnload(VOID);

/* volume.c */
NTSTATUS FltpCreateVolume(PDRIVER_OBJECT DriverObject);

/* instance.c */
NTSTATUS FltpAttachInstance(PFLT_FILTER Filter, PFLT_VOLUME Volume, PCUNICODE_STRING Altitude, PCUNICODE_STRING Name,
                            FLT_INSTANCE_SETUP_FLAGS Flags, PFLT_INSTANCE *RetInstance);
VOID FltpTeardownInstances(PFLT_FILTER Filter, FLT_INSTANCE_TEARDOWN_FLAGS Reason);

/* context.c */
VOID FltpDropContext(struct _CONTEXT_NODE *volatile *Slot);
VOID FltpDropVolumeContexts(PFLT_FILTER Filter);
BOOLEAN FltpValidContextRegistration(CONST FLT_CONTEXT_REGISTRATION *Registration, PULONG Count);

/* audit.c */
VOID NTAPI FltpAudit(VOID);

static inline VOID FltpInitializeObject(PFLT_OBJECT Object, LONG Type)
{
    Object->Flags = Type;
    Object->PointerCount = 1;
    Object->RundownRef.Count = 0;
}

#endif
