/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ob.h - objects: a header with reference counts before each body, names in directories, handles.
 *
 * An object is one HV_POOL block: [name][OBJECT_HEADER][body]; the body ends at the end of a page, so that overruns and
 * use after free of any object stop the machine at the instruction. Counts are interlocked words: each change one step.
 */
#ifndef AIRLOCK_NT_OB_H
#define AIRLOCK_NT_OB_H

#include "ntos.h"

typedef VOID OB_OBJECT_METHOD(PVOID Object);

struct _OBJECT_TYPE {
    UNICODE_STRING Name;
    OB_OBJECT_METHOD *Delete; /* the last reference is gone, PASSIVE_LEVEL; NULL = nothing to do */
    OB_OBJECT_METHOD *Close;  /* the last handle is gone; NULL = nothing to do */
    BOOLEAN HasWaitHeader;    /* the body begins with a DISPATCHER_HEADER */
};

#define OB_FLAG_PERMANENT   0x01 /* the directory keeps it although it has no handles */
#define OB_FLAG_SYSTEM      0x02 /* not in pool: never deleted */
#define OB_FLAG_PLACE_KNOWN 0x04 /* ObCreateObject: NextName holds the directory to insert it into */

typedef struct _OBJECT_HEADER {
    volatile LONG PointerCount;
    volatile LONG HandleCount;
    struct _OBJECT_TYPE *Type;
    struct _OBJECT_DIRECTORY *Directory; /* where its name is; NULL = nowhere (changes in a section) */
    struct _OBJECT_HEADER *NextName;     /* in the directory's bucket */
    UNICODE_STRING Name;                 /* last component, not zero-terminated */
    PVOID Caller;                        /* return address of the code that made it, to attribute what is left */
    ULONG Flags;
    ULONG BlockOffset; /* bytes from the block's start to this header */
} OBJECT_HEADER, *POBJECT_HEADER;
C_ASSERT(sizeof(OBJECT_HEADER) % (2 * sizeof(PVOID)) == 0);

#define OB_BUCKETS 16
typedef struct _OBJECT_DIRECTORY {
    POBJECT_HEADER Bucket[OB_BUCKETS];
} OBJECT_DIRECTORY, *POBJECT_DIRECTORY;

typedef struct _OBJECT_SYMBOLIC_LINK {
    UNICODE_STRING Target; /* buffer directly behind this structure */
} OBJECT_SYMBOLIC_LINK, *POBJECT_SYMBOLIC_LINK;

static inline POBJECT_HEADER ObHeader(const VOID *Object) { return (POBJECT_HEADER)(ULONG_PTR)Object - 1; }
static inline PVOID ObBody(POBJECT_HEADER Header) { return Header + 1; }

/* Types. The exported variables bear the public names; inside the kernel they are called Obp...Type because the DDK
 * declares the public names with the type that an importing driver sees. */
