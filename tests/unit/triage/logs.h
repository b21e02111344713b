/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logs.h - the logs of tests/golden/triage, their lines, and what is said of a text. */
#ifndef AIRLOCK_TEST_LOGS_H
#define AIRLOCK_TEST_LOGS_H

#include <stdbool.h>
#include <stddef.h>

#include "triage.h"

#define LOGS_MOST    128
#define LINES_OF_LOG 512

typedef struct {
    char name[128];
    char *text;
    size_t size;
    struct {
        const char *at;
        size_t length; /* with its end */
    } lines[LINES_OF_LOG];
    size_t line_count;
} a_log;

/* Reads them all, by name. Gives how many. */
size_t logs_read(const char *directory, a_log *logs);
void logs_free(a_log *logs, size_t count);

/* The caller destroys it. */
triage *logs_judge(const char *text, size_t size);

#endif
