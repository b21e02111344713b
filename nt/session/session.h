/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - the user side: a kernel-mode image that plays user mode. Its threads have the role ThreadUser, so that
 * the kernel serves them as it serves processes: loads and unloads run in workers of the System process.
 *
 *   load client     one attempt to load the first service   /LOAD=sc (service control manager) or nt (NtLoadDriver)
 *   unload client   one attempt to unload the target        /UNLOAD=fltmc (FilterUnload), sc, nt or none
 *                   /ORDER=race: both at once; sequential: unload after the load client's end
 *                   /TARGET=service: the target, if it is not the first service
 *   audit           when both have ended: unloads what is still loaded, audits, ends the execution
 */
#ifndef AIRLOCK_NT_SESSION_H
#define AIRLOCK_NT_SESSION_H

#include "cm.h"
#include "init.h"
#include "io.h"
#include "ps.h"
#include "vf.h"

typedef enum { RouteFltmc, RouteSc, RouteNt, RouteNone } SESSION_ROUTE;

#define SESSION_SERVICES 8

typedef struct _SESSION_SERVICE {
    UNICODE_STRING Name;   /* of the service */
    UNICODE_STRING Key;    /* its registry path */
    volatile LONG State;   /* as the service control manager believes: SERVICE_... */
    volatile LONG Changes; /* requests begun */
    WCHAR Buffer[128];     /* Key's text; Name points into it */
} SESSION_SERVICE, *PSESSION_SERVICE;

/* Values of winsvc.h and winerror.h. */
enum { SERVICE_STOPPED = 1, SERVICE_START_PENDING = 2, SERVICE_STOP_PENDING = 3, SERVICE_RUNNING = 4 };
#define ERROR_SERVICE_ALREADY_RUNNING    1056
#define ERROR_SERVICE_CANNOT_ACCEPT_CTRL 1061
#define ERROR_SERVICE_NOT_ACTIVE         1062
#define SCM_REFUSED(Error)               ((NTSTATUS)(0xC0070000 | (Error)))

/* The service control manager (scm.c). The status of the driver's load or unload, or SCM_REFUSED. */
NTSTATUS ScmStartService(PSESSION_SERVICE Service);
NTSTATUS ScmControlService(PSESSION_SERVICE Service); /* SERVICE_CONTROL_STOP */

BOOLEAN SessionIsLoaded(PSESSION_SERVICE Service); /* its driver object has a name now */

/* fltmgr.sys */
NTSTATUS NTAPI FltpMsgUnloadFilter(PCUNICODE_STRING FilterName);
VOID NTAPI FltpAudit(VOID);

#endif
