/* SPDX-License-Identifier: GPL-2.0-or-later */
/* workers.h - independent pieces of work in processes of their own, so many at a time. Results come in order. */
#ifndef AIRLOCK_CLI_WORKERS_H
#define AIRLOCK_CLI_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t count;
    unsigned jobs;      /* at a time; 0 = one per processor */
    size_t result_size; /* bytes, at most WORKERS_RESULT_MOST */
    void *context;
    /* In the child: fills in the result of piece `index`, which is all zeroes before. */
    void (*work)(void *context, size_t index, void *result);
    /* In the parent: `done` pieces have been done; also called every few seconds. NULL = none. */
    void (*progress)(void *context, size_t done);
} workers_task;

/* What -j says: 0 = one per processor. */
unsigned workers_jobs(unsigned jobs);

#define WORKERS_RESULT_MOST 4096u

/* Fills `results`, one after the other. finished[i] says whether piece i gave one: it does not if its process ended
 * otherwise. False: no process could be started, or no memory. */
bool workers_run(const workers_task *task, void *results, bool *finished);

#endif
