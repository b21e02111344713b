/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.h - what a finished run has to say, as plain data: one report_run with its failures. Whoever ran the driver
 * fills it; windbg.c, json.c and the others only read it. Nothing in it depends on a host address, on time or on the
 * number of jobs, except `seconds`, which no text report prints.
 *
 * Strings are zero-terminated UTF-8 and belong to whoever filled them in (an arena, see arena.h); NULL means "not
 * known" and is left out of reports, unless a member says otherwise. Zeroed members are valid
 * everywhere: fill what is known.
 */
#ifndef AIRLOCK_REPORT_FINDING_H
#define AIRLOCK_REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

/* Stacks --------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t pc;
    uint64_t child_sp;       /* x86: ChildEBP, where the frame is, one word below its return address; 0 = not known */
    uint64_t return_address; /* 0 at the thread's root */
    const char *text;        /* "isolate!DriverEntry+0x72"; NULL: only the address is known */
    const char *module;      /* "isolate" */
    const char *file;        /* "drivers/isolate/driver.c" */
    uint32_t line;           /* 0 = not known */
    uint64_t trap_frame;     /* this frame is a trap handler's: its KTRAP_FRAME; 0 = no trap */
    uint32_t arguments[3];   /* x86: the words above the return address */
    bool has_arguments;
    bool doubtful; /* x86: who called it was guessed from words on the stack */
} report_frame;

typedef struct {
    const char *role;     /* "load", "unload", "worker queue thread 1": how rows and reports call it */
    uint64_t kthread;     /* guest address of its KTHREAD, 0 = not known */
    uint32_t cid_process; /* client id, as `!thread` prints it in hex: Cid 0004.0038 */
    uint32_t cid_thread;
    const char *state;     /* "RUNNING on processor 2", "WAIT: (Executive) KernelMode Non-Alertable" */
    const char *waits_for; /* what it waits for, one line, e.g. "fffff880`0799d040  NotificationEvent" */
    uint64_t start_address;
    const char *start_symbol; /* "nt!ExpWorkerThread" */
    uint64_t stack_base;      /* high end, exclusive */
    uint64_t stack_limit;     /* low end */
    uint64_t stack_current;
    uint64_t instructions; /* executed since the scenario began */
    uint32_t irql;
    report_frame *frames; /* innermost first */
    size_t frame_count;
    bool truncated; /* the unwinder gave up after these */
} report_thread;

/* What the processor did ----------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rip, rsp, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
    uint32_t rflags;
    bool narrow;  /* x86: the lower halves of the first nine */
    bool partial; /* from a trap frame, which lacks the non-volatile registers: WinDbg says so */
} report_registers;

typedef enum { REPORT_NO_ACCESS, REPORT_READ, REPORT_WRITE, REPORT_EXECUTE } report_access;

typedef struct {
    uint64_t pc;             /* 0: no faulting instruction (hang, leak) */
    const char *symbol;      /* "isolate!StopWorkerQueues+0x14" */
    const char *place;       /* module + offset, load address out of it: "isolate+0x1724" */
    const char *instruction; /* disassembly, if there is one */
    const char *file;
    uint32_t line;
    uint64_t trap_frame;
    uint64_t exception_record;
    uint64_t context;
    bool has_registers;
    report_registers registers;
    uint32_t exception; /* NTSTATUS, e.g. 0xC0000005; 0 = none */
    report_access access;
    bool has_address;
    uint64_t address;         /* referenced */
    const char *address_text; /* what is there: "freed pool, 0x40 bytes, tag 'WrkQ', freed by isolate!StopQueue+0x31" */
} report_fault;

typedef struct {
    uint32_t code;    /* 0x7E; 0 = none (hang, leak, …) */
    const char *name; /* NULL: from the table of bugchecks.h */
    uint64_t args[4];
    const char *meaning[4]; /* NULL: from the table of bugchecks.h */
} report_bugcheck;

/* How it came about ---------------------------------------------------------------------------------------------- */

typedef enum { REPORT_LOAD_COLUMN, REPORT_UNLOAD_COLUMN, REPORT_OTHER_COLUMN } report_column;

/* One row of the schedule: a thread runs from one switch to the next. */
typedef struct {
    report_column column;
    const char *thread; /* name; printed for REPORT_OTHER_COLUMN */
    const char *text;   /* where it stands at the row's end: "isolate!DriverEntry+0x4c  after FltRegisterFilter" */
    const char *what;   /* what happened in it, second line of the cell: "writes isolate!Queues.Head" */
    const char *file;   /* source of that place */
    uint32_t line;
    uint64_t instructions; /* executed in this row */
    bool preempted;        /* the row ends although its thread could go on */
} report_step;

