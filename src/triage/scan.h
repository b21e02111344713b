/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan.h - the smallest parts of debugger text. Every function advances *at behind what it took, or leaves it alone. */
#ifndef AIRLOCK_TRIAGE_SCAN_H
#define AIRLOCK_TRIAGE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *scan_blanks(const char *at); /* behind blanks */

/* Hexadecimal digits, with or without 0x and the backtick of x64; *digits is how many. It must end at a blank, a
 * delimiter or the end of the line. */
bool scan_hex(const char **at, uint64_t *number, unsigned *digits);

/* The same of 8 digits (x86) or 16 and a backtick's (x64). */
bool scan_address(const char **at, uint64_t *address);

bool scan_word(const char **at, const char *word);     /* exactly this text */
bool scan_word_any(const char **at, const char *word); /* in any case */
bool scan_decimal(const char **at, uint64_t *number);

/* Is `part` in `text`, in any case? NULL or where. */
const char *scan_find(const char *text, const char *part);

bool scan_is_name(char c); /* of a module */

#endif
