/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obdir.c - names: directories of buckets. Each operation is one atomic section, and touches one bucket only, so that
 * unrelated names do not meet.
 */
#include "ob.h"

POBJECT_DIRECTORY ObpRootDirectory, ObpDriverDirectory, ObpFileSystemDirectory, ObpDeviceDirectory, ObpDosDirectory,
    ObpCallbackDirectory;

static inline WCHAR ObpLower(WCHAR Char) { return Char >= L'A' && Char <= L'Z' ? (WCHAR)(Char | 0x20) : Char; }

static ULONG64 ObpFourChars(const WCHAR *Text)
{
    ULONG64 Word;

    __builtin_memcpy(&Word, Text, sizeof(Word));
    return Word;
}

BOOLEAN ObpSameName(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    if (A->Length != B->Length) {
        return FALSE;
    }
    for (ULONG i = 0; i < A->Length / sizeof(WCHAR); i++) {
        while (i + 4 <= A->Length / sizeof(WCHAR) && ObpFourChars(A->Buffer + i) == ObpFourChars(B->Buffer + i)) {
            i += 4;
        }
        if (i == A->Length / sizeof(WCHAR)) {
            break;
        }
        WCHAR a = A->Buffer[i], b = B->Buffer[i];
        if (a != b && ObpLower(a) != ObpLower(b)) {
            return FALSE;
        }
    }
    return TRUE;
}

static ULONG ObpBucket(PCUNICODE_STRING Name)
{
    ULONG Count = Name->Length / sizeof(WCHAR);

    return Count ? (Count + ObpLower(Name->Buffer[0]) + 3 * ObpLower(Name->Buffer[Count - 1])) % OB_BUCKETS : 0;
}

/* Inside a section. */
static POBJECT_HEADER ObpFindName(POBJECT_DIRECTORY Directory, PCUNICODE_STRING Name)
{
    POBJECT_HEADER Header = Directory->Bucket[ObpBucket(Name)];

    while (Header && !ObpSameName(&Header->Name, Name)) {
        Header = Header->NextName;
    }
    return Header;
}

NTSTATUS ObpInsertName(PVOID Object, POBJECT_DIRECTORY Directory)
{
    POBJECT_HEADER Header = ObHeader(Object);
    NTSTATUS Status = STATUS_OBJECT_NAME_COLLISION;

    HvAtomicBegin();
    if (!ObpFindName(Directory, &Header->Name)) {
        POBJECT_HEADER *Bucket = &Directory->Bucket[ObpBucket(&Header->Name)];
        Header->NextName = *Bucket;
        *Bucket = Header;
        Header->Directory = Directory;
        Header->PointerCount++;
        Status = STATUS_SUCCESS;
    }
    HvAtomicEnd();
    return Status;
}

VOID ObpRemoveName(PVOID Object)
{
    POBJECT_HEADER Header = ObHeader(Object);
    POBJECT_DIRECTORY Directory;

    HvAtomicBegin();
    Directory = Header->Directory;
    if (Directory) {
        POBJECT_HEADER *Link = &Directory->Bucket[ObpBucket(&Header->Name)];
        while (*Link != Header) {
            Link = &(*Link)->NextName;
        }
        *Link = Header->NextName;
        Header->Directory = NULL;
    }
    HvAtomicEnd();
    if (Directory) {
        ObfDereferenceObject(Object);
    }
}

/* Microsoft: ZwMakeTemporaryObject. IRQL <= APC_LEVEL. The name goes at once if no handle is open. */
VOID NTAPI ObMakeTemporaryObject(PVOID Object)
{
    POBJECT_HEADER Header = ObHeader(Object);

    InterlockedAnd((volatile LONG *)&Header->Flags, ~OB_FLAG_PERMANENT);
    if (Header->HandleCount == 0) {
        ObpRemoveName(Object);
    }
}

VOID ObpWalkNames(POBJECT_DIRECTORY Directory, OB_NAME_VISITOR *Visit, PVOID Context)
{
    for (ULONG i = 0; i < OB_BUCKETS; i++) {
        for (POBJECT_HEADER Header = Directory->Bucket[i], Next; Header; Header = Next) {
            Next = Header->NextName;
            Visit(ObBody(Header), Context);
        }
    }
}

