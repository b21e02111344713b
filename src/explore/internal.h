/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * internal.h - the explorer's own structures.
 *
 * The path is the execution being explored: nodes (states) and between them events (steps). Node k is the state before
 * event k. Whatever belongs to the path lives in arenas that grow and shrink with it like stacks and are never freed
 * before the end, so that no step allocates once the deepest path was seen.
 *
 *      node 0 --event 0--> node 1 --event 1--> ... --event depth-1--> node depth
 *
 * Threads have small dense numbers here ("dense"), in the order of their discovery; vector clocks are arrays of
 * `stride` numbers, one per dense thread: the number of the latest event + 1 of that thread that happens before.
 */
#ifndef AIRLOCK_EXPLORE_INTERNAL_H
#define AIRLOCK_EXPLORE_INTERNAL_H

#include "explore.h"
#include "wire.h"

#define NONE             UINT32_MAX
#define SET_WORDS        (EXPLORE_THREADS / 64u)
#define CLOCK_UNIT       8u  /* clocks are this wide, or several times */
#define GUARD_CONDITIONS 64u /* more conditions in one wait: unknown */

typedef struct {
    uint64_t word[SET_WORDS];
} thread_set;

typedef struct {
    uint64_t key;   /* the program's object */
    uint32_t head;  /* latest access on the path, NONE */
    uint32_t stamp; /* step number that touched it last, see sleep.c */
    bool stamp_write;
    bool used;
    bool initial_known;
    uint64_t initial; /* its content before any write of the path */
} object;

typedef struct {
    uint32_t object; /* index into objects */
    uint32_t event;
    uint32_t before;     /* the access to the same object before this one, NONE */
    uint32_t last_write; /* latest write of the object at or before this access, NONE */
    uint64_t content;    /* after a write */
    uint16_t thread;     /* of the event; only where it is linked */
    bool write;
    bool content_known;
    bool early;           /* made some time before the end of its event */
    bool absent;          /* what it looked for was not there */
    uint32_t first, last; /* when, in its thread */
} access_record;

typedef struct {
    uint32_t object;
    explore_condition condition;
} guard_record;

typedef struct {
    uint32_t first, count; /* guard records */
    bool waits, known;
    bool all;    /* every other thread decides */
    bool single; /* one object decides */
    bool polls;  /* waits for any write, see polls.c: another write never disables it */
} guard;

typedef struct {
    uint32_t access, access_count;
    uint32_t own_count; /* so many are the step's; the others are of what the thread waited for */
    uint16_t thread;    /* dense */
    bool all;           /* conflicts with everything */
    bool writes;
    uint32_t previous; /* event of the same thread before, NONE */
    uint32_t rounds;   /* identical rounds of polling that end here */
    uint32_t round;    /* events of the thread in one round */
    guard wait;        /* what its thread waits for afterwards */
    uint32_t barrier;  /* latest event before this one that conflicts with everything, NONE */
    uint32_t block;    /* event before which another thread could last have been taken for nothing */
    uint64_t own;      /* after such a round: what is its thread's own, see program.h */
    uint64_t place, site;
    uint64_t instructions;
    uint64_t timeout;      /* of the wait that its thread stands at afterwards, nanoseconds */
    explore_result result; /* if it ended the execution */
    uint16_t choice;
    uint8_t outcome;
    bool halted; /* ended the execution: not part of the state that follows, see explore.c */
    bool counts; /* what is its thread's own changes from round to round */
    bool left_known;
    uint32_t left_after; /* see linear.c */
} event;

/* What a step in a wakeup tree touches, as far as it is known: see footprints.c. */
typedef struct {
    uint32_t first, count; /* accesses in the set's: objects * 2 + write */
    uint32_t hash;
    uint32_t stamp, place; /* in the branch that was being written then, see tree.c */
    uint32_t exported;     /* place in the dictionary of the exports + 1; 0: not there */
    uint16_t thread;       /* dense */
    bool all;              /* conflicts with everything */
    bool known;
} footprint;

typedef struct {
    footprint *entries;
    size_t room;
    uint32_t count;
    uint32_t *accesses;
    size_t access_room;
    uint32_t access_count;
    uint32_t *slots;
    uint32_t slot_mask; /* open addressing: entry + 1 */
} footprint_set;

