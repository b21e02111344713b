/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_left.c - reports of this project's lab that list what was left when the driver was gone. */
#include "rules.h"

#include <string.h>

/* What can run, and so will run code that is gone. */
static bool can_run(const char *kind)
{
    static const char *const kinds[] = {"thread", "timer", "dpc", "callback", "workitem", "filter"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i]))
            return true;
    return false;
}

static void add(rules *r, const triage_leftover *left)
{
    bool runs = can_run(left->kind);
    triage_finding *f = rules_add(r, runs ? TRIAGE_GONE : TRIAGE_LEFT, TRIAGE_HIGH, left->driver);
    if (!f)
        return;
    rules_scenario(r, f, NULL, false);
    f->title =
        store_printf(r->s, runs ? "%s is gone, and has left a %s that will run its code" : "%s has left a %s behind",
                     left->driver, left->kind);
    f->mechanism =
        runs ? "The driver was unloaded. Something of it was not ended before. When that runs, it runs into memory "
               "where no code is."
             : "The driver was unloaded, or its load failed. What it had made was not given back. Nothing crashes; "
               "memory or names stay taken.";
    f->affected = "every version of Windows";
    rules_quote(f, left->file, left->line, left->text, "what was left");
    rules_next(
        f,
        "end, or give back, what DriverEntry made: in the unload routine, and on every way out of a DriverEntry that "
        "fails");
    if (runs)
        rules_remedy(f, "docs/remedies.md#reference");
}

void rule_left(rules *r)
{
    for (size_t i = 0; i < r->log->leftover_count; i++)
        add(r, &r->log->leftovers[i]);
}