typedef struct {
    const char *text;     /* "load in isolate!DriverEntry+0x4c calling nt!PsCreateSystemThread" */
    const char *schedule; /* its id */
    uint32_t preemptions;
    uint64_t executions;        /* of the exploration; 0: equivalent to another one, so not run there, but afterwards */
    const report_thread *other; /* the other side's thread as it stood; NULL = not known */
} report_moment;

typedef struct {
    const char *kind;    /* "thread", "timer", "pool", "device", "reference", "callback", "handle", … */
    const char *text;    /* "system thread fffffa80`018c1b50, start isolate!QueueThread" */
    uint64_t address;    /* 0 = none */
    uint64_t size;       /* bytes, pool */
    const char *tag;     /* pool */
    const char *made_by; /* "isolate!CreateQueue+0x51" */
} report_left;

/* One of the two accesses whose order decides. */
typedef struct {
    const char *role;
    const char *verb; /* "reads", "writes", "frees"; "misses": it is not there; "unmaps", "executes code of" an image */
    const char *place; /* of the instruction: "fltmgr!FltRegisterFilter+0x319" */
    const char *file;
    uint32_t line;
    const char *caller;    /* the driver's place that called it; NULL: it is the driver's itself, or none */
    const char *found;     /* what the memory holds before it; "NULL", "0x12", "isolate!UnloadCallback" */
    const char *left;      /* a write: afterwards */
    const char *otherwise; /* a read: what it holds with the two swapped, if something else */
    bool write;
    bool late; /* comes after the failure, or would have */
} report_side;

/* The critical pair. */
typedef struct {
    bool found;         /* else no single pair decides */
    const char *text;   /* one sentence */
    const char *object; /* over which they conflict: "isolate!WorkQueues", "DRIVER_OBJECT.DeviceObject" */
    report_side sides[2];
    const char *schedule; /* with the two swapped, which was run and passes */
    uint32_t tries;       /* pairs that were swapped and run */
} report_pair;

typedef struct {
    uint64_t id;       /* the same number: the same failure. Not printed */
    const char *kind;  /* "F1" … "F9", or "deadlock", "livelock", "leak", "misuse", "state", "bugcheck" */
    const char *title; /* one sentence: "the unload callback uses work queues that DriverEntry has not made yet" */
    report_bugcheck bugcheck; /* code 0 = none */
    report_fault fault;       /* pc 0 = none */
    const char *race;         /* which access of which thread against which; one line, NULL = none is known */
    const char *race_object;  /* the variable in it; NULL = none */
    report_pair *decides;     /* the two steps whose order decides; NULL = not looked for */
    const char *schedule;     /* id that replays it */
    const char *replay;       /* the whole command line that replays it */
    uint32_t preemptions;
    uint64_t executions;    /* that ended this way */
    report_thread *threads; /* the failing one first, then the other side, then the rest */
    size_t thread_count;
    report_step *steps;
    size_t step_count;
    report_moment *moments; /* other places of the other side when this happened, deepest in the driver first */
    size_t moment_count;
    report_left *left;
    size_t left_count;
    const char **loop; /* livelock: places the loop visits, in order */
    size_t loop_count;
    const char **output; /* last lines of debugger output */
    size_t output_count;
} report_failure;

/* The run -------------------------------------------------------------------------------------------------------- */

#define REPORT_UNBOUNDED UINT32_MAX

/* One of two accesses that nothing orders. */
typedef struct {
    const char *role;
    const char *place; /* "isolate!DriverEntry+0x4c" */
    const char *file;
    uint32_t line;
    bool write;
} report_racer;

typedef struct {
    const char *object; /* "isolate!Started" */
    report_racer sides[2];
} report_race;

/* One segment of the loading thread's instructions, between two places where an unload could start. */
typedef struct {
    uint64_t instructions; /* its length */
    bool failing;          /* an unload that starts here can lead to a failure */
    const char *label;     /* of its start, e.g. "FltRegisterFilter returns"; NULL = none */
} report_segment;

typedef struct {
    bool measured;
    uint64_t instructions;    /* of the loading thread, failing */
    uint64_t of;              /* of the loading thread, in all */
    report_segment *segments; /* in order; their lengths add up to `of` */
    size_t segment_count;
    const char *first, *last; /* where it opens and closes: "isolate!DriverEntry+0x4c" */
} report_window;

