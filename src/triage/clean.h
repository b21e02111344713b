/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clean.h - takes off a line what mail programs, forums and issue trackers put on it: quoting marks, code fences, list
 * marks, HTML tags and entities, hard blanks, control characters.
 */
#ifndef AIRLOCK_TRIAGE_CLEAN_H
#define AIRLOCK_TRIAGE_CLEAN_H

#include <stddef.h>

/* In place; gives the new length. What is left is UTF-8 without control characters, and has no blanks at its end. */
size_t clean_line(char *line, size_t length);

/* Behind the prompt of a debugger, "0: kd> ", if the line begins with one; else `line`. */
const char *clean_prompt(const char *line);

#endif