/* An alternative, and what is to follow it: see wakeup.c. */
typedef struct {
    uint32_t child, next; /* first of what follows it, next alternative; NONE */
    uint32_t footprint;   /* of its step */
} wakeup;

typedef struct {
    thread_set enabled;             /* can be taken: ready or timed, not polling in vain */
    thread_set ready;               /* of these, the ones that do not time out */
    thread_set listed;              /* in the tree, being explored, or done */
    thread_set done;                /* explored from here (sleeping ones are done too) */
    uint32_t tree;                  /* alternatives to be explored from here, in this order; NONE; see node_clear */
    uint32_t covers;                /* alternatives that others explore; NONE */
    uint32_t subtree;               /* what is to follow the alternative being explored, until the next node opens */
    uint32_t access_top, guard_top; /* of the arenas at the node */
    uint32_t birth_top;
    uint32_t inherited;          /* so many of the sleeping threads slept before */
    uint32_t sleep, sleep_count; /* sleeping threads with what they would do */
    uint32_t preemptions;        /* up to here */
    uint32_t footprint;          /* first access record of the alternative being explored */
    uint16_t chosen;             /* alternative taken when the node opened and not begun, NO_THREAD */
    uint16_t current;            /* alternative being explored, dense */
    uint16_t choice, choices;
    uint16_t last;   /* thread of the event before, NO_THREAD */
    bool last_ready; /* ... whose next step is ready: leaving it is a preemption */
    bool loose;      /* threads sleep although no branch sees to it that they wake up, see wakeup.c */
    bool begun;      /* `current` is valid */
    bool all;        /* the alternative conflicts with everything */
    bool leaf;
} node;

#define NO_THREAD UINT16_MAX

typedef struct {
    uint32_t footprint, footprint_end; /* access records */
    uint16_t thread;
    bool all;
    bool
        open; /* what it would do is being explored by another task: only as an initial of a race it counts, see wakeup.c */
} sleeper;

typedef struct {
    uint32_t number;  /* the program's */
    uint32_t last;    /* latest event on the path, NONE */
    uint32_t creator; /* event that created it, NONE: there from the start */
    guard start;      /* what it waits for from the start */
    bool born;
    bool halted; /* its next step would end the execution */
} thread_state;

typedef struct {
    uint32_t node;
    uint32_t mark;
} path_mark;

/* Two steps that race: the order could be the other way round from before event `first` on. */
typedef struct {
    uint32_t first, second; /* events; second NONE: the thread waits for ever */
    uint32_t until;         /* covered for as long as this event is on the path, NONE: not known to be, see covered.c */
} race_record;

/* One step of a sequence that a race asks for. */
typedef struct {
    uint32_t event;                /* NONE: the step that a thread waits for ever to take */
    uint32_t access, access_count; /* records */
    uint32_t next;                 /* item of its thread; NONE */
    uint16_t thread;
    bool all;
    bool removed;
} wakeup_item;

