/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - a program that runs beside this one, and answers in lines. Used inside src/report. */
#ifndef AIRLOCK_REPORT_CHILD_H
#define AIRLOCK_REPORT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* CHILD_ENDED: by itself, or it prints without end. */
typedef enum { CHILD_OK, CHILD_NOT_FOUND, CHILD_TIMED_OUT, CHILD_ENDED, CHILD_FAILED } child_status;

typedef struct {
    pid_t pid;
    int socket;         /* its standard input and output */
    const char *unsent; /* of what child_say was given */
    size_t unsent_size;
    char *text; /* what it printed */
    size_t begin, end, room;
} child;

/* `program` is looked up in PATH unless it has a slash. Its standard error is dropped. Only CHILD_OK has started it. */
child_status child_start(child *c, const char *program, char *const argv[]);

/* Kills it and whatever it has started. */
void child_end(child *c);

/* Sent while lines are waited for: `text` stays until then. False: it said something that nobody has asked for, or is
 * gone. */
bool child_say(child *c, const char *text, size_t size);

/* The next line that it prints, without its end, which stays until the next call. `deadline`: of child_now's clock. */
child_status child_line(child *c, int64_t deadline, const char **line, size_t *length);

int64_t child_now(void); /* milliseconds */

/* A file in memory that holds `bytes`; -1 = failed. Closed on exec; a child opens it by /proc. */
int child_file(const void *bytes, size_t size);

#endif
