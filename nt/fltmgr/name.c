/* SPDX-License-Identifier: GPL-2.0-or-later */
/* name.c - file names: volume, path, and the parts of a path. */
#include "fltp.h"

typedef struct _FLTP_NAME {
    volatile LONG ReferenceCount;
    ULONG Reserved[3];
    FLT_FILE_NAME_INFORMATION Information;
} FLTP_NAME, *PFLTP_NAME;

static PFLTP_NAME FltpName(PFLT_FILE_NAME_INFORMATION Information)
{
    return CONTAINING_RECORD(Information, FLTP_NAME, Information);
}

static BOOLEAN FltpIsSeparator(WCHAR Character) { return Character == L'\\'; }

/* A part of a string, [From, To) in characters. */
static UNICODE_STRING FltpPart(PCUNICODE_STRING Whole, USHORT From, USHORT To)
{
    UNICODE_STRING Part = {0, 0, NULL};

    if (To > From) {
        Part.Buffer = Whole->Buffer + From;
        Part.Length = Part.MaximumLength = (USHORT)((To - From) * sizeof(WCHAR));
    }
    return Part;
}

/* Where the final component, its extension and its stream begin; all in characters. */
typedef struct _FLTP_NAME_PARTS {
    USHORT Final;     /* after the last separator */
    USHORT Extension; /* after the final component's last dot; = Stream if there is none */
    USHORT Stream;    /* the colon; = End if there is none */
    USHORT End;
} FLTP_NAME_PARTS;

static FLTP_NAME_PARTS FltpSplitName(PCUNICODE_STRING Name)
{
    USHORT End = Name->Length / sizeof(WCHAR);
    FLTP_NAME_PARTS Parts = {End, End, End, End};

    while (Parts.Final != 0 && !FltpIsSeparator(Name->Buffer[Parts.Final - 1])) {
        Parts.Final--;
    }
    for (USHORT Index = Parts.Final; Index < End; Index++) {
        if (Name->Buffer[Index] == L':') {
            Parts.Stream = Index;
            break;
        }
    }
    Parts.Extension = Parts.Stream;
    for (USHORT Index = Parts.Stream; Index > Parts.Final; Index--) {
        if (Name->Buffer[Index - 1] == L'.') {
            Parts.Extension = Index;
            break;
        }
    }
    return Parts;
}

/*
 * Microsoft: FltParseFileName. Extension without its dot, stream with its colon, final component without the stream.
 */
NTSTATUS FLTAPI FltParseFileName(PCUNICODE_STRING FileName, PUNICODE_STRING Extension, PUNICODE_STRING Stream,
                                 PUNICODE_STRING FinalComponent)
{
    FLTP_NAME_PARTS Parts = FltpSplitName(FileName);

    if (Extension != NULL) {
        *Extension = FltpPart(FileName, Parts.Extension, Parts.Stream);
    }
    if (Stream != NULL) {
        *Stream = FltpPart(FileName, Parts.Stream, Parts.End);
    }
    if (FinalComponent != NULL) {
        *FinalComponent = FltpPart(FileName, Parts.Final, Parts.Stream);
    }
    return STATUS_SUCCESS;
}

/* Microsoft: FltParseFileNameInformation. ParentDir has separators at both ends; a short name has only an extension. */
NTSTATUS FLTAPI FltParseFileNameInformation(PFLT_FILE_NAME_INFORMATION Information)
{
    FLTP_NAME_PARTS Parts = FltpSplitName(&Information->Name);
    USHORT Root = (Information->Volume.Length + Information->Share.Length) / sizeof(WCHAR);

    Information->Extension = FltpPart(&Information->Name, Parts.Extension, Parts.Stream);
    Information->NamesParsed |= FLTFL_FILE_NAME_PARSED_EXTENSION;
    if ((Information->Format & FLT_VALID_FILE_NAME_FORMATS) != FLT_FILE_NAME_SHORT) {
        Information->Stream = FltpPart(&Information->Name, Parts.Stream, Parts.End);
        Information->FinalComponent = FltpPart(&Information->Name, Parts.Final, Parts.Stream);
        Information->ParentDir = FltpPart(&Information->Name, Root, Parts.Final);
        Information->NamesParsed |=
            FLTFL_FILE_NAME_PARSED_STREAM | FLTFL_FILE_NAME_PARSED_FINAL_COMPONENT | FLTFL_FILE_NAME_PARSED_PARENT_DIR;
    }
    return STATUS_SUCCESS;
}

/*
 * Microsoft: FltGetFileNameInformationUnsafe. The volume's name and the file object's own: opened and normalised names
 * are the same here. IRQL <= APC_LEVEL.
 */
