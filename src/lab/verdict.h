/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - what follows from an exploration, for one driver under one Windows in one scenario: the one place that
 * decides it. Whoever explores fills in the evidence; reports print the verdict, its claim and its limits.
 */
#ifndef AIRLOCK_LAB_VERDICT_H
#define AIRLOCK_LAB_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    LAB_CLOSED,           /* every interleaving explored, none fails */
    LAB_CLOSED_BY_TIMING, /* some fail, but only if a thread stalls for longer than was allowed */
    LAB_NARROWED,         /* fails, only inside a small window */
    LAB_OPEN,             /* fails */
    LAB_NOT_FINISHED,     /* the budget ended first; never a pass */
    LAB_CLEAN_TO_BOUND    /* every schedule within the bound on preemptions explored, none fails */
} lab_verdict;

#define LAB_ANY_STALL 0u         /* threads may stall for any time */
#define LAB_NO_BOUND  UINT32_MAX /* on preemptions */

/*
 * A window is narrow if it has at most so many instructions and is at most so large a part of the load. The article's
 * driver fails over a third of its load; with the registration moved to its end, in some hundred instructions, 4 %. None
 * at all is narrow too: then no single switch is enough.
 */
#define LAB_NARROW_INSTRUCTIONS 512u
#define LAB_NARROW_PERCENT      5u

typedef struct {
    size_t failures;    /* distinct ones that count: within max_stall */
    bool stalled;       /* some execution failed, but takes a longer stall than max_stall */
    bool complete;      /* every interleaving up to the bound */
    bool counted_out;   /* not complete because a thread counts more rounds of polling than it was followed for */
    bool ticked_out;    /* timers fire more often in a row than was followed */
    bool clock_seen;    /* the driver looks at the clock */
    uint32_t bound;     /* most preemptions; LAB_NO_BOUND */
    uint64_t max_stall; /* nanoseconds; LAB_ANY_STALL */
    bool window_measured;
    uint64_t window, window_of; /* instructions of the loading thread: failing, and in all */
} lab_evidence;

lab_verdict lab_judge(const lab_evidence *evidence);

/* "closed-by-timing" */
const char *lab_verdict_name(lab_verdict verdict);
bool lab_verdict_is_pass(lab_verdict verdict);

/* One or two sentences, without a full stop at the end; at most LAB_CLAIM_SIZE with the zero. Fills and returns `out`. */
#define LAB_CLAIM_SIZE 256
const char *lab_verdict_claim(const lab_evidence *evidence, char out[LAB_CLAIM_SIZE]);

/* What the verdict rests on, one short sentence each, `index` from 0; NULL: no more. */
const char *lab_verdict_limit(const lab_evidence *evidence, size_t index, char out[LAB_CLAIM_SIZE]);

/* "1.5 ms"; fills and returns `out`. */
#define LAB_TIME_SIZE 32
const char *lab_time_text(uint64_t nanoseconds, char out[LAB_TIME_SIZE]);

#endif