/* Takes the first component off Path: TRUE if there was one. */
static BOOLEAN ObpSplit(PUNICODE_STRING Path, PUNICODE_STRING First)
{
    ULONG Count = Path->Length / sizeof(WCHAR), End = 1;

    if (!Count || Path->Buffer[0] != L'\\') {
        return FALSE;
    }
    while (End < Count && Path->Buffer[End] != L'\\') {
        End++;
    }
    First->Buffer = Path->Buffer + 1;
    First->Length = First->MaximumLength = (USHORT)((End - 1) * sizeof(WCHAR));
    Path->Buffer += End;
    Path->Length = (USHORT)(Path->Length - End * sizeof(WCHAR));
    return End > 1;
}

/* \?? and \DosDevices are other names of \GLOBAL?? (one session, one logon: nobody has local devices). */
static BOOLEAN ObpIsDosAlias(POBJECT_DIRECTORY Directory, PCUNICODE_STRING Name)
{
    static const UNICODE_STRING Short = RTL_CONSTANT_STRING(L"??"), Long = RTL_CONSTANT_STRING(L"DosDevices");

    return Directory == ObpRootDirectory && (ObpSameName(Name, &Short) || ObpSameName(Name, &Long));
}

/*
 * The object, referenced; but not a directory in the middle of a path: those are never deleted while the system is up,
 * and a counter that every look-up writes would make all look-ups conflict.
 */
static POBJECT_HEADER ObpReferenceName(POBJECT_DIRECTORY Directory, PCUNICODE_STRING Name, BOOLEAN Last)
{
    POBJECT_HEADER Header;

    if (ObpIsDosAlias(Directory, Name)) {
        if (Last) {
            InterlockedIncrement(&ObHeader(ObpDosDirectory)->PointerCount);
        }
        return ObHeader(ObpDosDirectory);
    }
    HvAtomicBegin();
    Header = ObpFindName(Directory, Name);
    if (Header && (Last || Header->Type != ObpDirectoryType)) {
        Header->PointerCount++;
    }
    HvAtomicEnd();
    return Header;
}

PVOID ObpReferenceNamed(POBJECT_DIRECTORY Directory, PCUNICODE_STRING Name)
{
    POBJECT_HEADER Header = ObpReferenceName(Directory, Name, TRUE);

    return Header ? ObBody(Header) : NULL;
}

static NTSTATUS ObpLookup(UNICODE_STRING Path, POBJECT_TYPE Type, PUNICODE_STRING Remainder, ULONG Depth,
                          PVOID *Object);

/* A symbolic link was met: go on at its target plus the rest of the path. */
static NTSTATUS ObpFollow(POBJECT_SYMBOLIC_LINK Link, PCUNICODE_STRING Rest, POBJECT_TYPE Type,
                          PUNICODE_STRING Remainder, ULONG Depth, PVOID *Object)
{
    WCHAR Buffer[260];
    UNICODE_STRING Path = {0, sizeof(Buffer), Buffer};

    if (Depth == 32 || Link->Target.Length + Rest->Length > (int)sizeof(Buffer)) {
        return STATUS_NAME_TOO_LONG;
    }
    memcpy(Buffer, Link->Target.Buffer, Link->Target.Length);
    memcpy((PUCHAR)Buffer + Link->Target.Length, Rest->Buffer, Rest->Length);
    Path.Length = (USHORT)(Link->Target.Length + Rest->Length);
    return ObpLookup(Path, Type, Remainder, Depth + 1, Object);
}

