/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core.h - the machine's insides, shared by its .c files only.
 *
 * Everything that an execution changes is rewound by the journal (journal.h part below): before a word of guest memory or
 * of this structure's volatile part changes, its old value is appended. Restoring a snapshot plays it back. What an
 * exploration learns (sharing shadows) is not rewound.
 */
#ifndef AIRLOCK_MACHINE_CORE_H
#define AIRLOCK_MACHINE_CORE_H

#include <string.h>
#include <unicorn/unicorn.h>

#include "arch.h"
#include "flags.h"
#include "machine.h"
#include "tunables.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define PAGE_SHIFT 12u
#define PAGE_BYTES 4096u
#define PAGE_UP(x) (((x) + (PAGE_BYTES - 1)) & ~(uint64_t)(PAGE_BYTES - 1))

enum page_bits {
    PAGE_R = 1,
    PAGE_W = 2,
    PAGE_X = 4,
    PAGE_DRIVER = 8,   /* of an untrusted image */
    PAGE_SPECIAL = 16, /* may hold instructions that the machine emulates */
    PAGE_SHARED = 32,  /* holds shared granules */
    PAGE_STACK = 64,
    PAGE_PARTIAL = 128 /* only some bytes of it belong to a block */
};

/* Shadow of one granule (4 bytes): who touched it, ever. */
enum shadow_bits {
    SHADOW_THREAD = 0x3ff,
    SHADOW_MULTI = 0x400,
    SHADOW_WRITTEN = 0x800,
    SHADOW_CONFLICT = 0x1000, /* touched by two, written by one: found in this round */
    SHADOW_SHARED = 0x2000,   /* a conflict of an earlier round: its accesses are in footprints */
    SHADOW_POINT = 0x4000,    /* a race was seen on it: an access to it ends the step */
    SHADOW_WATCHED = 0x8000,  /* its accesses are told: watch.c; or it follows the clock */
    SHADOW_TOLD = SHADOW_SHARED | SHADOW_POINT | SHADOW_WATCHED
};

#define TWO_GRANULES 0x10001u /* times a shadow: those of two granules in a row, as one word */

typedef struct {
    uint64_t id; /* granule or image, see shadow.h */
    uint16_t before;
} shadow_change;

/* Which bytes of a page belong to a block. */
typedef struct {
    uint16_t first, end;
} block_bytes;

typedef struct {
    uint64_t base, size;
    uint8_t *host;
    uint8_t *page;      /* enum page_bits, by page */
    uint8_t *kind;      /* enum hv_page_kind, by page */
    uint16_t *shadow;   /* by granule */
    block_bytes *block; /* by page, where PAGE_PARTIAL */
    struct code **code; /* by page: its operations, NULL = none yet */
} window;               /* 64 bytes, for it is looked up for each access */

enum { WINDOW_NONE, WINDOW_SYSTEM, WINDOW_DRIVER, WINDOW_POOL, WINDOW_CLOCK, WINDOWS };

typedef struct {
    uint8_t *at;
    uint64_t old;
} journal_entry;

typedef union {
    uint8_t byte[16];
    uint16_t word[8];
    uint32_t dword[4];
    uint64_t qword[2];
} vector;

/* Registers put aside: see context.c. */
typedef struct {
    uint64_t r[16]; /* as instructions number them */
    uint64_t block; /* base of GS; x86: of FS */
    uint32_t flags;
    uint32_t rest;     /* slot */
    uint64_t serial;   /* of `whole` */
    uc_context *whole; /* NULL = never used */
    bool flat;         /* the segments are as interpret.c has them */
    bool vectors;      /* x is valid; else they are in the rest */
    vector x[16];
} context;

typedef struct {
    size_t journal;
    uint32_t contexts;
    bool running; /* taken while a thread ran: cpu state of `thread` is in its context slot */
} snapshot;

/* Where the word of a condition lies on the host, and the bits of its page. */
typedef struct {
    const uint8_t *word, *page;
} condition_place;

/* What a thread waits for. */
typedef enum { PARK_NONE, PARK_WAIT, PARK_CHOICE, PARK_SPIN, PARK_YIELD } park_kind;

