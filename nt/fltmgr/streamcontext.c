/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streamcontext.c - contexts on files, streams, stream handles and transactions. Only the volume itself can be opened,
 * and a file system gives an open volume no such contexts: STATUS_NOT_SUPPORTED, as documented for these routines.
 */
#include "fltp.h"

static NTSTATUS FltpSetUnsupported(PFLT_CONTEXT *OldContext)
{
    if (OldContext != NULL) {
        *OldContext = NULL;
    }
    return STATUS_NOT_SUPPORTED;
}

static NTSTATUS FltpGetUnsupported(PFLT_CONTEXT *Context)
{
    *Context = NULL;
    return STATUS_NOT_SUPPORTED;
}

#define FLTP_CONTEXT_ON(Kind, ObjectType)                                                                         \
    NTSTATUS FLTAPI FltSet##Kind##Context(PFLT_INSTANCE Instance, ObjectType Object,                              \
                                          FLT_SET_CONTEXT_OPERATION Operation, PFLT_CONTEXT NewContext,           \
                                          PFLT_CONTEXT *OldContext)                                               \
    {                                                                                                             \
        UNREFERENCED_PARAMETER(Instance);                                                                         \
        UNREFERENCED_PARAMETER(Object);                                                                           \
        UNREFERENCED_PARAMETER(Operation);                                                                        \
        UNREFERENCED_PARAMETER(NewContext);                                                                       \
        return FltpSetUnsupported(OldContext);                                                                    \
    }                                                                                                             \
    NTSTATUS FLTAPI FltGet##Kind##Context(PFLT_INSTANCE Instance, ObjectType Object, PFLT_CONTEXT *Context)       \
    {                                                                                                             \
        UNREFERENCED_PARAMETER(Instance);                                                                         \
        UNREFERENCED_PARAMETER(Object);                                                                           \
        return FltpGetUnsupported(Context);                                                                       \
    }                                                                                                             \
    NTSTATUS FLTAPI FltDelete##Kind##Context(PFLT_INSTANCE Instance, ObjectType Object, PFLT_CONTEXT *OldContext) \
    {                                                                                                             \
        UNREFERENCED_PARAMETER(Instance);                                                                         \
        UNREFERENCED_PARAMETER(Object);                                                                           \
        return FltpSetUnsupported(OldContext);                                                                    \
    }

FLTP_CONTEXT_ON(File, PFILE_OBJECT)
FLTP_CONTEXT_ON(Stream, PFILE_OBJECT)
FLTP_CONTEXT_ON(StreamHandle, PFILE_OBJECT)
FLTP_CONTEXT_ON(Transaction, PKTRANSACTION)

static BOOLEAN FltpUnsupported(PFILE_OBJECT FileObject)
{
    UNREFERENCED_PARAMETER(FileObject);
    return FALSE;
}

BOOLEAN FLTAPI FltSupportsFileContexts(PFILE_OBJECT FileObject) { return FltpUnsupported(FileObject); }
BOOLEAN FLTAPI FltSupportsStreamContexts(PFILE_OBJECT FileObject) { return FltpUnsupported(FileObject); }
BOOLEAN FLTAPI FltSupportsStreamHandleContexts(PFILE_OBJECT FileObject) { return FltpUnsupported(FileObject); }

BOOLEAN FLTAPI FltSupportsFileContextsEx(PFILE_OBJECT FileObject, PFLT_INSTANCE Instance)
{
    UNREFERENCED_PARAMETER(Instance);
    return FltpUnsupported(FileObject);
}

/* Microsoft: FltGetContexts: those of the volume and the instance. A member without a context is NULL. */
VOID FLTAPI FltGetContexts(PCFLT_RELATED_OBJECTS FltObjects, FLT_CONTEXT_TYPE DesiredContexts,
                           PFLT_RELATED_CONTEXTS Contexts)
{
    RtlZeroMemory(Contexts, sizeof(*Contexts));
    if (DesiredContexts & FLT_VOLUME_CONTEXT && FltObjects->Volume != NULL) {
        FltGetVolumeContext(FltObjects->Filter, FltObjects->Volume, &Contexts->VolumeContext);
    }
    if (DesiredContexts & FLT_INSTANCE_CONTEXT && FltObjects->Instance != NULL) {
        FltGetInstanceContext(FltObjects->Instance, &Contexts->InstanceContext);
    }
}

/* Microsoft: FltReleaseContexts. */
VOID FLTAPI FltReleaseContexts(PFLT_RELATED_CONTEXTS Contexts)
{
    PFLT_CONTEXT *Each = (PFLT_CONTEXT *)Contexts;

    for (ULONG Index = 0; Index < sizeof(*Contexts) / sizeof(PFLT_CONTEXT); Index++) {
        if (Each[Index] != NULL) {
            FltReleaseContext(Each[Index]);
            Each[Index] = NULL;
        }
    }
}

/* Microsoft: FltEnlistInTransaction: there is no transaction manager. */
NTSTATUS FLTAPI FltEnlistInTransaction(PFLT_INSTANCE Instance, PKTRANSACTION Transaction,
                                       PFLT_CONTEXT TransactionContext, ULONG NotificationMask)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(Transaction);
    UNREFERENCED_PARAMETER(TransactionContext);
    UNREFERENCED_PARAMETER(NotificationMask);
    return STATUS_NOT_SUPPORTED;
}
