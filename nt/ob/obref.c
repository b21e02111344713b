/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obref.c - objects come, are referenced, and go.
 *
 * A count is one interlocked word: every change is one atomic step without a section, as on the real system. Because an
 * object is a pool block of its own, touching a dead one stops the machine at the touching instruction.
 */
#include "ob.h"

#define OBP_ROUND(Bytes) (((Bytes) + 15) & ~(SIZE_T)15)

typedef struct _OBP_DEFERRED_DELETE {
    WORK_QUEUE_ITEM Item;
    POBJECT_HEADER Header;
} OBP_DEFERRED_DELETE, *POBP_DEFERRED_DELETE;

static VOID ObpInitializeHeader(POBJECT_HEADER Header, POBJECT_TYPE Type, PVOID Caller)
{
    Header->PointerCount = 1;
    Header->HandleCount = 0;
    Header->Type = Type;
    Header->Directory = NULL;
    Header->NextName = NULL;
    Header->Caller = Caller;
    Header->Flags = 0;
}

PVOID ObAllocateObject(POBJECT_TYPE Type, SIZE_T Size, PCUNICODE_STRING Name, PVOID Caller)
{
    SIZE_T NameBytes = Name ? OBP_ROUND(Name->Length) : 0;
    PUCHAR Block = HvAlloc(NameBytes + sizeof(OBJECT_HEADER) + OBP_ROUND(Size), HV_POOL);
    POBJECT_HEADER Header = (POBJECT_HEADER)(Block + NameBytes);

    if (!Block) {
        return NULL;
    }
    ObpInitializeHeader(Header, Type, Caller);
    Header->BlockOffset = (ULONG)NameBytes;
    Header->Name.Length = Header->Name.MaximumLength = Name ? Name->Length : 0;
    Header->Name.Buffer = NameBytes ? (PWCH)Block : NULL;
    if (NameBytes) {
        memcpy(Block, Name->Buffer, Name->Length);
    }
    return ObBody(Header);
}

PVOID ObAllocateSystemObject(POBJECT_TYPE Type, SIZE_T Size)
{
    POBJECT_HEADER Header = HvAlloc(sizeof(OBJECT_HEADER) + OBP_ROUND(Size), HV_SYSTEM);

    ObpInitializeHeader(Header, Type, NULL);
    Header->Flags = OB_FLAG_SYSTEM | OB_FLAG_PERMANENT;
    return ObBody(Header);
}

static VOID ObpDeleteObject(POBJECT_HEADER Header)
{
    if (Header->Type->Delete) {
        Header->Type->Delete(ObBody(Header));
    }
    HvFree((PUCHAR)Header - Header->BlockOffset);
}

static VOID NTAPI ObpDeferredDeleteWorker(PVOID Context)
{
    POBP_DEFERRED_DELETE Deferred = Context;
    POBJECT_HEADER Header = Deferred->Header;

    HvFree(Deferred);
    ObpDeleteObject(Header);
}

/* Delete procedures may block and want PASSIVE_LEVEL, but the last reference may be dropped at DISPATCH_LEVEL. */
static VOID ObpDeferDelete(POBJECT_HEADER Header)
{
    POBP_DEFERRED_DELETE Deferred = HvAlloc(sizeof(*Deferred), HV_POOL);

    Deferred->Header = Header;
    ExInitializeWorkItem(&Deferred->Item, ObpDeferredDeleteWorker, Deferred);
    ExQueueWorkItem(&Deferred->Item, CriticalWorkQueue);
}

static VOID ObpLastReference(PVOID Object, LONG Count, BOOLEAN Defer)
{
    POBJECT_HEADER Header = ObHeader(Object);

    if (Count < 0) {
        KeBugCheckEx(REFERENCE_BY_POINTER, (ULONG_PTR)Header->Type, (ULONG_PTR)Object, 2, (ULONG_PTR)(LONG_PTR)Count);
    }
    if (Header->Flags & OB_FLAG_SYSTEM) {
        return;
    }
    if (Defer || KiIrql() > APC_LEVEL) {
        ObpDeferDelete(Header);
    } else {
        ObpDeleteObject(Header);
    }
}

/* Microsoft: ObReferenceObject. IRQL <= DISPATCH_LEVEL. Returns the new count (undocumented). */
LONG_PTR FASTCALL ObfReferenceObject(PVOID Object) { return InterlockedIncrement(&ObHeader(Object)->PointerCount); }

/* Microsoft: ObDereferenceObject. IRQL <= DISPATCH_LEVEL; below zero: bug check 0x18. */
LONG_PTR FASTCALL ObfDereferenceObject(PVOID Object)
{
    LONG Count = InterlockedDecrement(&ObHeader(Object)->PointerCount);

    if (Count <= 0) {
        ObpLastReference(Object, Count, FALSE);
    }
    return Count;
}

/* Microsoft: ObReferenceObjectWithTag, ObDereferenceObjectWithTag. Windows 7; tags are not traced. */
LONG_PTR FASTCALL ObfReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    return InterlockedIncrement(&ObHeader(Object)->PointerCount);
}

LONG_PTR FASTCALL ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    return ObfDereferenceObject(Object);
}

/* Microsoft: ObDereferenceObjectDeferDelete. Vista; for callers that hold locks the delete procedure needs. */
VOID NTAPI ObDereferenceObjectDeferDelete(PVOID Object)
{
    LONG Count = InterlockedDecrement(&ObHeader(Object)->PointerCount);

    if (Count <= 0) {
        ObpLastReference(Object, Count, TRUE);
    }
}

VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    ObDereferenceObjectDeferDelete(Object);
}

/*
 * Microsoft: ObReferenceObjectByPointer. Type is checked for KernelMode too when it is given. IRQL <= DISPATCH_LEVEL.
 */
NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode)
{
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Mode);
    if (Type && ObHeader(Object)->Type != Type) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    InterlockedIncrement(&ObHeader(Object)->PointerCount);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(PVOID Object, ACCESS_MASK Access, POBJECT_TYPE Type,
                                                 KPROCESSOR_MODE Mode, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    return ObReferenceObjectByPointer(Object, Access, Type, Mode);
}

/* Exported by Windows XP and later, undocumented. */
ULONG NTAPI ObGetObjectPointerCount(PVOID Object) { return (ULONG)ObHeader(Object)->PointerCount; }

/* Windows 7 and later, undocumented: the type of an object. */
POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);
POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object) { return ObHeader(Object)->Type; }
