/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.c - what fails nothing, but is worth knowing: data races. */
#include <inttypes.h>

#include "parts.h"

#define BRIEF_NOTES 5u /* shown without -v */

static size_t append_side(const report_racer *side, char *text, size_t size)
{
    size_t length =
        (size_t)snprintf(text, size, "%s %s at %s", side->role, side->write ? "writes" : "reads", side->place);
    if (side->file && length < size)
        length += (size_t)snprintf(text + length, size - length, " [%s @ %" PRIu32 "]", side->file, side->line);
    return length < size ? length : size;
}

static void print_race(const printer *p, const report_race *race)
{
    char text[1024];
    size_t length = (size_t)snprintf(text, sizeof text, "%s: ", race->object);
    length += append_side(&race->sides[0], text + length, sizeof text - length);
    if (length < sizeof text)
        length += (size_t)snprintf(text + length, sizeof text - length, " / ");
    if (length < sizeof text)
        append_side(&race->sides[1], text + length, sizeof text - length);
    print_entry(p, "", text);
}

void print_notes(const printer *p, const report_run *run)
{
    size_t count = run->race_count;
    if (!count)
        return;
    if (!p->verbose && count > BRIEF_NOTES)
        count = BRIEF_NOTES;
    print_entry(p, "NOTES",
                run->failure_count ? "data races, on which no failure above turns: nothing orders the two accesses"
                                   : "data races, of which nothing fails: nothing orders the two accesses");
    for (size_t i = 0; i < count; i++)
        print_race(p, &run->races[i]);
    if (count < run->race_count) {
        char text[80];
        snprintf(text, sizeof text, "and %zu more; -v shows them", run->race_count - count);
        print_entry(p, "", text);
    }
    fputc('\n', p->out);
}
