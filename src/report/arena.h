/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory for one report: many small strings and arrays, freed together. Aborts the program when memory is
 * exhausted: a report that cannot be written whole is not written at all.
 */
#ifndef AIRLOCK_REPORT_ARENA_H
#define AIRLOCK_REPORT_ARENA_H

#include <stddef.h>

typedef struct report_arena report_arena;

report_arena *report_arena_create(void);
void report_arena_destroy(report_arena *arena); /* NULL is allowed */

/* Zero-filled, aligned for any object; lives as long as the arena. */
void *report_arena_alloc(report_arena *arena, size_t count, size_t size);
char *report_arena_copy(report_arena *arena, const char *text); /* NULL gives NULL */
char *report_arena_printf(report_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
