/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - a deterministic computer: one emulated processor, guest memory at kernel addresses, guest threads of which
 * one runs at a time, a virtual clock, images, snapshots. Knows nothing of NT. Same images, same choices: same bits.
 *
 * Threads are numbered from 1; the number of a thread depends on its creator and on how many threads that one had
 * created before, never on timing. Functions return MACHINE_OK or a status; see machine_status_text.
 */
#ifndef AIRLOCK_MACHINE_H
#define AIRLOCK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hypercall.h"
#include "image.h"

#define MACHINE_THREADS 512u

typedef struct machine machine;

typedef enum {
    MACHINE_OK = 0,
    MACHINE_NO_MEMORY,
    MACHINE_CPU_FAILED,
    MACHINE_BAD_IMAGE,
    MACHINE_NOT_BOOTED,
    MACHINE_NO_SUCH_THREAD,
    MACHINE_GUEST_BROKEN /* the system image broke the hypercall contract: a bug of ours, see machine_error */
} machine_status;

const char *machine_status_text(machine_status status);
const char *machine_error(const machine *m); /* details of the last failure; owned by the machine */

typedef enum { MACHINE_X64, MACHINE_X86 } machine_arch;

machine *machine_create(machine_arch arch);
void machine_destroy(machine *m);

/* Images. The store keeps a reference to `img`, which must outlive the machine. `trusted`: may use hypercalls and is
 * mapped by machine_boot; others are mapped when the guest asks (HV_IMAGE_LOAD). */
machine_status machine_add_image(machine *m, const image *img, bool trusted);

/* An untrusted image larger than this is refused, and one that no longer fits beside those before it. */
#define MACHINE_IMAGE_MOST (32u << 20)

/* Which export of `module` an image that is not trusted gets for `name`: usually that one, NULL = there is none (OS
 * profile). Called while imports are bound. Without a filter every export is there. */
typedef const char *(*machine_export_filter)(void *context, const char *module, const char *name);
void machine_set_export_filter(machine *m, machine_export_filter filter, void *context);
/* What the loader puts into images that carry the default security cookie; 0 = it leaves them (before Windows 8). */
void machine_set_cookie(machine *m, uint64_t cookie);

/* Map the trusted images, run the first thread until HV_BOOTED. */
machine_status machine_boot(machine *m, const char *options);

/* Stepping --------------------------------------------------------------------------------------------------------- */

typedef enum {
    MACHINE_RAN,     /* reached a point; the thread can go on */
    MACHINE_BLOCKED, /* reached a point and waits (it may already be ready again) */
    MACHINE_EXITED,  /* the thread is gone */
    MACHINE_OVER     /* the execution has ended: see machine_ending */
} machine_outcome;

typedef struct {
    uint64_t object; /* a granule of guest memory (address of 4 bytes), or a pseudo object (bit 63 clear) */
    bool write;
    bool early;     /* made, or first made, before the access or section that ended the step */
    bool absent;    /* a fault: what it looked for was not there */
    uint32_t first; /* instruction (or begin of the atomic section) at which it was first made, and last: */
    uint32_t last;  /*   equal numbers cannot be divided */
} machine_access;
#define MACHINE_EVERYTHING UINT64_MAX /* the object of a step that comes after everything else: HV_WAIT_LAST */

typedef struct {
    uint32_t thread;
    machine_outcome outcome;
    uint64_t instructions;        /* executed in this step */
    uint64_t driver_instructions; /* of these, outside trusted images */
    uint64_t start_pc, end_pc;    /* end_pc: next instruction of the thread */
    uint64_t site; /* the instruction that ended the step by an access of its own, in no atomic section; 0 = what
                    * ended it was something else */
    const machine_access *accesses; /* shared ones only; owned by the machine, valid until the next step */
    size_t access_count;
    uint32_t choices; /* >0: the thread is at HV_CHOOSE with that many alternatives */
    bool saw_clock;   /* it read a word that follows the clock */
} machine_step;

