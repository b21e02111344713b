/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scm.c - the part of services.exe that matters here: a service has a state, and requests are refused while it changes
 * (Microsoft: ControlService, ERROR_SERVICE_CANNOT_ACCEPT_CTRL). So a start and a stop of one service never meet; an
 * unload or a load that goes past the service control manager meets everything.
 */
#include "session.h"

/*
 * Drivers come and go without the service control manager; before it acts it looks whether the driver object is there
 * (as ReactOS' service control manager does, ScmGetDriverStatus). A pending state is its own and stays.
 */
static VOID ScmRefresh(PSESSION_SERVICE Service)
{
    LONG Changes = Service->Changes, State = Service->State;
    BOOLEAN Loaded;

    if (State == SERVICE_START_PENDING || State == SERVICE_STOP_PENDING) {
        return;
    }
    Loaded = SessionIsLoaded(Service);
    HvAtomicBegin();
    if (Service->Changes == Changes && Service->State == State) { /* no request came in between */
        Service->State = Loaded ? SERVICE_RUNNING : SERVICE_STOPPED;
    }
    HvAtomicEnd();
}

static ULONG ScmBegin(PSESSION_SERVICE Service, LONG Wanted, LONG Pending)
{
    ULONG Error = 0;

    HvAtomicBegin();
    if (Service->State == SERVICE_START_PENDING || Service->State == SERVICE_STOP_PENDING) {
        Error = ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    } else if (Service->State != Wanted) {
        Error = Wanted == SERVICE_STOPPED ? ERROR_SERVICE_ALREADY_RUNNING : ERROR_SERVICE_NOT_ACTIVE;
    } else {
        Service->State = Pending;
        Service->Changes++;
    }
    HvAtomicEnd();
    return Error;
}

__declspec(noinline) NTSTATUS ScmStartService(PSESSION_SERVICE Service)
{
    ULONG Error = ScmBegin(Service, SERVICE_STOPPED, SERVICE_START_PENDING);
    NTSTATUS Status;

    if (Error) {
        return SCM_REFUSED(Error);
    }
    Status = NtLoadDriver(&Service->Key);
    Service->State = NT_SUCCESS(Status) ? SERVICE_RUNNING : SERVICE_STOPPED;
    return Status;
}

__declspec(noinline) NTSTATUS ScmControlService(PSESSION_SERVICE Service)
{
    NTSTATUS Status;
    ULONG Error;

    ScmRefresh(Service);
    Error = ScmBegin(Service, SERVICE_RUNNING, SERVICE_STOP_PENDING);
    if (Error) {
        return SCM_REFUSED(Error);
    }
    Status = NtUnloadDriver(&Service->Key);
    Service->State = NT_SUCCESS(Status) ? SERVICE_STOPPED : SERVICE_RUNNING;
    return Status;
}