NTSTATUS FLTAPI FltGetFileNameInformationUnsafe(PFILE_OBJECT FileObject, PFLT_INSTANCE Instance,
                                                FLT_FILE_NAME_OPTIONS NameOptions,
                                                PFLT_FILE_NAME_INFORMATION *FileNameInformation)
{
    PFLT_VOLUME Volume = CONTAINING_RECORD(FltpVolumeList.Flink, struct _FLT_VOLUME, Base.PrimaryLink);
    USHORT Length = Volume->DeviceName.Length + FileObject->FileName.Length;
    PFLTP_NAME Name = ExpAllocateSystemPool(sizeof(*Name) + Length);
    PWCHAR Text;

    UNREFERENCED_PARAMETER(Instance);
    *FileNameInformation = NULL;
    if (Name == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Text = (PWCHAR)(Name + 1);
    RtlZeroMemory(Name, sizeof(*Name));
    RtlCopyMemory(Text, Volume->DeviceName.Buffer, Volume->DeviceName.Length);
    RtlCopyMemory((PUCHAR)Text + Volume->DeviceName.Length, FileObject->FileName.Buffer, FileObject->FileName.Length);
    Name->ReferenceCount = 1;
    Name->Information.Size = sizeof(Name->Information);
    Name->Information.Format = NameOptions & FLT_VALID_FILE_NAME_FORMATS;
    Name->Information.Name = (UNICODE_STRING){Length, Length, Text};
    Name->Information.Volume = (UNICODE_STRING){Volume->DeviceName.Length, Volume->DeviceName.Length, Text};
    *FileNameInformation = &Name->Information;
    return STATUS_SUCCESS;
}

/* Microsoft: FltGetFileNameInformation. IRQL <= APC_LEVEL. */
NTSTATUS FLTAPI FltGetFileNameInformation(PFLT_CALLBACK_DATA CallbackData, FLT_FILE_NAME_OPTIONS NameOptions,
                                          PFLT_FILE_NAME_INFORMATION *FileNameInformation)
{
    return FltGetFileNameInformationUnsafe(CallbackData->Iopb->TargetFileObject, CallbackData->Iopb->TargetInstance,
                                           NameOptions, FileNameInformation);
}

/* Microsoft: FltReferenceFileNameInformation, FltReleaseFileNameInformation. IRQL <= APC_LEVEL. */
VOID FLTAPI FltReferenceFileNameInformation(PFLT_FILE_NAME_INFORMATION FileNameInformation)
{
    InterlockedIncrement(&FltpName(FileNameInformation)->ReferenceCount);
}

VOID FLTAPI FltReleaseFileNameInformation(PFLT_FILE_NAME_INFORMATION FileNameInformation)
{
    PFLTP_NAME Name = FltpName(FileNameInformation);

    if (InterlockedDecrement(&Name->ReferenceCount) == 0) {
        ExpFreeSystemPool(Name);
    }
}

/* Microsoft: FltGetTunneledName: NULL, the name was not tunnelled. */
NTSTATUS FLTAPI FltGetTunneledName(PFLT_CALLBACK_DATA CallbackData, PFLT_FILE_NAME_INFORMATION FileNameInformation,
                                   PFLT_FILE_NAME_INFORMATION *RetTunneledName)
{
    UNREFERENCED_PARAMETER(CallbackData);
    UNREFERENCED_PARAMETER(FileNameInformation);
    *RetTunneledName = NULL;
    return STATUS_SUCCESS;
}

/*
 * Microsoft: FltGetDestinationFileNameInformation: for renames and links, of which there are none on an empty volume.
 */
NTSTATUS FLTAPI FltGetDestinationFileNameInformation(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject,
                                                     HANDLE RootDirectory, PWSTR FileName, ULONG FileNameLength,
                                                     FLT_FILE_NAME_OPTIONS NameOptions,
                                                     PFLT_FILE_NAME_INFORMATION *RetFileNameInformation)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(FileObject);
    UNREFERENCED_PARAMETER(RootDirectory);
    UNREFERENCED_PARAMETER(FileName);
    UNREFERENCED_PARAMETER(FileNameLength);
    UNREFERENCED_PARAMETER(NameOptions);
    *RetFileNameInformation = NULL;
    return STATUS_FLT_INVALID_NAME_REQUEST;
}

/*
 * Microsoft: FltCheckAndGrowNameControl. The filter manager made the control's buffer and owns it; what it grows to is
 * never given back here: name providers are not asked yet.
 */
NTSTATUS FLTAPI FltCheckAndGrowNameControl(PFLT_NAME_CONTROL NameCtrl, USHORT NewSize)
{
    PWCHAR Buffer;

    if (NameCtrl->Name.MaximumLength >= NewSize) {
        return STATUS_SUCCESS;
    }
    Buffer = ExpAllocateSystemPool(NewSize);
    if (Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(Buffer, NameCtrl->Name.Buffer, NameCtrl->Name.Length);
    NameCtrl->Name.Buffer = Buffer;
    NameCtrl->Name.MaximumLength = NewSize;
    return STATUS_SUCCESS;
}
