/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_cpu(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
double bench_wall(void) { return seconds(CLOCK_MONOTONIC); }

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}
