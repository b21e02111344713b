/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obhandle.c - handles. The value holds the creating thread's number and a number of that thread's own sequence, so
 * that what one thread opens does not depend on what others opened before; values are not used twice, a stale one is
 * invalid.
 *
 *   kernel handle  0xFFFFFFFF`80000000 | thread << 18 | (index + 1) << 2     (others: without the upper bits)
 */
#include "ob.h"
#include "ps.h"
#include "vf.h"

#define OBP_THREADS       512
#define OBP_CHUNK         64
#define OBP_CHUNKS        64
#define OBP_KERNEL_HANDLE ((ULONG_PTR)(LONG_PTR)(LONG)0x80000000)

typedef struct _OBP_ENTRY {
    PVOID volatile Object; /* NULL = closed */
    PVOID Caller;
} OBP_ENTRY, *POBP_ENTRY;

typedef struct _OBP_TABLE {
    ULONG Count; /* handed out; only the owning thread reads and writes it */
    OBP_ENTRY *Chunk[OBP_CHUNKS];
} OBP_TABLE, *POBP_TABLE;

static POBP_TABLE ObpTable[OBP_THREADS]; /* each written once, by its own thread */

static POBP_ENTRY ObpNewEntry(PULONG_PTR Value)
{
    ULONG Thread = KiThread()->Id % OBP_THREADS, Index;
    POBP_TABLE Table = ObpTable[Thread];

    if (!Table) {
        Table = ObpTable[Thread] = HvAlloc(sizeof(*Table), HV_SYSTEM);
    }
    Index = Table->Count;
    if (Index == OBP_CHUNK * OBP_CHUNKS) {
        return NULL;
    }
    if (!Table->Chunk[Index / OBP_CHUNK]) {
        Table->Chunk[Index / OBP_CHUNK] = HvAlloc(OBP_CHUNK * sizeof(OBP_ENTRY), HV_SYSTEM);
    }
    Table->Count = Index + 1;
    *Value = (ULONG_PTR)Thread << 18 | (ULONG_PTR)(Index + 1) << 2;
    return &Table->Chunk[Index / OBP_CHUNK][Index % OBP_CHUNK];
}

static POBP_ENTRY ObpEntryOf(HANDLE Handle)
{
    ULONG_PTR Value = (ULONG_PTR)Handle;
    ULONG Index = ((ULONG)Value >> 2 & 0xFFFF) - 1, Thread = (ULONG)Value >> 18 & 0x1FFF;
    POBP_TABLE Table;

    if (Value >> 31 != 0 && Value >> 31 != OBP_KERNEL_HANDLE >> 31) {
        return NULL;
    }
    Table = Thread < OBP_THREADS ? ObpTable[Thread] : NULL;
    if (!Table || Index >= OBP_CHUNK * OBP_CHUNKS || !Table->Chunk[Index / OBP_CHUNK]) {
        return NULL;
    }
    return &Table->Chunk[Index / OBP_CHUNK][Index % OBP_CHUNK];
}

NTSTATUS ObpCreateHandle(PVOID Object, ULONG Attributes, PVOID Caller, PHANDLE Handle)
{
    ULONG_PTR Value;
    POBP_ENTRY Entry = ObpNewEntry(&Value);

    if (!Entry) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InterlockedIncrement(&ObHeader(Object)->PointerCount);
    InterlockedIncrement(&ObHeader(Object)->HandleCount);
    Entry->Caller = Caller;
    Entry->Object = Object;
    *Handle = (HANDLE)((Attributes & OBJ_KERNEL_HANDLE) ? Value | OBP_KERNEL_HANDLE : Value);
    return STATUS_SUCCESS;
}

NTSTATUS ObCreateHandle(PVOID Object, PHANDLE Handle)
{
    return ObpCreateHandle(Object, OBJ_KERNEL_HANDLE, __builtin_return_address(0), Handle);
}

PVOID ObpHandleObject(HANDLE Handle)
{
    POBP_ENTRY Entry;
    PVOID Object = NULL;

    if (Handle == NtCurrentProcess() || Handle == NtCurrentThread()) {
        Object = Handle == NtCurrentThread() ? (PVOID)KiThread() : KiThread()->Process;
        InterlockedIncrement(&ObHeader(Object)->PointerCount);
        return Object;
    }
    Entry = ObpEntryOf(Handle);
    if (Entry) {
        HvAtomicBegin(); /* against NtClose: an entry names a live object */
        Object = Entry->Object;
        if (Object) {
            ObHeader(Object)->PointerCount++;
        }
        HvAtomicEnd();
    }
    return Object;
}

/* Microsoft: ObReferenceObjectByHandle. PASSIVE_LEVEL. Access is not checked: no client here is without rights. */
NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                         PVOID *Object, POBJECT_HANDLE_INFORMATION Information)
{
    PVOID Found = ObpHandleObject(Handle);

    UNREFERENCED_PARAMETER(Mode);
    *Object = NULL;
    if (!Found) {
        return STATUS_INVALID_HANDLE;
    }
    if (Type && ObHeader(Found)->Type != Type) {
        ObfDereferenceObject(Found);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (Information) {
        Information->HandleAttributes = 0;
        Information->GrantedAccess = Access;
    }
    *Object = Found;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(HANDLE Handle, ACCESS_MASK Access, POBJECT_TYPE Type,
                                                KPROCESSOR_MODE Mode, ULONG Tag, PVOID *Object,
                                                POBJECT_HANDLE_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(Tag);
    return ObReferenceObjectByHandle(Handle, Access, Type, Mode, Object, Information);
}

/* Microsoft: ObOpenObjectByPointer. PASSIVE_LEVEL. */
NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG Attributes, PACCESS_STATE AccessState, ACCESS_MASK Access,
                                     POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PHANDLE Handle)
{
    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Mode);
    if (Type && ObHeader(Object)->Type != Type) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return ObpCreateHandle(Object, Attributes, __builtin_return_address(0), Handle);
}

NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID Object, ULONG Attributes, PACCESS_STATE AccessState,
                                            ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode, ULONG Tag,
                                            PHANDLE Handle)
{
    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(Access);
    UNREFERENCED_PARAMETER(Mode);
    UNREFERENCED_PARAMETER(Tag);
    if (Type && ObHeader(Object)->Type != Type) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return ObpCreateHandle(Object, Attributes, __builtin_return_address(0), Handle);
}

/* Microsoft: ObIsKernelHandle. Vista. */
BOOLEAN NTAPI ObIsKernelHandle(HANDLE Handle) { return (ULONG_PTR)Handle >> 31 == OBP_KERNEL_HANDLE >> 31; }

static VOID ObpLastHandle(PVOID Object)
{
    POBJECT_HEADER Header = ObHeader(Object);

    if (Header->Type->Close) {
        Header->Type->Close(Object);
    }
    if (Header->Directory && !(Header->Flags & OB_FLAG_PERMANENT)) {
        ObpRemoveName(Object);
    }
}

/* Microsoft: ZwClose. PASSIVE_LEVEL. An invalid handle from a driver is bug check 0x93 only under a debugger. */
NTSTATUS NTAPI NtClose(HANDLE Handle)
{
    POBP_ENTRY Entry = ObpEntryOf(Handle);
    PVOID Object;

    if (Handle == NtCurrentProcess() || Handle == NtCurrentThread()) {
        return STATUS_SUCCESS;
    }
    Object = Entry ? InterlockedExchangePointer(&Entry->Object, NULL) : NULL;
    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    if (InterlockedDecrement(&ObHeader(Object)->HandleCount) == 0) {
        ObpLastHandle(Object);
    }
    ObfDereferenceObject(Object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
    NTSTATUS Status = NtClose(Handle);

    if (Status == STATUS_INVALID_HANDLE) {
        VfMisuse("ZwClose: the handle is not open", (ULONG_PTR)Handle, 0, __builtin_return_address(0));
    }
    return Status;
}

/* Exported since Windows XP; documented since Vista (ddi: ObCloseHandle). */
NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode);
NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    UNREFERENCED_PARAMETER(PreviousMode);
    return NtClose(Handle);
}

/* Microsoft: ZwMakeTemporaryObject. PASSIVE_LEVEL. */
NTSTATUS NTAPI ZwMakeTemporaryObject(HANDLE Handle)
{
    PVOID Object = ObpHandleObject(Handle);

    if (!Object) {
        return STATUS_INVALID_HANDLE;
    }
    ObMakeTemporaryObject(Object);
    ObfDereferenceObject(Object);
    return STATUS_SUCCESS;
}

VOID ObpWalkHandles(OB_HANDLE_VISITOR *Visit, PVOID Context)
{
    for (PNT_PCR Pcr = PsNextProcessor(NULL); Pcr; Pcr = PsNextProcessor(Pcr)) {
        ULONG Thread = Pcr->Number % OBP_THREADS;
        POBP_TABLE Table = ObpTable[Thread];
        for (ULONG i = 0; Table && i < Table->Count; i++) {
            POBP_ENTRY Entry = &Table->Chunk[i / OBP_CHUNK][i % OBP_CHUNK];
            ULONG_PTR Value = (ULONG_PTR)Thread << 18 | (ULONG_PTR)(i + 1) << 2;
            if (Entry->Object) {
                Visit((HANDLE)Value, Entry->Object, Entry->Caller, Context);
            }
        }
    }
}
