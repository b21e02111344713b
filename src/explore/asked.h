/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked.h - what a task's races ask for at nodes that it does not own, read from its result. */
#ifndef AIRLOCK_EXPLORE_ASKED_H
#define AIRLOCK_EXPLORE_ASKED_H

#include "task.h"

typedef struct {
    uint16_t thread;
    bool all;
    uint32_t count;
    wire_in bytes, accesses; /* the footprint, and what is in it */
    uint32_t branch, place;  /* in the branch that was written then */
} asked_step;

/* One of those of a result: a sequence of steps. */
typedef struct {
    uint32_t node, race_items, count;
    wire_in items;
    asked_step *steps; /* that occur in any of them; owned */
    uint32_t step_count, branches;
} asked;

/* False: bad bytes or no memory. To be closed in any case. */
bool asked_open(asked *a, const task_result *r);
bool asked_next(asked *a, wire_in *exports); /* false: bad bytes */
/* Whether the race's items could begin with the thread: its first depends on nothing before it. */
bool asked_begins(const asked *a, uint16_t thread);
wire_out asked_branch(asked *a); /* its bytes are the caller's */
void asked_close(asked *a);

#endif
