/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replayed.c - the lab without snapshots: to go back is to run again from the start. */
#include "bench.h"

#include <stdlib.h>

#include "lab_internal.h"

/* What was run, in order: steps of one thread. */
typedef struct {
    uint32_t thread, choice, steps;
} stretch;

typedef struct {
    size_t count;   /* stretches before it */
    uint32_t steps; /* of the last of them */
} position;

enum { MOST_STRETCHES = 1 << 16, MOST_MARKS = 1 << 16 };

static struct {
    explore_program lab;
    uint32_t start;
    stretch run[MOST_STRETCHES];
    size_t run_count;
    position marks[MOST_MARKS];
    uint32_t mark_count;
    explore_visitor visit;
    void *context;
    uint32_t left;
} r;

static bool count_and_visit(void *context, const explore_step *step)
{
    (void)context;
    r.run[r.run_count - 1].steps++;
    return r.visit(r.context, step);
}

static bool run(void *self, uint32_t thread, uint32_t choice, explore_visitor visit, void *context)
{
    if (r.run_count == MOST_STRETCHES) {
        return false;
    }
    r.run[r.run_count++] = (stretch){thread, choice, 0};
    r.visit = visit;
    r.context = context;
    return r.lab.run(self, thread, choice, count_and_visit, NULL);
}

static uint32_t save(void *self)
{
    (void)self;
    if (r.mark_count == MOST_MARKS) {
        abort();
    }
    r.marks[r.mark_count] = (position){r.run_count, r.run_count ? r.run[r.run_count - 1].steps : 0};
    return r.mark_count++;
}

static bool count_down(void *context, const explore_step *step)
{
    (void)context, (void)step;
    return --r.left > 0;
}

static void restore(void *self, uint32_t mark)
{
    position to = r.marks[mark];
    r.mark_count = mark + 1;
    r.run_count = to.count;
    if (to.count) {
        r.run[to.count - 1].steps = to.steps;
    }
    r.lab.restore(self, r.start);
    for (size_t i = 0; i < to.count; i++) {
        r.left = r.run[i].steps;
        if (r.left && !r.lab.run(self, r.run[i].thread, r.run[i].choice, count_down, NULL)) {
            abort();
        }
    }
}

static void drop(void *self, uint32_t mark)
{
    (void)self;
    r.mark_count = mark;
}

explore_program bench_replayed(lab *l)
{
    r.lab = lab_program(l);
    r.start = r.lab.save(l);
    r.run_count = r.mark_count = 0;
    explore_program program = r.lab;
    program.run = run;
    program.save = save;
    program.restore = restore;
    program.drop = drop;
    return program;
}
