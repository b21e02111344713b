/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 40u /* longer words get no suggestion */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

static int same_letter(char a, char b) { return tolower((unsigned char)a) == tolower((unsigned char)b); }

/* Insertions, deletions and replacements that turn one into the other (Levenshtein), case ignored. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], length = strlen(b);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, diagonal + (size_t)!same_letter(a[i - 1], b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

const char *cli_suggest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word), best = length / 3 + 1;
    const char *found = NULL;
    if (!length || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strlen(candidates[i]) > LONGEST)
            continue;
        size_t far = distance(word, candidates[i]);
        if (far <= best && far < length) {
            if (far < best || !found)
                found = candidates[i];
            best = far;
        }
    }
    for (size_t i = 0; i < count && !found && length > 1; i++)
        if (!strncmp(candidates[i], word, length))
            found = candidates[i];
    return found;
}
