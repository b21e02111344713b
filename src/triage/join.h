/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join.h - puts lines together again that a mail program or a web page has broken:
 *
 *     fffff880`03195970 fffff800`02eb32c7
 *     Driver!DriverEntry+0x72 [x:\driver\isolate\driver.cpp
 *     @ 43]
 */
#ifndef AIRLOCK_TRIAGE_JOIN_H
#define AIRLOCK_TRIAGE_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"

#define JOIN_MOST (2 * LINES_MOST)

/* `line` is the number of the first of the lines. */
typedef void (*join_taker)(void *context, char *text, uint32_t line);

typedef struct {
    join_taker take;
    void *context;
    uint32_t line; /* of the held text */
    unsigned parts;
    size_t length;
    bool holding;
    char text[JOIN_MOST + 1];
} join;

void join_begin(join *j, join_taker take, void *context);
void join_add(join *j, const char *text, size_t length, uint32_t line); /* a cleaned line */
void join_flush(join *j);

#endif
