/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ending.h - how an execution ended: passed, or what failed, in the classes F1 to F9 where one fits. */
#ifndef AIRLOCK_LAB_ENDING_H
#define AIRLOCK_LAB_ENDING_H

#include "lab.h"

typedef enum {
    LAB_PASSED,
    LAB_BUGCHECK,
    LAB_DOUBLE_FAULT, /* the processor gave up: bug check 7F on Windows */
    LAB_DEADLOCK,     /* nothing can run, the commands have not ended */
    LAB_LIVELOCK,     /* a thread loops and changes nothing */
    LAB_LEFT_BEHIND,  /* the driver is gone, something of it is not */
    LAB_MISUSE,       /* an API contract was broken */
    LAB_STATE,        /* service and driver disagree */
    LAB_INTERNAL      /* a bug of ours */
} lab_ending_kind;

typedef struct {
    lab_ending_kind kind;
    char class_name[12]; /* "F1" … "F9", else "deadlock", "livelock", "leak", "misuse", "bugcheck" */
    uint64_t failure;    /* 0 = passed; the same number: the same failure */
    uint64_t moment;     /* where the other side stood */
    uint32_t thread;     /* that failed; 0 = none in particular */
    uint32_t other;      /* the other side's: the loading thread, or the unloading one; 0 = none */
    uint64_t pc;         /* faulting instruction, 0 = none */
    uint64_t address;    /* referenced by it */
    bool has_address;
    bool hang;           /* nothing can run any more */
    struct hv_stop stop; /* LAB_BUGCHECK */
} lab_ending;

/* The machine stands where the execution ended. */
void lab_classify(lab *l, lab_ending *ending);

#endif
