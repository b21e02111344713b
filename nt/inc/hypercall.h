/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypercall.h - what the machine offers the guest. Read by both sides: the guest (nt/) and the host (src/machine).
 *
 * A hypercall is one instruction executed by trusted guest code (an image mapped as part of the system; from any other
 * image it is an invalid opcode):
 *   x64  syscall, number in RAX, arguments in RCX, RDX, R8, R9, result in RAX, all other registers kept
 *   x86  syscall, number in EAX, arguments in ECX, EDX, EBX, ESI, result in EDX:EAX, all other registers kept
 *
 * All structures use fixed-width fields with natural alignment and no implicit padding; addresses are 64 bits wide
 * whatever the guest's word size (a 32-bit guest writes zero in the upper half).
 */
#ifndef AIRLOCK_HYPERCALL_H
#define AIRLOCK_HYPERCALL_H

#include <stdint.h>

enum hv_call {
    /* Atomic sections: one step for the explorer, whatever they read and write. They nest. */
    HV_ATOMIC_BEGIN = 1, /* () */
    HV_ATOMIC_END = 2,   /* () */
    /*
     * Block until a condition holds, then continue inside an atomic section. Called outside a section or in one of
     * depth 1 (which it leaves while blocked). RCX = struct hv_wait *. Result: HV_WAIT_DONE or HV_WAIT_TIMEOUT; in
     * both cases the caller is inside a section of depth 1 afterwards.
     */
    HV_WAIT = 3,
    HV_YIELD = 4, /* () the caller prefers that another thread runs; a scheduling point */

    /* Threads. One guest thread is one virtual processor: it has a processor block (GS; x86: FS) and an IRQL. */
    HV_THREAD_CREATE = 8,    /* (pc, sp, block, arg) -> id, 0 = no room. arg arrives in (R)CX. Runnable at once */
    HV_THREAD_EXIT = 9,      /* () does not return; the stack may be freed by others afterwards */
    HV_THREAD_SELF = 10,     /* () -> id of the calling thread */
    HV_IRQL_HOME = 11,       /* (offset) the byte at block + offset is the IRQL. x64: what `mov cr8` reads and writes */
    HV_PROCESSOR_BLOCK = 12, /* (block) x86: the base of FS of the calling thread. x64 sets GS by wrmsr */

    /* Memory. Addresses come from per-thread sequences and are not used twice. Contents are unspecified. */
    HV_ALLOC = 16,      /* (size, enum hv_memory) -> address, 0 = exhausted */
    HV_FREE = 17,       /* (address) -> enum hv_free_status */
    HV_FAULT_INFO = 18, /* (address) -> enum hv_page_kind: what is at that address now */
    HV_PROTECT = 19,    /* (address, size, 0 = no access 1 = read-only 3 = read-write) whole pages */

    /* Images, by file name in the machine's store ("isolate.sys"). */
    HV_IMAGE_LOAD = 24,      /* (struct hv_image *) in: name; out: the rest -> 0 or enum hv_image_status */
    HV_IMAGE_UNLOAD = 25,    /* (base) -> 0; every byte of it faults from now on */
    HV_IMAGE_FREE_INIT = 26, /* (base) discard its discardable (INIT) sections */

    /* Time, chance, talk. */
    HV_CLOCK = 32,      /* () -> virtual time, 100 ns units since boot */
    HV_CLOCK_WORD = 40, /* (address, base, divisor, base >> 32) -> 0: the 12 bytes at address (low, high, high half)
                             * hold from now on base + time / divisor. In the system image, or in the page at
                             * HV_CLOCK_PAGE_..., which is writable while booting and read-only afterwards */
    HV_CLOCK_JUMP = 41, /* (milliseconds) that pass each time before such a word is read whole, or its high half */
    HV_CHOOSE = 33,     /* (n) -> 0 .. n-1, explored exhaustively */
    HV_PRINT = 34,      /* (text, bytes) debugger output */
    HV_NOTE = 35,       /* (struct hv_note *) a finding that does not stop the system */
    HV_STOP = 36,       /* (struct hv_stop *) bug check; does not return */
    HV_BOOTED = 37,     /* () the system is up; the machine returns to its owner. Threads stay as they are */
    HV_SHUTDOWN = 38,   /* () the execution is over; does not return */
    HV_LABEL = 39       /* (thread id, text, bytes below 32) names a thread for reports, e.g. its role */
};

#define HV_CLOCK_PAGE_X64 0xfffff78000000000ull
#define HV_CLOCK_PAGE_X86 0xffdf0000u

/* HV_WAIT ---------------------------------------------------------------------------------------------------------- */

enum hv_compare { HV_EQ = 0, HV_NE = 1, HV_GT = 2 /* signed */, HV_AND_ZERO = 3, HV_AND_NONZERO = 4 };

struct hv_condition {
    uint64_t address; /* of a naturally aligned word */
    uint64_t value;
    uint32_t size;    /* 1, 2, 4 or 8 bytes */
    uint32_t compare; /* enum hv_compare: (word compare value) */
};

enum hv_wait_flags {
    HV_WAIT_ALL = 1,      /* every condition, instead of any */
    HV_WAIT_TIMED = 2,    /* may end by timeout */
    HV_WAIT_IDLE = 4,     /* a service thread waiting for work: not a hang when it never ends */
    HV_WAIT_LAST = 8,     /* ends only when no other thread can run any more; conditions are ignored */
    HV_WAIT_NO_YIELD = 16 /* a lock, not a wait: shown as a spin lock in hang reports */
};

