/* SPDX-License-Identifier: MIT */
/*
 * driver.c - gate.sys, the "driver 1" of a two-driver system: see gate.h. It has a thread that loads its targets, and
 * from then on watches for targets that somebody else loads: at the same time, or again after they were unloaded.
 *
 * It has no DriverUnload and stays until the system goes down: its targets wait for its events.
 */
#include "gatep.h"

DRIVER_INITIALIZE DriverEntry;

static PGATE_TARGET GateTargets;
static KEVENT GateWake; /* a target has Arrived */
static PKTHREAD GateThreadObject;

static BOOLEAN GateIsLoaded(_In_ NTSTATUS LoadStatus)
{
    return NT_SUCCESS(LoadStatus) || LoadStatus == STATUS_IMAGE_ALREADY_LOADED;
}

/*
 * Loads the target if it is not, and has it register. ZwLoadDriver returns when the load has ended, also if it is
 * somebody else's. A target that fails is left as it is: the others do not depend on it.
 */
static VOID GateServe(_Inout_ PGATE_TARGET Target)
{
    NTSTATUS Status = ZwLoadDriver(&Target->Key);

    if (!GateIsLoaded(Status)) {
        GateLog("%wZ: not loaded, status %08x", &Target->Service, Status);
        return;
    }
    if (!NT_SUCCESS(Status)) {
        GateLog("%wZ: has been loaded by somebody else", &Target->Service);
    }
    Status = GateRegisterTarget(Target);
    if (NT_SUCCESS(Status)) {
        GateLog("%wZ: registered", &Target->Service);
    } else if (Status == STATUS_ALREADY_REGISTERED) {
        GateLog("%wZ: was registered already", &Target->Service);
    } else {
        GateLog("%wZ: refused to register, status %08x", &Target->Service, Status);
    }
}

static BOOLEAN GateEndsWith(_In_ PCUNICODE_STRING Path, _In_ PCUNICODE_STRING Name)
{
    UNICODE_STRING Tail = *Name;

    if (Path->Length < Name->Length) {
        return FALSE;
    }
    Tail.Buffer = Path->Buffer + (Path->Length - Name->Length) / sizeof(WCHAR);
    return RtlEqualUnicodeString(&Tail, Name, TRUE);
}

/* Load-image notification. Our own loads are none of our business: GateServe is at it. */
static VOID NTAPI GateImageLoaded(_In_opt_ PUNICODE_STRING FullImageName, _In_ HANDLE ProcessId,
                                  _In_ PIMAGE_INFO ImageInfo)
{
    PGATE_TARGET Target;

    UNREFERENCED_PARAMETER(ProcessId);
    if (!ImageInfo->SystemModeImage || FullImageName == NULL || KeGetCurrentThread() == GateThreadObject) {
        return;
    }
    for (Target = GateTargets; Target != NULL; Target = Target->Next) {
        if (GateEndsWith(FullImageName, &Target->Image)) {
            InterlockedExchange(&Target->Arrived, TRUE);
            KeSetEvent(&GateWake, IO_NO_INCREMENT, FALSE);
        }
    }
}

/* Never returns, never ends. */
static VOID NTAPI GateThread(_In_ PVOID Context)
{
    PGATE_TARGET Target;

    UNREFERENCED_PARAMETER(Context);
    GateThreadObject = KeGetCurrentThread();
    for (Target = GateTargets; Target != NULL; Target = Target->Next) {
        GateServe(Target);
    }
    for (;;) {
        KeWaitForSingleObject(&GateWake, Executive, KernelMode, FALSE, NULL);
        for (Target = GateTargets; Target != NULL; Target = Target->Next) {
            if (InterlockedExchange(&Target->Arrived, FALSE)) {
                GateServe(Target);
            }
        }
    }
}

static NTSTATUS GateStartThread(VOID)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Handle;
    NTSTATUS Status;

    InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, GateThread, NULL);
    if (NT_SUCCESS(Status)) {
        ZwClose(Handle);
    }
    return Status;
}

/* A gate that cannot watch still loads and registers. One without targets is configured wrongly, and does not load. */
NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    BOOLEAN InitDoneNotify;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(DriverObject);

    KeInitializeEvent(&GateWake, SynchronizationEvent, FALSE);
    Status = GateReadTargets(RegistryPath, &GateTargets);
    if (!NT_SUCCESS(Status)) {
        GateLog("Parameters\\Targets: status %08x", Status);
        return Status;
    }
    Status = PsSetLoadImageNotifyRoutine(GateImageLoaded);
    InitDoneNotify = NT_SUCCESS(Status);
    if (!InitDoneNotify) {
        GateLog("targets that others load will not be seen, status %08x", Status);
    }
    Status = GateStartThread();
    if (!NT_SUCCESS(Status) && InitDoneNotify) {
        PsRemoveLoadImageNotifyRoutine(GateImageLoaded);
    }
    if (!NT_SUCCESS(Status)) {
        GateFreeTargets(GateTargets);
    }
    return Status;
}
