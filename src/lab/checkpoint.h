/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkpoint.h - the results of an exploration's tasks, in a file to which one after another is appended. An exploration
 * that was killed at any moment takes them from there when it runs again, and comes to the same report.
 */
#ifndef AIRLOCK_LAB_CHECKPOINT_H
#define AIRLOCK_LAB_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

typedef struct checkpoint checkpoint;

/*
 * Open or create. `identity`: one line that says of what exploration it is. NULL: `error` (256 bytes) says why not: no such
 * folder, not a checkpoint, or of another exploration. What a kill has cut off at the end is dropped.
 */
checkpoint *checkpoint_open(const char *path, const char *identity, char error[256]);
void checkpoint_close(checkpoint *c); /* NULL is allowed */

/* A result that is there (malloc'd), NULL if none is. */
void *checkpoint_recall(const checkpoint *c, uint32_t round, uint64_t task, size_t *size);
/* Append one. Results that cannot be written are not there the next time, no more. */
void checkpoint_remember(checkpoint *c, uint32_t round, uint64_t task, const void *bytes, size_t size);

#endif
