/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scm.c - the part of services.exe that matters here: a service has a state, and requests are refused while it changes
 * (Microsoft: ControlService, ERROR_SERVICE_CANNOT_ACCEPT_CTRL). So a start and a stop of one service never meet; an
 * unload that goes past the service control manager meets a start freely.
 */
#include "session.h"

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
    ULONG Error = ScmBegin(Service, SERVICE_RUNNING, SERVICE_STOP_PENDING);
    NTSTATUS Status;

    if (Error) {
        return SCM_REFUSED(Error);
    }
    Status = NtUnloadDriver(&Service->Key);
    Service->State = NT_SUCCESS(Status) ? SERVICE_STOPPED : SERVICE_RUNNING;
    return Status;
}
