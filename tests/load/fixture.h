/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fixture.h - the whole miniature NT with some drivers, one plain schedule. */
#ifndef AIRLOCK_TESTS_LOAD_FIXTURE_H
#define AIRLOCK_TESTS_LOAD_FIXTURE_H

#include <stdbool.h>

/* Is that file a driver of these tests, and was it built? The others are the project's. */
bool fixture_has(const char *name);

/*
 * Boots with `options`, runs to the end (a thread runs until it waits; time passes when nobody can run), and compares
 * what was printed, the notes and a bug check with `wanted`. `drivers`: files, separated by blanks.
 */
void expect(const char *drivers, const char *options, const char *wanted);

#endif