/* Called at each point. Return true to go on with the same thread without stopping the processor. */
typedef bool (*machine_visitor)(void *context, const machine_step *step);

/* Run `thread` from its point. `choice`: the answer if it stands at HV_CHOOSE. A thread in a timed wait whose condition
 * does not hold runs as timed out. */
machine_status machine_run(machine *m, uint32_t thread, uint32_t choice, machine_visitor visit, void *context);

/* Run until the thread has executed exactly `count` instructions since boot, or blocks, exits, ends (replay). */
machine_status machine_run_to(machine *m, uint32_t thread, uint32_t choice, uint64_t count, machine_step *step);

typedef enum {
    MACHINE_THREAD_NONE,
    MACHINE_THREAD_READY,
    MACHINE_THREAD_TIMED,
    MACHINE_THREAD_BLOCKED,
    MACHINE_THREAD_GONE
} machine_thread_state;

/* A thread that serves timers (HV_WAIT_IDLE) times out so often in a row, while nothing else happens: then it is held. */
#define MACHINE_TICKS 64u

typedef struct {
    machine_thread_state state;
    bool idle;     /* blocked in an HV_WAIT_IDLE wait */
    bool held;     /* its wait could time out once more, but did so too often while nothing else happened */
    bool spinning; /* reads one word again and again, writing nothing */
    bool last;     /* waits with HV_WAIT_LAST: READY only when nothing else is READY */
    uint32_t creator;
    uint32_t choices; /* stands at HV_CHOOSE */
    uint64_t pc, sp;
    uint64_t start_pc;     /* where it began */
    uint64_t block;        /* the base of GS (x86: FS), where its processor block lies */
    uint64_t instructions; /* since boot */
    uint64_t due;          /* virtual time at which its wait times out */
    uint64_t wait_object;
    const char *label; /* given by the guest, "" = none */
} machine_thread;

/* Fills `ready` and `timed` with thread numbers in ascending order; each holds MACHINE_THREADS. */
void machine_enabled(machine *m, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count);
machine_status machine_thread_info(machine *m, uint32_t thread, machine_thread *info);
uint32_t machine_choices(const machine *m, uint32_t thread); /* it stands at HV_CHOOSE with that many, else 0 */
bool machine_waits_last(const machine *m, uint32_t thread);  /* it stands at a wait with HV_WAIT_LAST */

/* The words that a thread waits for which stands at a wait without timeout (none for HV_WAIT_LAST): any of the
 * conditions, or all of them. Returns how many there are, 0 if it does not wait so. */
size_t machine_awaits(const machine *m, uint32_t thread, struct hv_condition *conditions, size_t capacity, bool *any);

/* What ended the execution. */
typedef struct {
    enum {
        MACHINE_RUNNING,
        MACHINE_STOPPED,
        MACHINE_SHUT_DOWN,
        MACHINE_BUDGET,
        MACHINE_DOUBLE_FAULT,
        MACHINE_BROKEN
    } kind;
    uint32_t thread;
    struct hv_stop stop; /* MACHINE_STOPPED */
} machine_end;
void machine_ending(const machine *m, machine_end *end);

/* Notes since boot (or since the restored snapshot). */
size_t machine_notes(const machine *m, const struct hv_note **notes);

/* Instructions that one execution may take before it counts as a loop (MACHINE_BUDGET); default in tunables.h. */
void machine_set_budget(machine *m, uint64_t instructions);
/* Program counters most recently executed by the current thread at branch targets, newest last (to name a loop). */
size_t machine_recent(const machine *m, uint64_t *pcs, size_t capacity);

/* Snapshots: a stack. Restoring rewinds memory, threads, clock, notes to the moment of the mark; marks above it die. */
typedef uint32_t machine_mark;
machine_mark machine_save(machine *m);
void machine_restore(machine *m, machine_mark mark); /* the mark stays usable */
void machine_drop(machine *m, machine_mark mark);    /* forget it and those above, change nothing */
/* What the 4 bytes at an address held at the mark, whatever its page was: 0 outside all memory. Reads what was written
 * since. */
