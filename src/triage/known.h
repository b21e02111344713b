/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known.h - functions of Windows whose place on a stack says something. Names as the public symbols have them. */
#ifndef AIRLOCK_TRIAGE_KNOWN_H
#define AIRLOCK_TRIAGE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    KNOWN_PLAIN,       /* its callers only: see outer */
    KNOWN_LOAD,        /* calls DriverEntry, or leads to it */
    KNOWN_UNLOAD,      /* calls the unload routine, or leads to it */
    KNOWN_LOADER_WORK, /* calls either */
    KNOWN_UNMAP,       /* takes the image away */
    KNOWN_AFTER_ENTRY, /* the I/O manager's work after DriverEntry */
    KNOWN_CRASH,       /* the bug check itself */
    KNOWN_EXCEPTION,   /* handles a trap or an exception */
    KNOWN_WAIT,        /* waits */
    KNOWN_RUNDOWN,     /* waits until references are gone */
    KNOWN_TEARDOWN,    /* undoes something; on what was never made, it fails */
    KNOWN_ACTIVITY,    /* a driver calls it; says what the driver is doing */
    KNOWN_WORK_ITEM,   /* calls a driver's work item */
    KNOWN_DPC,         /* calls a driver's DPC or timer */
    KNOWN_NOTIFY,      /* calls a driver's callback */
    KNOWN_IO,          /* calls a driver with a request */
    KNOWN_SPINE        /* the outer end of a stack */
} known_kind;

typedef struct {
    const char *module; /* "nt" */
    const char *name;
    known_kind kind;
    const char *doing; /* "creating a system thread" */
    const char *outer; /* what may stand beneath it, separated by spaces; NULL: anything. "." nothing */
} known_function;

/* NULL if there is none. Module names as in the input: "nt", "ntoskrnl", "FLTMGR" … */
const known_function *known_find(const char *module, const char *function);

bool known_is_nt(const char *module);
bool known_is_fltmgr(const char *module);
/* A module of Windows, or of user mode, in which drivers under test are not looked for. */
bool known_is_windows(const char *module);

/* May `outer` stand directly beneath `inner`? */
bool known_allows(const known_function *inner, const known_function *outer);

#endif
