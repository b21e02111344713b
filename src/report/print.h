/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print.h - small change of the text reports: addresses, numbers, wrapping, a little colour. Used inside src/report. */
#ifndef AIRLOCK_REPORT_PRINT_H
#define AIRLOCK_REPORT_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
    FILE *out;
    bool verbose;
    bool colour;
    bool narrow; /* a 32-bit guest: addresses of 8 digits without a backtick */
} printer;

typedef enum { PRINT_PLAIN, PRINT_HEADING, PRINT_GOOD, PRINT_BAD, PRINT_DIM } print_tone;

/* Text in a tone; without colour the bare text. */
void print_tone_text(const printer *p, print_tone tone, const char *text);

#define PRINT_NUMBER_SIZE 32

/* "fffff880`0799b724", as WinDbg's stacks show it; fills and returns `buffer`. */
const char *print_address(const printer *p, uint64_t address, char buffer[PRINT_NUMBER_SIZE]);
/* "fffff8800799b724", as its registers and arguments do. */
const char *print_plain_address(const printer *p, uint64_t address, char buffer[PRINT_NUMBER_SIZE]);
/* "1,204,331" */
const char *print_number(uint64_t number, char buffer[PRINT_NUMBER_SIZE]);
/* "1 schedule", "2 schedules" */
void print_count(const printer *p, uint64_t number, const char *one, const char *many);

/* Length of the first line of `text` when it is broken at spaces into lines of at most `width` bytes (a longer word is
 * cut). *next is where the following line begins, NULL after the last. Bytes count as columns. */
size_t print_break(const char *text, size_t width, const char **next);

/* "LABEL     text", broken into lines, the continuation lines indented like the text. */
void print_entry(const printer *p, const char *label, const char *text);

#define PRINT_WIDTH 120u /* columns of a text report */
#define PRINT_LABEL 10u  /* columns of the labels on the left */

#endif