typedef struct {
    uint8_t exists, gone, at_start;
    uint8_t park;     /* park_kind */
    uint32_t context; /* slot of its saved registers + 1, 0 = none yet */
    uint32_t creator;
    uint32_t children;
    uint32_t choices;
    uint32_t wait_flags;
    uint32_t condition_count;
    uint64_t pc;
    uint64_t start_pc;
    uint64_t instructions;
    uint64_t due;
    uint64_t wait_object;
    struct hv_condition condition[WAIT_CONDITIONS];
    condition_place place[WAIT_CONDITIONS];
    uint64_t stack_pointer, block;     /* at birth; the processor block */
    uint64_t arena_pool, arena_system; /* next free offsets */
    uint64_t others_writes;            /* writing steps of others at its last timeout */
    uint64_t own_writes;
    uint64_t clock_reads; /* so often it has looked at the clock */
    uint32_t fruitless;
    uint32_t expiries;
    uint64_t spin_pc, spin_object, spin_count; /* same read in a row */
    char label[32];
    uint64_t end; /* no meaning; keeps whole words behind every field */
} thread;

typedef struct {
    const image *img;
    bool trusted;
    uint64_t slot;          /* address of its first generation */
    uint64_t prepared_base; /* what `prepared` is laid out for, 0 = none */
    uint8_t *prepared;
    uint32_t prepared_generation_text; /* read-only pages are in guest memory for this base */
    uint16_t shadow;                   /* of the pseudo object "this image is mapped" */
    bool seen;                         /* in `touched_images` ever */
} module_entry;

typedef struct {
    uint32_t module; /* index in the store */
    uint32_t loaded;
    uint64_t base, size;
} load_record;

/* A word of the guest that follows the clock: low half, high half, high half again, as readers without a lock want it. */
typedef struct {
    uint64_t address, base, divisor;
} clock_word;

typedef enum {
    PEND_POINT = 1,
    PEND_PARK = 2,
    PEND_EXIT = 4,
    PEND_END = 8,
    PEND_LEAVE = 16,
    PEND_STOP = 32
} pending_bits;

/* Rewound with the snapshot; changed only through CHANGE and journal_*. */
typedef struct {
    uint64_t clock;
    uint64_t common_arena;
    uint64_t shared_writes; /* steps that wrote outside their thread's stack */
    uint32_t overflow_children;
    uint32_t record_count;
    uint32_t note_count;
    uint32_t thread_limit; /* highest thread number so far + 1 */
    uint32_t live_count;
    uint16_t live[MACHINE_THREADS]; /* threads that exist and are not gone, ascending */
    uint32_t generation[MAX_MODULES];
    load_record load[MAX_LOADED];
    clock_word clocks[CLOCK_WORDS];
    uint32_t clock_count, reserved;
    uint64_t clock_jump; /* what passes when somebody looks at the clock */
    machine_end end;
    uint64_t irql_home;
    uint32_t booted;
    uint32_t last_waiting; /* thread in an HV_WAIT_LAST wait, 0 = none */
} volatile_state;

struct machine {
    /* hot: touched for every instruction or access */
    uint64_t code_page;            /* page of the code being executed, ~0 (and limit 0) = look again: see look_again */
    uint64_t count;                /* instructions of the running thread since boot */
    uint64_t limit;                /* slow path when count reaches it; 0 = now */
    uint64_t pc;                   /* instruction being executed */
    uint64_t r[ADDRESS_REGISTERS]; /* of the running thread while `live`; then 0 and the base of GS (x86: of FS) */
    uint64_t rip;
    lazy_flags f;
    bool flat;        /* no segment but the processor block's has a base: the usual case, and always so on x64 */
    bool live;        /* the running thread's registers are here, not in Unicorn */
    uint32_t current; /* running thread */
    uint64_t watched; /* object, 0 = none */
    bool tells_first; /* of accesses to watched words, before they are made */
    uint32_t atomic_depth;
    uint32_t pending; /* pending_bits */
    bool in_driver;
    bool recording; /* sharing is watched (not while booting) */
    bool faulted;
    journal_entry *journal;
    size_t journal_size, journal_capacity;
    size_t
        journal_room; /* interpret.c adds entries below; Unicorn's side makes room, and sees that there are too many */
    uint64_t own_stack; /* where the running thread's slot begins, in its window */
    uint64_t near_base; /* pages of its stack, found again without being looked up: what is near (sharing.c) */
    uint64_t near_room; /* at how many places an access of 8 bytes can begin there; 0 = none known */
    uint8_t *near_host;
    const uint16_t *near_shadow;
    uint32_t near_matters; /* which bits of shadows, of two granules, have to be known; 0: nobody else was seen there */
    bool near_shared;      /* others were */
    uint32_t mine;         /* its number, as shadows of two granules have it */
    uint32_t window_shift;
    window *window_at[256]; /* by address >> window_shift, 8 bits of it */
    window windows[WINDOWS];
    struct code *code; /* being executed */
    /* By number: pages that are executed with nothing to be looked after, unless a driver's is left. */
    struct {
        uint64_t page; /* 0 = none */
        struct code *code;
    } known[KNOWN_PAGES];

