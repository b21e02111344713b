/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - what a debugger's text says: threads, states, frames, modules, the bug check. The parser fills it; the rules
 * read nothing else. Strings are interned: equal text is the same pointer. NULL and 0 mean "not told".
 */
#ifndef AIRLOCK_TRIAGE_MODEL_H
#define AIRLOCK_TRIAGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "known.h"

typedef struct {
    uint64_t sp;     /* Child-SP, or ChildEBP */
    uint64_t ret;    /* return address: a place in the next frame's function */
    uint64_t pc;     /* where this frame stands: the return address of the frame before */
    uint64_t offset; /* into the function, or into the module if there is no function */
    uint64_t trap;   /* trap frame */
    const char *module;
    const char *function; /* NULL: the debugger had no symbols */
    const char *source;   /* file */
    const known_function *known;
    uint32_t source_line;
    uint32_t line; /* of the input */
    bool has_offset;
    bool unloaded; /* in an image that is gone: <Unloaded_isolate.sys>+0x1724 */
    bool inlined;
    bool bare;    /* the line had no addresses, only the symbol */
    bool guessed; /* the module follows from the address, the line did not name it */
} triage_frame;

typedef enum { TRIAGE_STATE_UNKNOWN, TRIAGE_RUNNING, TRIAGE_READY, TRIAGE_WAITING, TRIAGE_ENDED } triage_state;

/* A load or an unload that a thread is in the middle of. */
typedef enum { TRIAGE_LOADS, TRIAGE_UNLOADS } triage_role_kind;
typedef enum {
    TRIAGE_IN_DRIVER, /* in DriverEntry, or in the unload routine */
    TRIAGE_IN_KERNEL  /* before or after it: mapping the image, readying devices, unmapping */
} triage_phase;
typedef enum { TRIAGE_ROUTE_UNKNOWN, TRIAGE_ROUTE_FLTMC, TRIAGE_ROUTE_MANDATORY, TRIAGE_ROUTE_IO } triage_route;

typedef struct {
    triage_role_kind kind;
    triage_phase phase;
    triage_route route; /* of an unload */
    const char *driver; /* NULL: the stack does not show it */
    size_t caller;      /* index of the kernel's frame that calls the driver */
    size_t entry;       /* index of DriverEntry or the unload routine; == caller if it is not there */
} triage_role;

#define TRIAGE_ROLES_MOST 4u

typedef struct {
    uint32_t file;
    uint32_t log;    /* which of several logs; a new debugger session or dump begins another */
    uint32_t moment; /* rises whenever the target ran on */
    uint32_t line;   /* of the input, where it begins */
    uint64_t id;     /* address of the thread object */
    uint32_t process_id, thread_id;
    bool has_cid;
    uint64_t process; /* address of its process object */
    triage_state state;
    const char *state_text; /* "RUNNING on processor 2" */
    const char *wait_kind;  /* "NotificationEvent", "Thread", "Semaphore Limit 0x1" */
    uint64_t wait_object;
    uint32_t wait_line;
    double waited;     /* seconds, negative: not told */
    const char *start; /* Win32 Start Address */
    const char *start_module;
    triage_frame *frames; /* innermost first */
    size_t frame_count;
    bool cut;        /* more frames than are kept */
    bool disordered; /* frames in an order that no stack has: lines were moved */
    bool crashed;    /* the bug check, or the exception, is this thread's */
    bool analyzed;   /* STACK_TEXT of !analyze */
    bool headed;     /* printed by !thread, which tells how long it waits */
    bool cut_short;  /* neither a header nor a command is before it: the input may begin in the middle */
    bool headless;   /* not even the names of the columns are: frames may be missing at the inner end */
    bool loops;      /* a report says that it loops for ever */
    triage_role roles[TRIAGE_ROLES_MOST];
    size_t role_count;
} triage_thread;

typedef struct {
    uint32_t file, log, moment, line;
    uint32_t code;
    uint64_t args[4];
    unsigned arg_count;
    uint32_t arg_line;  /* of the first argument */
    const char *name;   /* "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED" */
    const char *text;   /* the line that tells it */
    const char *driver; /* whom the debugger, or the system, names */
    uint32_t driver_line;
} triage_bugcheck;

/* Details that !analyze and this project's own reports tell of one crash. */
typedef struct {
    uint32_t file, log, line;
    bool has_address;
    uint64_t address;       /* referenced */
    const char *place;      /* module of the place referenced, if it is gone */
    const char *freed_by;   /* module of whoever freed it */
    const char *freed_text; /* the line that says so */
    bool freed_by_unload;
    const char *ip_module; /* of the faulting instruction */
    bool ip_unloaded;
    bool stuck; /* a report says that nothing ends the wait */
    uint32_t ip_line;
} triage_fault;

typedef struct {
    uint32_t file, log, line;
    const char *name; /* "isolate.sys" */
    uint64_t start, end;
    bool unloaded;
} triage_module;

/* A minifilter as !fltkd.filter prints it; a driver object as !drvobj does. */
typedef struct {
    uint32_t file, log, line;
    const char *name;
    bool draining;
    bool has_references;
    uint64_t references; /* of its rundown protection */
} triage_filter;

/* What an exploration's report says was left when the driver was gone. */
typedef struct {
    uint32_t file, log, line;
    const char *kind; /* "thread", "timer", "pool" */
    const char *driver;
    const char *text;
} triage_leftover;

typedef enum { TRIAGE_OS_UNKNOWN, TRIAGE_OS_XP, TRIAGE_OS_VISTA, TRIAGE_OS_7, TRIAGE_OS_8 } triage_os;

typedef struct {
    uint32_t file, log, line;
    triage_os os; /* TRIAGE_OS_8: and later */
    const char *text;
} triage_system;

typedef struct {
    const char **files;
    size_t file_count;
    uint64_t bytes, lines;
    uint64_t threads_seen;    /* kept or not */
    uint64_t threads_dropped; /* at the ceiling */
    uint64_t debugger_lines;  /* that were understood */
    triage_thread *threads;   /* those that can matter */
    size_t thread_count;
    triage_bugcheck *bugchecks;
    size_t bugcheck_count;
    triage_fault *faults;
    size_t fault_count;
    triage_module *modules;
    size_t module_count;
    triage_filter *filters;
    size_t filter_count;
    triage_leftover *leftovers;
    size_t leftover_count;
    triage_system *systems;
    size_t system_count;
} triage_log;

#endif
