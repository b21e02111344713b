/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore.h - which thread runs next: all of it. Bounded by preemptions, or unbounded with dynamic partial-order
 * reduction.
 */
#ifndef AIRLOCK_EXPLORE_H
#define AIRLOCK_EXPLORE_H

#include "program.h"

#define EXPLORE_UNBOUNDED UINT32_MAX

/* Rounds, beyond poll_limit, for which a thread is followed that polls in vain and counts how often (polls.c). */
#define EXPLORE_COUNTED_ROUNDS 1000u

/* What an instruction takes, nanoseconds: a processor of our time does a few per nanosecond from its caches, and one in
 * some hundred when it has to fetch from memory. Against timeouts of milliseconds and more it does not matter. */
#define EXPLORE_INSTRUCTION_TIME 1u

/* Two accesses to one object, one of them a write, that synchronise nothing and that nothing orders: a data race. */
typedef struct {
    uint32_t thread;
    uint64_t site; /* program.h */
    bool write;
} explore_meeter;

typedef struct {
    uint64_t object;
    explore_meeter first, second; /* the second thread stands behind its access */
} explore_meeting;

/* One decision: step `thread`, answering `choice` if it stands at a choice. A schedule is the decisions in order. */
typedef struct {
    uint16_t thread;
    uint16_t choice;
} explore_decision;

typedef struct {
    explore_result result;
    explore_decision *schedule; /* the best found: fewest preemptions, then fewest decisions, then smallest */
    size_t length;
    uint32_t preemptions;
    uint64_t executions; /* how many executions ended this way; 0: only one that is equivalent to one that did not */
    bool minimal;        /* no schedule that leads to this failure (at any moment) has fewer preemptions */
    uint32_t doubt;      /* so many could be enough, as far as the search went; UINT32_MAX */
} explore_failure;

typedef struct {
    uint64_t executions; /* complete ones */
    uint64_t blocked;    /* redundant ones, given up on the way (sleep sets) */
    uint64_t steps;      /* taken, shared prefixes once */
    uint64_t failing;    /* executions that failed */
    uint32_t bound;      /* the bound being explored */
    size_t failures;     /* distinct */
    size_t depth;        /* of the deepest execution, in steps */
    size_t waiting;      /* the most tasks that were left at once */
} explore_progress;

typedef enum {
    EXPLORE_REDUCED = 0, /* one of several equivalent interleavings is enough */
    EXPLORE_EVERY        /* all interleavings within the bound: for tests */
} explore_reduction;

typedef struct {
    uint32_t bound;          /* most preemptions; EXPLORE_UNBOUNDED */
    uint64_t max_executions; /* 0 = no limit */
    uint32_t mark_interval;  /* steps between snapshots on a path, 0 = default; changes speed only */
    uint32_t poll_limit;     /* identical rounds after which a polling thread waits for a change, 0 = default */
    explore_reduction reduction;
    /* A failure counts only if it is possible while no thread that could go on is left behind between two of its steps
     * for longer than that; nanoseconds, 0 = any time (timing.c). The schedules are those of such traces. */
    uint64_t max_stall;
    bool find_stall;           /* find the smallest stall at which something fails */
    uint64_t instruction_time; /* nanoseconds, 0 = default, see EXPLORE_INSTRUCTION_TIME */
    /* Divide an unbounded exploration into tasks of about so many executions (0: do not), taken by so many processes (0
     * or 1: this one). What is found, and every number, is the same for any number of processes. */
    uint64_t task_executions;
    uint32_t jobs;
    /* What the program learns while it runs, carried from where a task ran to here: taken (malloc'd; owned by the caller)
     * at the end of every task, and given. NULL: nothing. `finished` and `race` are called where the task runs. */
    void *(*take)(void *context, size_t *size);
    void (*give)(void *context, const void *bytes, size_t size);
    /* A task's result by its number: recall (malloc'd) returns one that `remember` was given in an earlier exploration of
     * the same program with the same options, NULL if it was not. NULL: none. */
    void *(*recall)(void *context, uint64_t task, size_t *size);
    void (*remember)(void *context, uint64_t task, const void *bytes, size_t size);
    /* For tests; called at the end of every complete execution. NULL = none. */
    void (*finished)(void *context, const explore_result *result);
    /* For tests; called at the end of every complete execution that passes, with a number that equivalent executions
     * have in common. NULL = none. */
    void (*trace)(void *context, uint64_t number);
    /* Called with objects on which two steps race by an early access (program.h): conflicting accesses that nothing else
     * orders. A switch right after such an access is missing from the exploration. NULL = none. */
    void (*race)(void *context, uint64_t object);
    /* Asked after each execution, or where it is divided after each task that is merged: whether what was learnt makes the
     * rest useless (stop; not complete). NULL = no. */
    bool (*enough)(void *context, uint64_t executions);
    /* Called with data races: accesses that ended their steps, so that in an equivalent execution, or in one that is run for
     * the other order, one comes directly after the other. NULL = none. */
    void (*meet)(void *context, const explore_meeting *meeting);
    /* Called about every 1,000 executions and before long work; return false to stop (not complete). NULL = none. */
    bool (*progress)(void *context, const explore_progress *now);
    void *context;
} explore_options;

typedef struct {
    explore_progress total;
    bool complete;             /* every interleaving within the bound was covered */
    explore_failure *failures; /* sorted by preemptions, then length, then result */
    size_t failure_count;
    bool counted_out; /* not complete, because a thread counts more rounds of polling than it was followed for */
    bool ticked_out;  /* a thread that serves timeouts of others was held (program.h); they could come more often */
    bool clock_seen;  /* some step has learnt how late it is (program.h); other stalls could tell it otherwise */
    bool stalled;     /* something fails, but takes a longer stall than max_stall */
    bool stall_found; /* find_stall: something fails, from `smallest_stall` on */
    uint64_t smallest_stall; /* nanoseconds */
} explore_report;

typedef enum { EXPLORE_OK = 0, EXPLORE_NO_MEMORY, EXPLORE_PROGRAM_FAILED /* run returned false */ } explore_status;

explore_status explore_run(const explore_program *program, const explore_options *options, explore_report *report);
/* For tests: random executions, without any reduction, over the same points; `finished` and `trace` are told of each. */
explore_status explore_walk(const explore_program *program, const explore_options *options, uint64_t seed,
                            uint64_t walks);
void explore_report_free(explore_report *report);

#endif