    /* the step being taken */
    machine_access *accesses;
    uint32_t *access_before; /* by access: the one before it in the same slot */
    size_t access_count, access_capacity;
    uint32_t access_slot[ACCESS_SLOTS]; /* by object: where in accesses it may stand */
    uint64_t step_start;                /* count at its start */
    uint64_t step_start_pc;
    uint64_t driver_since, driver_count;
    uint64_t images_touched; /* bit mask of store indices */
    uint64_t fault_object;   /* whose absence made the step's access fault, 0 = none */
    uint32_t current_image;  /* store index while in_driver */
    bool wrote;              /* something outside the own stack, in this step */
    bool saw_clock;          /* read a word that follows the clock, in this step */
    uint32_t unit;           /* number of the atomic section, if in one */
    uint32_t point_unit;     /* access or section that touched what makes points */
    uint64_t point_object;   /* the last of those that it touched */
    bool point_write;        /* it wrote one of them */
    uint64_t site;           /* the instruction that touched it, if that was in no section; 0 */
    bool raced;              /* touched something that makes points, in this step */
    bool bore;               /* created a thread, in this step: a point, after the section if in one */
    machine_visitor visit;
    void *visit_context;
    uint32_t choice;

    /* a fault or trap to deliver */
    uint64_t fault_address;
    bool fault_write, fault_fetch;
    size_t fault_journal; /* what the faulting instruction wrote is undone down to here */
    int trap;             /* vector, -1 = none */
    bool special;         /* the instruction at pc is to be emulated */
    bool stopped;         /* the run is over */
    bool reported;        /* the visitor has seen the step that ended it */
    uint64_t until;       /* what the processor cannot translate begins here, ~0 = nothing known */
    uint64_t write_count; /* count at the instruction that wrote last */
    size_t write_journal; /* the journal's size before it did */
    uint64_t *soft;       /* pages of which writable code was executed: its translations go stale */
    size_t soft_count, soft_capacity;
    uint64_t soft_last; /* the page executed last */
    bool soft_stale;
    bool again; /* what is being executed was overwritten: look again before the next instruction */
    uc_context *fault_context;

    uc_engine *cpu;
    const arch *arch;
    thread threads[MACHINE_THREADS];
    volatile_state v;
    struct hv_note notes[MAX_NOTES];
    module_entry modules[MAX_MODULES];
    uint32_t module_count;

    /* context.c */
    context *contexts;
    uint32_t context_count, context_capacity;
    vector x[16];
    bool vectors;     /* x is valid, while `live` */
    bool interpreted; /* false: Unicorn executes everything (tests compare) */
    bool rest_dirty;
    uint32_t rest;
    uint64_t cpu_serial, last_serial;
    uint64_t alone; /* what Unicorn is to execute before it hands back, ~0 = all */
    bool alone_begun;
    bool handed_back;
    struct code *codes;
    uint32_t cpu_thread; /* whose registers the cpu holds, 0 = nobody's */

    snapshot *snapshots;
    uint32_t snapshot_count;
    size_t snapshot_capacity;

    uint64_t *touched; /* granules seen: window << 60 | index */
    size_t touched_count, touched_capacity;
    shadow_change *changed; /* since sharing was settled, oldest first; some granules more than once */
    size_t changed_count, changed_capacity;
    uint64_t *conflicts; /* found in this round */
    size_t conflict_count, conflict_capacity;
    size_t settled_touched, settled_conflicts; /* so many of them are settled */

