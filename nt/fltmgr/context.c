/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.c - contexts that a filter hangs on volumes and instances.
 *
 * A context has a node before it: UseCount counts its users and one more while it is linked to an object. Each context
 * holds a rundown reference on its filter, so that one never released keeps FltUnregisterFilter waiting for ever.
 */
#include "fltp.h"

typedef struct __attribute__((aligned(2 * sizeof(PVOID)))) _CONTEXT_NODE { /* the body is aligned as pool is */
    struct _CONTEXT_NODE *Next;                                            /* among those of a volume */
    struct _CONTEXT_NODE *volatile *Slot; /* head of the list that it is linked into; NULL = not linked */
    PFLT_FILTER Filter;
    CONST FLT_CONTEXT_REGISTRATION *Registration;
    volatile LONG UseCount;
    FLT_CONTEXT_TYPE Type;
} CONTEXT_NODE, *PCONTEXT_NODE;

#define FLTP_SLOT(Object, Member) ((PCONTEXT_NODE volatile *)&(Object)->Member)

static inline PCONTEXT_NODE FltpNode(PFLT_CONTEXT Context) { return (PCONTEXT_NODE)Context - 1; }

/*
 * Microsoft: FLT_CONTEXT_REGISTRATION: known types, ended by FLT_CONTEXT_END; a fixed size or
 * FLT_VARIABLE_SIZED_CONTEXTS; an allocate callback only together with a free callback.
 */
BOOLEAN FltpValidContextRegistration(CONST FLT_CONTEXT_REGISTRATION *Registration, PULONG Count)
{
    for (*Count = 0; Registration != NULL && Registration->ContextType != FLT_CONTEXT_END; Registration++, ++*Count) {
        FLT_CONTEXT_TYPE Type = Registration->ContextType;
        if (Type == 0 || (Type & (Type - 1)) != 0 || (Type & ~FLT_ALL_CONTEXTS) != 0 ||
            (Registration->ContextAllocateCallback == NULL) != (Registration->ContextFreeCallback == NULL)) {
            return FALSE;
        }
    }
    return TRUE;
}

static CONST FLT_CONTEXT_REGISTRATION *FltpFindRegistration(PFLT_FILTER Filter, FLT_CONTEXT_TYPE Type, SIZE_T Size)
{
    for (ULONG Index = 0; Index < Filter->ContextCount; Index++) {
        CONST FLT_CONTEXT_REGISTRATION *Each = &Filter->Contexts[Index];
        if (Each->ContextType != Type) {
            continue;
        }
        if (Each->Size == FLT_VARIABLE_SIZED_CONTEXTS || Each->ContextAllocateCallback != NULL || Each->Size == Size ||
            (Each->Flags & FLTFL_CONTEXT_REGISTRATION_NO_EXACT_SIZE_MATCH && Size <= Each->Size)) {
            return Each;
        }
    }
    return NULL;
}

/*
 * Microsoft: FltAllocateContext. STATUS_FLT_CONTEXT_ALLOCATION_NOT_FOUND: no such type and size is registered;
 * STATUS_INVALID_PARAMETER: a volume context that is not nonpaged; STATUS_FLT_DELETING_OBJECT: the filter is draining.
 * IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltAllocateContext(PFLT_FILTER Filter, FLT_CONTEXT_TYPE ContextType, SIZE_T ContextSize,
                                   POOL_TYPE PoolType, PFLT_CONTEXT *ReturnedContext)
{
    CONST FLT_CONTEXT_REGISTRATION *Registration = FltpFindRegistration(Filter, ContextType, ContextSize);
    PCONTEXT_NODE Node;

    *ReturnedContext = NULL;
    if (Registration == NULL) {
        return STATUS_FLT_CONTEXT_ALLOCATION_NOT_FOUND;
    }
    if (ContextType == FLT_VOLUME_CONTEXT && (PoolType & PagedPool)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!ExAcquireRundownProtection(&Filter->Base.RundownRef)) {
        return STATUS_FLT_DELETING_OBJECT;
    }
    Node = Registration->ContextAllocateCallback != NULL
               ? Registration->ContextAllocateCallback(PoolType, sizeof(*Node) + ContextSize, ContextType)
               : ExpAllocateSystemPool(sizeof(*Node) + ContextSize);
    if (Node == NULL) {
        ExReleaseRundownProtection(&Filter->Base.RundownRef);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Node->Next = NULL;
    Node->Slot = NULL;
    Node->Filter = Filter;
    Node->Registration = Registration;
    Node->UseCount = 1;
    Node->Type = ContextType;
    *ReturnedContext = Node + 1;
    return STATUS_SUCCESS;
}

/* Microsoft: FltReferenceContext. IRQL <= DISPATCH_LEVEL. */
VOID FLTAPI FltReferenceContext(PFLT_CONTEXT Context) { InterlockedIncrement(&FltpNode(Context)->UseCount); }

