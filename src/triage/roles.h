/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roles.h - what a thread is in the middle of: the loading of which driver, the unloading of which. Used inside src/triage. */
#ifndef AIRLOCK_TRIAGE_ROLES_H
#define AIRLOCK_TRIAGE_ROLES_H

#include "model.h"

/* Fills disordered, crashed and the roles of every thread, and the modules that follow from addresses. */
void roles_find(triage_log *log);

const triage_role *roles_of(const triage_thread *t, triage_role_kind kind); /* the innermost; NULL: none */

/* Names of modules are compared as Windows does: without case. NULL equals nothing. */
bool roles_same_driver(const char *a, const char *b);

/* Index of the innermost frame of the driver in t, frame_count if there is none. */
size_t roles_innermost(const triage_thread *t, const char *driver);

/* Does it wait, below the frames of the driver, and in what? NULL: no. The function that the driver called. */
const triage_frame *roles_waits_in(const triage_thread *t, const char *driver);

/* Behind the trap: index of the frame that faulted, or that stopped the system; frame_count if the thread did not crash. */
size_t roles_fault(const triage_thread *t);

#endif