typedef struct {
    uint32_t bound; /* preemptions, or REPORT_UNBOUNDED */
    bool complete;
    uint64_t executions;
    uint64_t blocked;
    size_t failures; /* distinct, first found at this bound */
} report_bound;

typedef struct {
    const char *name;
    const char *value;
    const char *fallback; /* the default */
    const char *text;     /* what it decides */
} report_switch;

/* Schedules drawn by lot. */
typedef struct {
    uint64_t count; /* 0: none were drawn */
    uint64_t failing;
    uint32_t depth;          /* of probabilistic concurrency testing; 0: uniform */
    uint32_t threads, steps; /* most in a walk */
} report_walks;

typedef struct {
    const char *request; /* "load", "unload" */
    uint32_t status;     /* NTSTATUS, of the sequential run */
} report_result;

/* A call of DriverEntry that failed on purpose. */
typedef struct {
    uint32_t number, of; /* from 1; 0 = none failed; of = 0: not known */
    const char *name;    /* "FltCreateCommunicationPort" */
    const char *failure; /* "STATUS_INSUFFICIENT_RESOURCES", "NULL", "nothing" */
} report_call;

typedef struct {
    const char *file;    /* as given on the command line */
    const char *name;    /* "isolate.sys" */
    const char *sha256;  /* 64 hex digits, lower case */
    const char *machine; /* "x64", "x86" */
    const char *kind;    /* "minifilter", "legacy driver" */
    uint32_t timestamp;  /* of the file header, seconds since 1970 (or a hash, of reproducible builds) */
    const char *symbols; /* "DWARF", "PDB", NULL = none */
} report_driver;

typedef struct {
    report_driver driver;
    report_driver *with; /* other drivers of the scenario */
    size_t with_count;
    const char *start; /* service that is loaded, service that is unloaded; NULL: the driver's */
    const char *stop;
    const char **values; /* of the registry: "gate\\Parameters\\Targets=text" */
    size_t value_count;
    const char *os;     /* "win7" */
    const char *load;   /* "sc", "nt" */
    const char *unload; /* "fltmc", "sc", "nt" */
    report_call failing;
    uint64_t seed;
    uint32_t bound;       /* asked for; REPORT_UNBOUNDED */
    report_bound *bounds; /* what was explored, in order */
    size_t bound_count;
    bool complete; /* every interleaving up to `bound` */
    uint64_t executions;
    uint64_t blocked;         /* redundant ones given up on the way */
    uint64_t points;          /* distinct places in code at which the default schedule could be left */
    uint64_t shared;          /* distinct memory words that both sides touched */
    double seconds;           /* wall */
    const char *memory_model; /* NULL: "sequentially consistent" */
    report_switch *switches;  /* all model switches */
    size_t switch_count;
    const char **approximated; /* APIs used whose model is approximate: "fltmgr!FltStartFiltering: …" */
    size_t approximated_count;
    report_result *results; /* of the sequential run */
    size_t result_count;
    report_window window;
    report_failure *failures; /* the simplest first */
    size_t failure_count;
    report_race *races; /* data races of the driver's code, on which none of the failures turns */
    size_t race_count;
    lab_verdict verdict;
    lab_evidence evidence;   /* for it: gives its claim and limits */
    report_walks walks;      /* after an exploration that did not complete */
    bool find_stall;         /* the smallest stall at which it fails was asked for */
    bool stall_found;        /* there is one */
    uint64_t smallest_stall; /* nanoseconds */
    const char **written;    /* paths of written files */
    size_t written_count;
} report_run;

/* How to see it on a real machine. Lines to be printed as they are. */
typedef struct {
    const char **lines;
    size_t count;
} report_recipe;

/* A run for each call of DriverEntry that can fail. */
typedef struct {
    const report_run **runs;
    size_t count;
} report_runs;

/* One replay. */
typedef struct {
    const report_run *run; /* driver, os, scenario, switches; its failures are ignored */
    const char *schedule;
    bool same;                     /* the schedule fitted and was followed to its end */
    const char *mismatch;          /* why not */
    const report_failure *failure; /* NULL: the execution passed */
    uint64_t rows;                 /* a thread runs from one switch to the next */
    uint64_t instructions;
    const char *digest;          /* of the whole execution, to compare two replays */
    const report_recipe *windbg; /* NULL: not asked for */
} report_replay;

#endif
