/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asks.sys - asks the system about processes, modules and sections, keeps contexts of a stream, registers a provider. */
#include "check.h"

NTSYSAPI NTSTATUS NTAPI ZwOpenProcess(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                                      PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength);

#define SYSTEM_MODULE_INFORMATION 11

typedef struct {
    HANDLE Section;
    PVOID MappedBase, ImageBase;
    ULONG ImageSize, Flags;
    USHORT LoadOrderIndex, InitOrderIndex, LoadCount, OffsetToFileName;
    CHAR FullPathName[256];
} MODULE;

static struct {
    ULONG Count;
    MODULE Modules[16];
} List;

static VOID CheckProcess(VOID)
{
    OBJECT_ATTRIBUTES Attributes = {.Length = sizeof(Attributes), .Attributes = OBJ_KERNEL_HANDLE};
    CLIENT_ID Id = {.UniqueProcess = PsGetCurrentProcessId()};
    struct {
        NTSTATUS ExitStatus;
        PVOID Peb;
        ULONG_PTR Affinity;
        LONG Priority;
        ULONG_PTR Id, Parent;
    } Basic;
    HANDLE Process;
    ULONG Length;

    CHECK(ZwOpenProcess(&Process, GENERIC_ALL, &Attributes, NULL) == STATUS_INVALID_PARAMETER_MIX);
    CHECK(ZwOpenProcess(&Process, GENERIC_ALL, &Attributes, &Id) == STATUS_SUCCESS);
    CHECK(ZwQueryInformationProcess(Process, 0, &Basic, sizeof(Basic) - 1, &Length) == STATUS_INFO_LENGTH_MISMATCH);
    CHECK(ZwQueryInformationProcess(Process, 0, &Basic, sizeof(Basic), &Length) == STATUS_SUCCESS);
    CHECK(Basic.Id == (ULONG_PTR)PsGetCurrentProcessId() && Basic.ExitStatus == STATUS_PENDING &&
          Length == sizeof(Basic));
    CHECK(ZwQueryInformationProcess(Process, 77, &Basic, sizeof(Basic), NULL) == STATUS_INVALID_INFO_CLASS);
    CHECK(ZwClose(Process) == STATUS_SUCCESS);
    CHECK(ZwQueryInformationProcess(Process, 0, &Basic, sizeof(Basic), NULL) == STATUS_INVALID_HANDLE);
    Id.UniqueProcess = (HANDLE)0x7774;
    CHECK(ZwOpenProcess(&Process, GENERIC_ALL, &Attributes, &Id) == STATUS_INVALID_CID);
}

/* The kernel comes first, this driver is there. */
static VOID CheckModules(PDRIVER_OBJECT DriverObject)
{
    ULONG Length, Wanted;
    BOOLEAN Found = FALSE;

    CHECK(ZwQuerySystemInformation(SYSTEM_MODULE_INFORMATION, &List, 0, &Wanted) == STATUS_INFO_LENGTH_MISMATCH);
    CHECK(Wanted > sizeof(MODULE) && Wanted <= sizeof(List));
    CHECK(ZwQuerySystemInformation(SYSTEM_MODULE_INFORMATION, &List, Wanted, &Length) == STATUS_SUCCESS);
    CHECK(Length == Wanted && List.Count == (Wanted - FIELD_OFFSET(MODULE, Section)) / sizeof(MODULE));
    for (ULONG i = 0; i < List.Count; i++) {
        PCSTR Name = List.Modules[i].FullPathName + List.Modules[i].OffsetToFileName;
        Found |= List.Modules[i].ImageBase == DriverObject->DriverStart && RtlCompareMemory(Name, "asks.sys", 9) == 9;
    }
    CHECK(Found);
    CHECK(ZwQuerySystemInformation(4711, &List, sizeof(List), &Length) == STATUS_INVALID_INFO_CLASS);
}

static VOID CheckSection(VOID)
{
    OBJECT_ATTRIBUTES Attributes;
    TEXT(Name, L"\\Device\\PhysicalMemory");
    HANDLE Section;

    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwOpenSection(&Section, SECTION_MAP_READ, &Attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwUnmapViewOfSection(NtCurrentProcess(), DbgPrint) == STATUS_NOT_MAPPED_VIEW);
}

static ULONG Freed;

static VOID NTAPI Free(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    Freed++;
}

static VOID CheckStream(VOID)
{
    FSRTL_PER_STREAM_CONTEXT First = {.OwnerId = &First, .FreeCallback = Free}, Second = First;
    FSRTL_ADVANCED_FCB_HEADER Header = {.Version = 0};
    FAST_MUTEX Mutex;

    ExInitializeFastMutex(&Mutex);
    Second.InstanceId = &Second;
    Header.FastMutex = &Mutex;
    InitializeListHead(&Header.FilterContexts);
    CHECK(FsRtlInsertPerStreamContext(&Header, &First) == STATUS_INVALID_DEVICE_REQUEST);
    Header.Flags2 = FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS;
    CHECK(FsRtlInsertPerStreamContext(&Header, &First) == STATUS_SUCCESS);
    CHECK(FsRtlInsertPerStreamContext(&Header, &Second) == STATUS_SUCCESS);
    CHECK(FsRtlLookupPerStreamContextInternal(&Header, &First, NULL) == &Second);
    CHECK(FsRtlLookupPerStreamContextInternal(&Header, &First, &Second) == &Second);
    CHECK(FsRtlLookupPerStreamContextInternal(&Header, &Second, NULL) == NULL);
    CHECK(FsRtlRemovePerStreamContext(&Header, &First, &Second) == &Second);
    CHECK(FsRtlRemovePerStreamContext(&Header, &First, &Second) == NULL);
    CHECK(FsRtlInsertPerStreamContext(&Header, &Second) == STATUS_SUCCESS);
    FsRtlTeardownPerStreamContexts(&Header);
    CHECK(Freed == 2 && IsListEmpty(&Header.FilterContexts));
}

static VOID CheckLock(VOID)
{
    FILE_LOCK Lock;

    RtlFillMemory(&Lock, sizeof(Lock), 0xff);
    FsRtlInitializeFileLock(&Lock, NULL, NULL);
    CHECK(Lock.LockInformation == NULL && !Lock.FastIoIsQuestionable);
    FsRtlUninitializeFileLock(&Lock);
}

#ifdef _X86_
static VOID CheckRegisters(VOID)
{
    USHORT Buffer[2] = {0x3412, 0x7856};
    union {
        USHORT Half[2];
        ULONG Whole;
    } Register;

    WRITE_REGISTER_BUFFER_USHORT(Register.Half, Buffer, 2);
    CHECK(READ_REGISTER_ULONG(&Register.Whole) == 0x78563412);
    RtlFillMemoryUlong(&Register, sizeof(Register), 0xfeedf00d);
    CHECK(Register.Whole == 0xfeedf00d);
}
#else
static VOID CheckRegisters(VOID) {}
#endif

/* Inline on either processor: from KeTickCount, or from the shared page. */
static VOID CheckTime(VOID)
{
    LARGE_INTEGER Before, After;

    KeQueryTickCount(&Before);
    Sleep(1000);
    KeQueryTickCount(&After);
    CHECK(After.QuadPart - Before.QuadPart == 10000000 / KeQueryTimeIncrement());
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    CheckProcess();
    CheckModules(DriverObject);
    CheckSection();
    CheckStream();
    CheckLock();
    CheckRegisters();
    CheckTime();
    DbgPrint("asks done\n");
    return STATUS_SUCCESS;
}