static NTSTATUS ObpFound(PVOID Found, UNICODE_STRING Rest, POBJECT_TYPE Type, PUNICODE_STRING Remainder, PVOID *Object)
{
    NTSTATUS Status = STATUS_SUCCESS;

    if (Rest.Length && !Remainder) {
        Status = STATUS_OBJECT_PATH_NOT_FOUND;
    } else if (Type && ObHeader(Found)->Type != Type) {
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if (Remainder && Rest.Length > Remainder->MaximumLength) {
        Status = STATUS_NAME_TOO_LONG;
    }
    if (!NT_SUCCESS(Status)) {
        ObfDereferenceObject(Found);
        return Status;
    }
    if (Remainder) {
        Remainder->Length = Rest.Length;
        memcpy(Remainder->Buffer, Rest.Buffer, Rest.Length);
    }
    *Object = Found;
    return STATUS_SUCCESS;
}

static NTSTATUS ObpLookup(UNICODE_STRING Path, POBJECT_TYPE Type, PUNICODE_STRING Remainder, ULONG Depth, PVOID *Object)
{
    POBJECT_DIRECTORY Directory = ObpRootDirectory;
    UNICODE_STRING Name;

    if (!Path.Length || Path.Buffer[0] != L'\\') {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    for (;;) {
        POBJECT_HEADER Header;
        if (!ObpSplit(&Path, &Name)) {
            InterlockedIncrement(&ObHeader(Directory)->PointerCount);
            return ObpFound(Directory, Path, Type, Remainder, Object);
        }
        Header = ObpReferenceName(Directory, &Name, Path.Length == 0);
        if (!Header) {
            return Path.Length ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
        }
        if (Header->Type == ObpDirectoryType && Path.Length) {
            Directory = ObBody(Header);
        } else if (Header->Type == ObpSymbolicLinkType && (Path.Length || Type != ObpSymbolicLinkType)) {
            NTSTATUS Status = ObpFollow(ObBody(Header), &Path, Type, Remainder, Depth, Object);
            ObfDereferenceObject(ObBody(Header));
            return Status;
        } else {
            return ObpFound(ObBody(Header), Path, Type, Remainder, Object);
        }
    }
}

NTSTATUS ObpLookupPath(PCUNICODE_STRING Path, POBJECT_TYPE Type, PUNICODE_STRING Remainder, PVOID *Object)
{
    return ObpLookup(*Path, Type, Remainder, 0, Object);
}

NTSTATUS ObpParsePath(PCUNICODE_STRING Path, POBJECT_DIRECTORY *Directory, PUNICODE_STRING Last)
{
    UNICODE_STRING Parent = *Path;
    USHORT Start = Path->Length / sizeof(WCHAR);
    PVOID Object;
    NTSTATUS Status;

    while (Start && Path->Buffer[Start - 1] != L'\\') {
        Start--;
    }
    if (!Start || Start == Path->Length / sizeof(WCHAR)) {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    Last->Buffer = Path->Buffer + Start;
    Last->Length = Last->MaximumLength = (USHORT)(Path->Length - Start * sizeof(WCHAR));
    Parent.Length = (USHORT)((Start > 1 ? Start - 1 : 1) * sizeof(WCHAR));
    Status = ObpLookupPath(&Parent, ObpDirectoryType, NULL, &Object);
    if (NT_SUCCESS(Status)) {
        *Directory = Object;
        ObfDereferenceObject(Object); /* never deleted */
    }
    return Status;
}

static POBJECT_DIRECTORY ObpMakeDirectory(PCWSTR Text)
{
    POBJECT_DIRECTORY Directory = ObAllocateSystemObject(ObpDirectoryType, sizeof(*Directory));

    if (ObpRootDirectory) {
        RtlInitUnicodeString(&ObHeader(Directory)->Name, Text);
        ObpInsertName(Directory, ObpRootDirectory);
    }
    return Directory;
}

VOID ObInitSystem(VOID)
{
    ObpRootDirectory = ObpMakeDirectory(NULL);
    ObpDriverDirectory = ObpMakeDirectory(L"Driver");
    ObpFileSystemDirectory = ObpMakeDirectory(L"FileSystem");
    ObpDeviceDirectory = ObpMakeDirectory(L"Device");
    ObpDosDirectory = ObpMakeDirectory(L"GLOBAL??");
    ObpCallbackDirectory = ObpMakeDirectory(L"Callback");
    ObpMakeDirectory(L"BaseNamedObjects");
}