struct hv_wait {
    uint32_t count; /* 0 .. 64 */
    uint32_t flags;
    uint64_t timeout; /* 100 ns units from now, if HV_WAIT_TIMED */
    uint64_t object;  /* what is waited for, for reports; 0 = none */
    struct hv_condition condition[1];
};

enum { HV_WAIT_DONE = 0, HV_WAIT_TIMEOUT = 1 };

/* HV_ALLOC, HV_FREE, HV_FAULT_INFO ------------------------------------------------------------------------------------ */

enum hv_memory {
    HV_POOL = 0,  /* special pool: own pages, the block ends at a page end, guard page behind it */
    HV_STACK = 1, /* thread stack, guard page below; result is the LOW end; size is rounded to pages */
    HV_SYSTEM = 2 /* the system's own, packed by 16 bytes, zero-filled, HV_FREE not allowed */
};

enum hv_free_status { HV_FREE_OK = 0, HV_FREE_TWICE = 1, HV_FREE_BAD_ADDRESS = 2 };

enum hv_page_kind {
    HV_PAGE_NONE = 0, /* nothing was ever there */
    HV_PAGE_VALID = 1,
    HV_PAGE_READ_ONLY = 2,
    HV_PAGE_FREED = 3,    /* freed pool */
    HV_PAGE_GUARD = 4,    /* just behind (or below) a block */
    HV_PAGE_UNLOADED = 5, /* of an unloaded image, or its discarded part */
    HV_PAGE_STACK_FREED = 6
};

/* HV_IMAGE_LOAD ----------------------------------------------------------------------------------------------------- */

enum hv_image_status {
    HV_IMAGE_OK = 0,
    HV_IMAGE_NOT_FOUND = 1,
    HV_IMAGE_INVALID = 2,        /* not a PE file of this machine */
    HV_IMAGE_MISSING_MODULE = 3, /* missing[] names it */
    HV_IMAGE_MISSING_EXPORT = 4  /* missing[] holds "module!Name" */
};

struct hv_image {
    char name[64];                /* in: file name, lower case, zero-terminated */
    uint64_t base;                /* out */
    uint64_t size;                /* bytes, whole pages */
    uint64_t entry;               /* address */
    uint64_t exception_directory; /* .pdata: address, 0 = none */
    uint32_t exception_size;      /* bytes */
    uint32_t timestamp;
    uint32_t import_count;
    uint32_t checksum;
    char imports[16][64]; /* modules it imports from, already loaded ones included */
    char missing[128];
};

/* HV_NOTE, HV_STOP -------------------------------------------------------------------------------------------------- */

enum hv_note_kind {
    HV_NOTE_LEFT_THREAD = 1, /* what a driver left behind when its image went */
    HV_NOTE_LEFT_TIMER = 2,
    HV_NOTE_LEFT_POOL = 3, /* value[0] = address, value[1] = size, value[2] = tag, value[3] = caller */
    HV_NOTE_LEFT_DEVICE = 4,
    HV_NOTE_LEFT_REFERENCE = 5,
    HV_NOTE_LEFT_CALLBACK = 6,
    HV_NOTE_LEFT_HANDLE = 7,
    HV_NOTE_LEFT_WORK_ITEM = 8,
    HV_NOTE_LEFT_SYMLINK = 9,
    HV_NOTE_LEFT_IMAGE = 10, /* the image stays although its unload was asked for and granted */
    HV_NOTE_MISUSE = 32,     /* an API contract broken (IRQL, uninitialised object, double delete …) */
    HV_NOTE_STATE = 33,      /* F8: service state and driver disagree */
    /* From here on no findings. */
    HV_NOTE_RESULT = 64, /* value[0] = NTSTATUS of the request named in text ("load", "unload"), value[1] = how long it
                          * took, 100 ns units of virtual time */
    HV_NOTE_CALL = 65 /* a call of DriverEntry that can fail on purpose: text = "routine failure", value[0] = its number
                          * from 1, value[1] = 1: it failed */
};

struct hv_note {
    uint32_t kind;
    uint32_t reserved;
    uint64_t value[4];
    char text[128];
};

struct hv_stop {
    uint32_t code;
    uint32_t reserved;
    uint64_t parameter[4];
    uint64_t trap_frame; /* KTRAP_FRAME of the fault that led here, 0 = none */
    uint64_t context;    /* CONTEXT record, 0 = none */
};

/* Boot ---------------------------------------------------------------------------------------------------------------
 * The first thread enters the system image's entry point (KiSystemStartup) with the address of this block in (R)CX.
 * `options` is text of the form "/NAME=value /NAME=value". The machine gives it no meaning.
 */
struct hv_module {
    char name[64];
    uint64_t base;
    uint64_t size;
    uint64_t entry;
    uint64_t exception_directory;
    uint32_t exception_size;
    uint32_t timestamp;
};

struct hv_loader_block {
    uint32_t module_count;
    uint32_t reserved;
    uint64_t stack_base;         /* of the first thread: high end */
    uint64_t stack_limit;        /* low end */
    struct hv_module module[16]; /* images mapped before start, the system image first */
    char options[2048];
};

#endif
