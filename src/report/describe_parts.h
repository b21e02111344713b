/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_parts.h - the parts of describe.h, one file each. Used inside src/report. */
#ifndef AIRLOCK_REPORT_DESCRIBE_PARTS_H
#define AIRLOCK_REPORT_DESCRIBE_PARTS_H

#include "capture.h"
#include "describe.h"
#include "witness.h"

/* Names (describe_names.c) ----------------------------------------------------------------------------------------- */

/* Places to be named, gathered so that the symbolizer is asked for them all at once. Asking for others works, slowly. */
typedef struct {
    symbol_place *places;
    size_t count, capacity;
} name_list;

void names_add(name_list *list, const unwind_frame *frame);
void names_add_stack(name_list *list, const lab_stack *stack);
void names_add_capture(name_list *list, lab *l, const capture *c);
void names_resolve(describer *d, name_list *list); /* and empties it */

const symbol *name_of(describer *d, const unwind_frame *frame);     /* NULL: in no module */
const char *name_text(describer *d, const unwind_frame *frame);     /* "nt!KeSetEvent+0x31", else the bare address */
const char *name_function(describer *d, const unwind_frame *frame); /* "nt!KeSetEvent"; NULL: not known */
const char *name_place(describer *d, uint64_t pc);                  /* "isolate+0x1724" */
const char *name_address(describer *d, uint64_t address); /* "fffff880`0799b724", as WinDbg groups its digits */
/* An address that is not code: "isolate!WorkQueues+0x8", "isolate+0x3018"; NULL: in no module. */
const char *name_data(describer *d, uint64_t address);

bool is_drivers(const describer *d, const unwind_frame *frame);
const unwind_frame *innermost_of_driver(const describer *d, const lab_stack *stack); /* NULL: none */
const unwind_frame *outermost_of_driver(const describer *d, const lab_stack *stack);

/* The rest --------------------------------------------------------------------------------------------------------- */

/* describe_thread.c */
void describe_thread(describer *d, const capture_thread *t, report_thread *out);
const char *describe_role(describer *d, uint32_t number, lab_role role); /* "load", "unload client", "thread 41" */

/* The same; of a thread that is none of these "isolate!WorkerThread, thread 41". */
const char *describe_who(describer *d, uint32_t number, lab_role role);

/* describe_fault.c */
void describe_fault(describer *d, const capture *c, report_failure *out);

/* describe_rows.c */
void describe_rows(describer *d, const capture *c, report_failure *out);

/* describe_left.c */
void describe_left(describer *d, const capture *c, report_failure *out);
const struct hv_note *describe_first_note(const capture *c); /* that is a finding; NULL = none */

/* describe_title.c: one sentence, NULL = the class says it all */
const char *describe_title(describer *d, const capture *c);

/* describe_race.c: one line, and the variable, as far as they are known. Runs the schedule again; makes more points in
 * the lab. */
void describe_race(describer *d, const capture *c, const lab_schedule *schedule, report_failure *out);

/* describe_word.c: the word at an address by what it is; what a word of so many bytes holds, and whether that points to
 * memory of the kernel: then its other values are pointers too */
const char *describe_word(describer *d, uint64_t address, const lab_ground *ground);
const char *describe_target(describer *d, const lab_ground *ground); /* of a pointer; NULL: nothing is known of it */
bool describe_is_pointer(const describer *d, uint64_t value, uint32_t size);
const char *describe_value(describer *d, uint64_t value, uint32_t size, bool of_pointers);

/* describe_notes.c: the data races of the driver, after its failures */
void describe_notes(describer *d, const describe_round *rounds, size_t count);

/* describe_critical.c: NULL = nothing was tried. Runs both schedules again. */
typedef struct {
    const explore_critical *critical;
    const lab_schedule *schedule, *passing; /* that fails; with the two swapped */
} describe_pair;
report_pair *describe_critical(describer *d, const capture *c, const describe_pair *pair);

/* describe_moments.c: other executions that end in the failure of `c`, which `schedule` led to; and more such, made by
 * moving the schedule's first switch to other places. */
typedef struct {
    const lab_schedule *schedule;
    uint32_t preemptions;
    uint64_t executions;
} moment_source;
lab_status describe_moments(describer *d, const capture *c, const lab_schedule *schedule, const moment_source *sources,
                            size_t count, report_failure *out);

/* describe_elsewhere.c: the calls of a thread from the driver into the system, in the undisturbed run */
typedef struct {
    uint64_t count;        /* of the thread's instructions in the middle of the call */
    uint64_t pc;           /* there */
    uint64_t instructions; /* of the call */
} system_call;
size_t describe_calls_of(describer *d, uint32_t thread, system_call **calls);

/* describe_points.c: distinct places at which the default schedule could be left */
size_t describe_points(describer *d);

/* describe_failure.c */
const char *describe_schedule_id(describer *d, const lab_schedule *schedule);
void describe_failure(describer *d, const capture *c, const lab_schedule *schedule, report_failure *out);

#endif
