/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCHES 9
#define RUNS    60 /* of a batch */

static bool go_on(void *context, const machine_step *step)
{
    bench_straight *s = context;
    s->instructions += step->instructions;
    s->points++;
    return step->outcome == MACHINE_RAN;
}

static void run_once(lab *l, bench_straight *s)
{
    lab_rewind(l);
    s->instructions = s->points = 0;
    for (uint32_t running = 0; (running = lab_default_thread(l, running)) != 0;) {
        if (machine_run(lab_machine(l), running, 0, go_on, s) != MACHINE_OK) {
            fprintf(stderr, "lab_bench: %s\n", machine_error(lab_machine(l)));
            exit(1);
        }
    }
}

bench_straight bench_run_straight(lab *l)
{
    bench_straight s = {0};
    double batches[BATCHES];
    run_once(l, &s); /* the processor translates code when it first meets it */
    for (size_t batch = 0; batch < BATCHES; batch++) {
        double began = bench_cpu();
        for (size_t i = 0; i < RUNS; i++) {
            run_once(l, &s);
        }
        batches[batch] = (bench_cpu() - began) / RUNS;
    }
    lab_rewind(l);
    s.seconds = bench_median(batches, BATCHES);
    return s;
}
