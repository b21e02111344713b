/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - schedules drawn by lot, for what is too large to be explored. They prove nothing, but find what the beginning
 * of a depth-first search does not come to.
 */
#ifndef AIRLOCK_EXPLORE_RANDOM_H
#define AIRLOCK_EXPLORE_RANDOM_H

#include "explore.h"

typedef struct {
    /* 0: each step by any thread that can take one, with equal chances. Else probabilistic concurrency testing
     * (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010) for failures of that depth: those which show whenever
     * so many steps come in a certain order. */
    uint32_t depth;
    uint64_t seed;      /* the same seed, the same walks */
    uint64_t max_walks; /* 0 = no limit */
    /* Called after each walk; return false to stop. NULL = never. */
    bool (*progress)(void *context, const explore_progress *now);
    void *context;
} explore_random_options;

typedef struct {
    explore_report report; /* executions: walks; blocked: walks that were too long and given up; never complete */
    uint32_t threads;      /* most in a walk; a wait that can time out counts as one more */
    uint32_t steps;        /* most in a walk */
    double chance; /* that one walk finds a failure of that depth, at least: 1 / (threads * steps ^ (depth - 1)) */
} explore_walks;

explore_status explore_random(const explore_program *program, const explore_random_options *options,
                              explore_walks *walks);
void explore_walks_free(explore_walks *walks);

#endif