NT_KERNEL_DATA POBJECT_TYPE ObpProcessType NT_DATA(PsProcessType);
NT_KERNEL_DATA POBJECT_TYPE ObpThreadType NT_DATA(PsThreadType);
NT_KERNEL_DATA POBJECT_TYPE ObpFileType NT_DATA(IoFileObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpDriverType NT_DATA(IoDriverObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpDeviceType NT_DATA(IoDeviceObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpEventType NT_DATA(ExEventObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpSemaphoreType NT_DATA(ExSemaphoreObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpKeyType NT_DATA(CmKeyObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpSectionType NT_DATA(MmSectionObjectType);
NT_KERNEL_DATA POBJECT_TYPE ObpTokenType NT_DATA(SeTokenObjectType);
NT_KERNEL_DATA struct _OBJECT_TYPE ObpMutantTypeObject, ObpTimerTypeObject, ObpCallbackTypeObject,
    ObpDirectoryTypeObject, ObpSymbolicLinkTypeObject, ObpPortTypeObject, ObpDefaultTypeObject;
#define ObpMutantType       (&ObpMutantTypeObject)
#define ObpTimerType        (&ObpTimerTypeObject)
#define ObpCallbackType     (&ObpCallbackTypeObject)
#define ObpDirectoryType    (&ObpDirectoryTypeObject)
#define ObpSymbolicLinkType (&ObpSymbolicLinkTypeObject)
#define ObpPortType         (&ObpPortTypeObject) /* for fltmgr's communication ports */

/* Set at boot by the type's owner (ps: process and thread; fltmgr: ports), before any object of it can die. */
VOID ObpSetTypeMethods(POBJECT_TYPE Type, OB_OBJECT_METHOD *Delete, OB_OBJECT_METHOD *Close);

/* Boot: root directories \Driver, \FileSystem, \Device, \GLOBAL?? (\??, \DosDevices), \Callback, \BaseNamedObjects. */
VOID ObInitSystem(VOID);

/*
 * A new object: PointerCount 1, no name in any directory, contents unspecified (poison). `Name` is copied, may be NULL.
 * IRQL <= DISPATCH_LEVEL. NULL: out of memory.
 */
PVOID ObAllocateObject(POBJECT_TYPE Type, SIZE_T Size, PCUNICODE_STRING Name, PVOID Caller);

/* The same at boot, never freed, zeroed. */
PVOID ObAllocateSystemObject(POBJECT_TYPE Type, SIZE_T Size);

/*
 * Enter the object's name into the directory; the directory takes one reference. STATUS_OBJECT_NAME_COLLISION if the
 * name is taken. One section. ObpRemoveName takes it out and drops that reference (nothing if it has no name).
 */
NTSTATUS ObpInsertName(PVOID Object, POBJECT_DIRECTORY Directory);
VOID ObpRemoveName(PVOID Object);

/* The object of that name in one directory, referenced. NULL = none. One section. */
PVOID ObpReferenceNamed(POBJECT_DIRECTORY Directory, PCUNICODE_STRING Name);

/* Split "\Device\X" into directory and last component (symbolic links in the way are followed). */
NTSTATUS ObpParsePath(PCUNICODE_STRING Path, POBJECT_DIRECTORY *Directory, PUNICODE_STRING Last);

/*
 * Find an object by its full path and reference it: one section per component. Symbolic links are followed (except a
 * last one if Type is ObpSymbolicLinkType). If Remainder is not NULL an object found before the path's end stops the
 * search, and what is left, with its leading backslash, is copied into Remainder's buffer (MaximumLength bytes).
 * Type NULL = any; a wrong type is STATUS_OBJECT_TYPE_MISMATCH. PASSIVE_LEVEL.
 */
NTSTATUS ObpLookupPath(PCUNICODE_STRING Path, POBJECT_TYPE Type, PUNICODE_STRING Remainder, PVOID *Object);

/* Handles come from a sequence per creating thread and are not used twice. Takes its own reference. */
NTSTATUS ObCreateHandle(PVOID Object, PHANDLE Handle);
NTSTATUS ObpCreateHandle(PVOID Object, ULONG Attributes, PVOID Caller, PHANDLE Handle);
PVOID ObpHandleObject(HANDLE Handle); /* the object behind it, referenced; NULL = not a handle */

/* Every handle in use: for the audit. Object may die meanwhile: only for a quiet system. */
typedef VOID OB_HANDLE_VISITOR(HANDLE Handle, PVOID Object, PVOID Caller, PVOID Context);
VOID ObpWalkHandles(OB_HANDLE_VISITOR *Visit, PVOID Context);
typedef VOID OB_NAME_VISITOR(PVOID Object, PVOID Context);
VOID ObpWalkNames(POBJECT_DIRECTORY Directory, OB_NAME_VISITOR *Visit, PVOID Context);
/* Object callbacks (ObRegisterCallbacks) in force: Object is the registration, Caller who registered. */
VOID ObpWalkCallbacks(OB_HANDLE_VISITOR *Visit, PVOID Context);

/* Case-insensitive; no call for plain letters. */
BOOLEAN ObpSameName(PCUNICODE_STRING A, PCUNICODE_STRING B);

NT_KERNEL_DATA POBJECT_DIRECTORY ObpDriverDirectory, ObpFileSystemDirectory, ObpDeviceDirectory, ObpDosDirectory,
    ObpCallbackDirectory, ObpRootDirectory;

/* Exported by Windows but not declared by the DDK we build with. */
NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES Attributes, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                  PACCESS_STATE AccessState, ACCESS_MASK Access, PVOID ParseContext, PHANDLE Handle);
NTSTATUS NTAPI NtClose(HANDLE Handle);

#endif
