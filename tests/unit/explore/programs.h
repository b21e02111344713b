/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs.h - programs that the tests count and the bench measures. One of each kind at a time: their code is static. */
#ifndef AIRLOCK_PROGRAMS_H
#define AIRLOCK_PROGRAMS_H

#include "synthetic.h"

/* "Source Sets", table: a thread writes a word; n threads (up to 30) read it, each after a word of its own. 2^n traces. */
void program_readers(synthetic *s, int n);

/*
 * The loader registers under a lock, fills n slots (up to 24) and counts each; the unloader, if it sees the registration
 * under the lock, reads each slot, NULL being the bug, and unregisters under the lock. last: the loader registers when all
 * slots are filled. waits: the unloader waits for the end of loading before it reads.
 */
void program_race(synthetic *s, int n, bool last, bool waits);

#endif