/* Microsoft: FltReleaseContext. The last release calls the cleanup callback and frees. IRQL <= APC_LEVEL. */
VOID FLTAPI FltReleaseContext(PFLT_CONTEXT Context)
{
    PCONTEXT_NODE Node = FltpNode(Context);
    PFLT_FILTER Filter = Node->Filter;
    CONST FLT_CONTEXT_REGISTRATION *Registration = Node->Registration;
    FLT_CONTEXT_TYPE Type = Node->Type;

    if (InterlockedDecrement(&Node->UseCount) != 0) {
        return;
    }
    if (Registration->ContextCleanupCallback != NULL) {
        Registration->ContextCleanupCallback(Context, Type);
    }
    if (Registration->ContextFreeCallback != NULL) {
        Registration->ContextFreeCallback(Node, Type);
    } else {
        ExpFreeSystemPool(Node);
    }
    ExReleaseRundownProtection(&Filter->Base.RundownRef);
}

/* Inside a section: take the filter's context out of the slot. NULL = it has none there. */
static PCONTEXT_NODE FltpUnlinkContext(PCONTEXT_NODE volatile *Slot, PFLT_FILTER Filter)
{
    for (PCONTEXT_NODE volatile *Link = Slot; *Link != NULL; Link = (PCONTEXT_NODE volatile *)&(*Link)->Next) {
        PCONTEXT_NODE Node = *Link;
        if (Node->Filter == Filter) {
            *Link = Node->Next;
            Node->Slot = NULL;
            return Node;
        }
    }
    return NULL;
}

static PCONTEXT_NODE FltpFindContext(PCONTEXT_NODE volatile *Slot, PFLT_FILTER Filter)
{
    PCONTEXT_NODE Node = *Slot;

    while (Node != NULL && Node->Filter != Filter) {
        Node = Node->Next;
    }
    return Node;
}

static VOID FltpLinkContext(PCONTEXT_NODE volatile *Slot, PCONTEXT_NODE Node)
{
    Node->UseCount++;
    Node->Slot = Slot;
    Node->Next = *Slot;
    *Slot = Node;
}

/* Microsoft: FltDeleteContext: unlink; the memory goes with the last user. IRQL <= APC_LEVEL. */
VOID FLTAPI FltDeleteContext(PFLT_CONTEXT Context)
{
    PCONTEXT_NODE Node = FltpNode(Context);
    BOOLEAN Linked;

    HvAtomicBegin();
    Linked = Node->Slot != NULL && FltpUnlinkContext(Node->Slot, Node->Filter) != NULL;
    HvAtomicEnd();
    if (Linked) {
        FltReleaseContext(Context);
    }
}

/* The object goes: so does its (first) context. */
VOID FltpDropContext(PCONTEXT_NODE volatile *Slot)
{
    PCONTEXT_NODE Node;

    HvAtomicBegin();
    Node = *Slot != NULL ? FltpUnlinkContext(Slot, (*Slot)->Filter) : NULL;
    HvAtomicEnd();
    if (Node != NULL) {
        FltReleaseContext(Node + 1);
    }
}

