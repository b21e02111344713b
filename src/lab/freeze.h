/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * freeze.h - an execution as a debugger can force it: a thread stands still at a place while all others run on, then it
 * goes on. Where a schedule says who runs at each moment, this only says who does not.
 */
#ifndef AIRLOCK_LAB_FREEZE_H
#define AIRLOCK_LAB_FREEZE_H

#include "ending.h"
#include "schedule.h"

typedef struct {
    uint32_t thread;
    uint64_t count; /* of its instructions since boot, when it stops */
    uint32_t to;    /* runs next if it can */
} lab_freeze;

typedef struct {
    lab_ending ending;
    size_t reached; /* freezes, from the first */
    bool held;      /* the last thread that was frozen had not been let go yet */
} lab_frozen;

/*
 * From the scenario's start: the first `kept` deviations of `schedule`, then the freezes in their order. The next freeze
 * lets go the thread of the one before; without another one, a frozen thread is let go when the others wait for more than
 * time, or have waited for time alone LAB_FREEZE_WAITS times.
 */
#define LAB_FREEZE_WAITS 64u
lab_status lab_freeze_run(lab *l, const lab_schedule *schedule, size_t kept, const lab_freeze *freezes, size_t count,
                          lab_frozen *out);

#endif
