/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.c - the clients and the audit, as session.h describes them. */
#include "session.h"

static SESSION_SERVICE Services[SESSION_SERVICES];
static ULONG ServiceCount;
static PSESSION_SERVICE Target; /* the unload client's */
static BOOLEAN LoadByScm, Sequential;
static SESSION_ROUTE Route;
static volatile LONG LoadEnded, UnloadEnded;
static volatile NTSTATUS LoadStatus, UnloadStatus;

static NTSTATUS SessionLoad(PSESSION_SERVICE Service)
{
    return LoadByScm ? ScmStartService(Service) : NtLoadDriver(&Service->Key);
}

static NTSTATUS SessionUnload(PSESSION_SERVICE Service, SESSION_ROUTE Way)
{
    switch (Way) {
    case RouteFltmc: return FltpMsgUnloadFilter(&Service->Name);
    case RouteSc: return ScmControlService(Service);
    case RouteNt: return NtUnloadDriver(&Service->Key);
    default: return STATUS_SUCCESS;
    }
}

static VOID NTAPI SessionLoadClient(PVOID Context)
{
    ULONG64 Started = HvClock();

    UNREFERENCED_PARAMETER(Context);
    LoadStatus = SessionLoad(&Services[0]);
    VfNote(HV_NOTE_RESULT, "load", (ULONG_PTR)(LONG_PTR)LoadStatus, (ULONG_PTR)(HvClock() - Started), 0, 0);
    LoadEnded = TRUE;
}

/* Until nothing else runs: a driver that loads others may do so when its own load has ended. */
static VOID SessionWaitForRest(VOID)
{
    struct hv_wait Wait;

    Wait.count = 0;
    Wait.flags = HV_WAIT_LAST;
    Wait.object = 0;
    HvWait(&Wait);
    HvAtomicEnd();
}

static VOID NTAPI SessionUnloadClient(PVOID Context)
{
    ULONG64 Started;

    UNREFERENCED_PARAMETER(Context);
    if (Sequential) {
        HvWaitWord(&LoadEnded, sizeof(LoadEnded), HV_NE, 0, HV_WAIT_IDLE, NULL);
        HvAtomicEnd();
        SessionWaitForRest();
    }
    Started = HvClock();
    UnloadStatus = SessionUnload(Target, Route);
    VfNote(HV_NOTE_RESULT, "unload", (ULONG_PTR)(LONG_PTR)UnloadStatus, (ULONG_PTR)(HvClock() - Started), 0, 0);
    UnloadEnded = TRUE;
}

/* Until both clients have ended. One that never ends is a hang, which the machine sees: this wait is not one. */
static VOID SessionWaitForClients(VOID)
{
    HvWaitWord(&LoadEnded, sizeof(LoadEnded), HV_NE, 0, HV_WAIT_IDLE, NULL);
    HvAtomicEnd();
    HvWaitWord(&UnloadEnded, sizeof(UnloadEnded), HV_NE, 0, HV_WAIT_IDLE, NULL);
    HvAtomicEnd();
}

BOOLEAN SessionIsLoaded(PSESSION_SERVICE Service)
{
    PDRIVER_OBJECT Driver;

    if (!NT_SUCCESS(IopReferenceDriverByService(&Service->Key, &Driver))) {
        return FALSE;
    }
    ObDereferenceObject(Driver);
    return TRUE;
}

/* Whatever is still loaded goes now, last service first: by the scenario's route, then by the plain one. */
static VOID SessionUnloadRest(VOID)
{
    for (ULONG i = ServiceCount; i-- > 0;) {
        if (SessionIsLoaded(&Services[i]) && Route != RouteNt && Route != RouteNone) {
            SessionUnload(&Services[i], Route);
            SessionWaitForRest();
        }
        if (SessionIsLoaded(&Services[i])) {
            NtUnloadDriver(&Services[i].Key);
            SessionWaitForRest();
        }
    }
}

/*
 * The service control manager believes the driver to run, nobody unloaded it with success, and it is not there. (After
 * a successful unload that went past it the service control manager is always wrong, until somebody asks it.)
 */
static VOID SessionCheckState(LONG State, BOOLEAN Loaded)
{
    if (LoadByScm && State == SERVICE_RUNNING && !Loaded && !NT_SUCCESS(UnloadStatus)) {
        VfNote(HV_NOTE_STATE, "the service is RUNNING, its driver is gone, and no unload succeeded", (ULONG_PTR)State,
               (ULONG_PTR)(LONG_PTR)LoadStatus, (ULONG_PTR)(LONG_PTR)UnloadStatus, 0);
    }
}