static NTSTATUS FltpDeleteFrom(PCONTEXT_NODE volatile *Slot, PFLT_FILTER Filter, PFLT_CONTEXT *OldContext)
{
    PCONTEXT_NODE Node;

    HvAtomicBegin();
    Node = FltpUnlinkContext(Slot, Filter);
    HvAtomicEnd();
    if (OldContext != NULL) {
        *OldContext = Node != NULL ? Node + 1 : NULL;
    } else if (Node != NULL) {
        FltReleaseContext(Node + 1);
    }
    return Node != NULL ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* Volumes outlive filters: FltUnregisterFilter takes the filter's contexts from them. */
VOID FltpDropVolumeContexts(PFLT_FILTER Filter)
{
    if (Filter->ContextCount == 0) {
        return;
    }
    for (PLIST_ENTRY Entry = FltpVolumeList.Flink; Entry != &FltpVolumeList; Entry = Entry->Flink) {
        PFLT_VOLUME Volume = CONTAINING_RECORD(Entry, struct _FLT_VOLUME, Base.PrimaryLink);
        FltpDeleteFrom(FLTP_SLOT(Volume, Contexts), Filter, NULL);
    }
}

/*
 * Set: the caller keeps its own reference; the link takes another. KEEP_IF_EXISTS finds one: it is returned referenced,
 * the status is STATUS_FLT_CONTEXT_ALREADY_DEFINED. REPLACE_IF_EXISTS: the old one goes to the caller, or is released.
 */
static NTSTATUS FltpSetIn(PCONTEXT_NODE volatile *Slot, PFLT_OBJECT Object, FLT_SET_CONTEXT_OPERATION Operation,
                          PFLT_CONTEXT NewContext, PFLT_CONTEXT *OldContext)
{
    PCONTEXT_NODE Node = FltpNode(NewContext);
    PCONTEXT_NODE Old = NULL;
    NTSTATUS Status = STATUS_SUCCESS;

    HvAtomicBegin();
    if ((Object->Flags | Node->Filter->Base.Flags) & FLT_OBFL_DRAINING) {
        Status = STATUS_FLT_DELETING_OBJECT;
    } else if (Node->Slot != NULL) {
        Status = STATUS_FLT_CONTEXT_ALREADY_LINKED;
    } else if (Operation == FLT_SET_CONTEXT_KEEP_IF_EXISTS && (Old = FltpFindContext(Slot, Node->Filter)) != NULL) {
        Old->UseCount++;
        Status = STATUS_FLT_CONTEXT_ALREADY_DEFINED;
    } else {
        Old = FltpUnlinkContext(Slot, Node->Filter);
        FltpLinkContext(Slot, Node);
    }
    HvAtomicEnd();
    if (OldContext != NULL) {
        *OldContext = Old != NULL ? Old + 1 : NULL;
    } else if (Old != NULL) {
        FltReleaseContext(Old + 1);
    }
    return Status;
}

static NTSTATUS FltpGetFrom(PCONTEXT_NODE volatile *Slot, PFLT_FILTER Filter, PFLT_CONTEXT *Context)
{
    PCONTEXT_NODE Node;

    HvAtomicBegin();
    Node = FltpFindContext(Slot, Filter);
    if (Node != NULL) {
        Node->UseCount++;
    }
    HvAtomicEnd();
    *Context = Node != NULL ? Node + 1 : NULL;
    return Node != NULL ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* Microsoft: FltSetInstanceContext, FltGetInstanceContext, FltDeleteInstanceContext. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltSetInstanceContext(PFLT_INSTANCE Instance, FLT_SET_CONTEXT_OPERATION Operation,
                                      PFLT_CONTEXT NewContext, PFLT_CONTEXT *OldContext)
{
    return FltpNode(NewContext)->Type != FLT_INSTANCE_CONTEXT
               ? STATUS_INVALID_PARAMETER
               : FltpSetIn(FLTP_SLOT(Instance, Context), &Instance->Base, Operation, NewContext, OldContext);
}

NTSTATUS FLTAPI FltGetInstanceContext(PFLT_INSTANCE Instance, PFLT_CONTEXT *Context)
{
    return FltpGetFrom(FLTP_SLOT(Instance, Context), Instance->Filter, Context);
}

NTSTATUS FLTAPI FltDeleteInstanceContext(PFLT_INSTANCE Instance, PFLT_CONTEXT *OldContext)
{
    return FltpDeleteFrom(FLTP_SLOT(Instance, Context), Instance->Filter, OldContext);
}

/* Microsoft: FltSetVolumeContext, FltGetVolumeContext, FltDeleteVolumeContext. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltSetVolumeContext(PFLT_VOLUME Volume, FLT_SET_CONTEXT_OPERATION Operation, PFLT_CONTEXT NewContext,
                                    PFLT_CONTEXT *OldContext)
{
    return FltpNode(NewContext)->Type != FLT_VOLUME_CONTEXT
               ? STATUS_INVALID_PARAMETER
               : FltpSetIn(FLTP_SLOT(Volume, Contexts), &Volume->Base, Operation, NewContext, OldContext);
}

NTSTATUS FLTAPI FltGetVolumeContext(PFLT_FILTER Filter, PFLT_VOLUME Volume, PFLT_CONTEXT *Context)
{
    return FltpGetFrom(FLTP_SLOT(Volume, Contexts), Filter, Context);
}

NTSTATUS FLTAPI FltDeleteVolumeContext(PFLT_FILTER Filter, PFLT_VOLUME Volume, PFLT_CONTEXT *OldContext)
{
    return FltpDeleteFrom(FLTP_SLOT(Volume, Contexts), Filter, OldContext);
}
