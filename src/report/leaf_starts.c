/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaf_starts.c - functions begin at multiples of 16. Such addresses below the one in question are asked about, in one
 * more batch; the function begins at the lowest of those that follow each other and bear its name.
 */
#include "leaf_starts.h"
#include "nearest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALIGNMENT = 16,
    PROBES_MAX = 32 /* per function: leaf functions are small */
};

static bool is_wanted(const symbolizer_query *query, const symbolizer_answer *answer, nearest *own)
{
    if (answer->function == NULL || answer->file == NULL || answer->start != 0)
        return false;
    nearest_function(query->img, query->rva, own);
    return own->begin == 0 && own->floor != 0;
}

/* Appends what to ask about one address, from near to far. Returns how many. */
static size_t add_probes(const symbolizer_query *query, uint32_t floor, symbolizer_query *probes)
{
    uint32_t at = query->rva & ~(uint32_t)(ALIGNMENT - 1);
    size_t count = 0;
    while (count < PROBES_MAX && at >= floor && at != 0) {
        probes[count++] = (symbolizer_query){query->img, at};
        at -= ALIGNMENT;
    }
    return count;
}

static uint32_t lowest_of_name(const char *name, const symbolizer_query *probes, const symbolizer_answer *found,
                               size_t count)
{
    uint32_t lowest = 0;
    for (size_t i = 0; i < count && found[i].function != NULL && strcmp(found[i].function, name) == 0; i++)
        lowest = probes[i].rva;
    return lowest;
}

symbolizer_status leaf_starts_find(symbolizer *s, const symbolizer_query *queries, symbolizer_answer *answers,
                                   size_t count)
{
    symbolizer_status status = SYMBOLIZER_OK;
    size_t *counts = calloc(count + 1, sizeof *counts), total = 0, used = 0;
    symbolizer_query *probes = calloc(count * PROBES_MAX + 1, sizeof *probes);
    nearest own;
    if (counts == NULL || probes == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(&queries[i], &answers[i], &own))
            counts[i] = add_probes(&queries[i], own.floor, probes + total);
        total += counts[i];
    }
    symbolizer_answer *found = calloc(total + 1, sizeof *found);
    if (found == NULL)
        abort();
    if (total != 0)
        status = symbolizer_ask(s, probes, total, found);
    for (size_t i = 0; i < count; i++) {
        if (counts[i] != 0)
            answers[i].start = lowest_of_name(answers[i].function, probes + used, found + used, counts[i]);
        used += counts[i];
    }
    symbolizer_free(found, total);
    free(found);
    free(probes);
    free(counts);
    return status;
}
