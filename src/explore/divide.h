/* SPDX-License-Identifier: GPL-2.0-or-later */
/* divide.h - the nodes that no task owns, and the tasks that begin there. */
#ifndef AIRLOCK_EXPLORE_DIVIDE_H
#define AIRLOCK_EXPLORE_DIVIDE_H

#include "task.h"

typedef struct task task;

/* An alternative of a shared node, in the order in which they sleep. */
typedef struct {
    uint8_t *footprint; /* of its first step, as bytes; owned; NULL: not known yet */
    size_t size;
    uint8_t *branch; /* what is to be explored; owned; NULL: its task is made */
    size_t branch_size;
    uint16_t thread;
    bool loose;
} shared_child;

/* A node that no task owns: on the paths of tasks that are not finished. */
typedef struct shared {
    struct shared *parent; /* NULL: the start */
    uint32_t edge;         /* of the parent's children, leads here */
    uint16_t choice;       /* the parent's decision */
    bool halted, loose;
    uint32_t depth, references;
    shared_child *children;
    size_t child_count, child_room;
    uint32_t complete; /* so many of the children were explored before the node was shared */
    uint32_t planned;  /* so many were known when it was; the others were asked for since */
    uint32_t begun;    /* so many are explored, or have a task */
    task *place;       /* of the next child's task; NULL: on top */
    uint32_t generation;
    uint8_t *known; /* failures, for the next child's task: those of the result that told the footprint before; owned */
    size_t known_size;
} shared;

/* Part of the work, or the place of one that will be. */
struct task {
    task *below, *above; /* in the order in which results are merged */
    shared *at;          /* the node before the first that it owns; NULL: it owns all */
    uint32_t child;
    uint32_t generation;
    bool place; /* there is no task here yet */
    bool taken;
    uint64_t number; /* made of its bytes */
    uint8_t *bytes;  /* owned, until its result is there */
    size_t size;
    uint8_t *result; /* owned; without the rest, of which tasks were made */
    size_t result_size;
};

typedef struct {
    explorer *x;
    task *top; /* its result is merged next */
    size_t task_count;
    size_t ahead, most_ahead; /* results that are there and not merged */
} division;

/* order.c: tasks in the order in which they are merged. */
task *order_place(division *d, task *above, shared *at); /* a place, below a task or, NULL, on top; NULL: no memory */
void order_drop(division *d, task *t);
void order_release(division *d);

/* share.c */
/* The tasks that a result makes, and those that its races ask for elsewhere. False: a bad one, or no memory. */
bool share_expand(division *d, task *done, task_result *result);
bool share_asked(division *d, task *done, task_result *result);
void share_release(shared *s);

/* divide.c. Bytes become a task at a place; `known`: failures, may be empty. */
bool division_add(division *d, task *place, wire_out *bytes, const wire_in *known, uint32_t generation);
bool division_next(division *d, task **next); /* to be run now; NULL: none. False: a bad result, or no memory */
bool division_enter(division *d, task *t, uint8_t *bytes, size_t size); /* the result of a task; takes the bytes */

/* workers.c: processes that take tasks. */
typedef struct workers workers;
workers *workers_start(explorer *x, uint32_t count); /* NULL: could not */
void workers_stop(workers *w);
/* Give tasks to idle workers and wait up to that many milliseconds for results. False: a worker failed. */
bool workers_turn(workers *w, division *d, int milliseconds);
uint64_t workers_running(const workers *w); /* executions of tasks being run */
uint64_t task_budget(const explorer *x, uint32_t generation);
/* Run a task here; its counts are only in the result. */
bool task_here(explorer *x, const uint8_t *bytes, size_t size, uint64_t budget, wire_out *result);

#endif
