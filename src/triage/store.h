/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - the memory of one triage: an arena, interned strings, and lists of the model that grow up to a ceiling. */
#ifndef AIRLOCK_TRIAGE_STORE_H
#define AIRLOCK_TRIAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct store store;

store *store_create(void);
void store_destroy(store *s); /* NULL is allowed */

/* Zeroed memory that lives as long as the store. NULL: the ceiling is reached, or there is none. */
void *store_alloc(store *s, size_t size);

/* The one copy of this text; NULL beyond the ceiling. */
const char *store_text(store *s, const char *text, size_t length);
const char *store_printf(store *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes that were given out. */
size_t store_used(const store *s);
/* Was something refused? */
bool store_is_full(const store *s);

/* Adds an element to a list whose memory is the caller's to free. False: `most` is reached, or no memory. */
bool store_push(void **list, size_t *count, size_t most, size_t size, const void *element);

#endif
