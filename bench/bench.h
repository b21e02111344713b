/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench.h - what the parts of lab_bench share. */
#ifndef AIRLOCK_BENCH_H
#define AIRLOCK_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "lab.h"
#include "program.h"

/* Seconds of processor time of this process: other load on the computer does not count. */
double bench_cpu(void);
/* Sorts the values. */
double bench_median(double *values, size_t count);

/* One execution of the default schedule, from the scenario's start to its end, the processor stopped only where a thread
 * waits or ends. */
typedef struct {
    double seconds; /* median over batches of the mean of a batch */
    uint64_t instructions;
    uint64_t points; /* at which the visitor was asked */
} bench_straight;
bench_straight bench_run_straight(lab *l);

/* The lab's program, without snapshots: where the explorer goes back, all is run again from the start. One at a time. */
explore_program bench_replayed(lab *l);

#endif
