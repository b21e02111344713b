/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cancel.c - cancelling operations, of which none is delivered; scanning data, of which there is none. */
#include "fltp.h"

/* Microsoft: FltCancelIo: TRUE if the operation could be cancelled. */
BOOLEAN FLTAPI FltCancelIo(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return FALSE;
}

/* Microsoft: FltIsIoCanceled. */
BOOLEAN FLTAPI FltIsIoCanceled(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return FALSE;
}

/* Microsoft: FltSetCancelCompletion, FltClearCancelCompletion. */
NTSTATUS FLTAPI FltSetCancelCompletion(PFLT_CALLBACK_DATA CallbackData,
                                       PFLT_COMPLETE_CANCELED_CALLBACK CanceledCallback)
{
    UNREFERENCED_PARAMETER(CallbackData);
    UNREFERENCED_PARAMETER(CanceledCallback);
    return STATUS_SUCCESS;
}

NTSTATUS FLTAPI FltClearCancelCompletion(PFLT_CALLBACK_DATA CallbackData)
{
    UNREFERENCED_PARAMETER(CallbackData);
    return STATUS_SUCCESS;
}

/* Microsoft: FltRegisterForDataScan: the volume does not support it. */
NTSTATUS FLTAPI FltRegisterForDataScan(PFLT_INSTANCE Instance)
{
    UNREFERENCED_PARAMETER(Instance);
    return STATUS_NOT_SUPPORTED;
}

/* Microsoft: FltCreateSectionForDataScan: an open volume has no data stream to map. */
NTSTATUS FLTAPI FltCreateSectionForDataScan(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject,
                                            PFLT_CONTEXT SectionContext, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                            ULONG SectionPageProtection, ULONG AllocationAttributes, ULONG Flags,
                                            PHANDLE SectionHandle, PVOID *SectionObject, PLARGE_INTEGER SectionFileSize)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(SectionContext);
    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectAttributes);
    UNREFERENCED_PARAMETER(MaximumSize);
    UNREFERENCED_PARAMETER(SectionPageProtection);
    UNREFERENCED_PARAMETER(AllocationAttributes);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(SectionHandle);
    UNREFERENCED_PARAMETER(SectionObject);
    UNREFERENCED_PARAMETER(SectionFileSize);
    return STATUS_NOT_SUPPORTED;
}

/* Microsoft: FltCloseSectionForDataScan: no section context can be set. */
NTSTATUS FLTAPI FltCloseSectionForDataScan(PFLT_CONTEXT SectionContext)
{
    UNREFERENCED_PARAMETER(SectionContext);
    return STATUS_INVALID_PARAMETER;
}

/* Microsoft: FltCreateSystemVolumeInformationFolder: nothing can be created on the volume. */
NTSTATUS FLTAPI FltCreateSystemVolumeInformationFolder(PFLT_INSTANCE Instance)
{
    UNREFERENCED_PARAMETER(Instance);
    return STATUS_INVALID_DEVICE_REQUEST;
}
