/* SPDX-License-Identifier: GPL-2.0-or-later */
/* brute.h - every interleaving of a synthetic program, one by one: what the explorer's results are compared with. */
#ifndef AIRLOCK_BRUTE_H
#define AIRLOCK_BRUTE_H

#include "synthetic.h"

typedef struct {
    uint64_t *items; /* sorted, each once, after number_set_sort */
    size_t count, room;
} number_set;

void number_set_add(number_set *s, uint64_t item);
void number_set_sort(number_set *s);
bool number_set_equal(const number_set *a, const number_set *b);
void number_set_free(number_set *s);

#define BRUTE_LENGTH 64 /* decisions that are remembered of one execution */

/* The best schedule that leads to a failure: fewest preemptions, then shortest, then smallest. */
typedef struct {
    uint64_t failure;
    uint32_t preemptions, length;
    explore_decision schedule[BRUTE_LENGTH];
} brute_best;

typedef struct {
    uint64_t executions, limit;
    bool too_many;     /* more executions than `limit`: given up */
    number_set traces; /* Mazurkiewicz traces */
    number_set finals; /* states in which an execution passed */
    number_set failures;
    brute_best best[8];
    size_t best_count;
} brute;

void brute_run(brute *b, synthetic *s, uint32_t bound);
void brute_free(brute *b);

#endif
