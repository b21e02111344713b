/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schedule.h - schedules as people copy them. A schedule is where it deviates from the default scheduler:
 *
 *   a1:win7:sc:fltmc:9f3c01aa:5be2d410:0-3,6@isolate+1a2c.5012-4
 *   |  |    |  |     |        |        |   thread 6, at isolate+0x1a2c, its 5012th instruction: thread 4 runs instead
 *   |  |    |  |     |        |        at the start: thread 3 runs
 *   |  |    |  |     driver   the miniature NT (hashes of the files)
 *   |  os   load unload
 *   version of this form
 *
 * Behind the hashes, model switches that are not the default: ":filter-link=last". A choice: "6@nt+12.77-6=1". Of a
 * scenario with several drivers also the others (":with=gate.77d0e1c2"), the services that are loaded and unloaded
 * (":start=gate", ":stop=..."), and registry values (":reg=..."), in which what is no letter, digit, '-', '_', '.' is
 * "%" and two hex digits. The call of DriverEntry that fails on purpose: ":fail=3".
 * Counts are the thread's instructions since boot: load addresses and the lab's choice of points do not enter.
 */
#ifndef AIRLOCK_LAB_SCHEDULE_H
#define AIRLOCK_LAB_SCHEDULE_H

#include "lab.h"

typedef struct {
    uint32_t from;   /* running thread, 0 = at the start */
    uint64_t count;  /* its instructions since boot */
    char place[80];  /* its place, "isolate+1a2c" */
    uint32_t to;     /* runs instead of the default */
    uint32_t choice; /* the answer it gets, if it stands at a choice */
} lab_deviation;

typedef struct {
    char name[LAB_NAME_SIZE]; /* of its service */
    char hash[9];             /* first 8 digits of the file's SHA-256 */
} lab_companion;

typedef struct {
    lab_scenario scenario; /* driver and companions not set by parsing; their number is */
    char driver[9];        /* first 8 digits of the file's SHA-256 */
    char system[9];        /* lab_version */
    lab_companion companions[LAB_COMPANIONS_MAX];
    lab_deviation *deviations;
    size_t count;
} lab_schedule;

/* What one thread did from one switch to the next. */
typedef struct {
    uint32_t thread;
    uint64_t first, last; /* its instruction counts */
    uint64_t end_pc;
    machine_outcome outcome;
    bool preempted; /* it could have gone on */
} lab_row;
typedef void (*lab_row_visitor)(void *context, const lab_row *row);

/* From what the explorer found. Leaves the lab at the end of that execution. */
lab_status lab_schedule_from(lab *l, const explore_decision *decisions, size_t count, lab_schedule *out);
/* The same, step by step: begin at the scenario's start; before `thread` runs (after `running`, 0 = none), note it. */
void lab_schedule_begin(lab *l, lab_schedule *out);
lab_status lab_schedule_note(lab *l, lab_schedule *schedule, uint32_t running, uint32_t thread, uint32_t choice);
/* One more deviation at its end; false: no memory. */
bool lab_schedule_add(lab_schedule *schedule, const lab_deviation *deviation);
lab_status lab_schedule_copy(const lab_schedule *schedule, lab_schedule *out);
/* `error`: 256 bytes, says what is wrong with the text. */
lab_status lab_schedule_parse(const char *text, lab_schedule *out, char *error);
/* Returns malloc'ed text. */
char *lab_schedule_text(const lab_schedule *schedule);
void lab_schedule_free(lab_schedule *schedule);

/* Run it from the scenario's start to the execution's end, on any lab of the same scenario. `visit` may be NULL. */
lab_status lab_schedule_run(lab *l, const lab_schedule *schedule, lab_row_visitor visit, void *context);

#endif