typedef struct {
    const explore_program *program;
    const explore_options *options;
    explore_report *report;
    explore_status status;
    bool stop;
    bool reduced, bounded;
    uint64_t walk; /* state of the generator of a random walk, 0: none */
    uint32_t interval, poll_limit;
    uint64_t instruction_time;

    node *nodes;
    size_t node_room;
    event *events;
    size_t event_room;
    uint32_t *clocks;
    size_t clock_room;
    uint32_t stride;
    access_record *accesses;
    size_t access_room;
    uint32_t access_top;
    guard_record *guards;
    size_t guard_room;
    uint32_t guard_top;
    sleeper *sleepers;
    size_t sleeper_room;
    uint16_t *births;
    size_t birth_room;
    uint32_t birth_top;
    uint32_t *conflicts;
    size_t conflict_room;
    size_t conflict_count;
    wakeup *wakeups;
    size_t wakeup_room;
    uint32_t wakeup_count, wakeup_free;
    footprint_set footprints;
    struct {
        wire_out dictionary, steps;
        uint32_t count, stamp;
    } branch;             /* being written, see tree.c */
    uint32_t *dictionary; /* of the branch being read: footprints */
    size_t dictionary_room;
    race_record *races; /* of the path, not settled yet, by their second step */
    size_t race_room;
    size_t race_count;
    uint32_t changed;   /* events from here on were not on the path when its races were entered last */
    wakeup_item *items; /* of the sequence being entered */
    size_t item_room;
    size_t item_count, item_left;
    size_t race_items;            /* so many are between the two steps or the second */
    bool careful;                 /* only what comes no later than the second step counts */
    bool path_blocked;            /* the execution was given up: what could follow is not known */
    bool items_marked, items_all; /* objects are marked with what is left; something in it conflicts with everything */
    path_mark *marks;
    size_t mark_room;
    size_t mark_count;
    object *objects;
    size_t object_room;
    uint32_t object_count;
    uint32_t *slots;
    uint32_t slot_mask; /* open addressing: object index + 1 */
    explore_decision *schedule;
    size_t schedule_room;

    uint32_t depth;        /* events on the path */
    uint32_t at;           /* node at which the program stands, NONE */
    uint32_t halted_count; /* halted events on the path */
    uint32_t barrier;      /* latest event that conflicts with everything */
    uint32_t stamp;
    uint32_t replay_left; /* steps still to be run again */
    uint64_t next_progress;
    explore_result end;     /* of the path, if no event ended it */
    struct leaf_work *leaf; /* leaf.c */

    /* the task, see task.h */
    uint32_t owned, base;
    volatile uint64_t *running; /* where the executions of this task are counted for others; NULL */
    wire_out exports, export_dictionary;
    uint32_t export_count, export_footprints;
    uint64_t *exported; /* hashes */
    size_t exported_room, exported_count;

    uint32_t thread_count;
    uint32_t set_words;              /* so many of a thread_set are in use */
    uint16_t dense[EXPLORE_THREADS]; /* + 1; 0 = not seen yet */

    /* From here on nothing is clear at first. */
    thread_state threads[EXPLORE_THREADS];
    uint32_t base_clock[EXPLORE_THREADS]; /* of the step being added, before it conflicts */
    uint32_t clock[EXPLORE_THREADS];
    uint32_t first[EXPLORE_THREADS], latest[EXPLORE_THREADS]; /* by thread: items that are left, see wakeup.c */
    uint32_t ready_list[EXPLORE_THREADS], timed_list[EXPLORE_THREADS];
    explore_condition conditions[GUARD_CONDITIONS];
} explorer;

/* room.c - arenas that grow; false: out of memory (status is set). */
bool room_grow(explorer *x, void *array, size_t *room, size_t needed, size_t size);
static inline bool room_for(explorer *x, void *array, size_t *room, size_t needed, size_t size)
{
    return needed <= *room || room_grow(x, array, room, needed, size);
}
bool room_for_step(explorer *x, size_t accesses);

/* threads.c */
bool thread_enter(explorer *x, uint32_t number, uint16_t *dense);
/* The dense number of a thread of the program. */
static inline bool thread_dense(explorer *x, uint32_t number, uint16_t *dense)
{
    if (number >= EXPLORE_THREADS || !x->dense[number])
        return thread_enter(x, number, dense);
    *dense = (uint16_t)(x->dense[number] - 1u);
    return true;
}
static inline bool set_has(const thread_set *s, uint32_t t) { return (s->word[t / 64u] >> (t % 64u)) & 1u; }
static inline void set_add(thread_set *s, uint32_t t) { s->word[t / 64u] |= UINT64_C(1) << (t % 64u); }
static inline void set_remove(thread_set *s, uint32_t t) { s->word[t / 64u] &= ~(UINT64_C(1) << (t % 64u)); }
static inline bool set_is_empty(const explorer *x, const thread_set *s)
{
    uint64_t any = 0;

    for (uint32_t w = 0; w < x->set_words; w++)
        any |= s->word[w];
    return !any;
}
void nodes_clear_word(explorer *x, uint32_t w); /* nodes.c */
bool thread_appear(explorer *x, uint16_t dense);
/* The thread is there. If it was not so far, the latest event created it. */
static inline bool thread_born(explorer *x, uint16_t dense)
{
    return x->threads[dense].born || thread_appear(x, dense);
}

/* objects.c */
uint32_t object_enter(explorer *x, uint64_t key); /* NONE: out of memory */
static inline uint32_t object_slot(const explorer *x, uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & x->slot_mask;
}
/* The index of an object, which is new if nobody accessed it before. NONE: out of memory */
static inline uint32_t object_find(explorer *x, uint64_t key)
{
    for (uint32_t s = object_slot(x, key); x->slot_mask && x->slots[s]; s = (s + 1) & x->slot_mask) {
        if (x->objects[x->slots[s] - 1].key == key)
            return x->slots[s] - 1;
    }
    return object_enter(x, key);
}
void object_link(explorer *x, uint16_t thread, uint32_t from, uint32_t to);
void object_undo(explorer *x, uint32_t from, uint32_t to);