static VOID NTAPI SessionAudit(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    SessionWaitForClients();
    SessionWaitForRest();
    SessionCheckState(Services[0].State, SessionIsLoaded(&Services[0]));
    SessionUnloadRest();
    VfAudit();
    FltpAudit();
    HvCall0(HV_SHUTDOWN);
}

static VOID SessionStartThread(PKSTART_ROUTINE Routine, PCSTR Label)
{
    PKTHREAD Thread;
    ULONG Bytes = 0;

    while (Label[Bytes]) {
        Bytes++;
    }
    if (NT_SUCCESS(PspCreateThread(ThreadUser, Routine, NULL, NULL, NULL, NULL, &Thread))) {
        HvCall4(HV_LABEL, Thread->Id, HvAddress(Label), Bytes, 0);
    }
}

static BOOLEAN SessionSame(PCSTR A, PCSTR B)
{
    for (; *B && *A == *B; A++, B++) {
    }
    return *A == *B;
}

static USHORT SessionAppend(PWCH Buffer, USHORT Bytes, PCSTR Text, SIZE_T Room)
{
    for (; *Text && Bytes + sizeof(WCHAR) < Room; Text++, Bytes += sizeof(WCHAR)) {
        Buffer[Bytes / sizeof(WCHAR)] = (UCHAR)*Text;
    }
    return Bytes;
}

static VOID SessionAddService(PCSTR Name)
{
    static const WCHAR Root[] = CM_SERVICES;
    PSESSION_SERVICE Service = &Services[ServiceCount++];
    const USHORT Start = sizeof(Root) - sizeof(WCHAR);

    for (ULONG i = 0; i < Start / sizeof(WCHAR); i++) {
        Service->Buffer[i] = Root[i];
    }
    Service->Key.Buffer = Service->Buffer;
    Service->Key.MaximumLength = sizeof(Service->Buffer);
    Service->Key.Length = SessionAppend(Service->Buffer, Start, Name, sizeof(Service->Buffer));
    Service->Name.Buffer = Service->Buffer + Start / sizeof(WCHAR);
    Service->Name.Length = Service->Name.MaximumLength = Service->Key.Length - Start;
    Service->State = SERVICE_STOPPED;
}

/* NULL, or none of that name: the first. */
static PSESSION_SERVICE SessionFindService(PCSTR Name)
{
    for (ULONG i = 0; Name && i < ServiceCount; i++) {
        USHORT Bytes = 0;

        while (Name[Bytes / sizeof(WCHAR)] && Bytes < Services[i].Name.Length &&
               Services[i].Name.Buffer[Bytes / sizeof(WCHAR)] == (UCHAR)Name[Bytes / sizeof(WCHAR)]) {
            Bytes += sizeof(WCHAR);
        }
        if (!Name[Bytes / sizeof(WCHAR)] && Bytes == Services[i].Name.Length) {
            return &Services[i];
        }
    }
    return &Services[0];
}

static VOID SessionReadServices(VOID)
{
    char Option[] = "SERVICE2";
    PCSTR Name = InitOption("SERVICE");

    while (Name && ServiceCount < SESSION_SERVICES) {
        SessionAddService(Name);
        Option[7] = (char)('1' + ServiceCount);
        Name = InitOption(Option);
    }
    Target = SessionFindService(InitOption("TARGET"));
}

static SESSION_ROUTE SessionReadRoute(PCSTR Value)
{
    return !Value || SessionSame(Value, "fltmc") ? RouteFltmc
           : SessionSame(Value, "sc")            ? RouteSc
           : SessionSame(Value, "nt")            ? RouteNt
                                                 : RouteNone;
}

/* Entry: the kernel calls it when all is up; the threads run when the machine lets them. */
VOID NtProcessStartup(VOID);
VOID NtProcessStartup(VOID)
{
    PCSTR Load = InitOption("LOAD"), Order = InitOption("ORDER");

    SessionReadServices();
    if (!ServiceCount) {
        return;
    }
    LoadByScm = !(Load && SessionSame(Load, "nt"));
    Sequential = Order && SessionSame(Order, "sequential");
    Route = SessionReadRoute(InitOption("UNLOAD"));
    SessionStartThread(SessionLoadClient, "load client");
    if (Route == RouteNone) {
        UnloadEnded = TRUE;
    } else {
        SessionStartThread(SessionUnloadClient, "unload client");
    }
    SessionStartThread(SessionAudit, "audit");
}
