/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - what the explorer explores: threads, each with a next step; a step reads and writes objects and may be
 * disabled. The lab implements it over a machine, the tests over synthetic programs. Nothing here knows of drivers.
 *
 * A program is a state that only `run` and `restore` change. Threads are small numbers (0 is never a thread) whose
 * identity does not depend on the schedule. Same state + same choices = same steps.
 *
 * What a step did must be told by its footprint: two steps of different threads whose footprints do not conflict (no
 * object common to both that one of them writes) can be swapped without any difference. A thread is created by the step
 * after which it first appears among the enabled ones.
 */
#ifndef AIRLOCK_EXPLORE_PROGRAM_H
#define AIRLOCK_EXPLORE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_THREADS 512u /* thread numbers are below this */
#define EXPLORE_ALL \
    UINT64_MAX /* an object that every step of every thread touches: an access to it conflicts with all */

typedef struct {
    uint64_t object;
    bool write;
    bool early; /* made some time before the step's end: another thread might have come in between */
    bool
        absent; /* the step ended the execution, or was diverted, because it was not there: no switch is missing here */
    uint32_t first; /* when in the thread's life it was first made in this step, and last; equal times cannot be */
    uint32_t last;  /*   divided */
} explore_access;

typedef enum {
    EXPLORE_RAN,     /* the thread has a next step */
    EXPLORE_BLOCKED, /* its next step is (or may be) disabled */
    EXPLORE_ENDED,   /* the thread has no next step, ever */
    EXPLORE_OVER     /* the whole execution has ended, by success or by failure */
} explore_outcome;

typedef struct {
    uint32_t thread;
    explore_outcome outcome;
    uint32_t choices;               /* > 0: its next step is a choice among that many */
    uint64_t instructions;          /* weight, for "fewest steps" and windows */
    const explore_access *accesses; /* an object occurs at most once; valid until the next step */
    size_t access_count;
    bool held;        /* its wait could time out once more, but the program does not let it any more */
    bool serves;      /* such timeouts are not its own: it serves those of others */
    bool saw_clock;   /* it has learnt how late it is, which depends on more than its footprint */
    uint64_t timeout; /* EXPLORE_BLOCKED: the wait ends by itself after that time from now, nanoseconds; 0 = any time */
    uint64_t place;   /* where in its code (and stack) the thread stands now; 0 = unknown */
    uint64_t
        site; /* what in its code made the access that ended the step, if that access synchronises nothing; else 0 */
} explore_step;

/* After each step; return true to let the same thread go on (save and enabled may be called from here). */
typedef bool (*explore_visitor)(void *context, const explore_step *step);

typedef struct {
    uint64_t failure; /* 0: passed. Else what failed: equal numbers are the same failure */
    uint64_t moment;  /* distinguishes places of one failure worth showing, 0 = no distinction */
    bool hang;        /* the failure is that nothing happens any more: no failure while some thread was held back */
} explore_result;

/* One word of what a waiting thread waits for: (content of the object, `bytes` from bit `shift`) compare value. A word of
 * two objects is two conditions: the second is EXPLORE_HIGH, its object the upper half of the first one's. */
typedef enum {
    EXPLORE_EQ,
    EXPLORE_NE,
    EXPLORE_GT, /* signed */
    EXPLORE_AND_ZERO,
    EXPLORE_AND_NONZERO,
    EXPLORE_HIGH,
    EXPLORE_UNKNOWN /* the wait depends on the object, somehow */
} explore_compare;

typedef struct {
    uint64_t object;
    uint64_t value;
    uint8_t shift;
    uint8_t bytes; /* 1 .. 8 */
    uint8_t compare;
    bool any; /* one of the conditions with `any` is enough; of those without, every one must hold */
} explore_condition;

typedef struct {
    void *self;

    /* Threads whose next step can be taken now, ascending: `ready`; and those that can be taken only as the expiry of a
     * timed wait: `timed`. A waiting thread that could also be satisfied is ready, not timed. */
    void (*enabled)(void *self, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count);

    /* Take steps of `thread`, the first one with `choice`, until visit says false or the outcome is not EXPLORE_RAN. */
    bool (*run)(void *self, uint32_t thread, uint32_t choice, explore_visitor visit, void *context);

    /* How many alternatives the thread's next step has (0 or 1: no choice). */
    uint32_t (*choices)(void *self, uint32_t thread);

    /* Marks nest like a stack; a restored mark stays usable, those above it are gone. */
    uint32_t (*save)(void *self);
    void (*restore)(void *self, uint32_t mark);
    void (*drop)(void *self, uint32_t mark);

    /* The execution has ended (EXPLORE_OVER, or nothing is enabled: the program decides whether that is a hang). */
    explore_result (*result)(void *self);

    /* What the thread, which stands at a wait without timeout, waits for (fulfilled or not): every object that decides
     * whether its next step is enabled; the footprint of that step contains them all. Returns how many; 0 if it stands
     * at no wait, or at one that may time out (such a step is never disabled, only different); more than `capacity`
     * counts as unknown. EXPLORE_ALL as the object: it waits until no other thread is ready.
     * NULL: unknown; unbounded exploration then supposes that each wait depends on everything, which is slow. */
    size_t (*awaits)(void *self, uint32_t thread, explore_condition *conditions, size_t capacity);

    /* What an object of a condition holds now, and what it held at the start of the exploration. NULL: unknown; more
     * redundant executions are begun. */
    uint64_t (*content)(void *self, uint64_t object);
    uint64_t (*initial)(void *self, uint64_t object);

    /* Of the thread that has just taken a step: a number of all that is its own, registers and what no other thread has
     * touched. Equal numbers at one place: until it reads something else, it does the same again. Called by visitors, of
     * threads that poll. NULL: it is always the same. */
    uint64_t (*own_state)(void *self, uint32_t thread);
} explore_program;

#endif
