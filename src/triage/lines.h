/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - bytes to lines: UTF-8, UTF-16 of either order with or without a mark, any line ends. A line that is longer
 * than LINES_MOST is cut; no line is ever an error.
 */
#ifndef AIRLOCK_TRIAGE_LINES_H
#define AIRLOCK_TRIAGE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MOST 4096u /* bytes of one line that are looked at */

typedef void (*lines_taker)(void *context, char *line, size_t length);

typedef enum { LINES_UNKNOWN, LINES_BYTES, LINES_UTF16_LITTLE, LINES_UTF16_BIG } lines_encoding;

typedef struct {
    lines_taker take;
    void *context;
    lines_encoding encoding;
    unsigned char first[4]; /* bytes from which the encoding is guessed */
    size_t first_count;
    unsigned char half; /* first byte of a UTF-16 unit */
    bool has_half;
    uint16_t high; /* first half of a surrogate pair */
    bool after_return;
    bool unended; /* the line that is given is the last, and has no end */
    size_t length;
    char line[LINES_MOST + 1];
} lines;

void lines_begin(lines *l, lines_taker take, void *context);
void lines_feed(lines *l, const unsigned char *bytes, size_t size);
void lines_end(lines *l); /* gives the last line, if it had no end */

#endif
