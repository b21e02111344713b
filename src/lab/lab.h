/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab.h - one driver in one scenario on a booted machine: the miniature NT is mapped, the system is up, nothing of the
 * scenario has run. The only floor of the host that knows NT.
 */
#ifndef AIRLOCK_LAB_H
#define AIRLOCK_LAB_H

#include "critical.h"
#include "explore.h"
#include "layout.h"
#include "machine.h"
#include "random.h"
#include "scenario.h"

typedef struct lab lab;

typedef enum {
    LAB_OK = 0,
    LAB_NO_MEMORY,
    LAB_BAD_SCENARIO,
    LAB_NOT_BOOTED,   /* the miniature NT did not come up: a bug of ours */
    LAB_BROKEN,       /* it broke its contract with the machine: a bug of ours */
    LAB_BAD_SCHEDULE, /* does not fit this driver, scenario or version: lab_error says why */
} lab_status;

/* On failure *out is NULL and `error` (may be NULL, 256 bytes) holds a sentence. */
lab_status lab_create(const lab_scenario *scenario, lab **out, char error[256]);
void lab_destroy(lab *l);

const char *lab_error(const lab *l);
const lab_scenario *lab_scenario_of(const lab *l);
machine *lab_machine(lab *l);
bool lab_is_wide(const lab *l);                           /* x64; else x86 */
bool lab_is_user_address(const lab *l, uint64_t address); /* below what belongs to the kernel */
const struct nt_layout *lab_layout(const lab *l);         /* of the guest's structures */
uint64_t lab_word(lab *l, uint64_t address);              /* of guest memory, as wide as an address; 0 = unreadable */

/* Explore with the sharing and the points known so far, again until nothing new is found: then every race ended a step.
 * The report is the last round's. Threads stand at the scenario's start afterwards. */
lab_status lab_explore(lab *l, const explore_options *options, explore_report *report);

/* For tests: random executions over the points known so far, see explore_walk. */
lab_status lab_walk_randomly(lab *l, const explore_options *options, uint64_t seed, uint64_t walks);

/* Schedules drawn by lot, over the points known so far: see random.h. Threads stand at the scenario's start afterwards. */
lab_status lab_random(lab *l, const explore_random_options *options, explore_walks *walks);

/* The two steps that decide that a schedule of the last exploration fails; and whether that turns on these objects, too. */
lab_status lab_critical(lab *l, const explore_decision *schedule, size_t length, const uint64_t *objects, size_t count,
                        explore_critical *out);

/* Keep what lab_explore does for these options in a file, and take up what is there: checkpoint.h. On failure
 * LAB_BAD_SCENARIO; lab_error says why. */
lab_status lab_checkpoint(lab *l, const explore_options *options, const char *path);

/* The system's threads that play the user's two commands; 0 = none. */
uint32_t lab_load_client(const lab *l);
uint32_t lab_unload_client(const lab *l);

/* Back to the start of the scenario. */
void lab_rewind(lab *l);

/* The default scheduler: the running thread goes on; else the lowest-numbered ready one; else the timed one that is due
 * first. `running`: 0 = none. Returns 0 when nothing can run. */
uint32_t lab_default_thread(lab *l, uint32_t running);

/* Words (4 bytes) that two threads touched, one of them writing; and those of them on which accesses raced. */
size_t lab_shared_words(const lab *l);
size_t lab_point_words(const lab *l);

/* Identity of the embedded miniature NT: 8 hex digits. */
const char *lab_version(image_machine machine);

#endif
