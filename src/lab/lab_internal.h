/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab_internal.h - the lab's insides, for src/lab only. */
#ifndef AIRLOCK_LAB_INTERNAL_H
#define AIRLOCK_LAB_INTERNAL_H

#include "lab.h"
#include "meetings.h"

#define LAB_SYSTEM_IMAGES 8

struct lab {
    lab_scenario scenario;
    machine *m;
    machine_mark start; /* of the scenario */
    uint32_t load_client, unload_client;
    size_t shared_words, point_words;
    meetings meetings;             /* of all explorations */
    struct checkpoint *checkpoint; /* NULL: none */
    bool broken;                   /* an execution ended by a bug of ours */
    char error[256];
};

lab_status lab_fail(lab *l, lab_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* program.c: the lab as the explorer sees it. */
explore_program lab_program(lab *l);

#endif