    uint64_t budget;
    uint64_t cookie;
    machine_export_filter filter;
    void *filter_context;
    machine_printer print;
    void *print_context;
    machine_tracer trace;
    void *trace_context;
    machine_watcher watch;
    void *watch_context;
    uint64_t recent[64];
    size_t recent_count;
    uint64_t run_to; /* machine_run_to's target, ~0 = none */
    bool failed;
    char error[256];
    machine_module module_view[MAX_LOADED];
};

/* The slow path comes before the next instruction, and finds out anew what code stands where. */
static inline void look_again(machine *m)
{
    m->code_page = ~0ull;
    m->limit = 0;
}

/* memory.c */
bool memory_create(machine *m);
bool memory_map(machine *m); /* the windows, as physical memory of m->cpu */
void memory_destroy(machine *m);
static inline window *window_of(machine *m, uint64_t address)
{
    window *w = m->window_at[address >> m->window_shift & 255];
    return address - w->base < w->size ? w : NULL;
}
uint8_t *memory_host(machine *m, uint64_t address, size_t size, uint8_t need); /* NULL: not all accessible */
void memory_set_pages(machine *m, uint64_t address, uint64_t size, uint8_t bits, uint8_t kind);
uint64_t memory_allocate(machine *m, uint64_t size, uint32_t memory_kind);
uint32_t memory_free(machine *m, uint64_t address);
uint32_t memory_protect(machine *m, uint64_t address, uint64_t size, uint32_t access);
enum hv_page_kind memory_kind(machine *m, uint64_t address);
bool memory_write(machine *m, uint64_t address, const void *bytes, size_t size); /* journaled */

static inline bool outside_block(const window *w, uint64_t page, uint64_t offset, uint32_t size)
{
    uint32_t first = offset & (PAGE_BYTES - 1);
    return first < w->block[page].first || first + size > w->block[page].end;
}

/* clock.c */
void clock_set(machine *m, uint64_t now);
bool clock_follow(machine *m, uint64_t address, uint64_t base, uint64_t divisor);
void clock_jump(machine *m, uint64_t milliseconds);                /* pass whenever it is looked at */
void clock_was_read(machine *m);                                   /* by the running thread */
void clock_looked_at(machine *m, uint64_t address, uint64_t size); /* where it is told, or will be */
bool clock_is_word(const machine *m, uint64_t address);            /* that follows the clock */

/* journal.c */
void journal_grow(machine *m);
static inline void journal_add(machine *m, void *at) /* where there is room */
{
    journal_entry *entry = &m->journal[m->journal_size++];
    entry->at = at;
    memcpy(&entry->old, at, 8);
}
static inline void journal_word(machine *m, void *at)
{
    if (UNLIKELY(m->journal_size == m->journal_capacity)) {
        journal_grow(m);
    }
    journal_add(m, at);
}
void journal_bytes(machine *m, void *at, size_t size);

#define CHANGE(m, lvalue, value)                       \
    do {                                               \
        journal_bytes((m), &(lvalue), sizeof(lvalue)); \
        (lvalue) = (value);                            \
    } while (0)

/* context.c */
void context_store(machine *m);                 /* the running thread's registers */
void context_load(machine *m, uint32_t number); /* it is to run */
void context_birth(machine *m, uint32_t number, uint64_t sp, uint64_t block, uint64_t argument);
void context_lend(machine *m);      /* to Unicorn */
void context_take_back(machine *m); /* from Unicorn, where the processor is interpreted */
void context_vectors(machine *m);   /* m->x holds them, while `live` */
void context_free(machine *m);
uint64_t cpu_get(machine *m, int reg);
void cpu_set(machine *m, int reg, uint64_t value);
void cpu_restore(machine *m, uc_context *saved);
static inline void cpu_stop(machine *m)
{
    m->limit = 0; /* Unicorn may begin another instruction before it does stop */
    if (!m->live) {
        uc_emu_stop(m->cpu);
    }
}

