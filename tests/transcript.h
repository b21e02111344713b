/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transcript.h - what a guest under test prints, and what the test says of it, as one text to compare. */
#ifndef AIRLOCK_TESTS_TRANSCRIPT_H
#define AIRLOCK_TESTS_TRANSCRIPT_H

#include "machine.h"

typedef struct {
    char text[8192];
    size_t size;
} transcript;

/* Fails the test when there is no more room. */
void transcript_add(transcript *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A machine_printer; `context` is the transcript. */
void transcript_print(void *context, uint32_t thread, const char *text, size_t size);

/* A machine_on_step: run on. */
bool transcript_keep_going(void *context, const machine_step *step);

#endif
