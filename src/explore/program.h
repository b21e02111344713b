/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - what the explorer explores: threads, each with a next step; a step reads and writes objects and may be
 * disabled. The lab implements it over a machine, the tests over synthetic programs. Nothing here knows of drivers.
 *
 * A program is a state that only `run` and `restore` change. Threads are small numbers (0 is never a thread) whose
 * identity does not depend on the schedule. Same state + same choices = same steps.
 */
#ifndef AIRLOCK_EXPLORE_PROGRAM_H
#define AIRLOCK_EXPLORE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_THREADS 512u    /* thread numbers are below this */

typedef struct {
    uint64_t object;
    bool     write;
} explore_access;

typedef enum {
    EXPLORE_RAN,        /* the thread has a next step */
    EXPLORE_BLOCKED,    /* its next step is (or may be) disabled */
    EXPLORE_ENDED,      /* the thread has no next step, ever */
    EXPLORE_OVER        /* the whole execution has ended, by success or by failure */
} explore_outcome;

typedef struct {
    uint32_t              thread;
    explore_outcome       outcome;
    uint32_t              choices;      /* > 0: its next step is a choice among that many */
    uint64_t              instructions; /* weight, for "fewest steps" and windows */
    const explore_access *accesses;     /* an object occurs at most once; valid until the next step */
    size_t                access_count;
} explore_step;

/* After each step; return true to let the same thread go on (save and enabled may be called from here). */
typedef bool (*explore_visitor)(void *context, const explore_step *step);

typedef struct {
    uint64_t failure;   /* 0: passed. Else what failed: equal numbers are the same failure */
    uint64_t moment;    /* distinguishes places of one failure worth showing, 0 = no distinction */
} explore_result;

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
    void     (*restore)(void *self, uint32_t mark);
    void     (*drop)(void *self, uint32_t mark);

    /* The execution has ended (EXPLORE_OVER, or nothing is enabled: the program decides whether that is a hang). */
    explore_result (*result)(void *self);
} explore_program;

#endif