/* clocks and conflicts: conflicts.c */
static inline uint32_t *clock_of(const explorer *x, uint32_t e) { return x->clocks + (size_t)e * x->stride; }
static inline bool happens_before(const explorer *x, uint32_t a, const uint32_t *clock)
{
    return clock[x->events[a].thread] > a;
}
void conflicts_base(explorer *x, uint16_t thread);
bool conflicts_from(explorer *x, uint32_t a, bool write, uint16_t thread, bool all);
/* Accesses to one object that conflict with one more of that kind: the latest ones, or as far back as happens-before
 * does not decide (`all`). */
static inline bool conflicts_with(explorer *x, uint32_t o, bool write, uint16_t thread, bool all)
{
    uint32_t a = x->objects[o].head;

    if (!write && a != NONE)
        a = x->accesses[a].last_write;
    if (a == NONE || (x->accesses[a].write && x->base_clock[x->accesses[a].thread] > x->accesses[a].event))
        return true; /* the usual case: the thread's own write, or one that it knows of */
    return conflicts_from(x, a, write, thread, all);
}
bool conflicts_with_everything(explorer *x, uint16_t thread);
bool conflicts_add(explorer *x, uint32_t e, uint16_t thread);
void conflicts_sort(explorer *x);
void conflicts_join(explorer *x, uint32_t e);

/* guards.c */
bool guard_observe(explorer *x, uint16_t thread, guard *g); /* what a thread that now waits waits for */
bool guard_at_birth(explorer *x, uint16_t thread);
static inline guard guard_of(const explorer *x, uint16_t thread) /* of the thread's next step */
{
    const thread_state *t = &x->threads[thread];

    return t->last == NONE ? t->start : x->events[t->last].wait;
}
bool guard_contains(const explorer *x, const guard *g, uint32_t o);
/* Whether what is waited for holds now, but for event i and what happens after it: 1 yes, 0 no, -1 unknown. */
int guard_holds_without(const explorer *x, const guard *g, uint32_t i);
/* The same with contents that `read` tells; it returns false if it does not know one. */
typedef bool (*content_reader)(const void *context, uint32_t o, uint64_t *content);
int guard_holds_with(const explorer *x, const guard *g, content_reader read, const void *context);

/* races.c: the races of the step whose access records are from .. to-1 and not linked yet; leaves its clock. */
bool races_of_step(explorer *x, uint16_t thread, uint32_t from, uint32_t to, bool all);
bool races_at_end(explorer *x, bool blocked);

/* Whether a thread that waits stood there before event i already, and could not go on. */
bool was_disabled(const explorer *x, uint32_t i, uint16_t thread);

/* reverse.c, bounded.c: where a race with the thread's next step (event `second`) can be reversed. */
bool reverse_race(explorer *x, uint32_t first, uint32_t second, uint16_t thread, const guard *g, bool through_guard);
bool bounded_race(explorer *x, uint32_t first, uint16_t thread, const guard *g, bool through_guard);

/* footprints.c: numbers; NONE: out of memory */
uint32_t *footprints_room(explorer *x, uint32_t count); /* for the accesses of one to be entered; NULL: out of memory */
uint32_t footprints_enter(explorer *x, footprint f);    /* with count, thread, all, known */
uint32_t footprints_unknown(explorer *x, uint16_t thread);
uint32_t footprints_of_step(explorer *x, uint16_t thread, bool all, uint32_t access, uint32_t count);
void footprints_forget(explorer *x);
void footprints_free(explorer *x);

/* covered.c: what a race asks for was explored, or is by others: whatever comes after its second step; or as far as the
 * path goes now (*until: for as long as that event is on it, NONE: as the path is). */
typedef enum { NOT_COVERED, COVERED_SO_FAR, COVERED_FOR_GOOD } covering;
covering race_covered(const explorer *x, const race_record *r, const wakeup_item *step, uint32_t *until);

