/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.c - two processes: System, and the client whose threads ask for loads and unloads. Neither ends.
 * What a driver can ask about processes and threads. Source: Microsoft, the page of each routine.
 */
#include "ps.h"
#include "ke.h"
#include "ob.h"

typedef struct _PSP_PROCESS {
    DISPATCHER_HEADER Header;
    HANDLE Id;
    LARGE_INTEGER CreateTime;
    CHAR ImageFileName[16];
} PSP_PROCESS, *PPSP_PROCESS;

PEPROCESS PsInitialSystemProcess;
static PEPROCESS PspClientProcess;

PNT_PCR KiBootPcr;

PVOID PspProcessOf(KTHREAD_ROLE Role) { return Role == ThreadUser ? PspClientProcess : PsInitialSystemProcess; }

static PEPROCESS PspMakeProcess(HANDLE Id, PCSTR Name)
{
    PPSP_PROCESS Process = ObAllocateSystemObject(ObpProcessType, sizeof(*Process));

    KiInitializeHeader(&Process->Header, ProcessObject, sizeof(*Process) / sizeof(ULONG), 0);
    Process->Id = Id;
    Process->CreateTime.QuadPart = (LONGLONG)KE_BOOT_TIME;
    for (ULONG i = 0; Name[i] && i < sizeof(Process->ImageFileName) - 1; i++) {
        Process->ImageFileName[i] = Name[i];
    }
    return (PEPROCESS)Process;
}

VOID PspDeleteProcess(PVOID Object) { UNREFERENCED_PARAMETER(Object); }

VOID PsInitSystem(VOID)
{
    PKTHREAD Thread = KiThread();

    ObpSetTypeMethods(ObpThreadType, PspDeleteThread, NULL);
    ObpSetTypeMethods(ObpProcessType, PspDeleteProcess, NULL);
    PsInitialSystemProcess = PspMakeProcess(PS_SYSTEM_CID, "System");
    PspClientProcess = PspMakeProcess(PS_CLIENT_CID, "client.exe");
    Thread->Process = PsInitialSystemProcess;
    Thread->Cid[0] = PS_SYSTEM_CID;
    Thread->Cid[1] = (HANDLE)(ULONG_PTR)(4 + 4 * Thread->Id);
}

PKTHREAD NTAPI PspGetCurrentThread(VOID) NT_STDCALL(PsGetCurrentThread, 0);
PKTHREAD NTAPI PspKeGetCurrentThread(VOID) NT_STDCALL(KeGetCurrentThread, 0);
PEPROCESS NTAPI PspGetCurrentProcess(VOID) NT_STDCALL(PsGetCurrentProcess, 0);
PCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process);
NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process);
PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);
ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process);
ULONG NTAPI PsGetCurrentProcessSessionId(VOID);
PVOID NTAPI PsGetProcessWow64Process(PEPROCESS Process);
PVOID NTAPI PsGetCurrentProcessWow64Process(VOID);
PVOID NTAPI PsGetCurrentThreadTeb(VOID);
PVOID NTAPI PsGetProcessPeb(PEPROCESS Process);
NTSTATUS NTAPI PsAcquireProcessExitSynchronization(PEPROCESS Process);
VOID NTAPI PsReleaseProcessExitSynchronization(PEPROCESS Process);
BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS Process);
BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS Process);
NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread);
PVOID NTAPI PsGetThreadTeb(PETHREAD Thread);

#define AS_THREAD(Thread)   ((PKTHREAD)(Thread))
#define AS_PROCESS(Process) ((PPSP_PROCESS)(Process))

PKTHREAD NTAPI PspGetCurrentThread(VOID) { return KiThread(); }
PKTHREAD NTAPI PspKeGetCurrentThread(VOID) { return KiThread(); }
PEPROCESS NTAPI IoGetCurrentProcess(VOID) { return KiThread()->Process; }
PEPROCESS NTAPI PspGetCurrentProcess(VOID) { return KiThread()->Process; }
HANDLE NTAPI PsGetCurrentProcessId(VOID) { return KiThread()->Cid[0]; }
HANDLE NTAPI PsGetCurrentThreadId(VOID) { return KiThread()->Cid[1]; }
HANDLE NTAPI PsGetProcessId(PEPROCESS Process) { return AS_PROCESS(Process)->Id; }
HANDLE NTAPI PsGetThreadId(PETHREAD Thread) { return AS_THREAD(Thread)->Cid[1]; }
HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread) { return AS_THREAD(Thread)->Cid[0]; }
PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread) { return AS_THREAD(Thread)->Process; }
PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread) { return AS_THREAD(Thread)->Process; }
PCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process) { return AS_PROCESS(Process)->ImageFileName; }
LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process) { return AS_PROCESS(Process)->CreateTime.QuadPart; }
BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread) { return AS_THREAD(Thread)->Role != ThreadUser; }
BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread) { return AS_THREAD(Thread)->ExitStatus != STATUS_PENDING; }
NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread) { return AS_THREAD(Thread)->ExitStatus; }
NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return STATUS_PENDING;
}

/* There is one session, no user-mode memory and no 32-bit process. */
ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return 0;
}
ULONG NTAPI PsGetCurrentProcessSessionId(VOID) { return 0; }
PVOID NTAPI PsGetProcessWow64Process(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return NULL;
}
PVOID NTAPI PsGetCurrentProcessWow64Process(VOID) { return NULL; }
PVOID NTAPI PsGetCurrentThreadTeb(VOID) { return NULL; }
PVOID NTAPI PsGetProcessPeb(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return NULL;
}
PVOID NTAPI PsGetThreadTeb(PETHREAD Thread)
{
    UNREFERENCED_PARAMETER(Thread);
    return NULL;
}
BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return FALSE;
}
BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return FALSE;
}

/* No process ends, so its exit never has to wait. */
NTSTATUS NTAPI PsAcquireProcessExitSynchronization(PEPROCESS Process)
{
    UNREFERENCED_PARAMETER(Process);
    return STATUS_SUCCESS;
}
VOID NTAPI PsReleaseProcessExitSynchronization(PEPROCESS Process) { UNREFERENCED_PARAMETER(Process); }

/* *Process is referenced. STATUS_INVALID_PARAMETER: there is none with that id. */
NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    if (ProcessId != PS_SYSTEM_CID && ProcessId != PS_CLIENT_CID) {
        return STATUS_INVALID_PARAMETER;
    }
    *Process = PspProcessOf(ProcessId == PS_CLIENT_CID ? ThreadUser : ThreadSystem);
    ObfReferenceObject(*Process);
    return STATUS_SUCCESS;
}

/* *Thread is referenced. STATUS_INVALID_PARAMETER: there is none with that id. */
NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
    PKTHREAD Found;

    HvAtomicBegin();
    Found = PspThreadById((ULONG)((ULONG_PTR)ThreadId - 4) / 4);
    if (Found) {
        ObfReferenceObject(Found);
    }
    HvAtomicEnd();
    *Thread = (PETHREAD)Found;
    return Found ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
