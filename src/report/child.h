/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - run a program, feed it, collect what it prints. Used inside src/report. */
#ifndef AIRLOCK_REPORT_CHILD_H
#define AIRLOCK_REPORT_CHILD_H

#include <stddef.h>

typedef enum { CHILD_OK, CHILD_NOT_FOUND, CHILD_TIMED_OUT, CHILD_FAILED } child_status;

/*
 * `program` is looked up in PATH unless it has a slash. `input`: a file to be its standard input, from the start.
 * `keep`: descriptors that it inherits under their numbers. Its standard error is dropped. On CHILD_OK and
 * CHILD_TIMED_OUT, *output (to be freed) holds what it wrote until then.
 */
child_status child_run(const char *program, char *const argv[], int input, const int *keep, size_t keep_count,
                       int milliseconds, char **output, size_t *size);

/* A file in memory that holds `bytes`, read from the start; -1 = failed. Closed on exec unless kept. */
int child_file(const void *bytes, size_t size);

#endif
