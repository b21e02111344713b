/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_points.c - how many places are controlled: those at which the default schedule could be left. */
#include "describe_parts.h"

#include <stdlib.h>

#define POINTS_MOST 65536u

typedef struct {
    lab *l;
    uint64_t places[POINTS_MOST];
    size_t count;
} point_list;

static bool on_point(void *context, const machine_step *step)
{
    point_list *points = context;
    if (points->count < POINTS_MOST) {
        unwind_frame frame = capture_frame_of(points->l, step->end_pc);
        points->places[points->count++] = lab_place(&frame);
    }
    return step->outcome == MACHINE_RAN;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t count_distinct(point_list *points)
{
    size_t distinct = 0;
    qsort(points->places, points->count, sizeof *points->places, by_value);
    for (size_t i = 0; i < points->count; i++) {
        distinct += i == 0 || points->places[i] != points->places[i - 1];
    }
    return distinct;
}

size_t describe_points(describer *d)
{
    point_list *points = calloc(1, sizeof *points);
    size_t distinct = 0;
    if (!points) {
        return 0;
    }
    points->l = d->l;
    lab_rewind(d->l);
    for (uint32_t thread = 0; (thread = lab_default_thread(d->l, thread)) != 0;) {
        machine_end end;
        machine_ending(lab_machine(d->l), &end);
        if (end.kind != MACHINE_RUNNING || machine_run(lab_machine(d->l), thread, 0, on_point, points) != MACHINE_OK) {
            break;
        }
    }
    distinct = count_distinct(points);
    free(points);
    lab_rewind(d->l);
    return distinct;
}