/* interpret.c */
/* Runs the thread from `pc` on; true: Unicorn must take the instruction at m->rip, false: what else stopped it. */
bool interpret(machine *m, uint64_t pc);
bool interpret_can(uint8_t bits);                                   /* code in such pages */
void interpret_know_again(machine *m);                              /* pages of code are not what they were */
void interpret_forget(machine *m, uint64_t address, uint64_t size); /* what is there is another code now */
void interpret_free(machine *m);

/* sharing.c */
/* How memory is accessed: so many bytes are read, written, or first read and then written. */
enum { READS = 0x100, WRITES = 0x200, ACCESS_BYTES = 0xff };
/* What follows from that when the guest does it. Returns `next`, for whoever ends with that. */
uint64_t sharing_watch(machine *m, window *w, uint64_t offset, uint32_t access, uint64_t next);
void sharing_range(machine *m, uint64_t address, uint64_t size, bool write);
void sharing_fault(machine *m, uint64_t address);
void sharing_image(machine *m, uint32_t module, bool write);
bool sharing_makes_point(machine *m, uint64_t address, uint32_t size);
void step_add(machine *m, uint64_t object, bool write);

/* watch.c */
void watch_tell(machine *m, uint64_t address, uint64_t size, bool write, bool absent);

/* run.c */
void machine_fail(machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void machine_end_execution(machine *m, int kind);
static inline void machine_pend(machine *m, uint32_t bits)
{
    m->pending |= bits;
    m->limit = 0;
}
bool run_slow_path(machine *m, uint64_t address,
                   uint32_t size); /* before the instruction at `address`; false: do not execute it */
void run_fault(machine *m, uint64_t address, bool write, bool fetch);

/* hypercall.c */
void hypercall(machine *m);
void hypercall_result(machine *m, uint64_t result);

/* wait.c */
bool wait_begin(machine *m, uint64_t request); /* false: the caller goes on at once */
void wait_spin(machine *m, uint64_t object);
void wait_resume(machine *m, uint32_t number, uint32_t choice); /* unpark; sets the hypercall's result */
machine_thread_state wait_state(const machine *m, const thread *t);

/* thread.c */
uint32_t thread_next_number(machine *m); /* of the next thread that the current one creates, 0 = no room */
void thread_gone(machine *m, uint32_t number);
uint32_t thread_create(machine *m, uint64_t pc, uint64_t sp, uint64_t block, uint64_t argument);

/* trap.c */
void trap_deliver(machine *m);
void trap_double_fault(machine *m, uint64_t pc);                     /* the execution ends */
bool trap_gate(machine *m, int vector, uint8_t *bytes, size_t size); /* false: there is none */

/* arch_x86.c */
void x86_set_block(machine *m, uint64_t block); /* of the running thread */

/* special.c */
/* May these bytes hold an instruction to emulate? */
bool special_scan(const machine *m, const uint8_t *bytes, size_t size);
bool special_is(const machine *m, const uint8_t *bytes);
void special_emulate(machine *m);

/* modules.c */
uint32_t module_load(machine *m, uint64_t request); /* enum hv_image_status */
void module_unload(machine *m, uint64_t base);
void module_free_init(machine *m, uint64_t base);
bool module_map_trusted(machine *m, struct hv_loader_block *block);
int module_index_at(const machine *m, uint64_t address); /* store index of the loaded image there, -1 */

/* cpu.c: Unicorn's side */
bool cpu_create(machine *m);
void cpu_destroy(machine *m);
bool cpu_renew(machine *m); /* a new processor in the state of the old one */

/* grow.c: the list with twice the room, `first` elements of so many bytes if it had none. Aborts without memory. */
void *list_grow(void *list, size_t *capacity, size_t first, size_t size);

/* guard.c */
bool guard_start(machine *m, uint64_t pc, uint64_t until, uc_err *error); /* false: Unicorn gave up */
void guard_off(void); /* around what is not Unicorn's: an abort there is an abort */
void guard_on(void);
uint64_t guard_undefined(machine *m, uint64_t address); /* the first undefined instruction from there on */

/* soft.c */
void soft_executed(machine *m, uint64_t address);               /* code that can be written */
void soft_written(machine *m, uint64_t address, uint32_t size); /* before the guest does it */
void soft_forget(machine *m); /* before running, after changes that Unicorn has not seen */

#endif