/* wakeup.c */
uint32_t wakeup_fresh(explorer *x, uint32_t footprint); /* footprint may be NONE; NONE: out of memory */
static inline const footprint *wakeup_step(const explorer *x, uint32_t w)
{
    return &x->footprints.entries[x->wakeups[w].footprint];
}
uint32_t wakeup_add(explorer *x, node *n, uint16_t thread); /* one more alternative; NONE: out of memory */
uint16_t wakeup_take(explorer *x, node *n);                 /* the next alternative; NO_THREAD: none */
void wakeup_prune(explorer *x, node *n);
void wakeup_forget(explorer *x, uint32_t tree);
/* An execution has ended: what its races ask for, and those from `from` on, of a step that a thread waits for ever to take. */
bool wakeup_enter_races(explorer *x);
bool wakeup_enter_waiting(explorer *x, size_t from, const wakeup_item *step);
bool wakeup_add_all(explorer *x, node *n);

/* sleep.c */
bool sleep_inherit(explorer *x, const event *e, const node *from, node *to);
bool sleep_add(explorer *x, node *n, uint16_t thread, bool all);

/* polls.c */
void polls_observe(explorer *x, uint32_t e);
bool polls_enough(const explorer *x, uint32_t e, uint32_t rounds);
/* Whether the thread has polled at least so many rounds in vain, and nothing that it reads has changed since. */
static inline bool polls_in_vain(const explorer *x, uint16_t thread, uint32_t rounds)
{
    uint32_t e = x->threads[thread].last;

    return e != NONE && x->events[e].rounds && polls_enough(x, e, rounds);
}
bool polls_deferred(const explorer *x, uint16_t thread); /* goes last, but can go: it might give up */
bool polls_on(const explorer *x, uint16_t thread);       /* it went, and keeps going until it does */
uint32_t polls_first(const explorer *x, uint32_t e);     /* of the rounds on its way there */
bool polls_wait(explorer *x, uint32_t e);

/* path.c */
bool path_push(explorer *x, const explore_step *step);
void path_pop(explorer *x);
bool path_go(explorer *x, uint32_t to);
bool path_save(explorer *x);
void path_halt(explorer *x); /* the last step ended the execution: the path goes on without its thread */

/* explore.c: one alternative further, or one step back. False: nothing is left. */
bool explore_turn(explorer *x);
bool save_due(const explorer *x);
bool explore_advance(explorer *x); /* take the alternative that was begun at the last node, and what follows */

/* draw.c: splitmix64 (Steele, Lea, Flood, OOPSLA 2014), and the mixing of bits that it ends with. */
uint64_t draw_number(uint64_t *state);
uint64_t draw_mix(uint64_t bits);

/* walk.c */
uint64_t walk_trace(const explorer *x);
void walk_many(explorer *x, uint64_t walks);
uint16_t walk_choose(explorer *x, const node *n, size_t ready, size_t timed);

bool task_start_again(explorer *x); /* task.c: back to the start, with nothing explored */
void explore_divided(explorer *x);  /* divide.c */

/* nodes.c */
void node_clear(const explorer *x, node *n);
bool node_open(explorer *x, uint16_t *first);
void node_begin(explorer *x, node *n, uint16_t thread, uint32_t choices);
uint16_t node_next(explorer *x, node *n);
bool node_done(explorer *x, node *n);

/* failures.c. The entry of a failure, which is new if there was none; NULL: out of memory. Kept is the better schedule. */
explore_failure *failures_find(explore_report *r, const explore_result *result);
bool failures_keep(explore_failure *f, const explore_decision *schedule, size_t length, uint32_t preemptions);
/* The path has ended with that failure, by event `goal` or, NONE, because nothing is left. */
bool failures_record(explorer *x, const explore_result *result, uint32_t goal);
/* A schedule, of which it is known that it leads there. */
bool failures_enter(explorer *x, const explore_result *result, const explore_decision *schedule, size_t length,
                    uint32_t preemptions);
/* It is not known whether so many preemptions are enough. */
bool failures_doubt(explorer *x, const explore_result *result, uint32_t preemptions);
bool failures_better(const explore_decision *schedule, size_t length, uint32_t preemptions,
                     const explore_failure *than);
void failures_sort(explore_report *report);
/* failures_wire.c */
void failures_put(const explore_report *report, wire_out *out);
bool failures_merge(explorer *x, wire_in *in);

#endif