uint32_t machine_word_at(const machine *m, machine_mark mark, uint64_t address);

/* Sharing (shadow.c): a granule is shared once two threads touched it, one of them writing; a step ends at an access to
 * one on which a race was seen. Both change only between explorations, at the scenario's start. */
size_t machine_share_discovered(machine *m); /* from now on in footprints: what was discovered; returns how many */
bool machine_has_discovered(const machine *m);
void machine_make_all_points(machine *m); /* every shared word: what an exploration without races would need */
bool machine_is_point(machine *m, uint64_t object);
bool machine_make_point(machine *m, uint64_t object); /* accesses to it end steps; false: they did already */
/* What was seen since sharing was settled (malloc'd; NULL: no memory), for who explores the same; here it is forgotten. So
 * it is the same whatever was seen before. What is given stays, and is to be settled. */
void *machine_sharing_take(machine *m, size_t *size);
void machine_sharing_give(machine *m, const void *bytes, size_t size);
void machine_sharing_settle(machine *m);

/* Looking inside (reports). */
size_t machine_read(const machine *m, uint64_t address, void *buffer, size_t size); /* bytes read; never faults */
uint32_t machine_word(const machine *m, uint64_t address); /* the 4 bytes there; 0 = outside all memory */
enum hv_page_kind machine_page_kind(const machine *m, uint64_t address);
/* The pool block around an address, freed or not; false: there is none. */
bool machine_block_at(const machine *m, uint64_t address, uint64_t *start, uint64_t *size);
uint32_t machine_stack_owner(const machine *m, uint64_t address);     /* whose stack lies there, 0 = nobody's */
const image *machine_object_image(const machine *m, uint64_t object); /* "is mapped": of which; NULL: it is memory */
typedef struct {
    uint64_t rip, rsp, rbp, rax, rbx, rcx, rdx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rflags;
} machine_registers;
/* Of the running thread too, in callbacks: as they are before the instruction at hand. */
machine_status machine_thread_registers(machine *m, uint32_t thread, machine_registers *regs);
/* For visitors: a number of all that is the running thread's own: registers, what its stack holds, how many of its steps
 * have written outside of it. Where two are equal, it goes on in the same way, until it reads something else. */
uint64_t machine_own_state(machine *m);

typedef struct {
    const image *img;
    uint64_t base, size;
    bool loaded; /* false: in the list of unloaded images */
    bool trusted;
} machine_module;
size_t machine_modules(const machine *m, machine_module *modules, size_t capacity);
const machine_module *machine_module_at(const machine *m, uint64_t address); /* loaded, else most recently unloaded */

/* Debugger output and labels, as printed. Called during machine_run; NULL = drop. */
typedef void (*machine_printer)(void *context, uint32_t thread, const char *text, size_t size);
void machine_set_printer(machine *m, machine_printer print, void *context);

/* Every instruction (replay --trace). NULL = off. */
typedef void (*machine_tracer)(void *context, uint32_t thread, uint64_t pc);
void machine_set_tracer(machine *m, machine_tracer trace, void *context);

/* Every access to one object of footprints, before it is made: at most one object at a time. Accesses to memory come with
 * the address and the size of what is accessed, which may be more than the object; those to "an image is mapped" at the end
 * of the step. NULL = off. */
typedef struct {
    uint32_t thread;
    uint64_t pc;
    uint64_t count;   /* the thread's instructions since boot, this one included */
    uint64_t address; /* 0: no memory */
    uint64_t size;
    bool write;
    bool absent; /* it faults: what it looks for is not there */
} machine_watched;
typedef void (*machine_watcher)(void *context, const machine_watched *access);
void machine_set_watch(machine *m, uint64_t object, machine_watcher watch, void *context);

uint64_t machine_clock(const machine *m);

#endif
