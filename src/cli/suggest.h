/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suggest.h - the word that was probably meant. */
#ifndef AIRLOCK_CLI_SUGGEST_H
#define AIRLOCK_CLI_SUGGEST_H

#include <stddef.h>

/* The candidate nearest to `word`, if it is near: a typing error or two away, or `word` is its beginning. Else NULL. */
const char *cli_suggest(const char *word, const char *const *candidates, size_t count);

#endif
