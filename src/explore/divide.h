/* SPDX-License-Identifier: GPL-2.0-or-later */
/* divide.h - the nodes that no task owns, and the tasks that begin there. */
#ifndef AIRLOCK_EXPLORE_DIVIDE_H
#define AIRLOCK_EXPLORE_DIVIDE_H

#include "task.h"

/* An alternative of a shared node, in the order in which they sleep. */
typedef struct {
    uint8_t *footprint; /* as bytes; owned; NULL: not known yet */
    size_t size;
    uint16_t thread;
} shared_child;

/* A branch that waits until the footprints of the children before it are known. */
typedef struct {
    uint8_t *branch;
    size_t size;
    uint16_t thread;
    bool loose;
} shared_branch;

/* A node that no task owns: on the paths of tasks that are not finished. */
typedef struct shared {
    struct shared *parent; /* NULL: the start */
    uint32_t edge;         /* of the parent's children, leads here */
    uint16_t choice;       /* the parent's decision */
    bool halted, loose;
    uint32_t depth, references;
    uint32_t complete; /* so many of the children were explored before the node was shared */
    shared_child *children;
    size_t child_count, child_room;
    shared_branch *pending;
    size_t pending_count, pending_room;
} shared;

typedef struct {
    uint64_t number;
    uint8_t *bytes; /* the task; owned, until it is merged */
    size_t size;
    uint8_t *result; /* owned */
    size_t result_size;
    shared *at; /* the node before the first that it owns; NULL: it owns all */
    uint32_t child;
    bool taken;
} task;

typedef struct {
    explorer *x;
    task *tasks; /* a stack: the last is the next to be merged */
    size_t task_count, task_room;
    uint64_t next_number;
    bool failed;
} division;

/* share.c: what a result says of the nodes that are shared; new tasks are added. False: bad result or no memory. */
bool share_result(division *d, task *done, task_result *result);
bool division_add(division *d, wire_out *bytes, shared *at, uint32_t child);
void share_release(shared *s);

/* workers.c: processes that take tasks. */
typedef struct workers workers;
workers *workers_start(explorer *x, uint32_t count); /* NULL: could not */
void workers_stop(workers *w);
/* Give tasks to idle workers and wait up to that many milliseconds for results. False: a worker failed. */
bool workers_turn(workers *w, division *d, int milliseconds);
uint64_t workers_running(const workers *w); /* executions of tasks being run */
uint64_t task_budget(const explorer *x, uint64_t number);
/* Run a task here; its counts are only in the result. */
bool task_here(explorer *x, const uint8_t *bytes, size_t size, uint64_t budget, wire_out *result);

#endif
