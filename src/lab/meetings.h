/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * meetings.h - the data races that an exploration of the lab has seen, each once: accesses of two threads to one word, one
 * of them a write, by instructions of their own outside of the kernel's atomic sections, that nothing orders.
 */
#ifndef AIRLOCK_LAB_MEETINGS_H
#define AIRLOCK_LAB_MEETINGS_H

#include "lab.h"

/* Kept as bytes: no padding. */
typedef struct {
    uint64_t object;
    uint64_t first_site, second_site; /* instructions */
    uint32_t first_thread, second_thread;
    uint8_t first_write, second_write;
    uint8_t second_role; /* lab_role */
    uint8_t reserved[5];
} lab_meeting;

typedef struct {
    lab_meeting *all; /* in the order of their discovery */
    size_t count, room;
    uint32_t *slots; /* by content: index + 1 */
    size_t slot_count;
    size_t settled; /* so many stay when the others are forgotten */
} meetings;

bool meetings_add(meetings *m, const lab_meeting *meeting); /* false: it is known, or there is no memory */
void meetings_settle(meetings *m);
void meetings_forget(meetings *m); /* what was added since they were settled */
void meetings_free(meetings *m);

/* All that explorations of the lab have seen, in an order that depends on nothing else; malloc'd. */
size_t lab_meetings(const lab *l, lab_meeting **sorted);

/* The objects of those in which code outside of the system takes part, ascending, each once; malloc'd. At the scenario's
 * start. */
size_t lab_raced_objects(const lab *l, uint64_t **objects);

/* Hook of explorations (explore.h). */
void meetings_note(lab *l, const explore_meeting *meeting);

#endif
