/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness.h - a schedule is run again, to see from near how an object of footprints is accessed. */
#ifndef AIRLOCK_LAB_WITNESS_H
#define AIRLOCK_LAB_WITNESS_H

#include "schedule.h"
#include "stacks.h"

/* An access that is looked for: the first of its kind that the thread makes from then on. */
typedef struct {
    uint32_t thread;
    uint32_t since; /* the thread's instructions since boot */
    bool write;
    /* what was seen */
    bool seen;
    bool absent; /* it faults: what it looks for is not there */
    bool gone;   /* a write by which the memory goes away: it is freed */
    bool known;  /* the contents */
    uint64_t pc;
    uint64_t address; /* of what is accessed, up to a word as wide as an address; 0: the object is no memory */
    uint32_t size;
    uint64_t before, after; /* its contents */
    lab_stack stack;        /* of the thread, there */
} lab_sighting;

/* Where an object of memory lies, if in a pool block or on a stack. */
typedef struct {
    uint64_t start, size; /* of the block; size 0: in none */
    lab_stack allocated;  /* by whom; count 0: before the scenario began */
    uint64_t body;        /* of an object of the object manager: its address; 0 = it is none */
    char type[32];        /* its type's name: "Driver" */
    uint32_t stack_of;    /* thread; 0 = on no stack */
} lab_ground;

/* Runs the schedule to its end; what was not seen stays as it was. */
lab_status lab_witness(lab *l, const lab_schedule *schedule, uint64_t object, lab_sighting *wanted, size_t count,
                       lab_ground *ground);

#endif
