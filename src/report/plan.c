/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - what will be run, before it is run. */
#include <inttypes.h>
#include <string.h>

#include "parts.h"

#define LINE 4352u /* a path and a little more */

static const char *text_or(const char *text, const char *otherwise) { return text ? text : otherwise; }

static void print_driver(const printer *p, const char *label, const report_driver *driver)
{
    char text[LINE];
    snprintf(text, sizeof text, "%s, %s%s%s, %s symbols", text_or(driver->file, text_or(driver->name, "?")),
             text_or(driver->machine, "?"), driver->kind ? ", " : "", text_or(driver->kind, ""),
             text_or(driver->symbols, "no"));
    print_entry(p, label, text);
    snprintf(text, sizeof text, "sha256 %s", text_or(driver->sha256, "?"));
    print_entry(p, "", text);
    snprintf(text, sizeof text, "timestamp %08" PRIX32, driver->timestamp);
    print_entry(p, "", text);
}

static const char *load_words(const char *load)
{
    return !load ? "?" : !strcmp(load, "sc") ? "sc start" : !strcmp(load, "nt") ? "NtLoadDriver" : load;
}

static const char *unload_words(const char *unload)
{
    if (!unload)
        return "?";
    return !strcmp(unload, "fltmc") ? "fltmc unload"
           : !strcmp(unload, "sc")  ? "sc stop"
           : !strcmp(unload, "nt")  ? "NtUnloadDriver"
                                    : unload;
}

void print_failing(const printer *p, const report_call *call)
{
    char text[LINE];
    snprintf(text, sizeof text, "call %" PRIu32 " of the %" PRIu32 " in DriverEntry that can fail: %s %s %s",
             call->number, call->of, text_or(call->name, "?"),
             call->failure && !strcmp(call->failure, "nothing") ? "does" : "returns", text_or(call->failure, "?"));
    print_entry(p, "Failing", text);
}

static void print_scenario(const printer *p, const report_run *run)
{
    char text[LINE];
    print_entry(p, "Windows", text_or(run->os, "?"));
    snprintf(text, sizeof text, "load%s%s by %s, and at the same time unload%s%s by %s", run->start ? " " : "",
             text_or(run->start, ""), load_words(run->load), run->stop ? " " : "", text_or(run->stop, ""),
             unload_words(run->unload));
    print_entry(p, "Scenario", text);
    for (size_t i = 0; i < run->value_count; i++)
        print_entry(p, i ? "" : "Registry", run->values[i]);
    if (run->failing.number)
        print_failing(p, &run->failing);
    if (run->bound == REPORT_UNBOUNDED)
        snprintf(text, sizeof text, "none: every interleaving; seed %" PRIu64, run->seed);
    else
        snprintf(text, sizeof text, "%" PRIu32 " preemption%s; seed %" PRIu64, run->bound, run->bound == 1 ? "" : "s",
                 run->seed);
    print_entry(p, "Bound", text);
}

static bool is_default(const report_switch *one)
{
    return !one->value || !one->fallback || !strcmp(one->value, one->fallback);
}

static void print_model(const printer *p, const report_run *run)
{
    char text[LINE];
    snprintf(text, sizeof text, "%s memory", text_or(run->memory_model, "sequentially consistent"));
    print_entry(p, "Model", text);
    for (size_t i = 0; i < run->switch_count; i++) {
        const report_switch *one = &run->switches[i];
        if (is_default(one) && !p->verbose)
            continue;
        snprintf(text, sizeof text, "%s%s=%s%s%s%s: %s", is_default(one) ? "" : "* ", one->name,
                 text_or(one->value, "?"), is_default(one) ? "" : " (default ", is_default(one) ? "" : one->fallback,
                 is_default(one) ? "" : ")", text_or(one->text, ""));
        print_entry(p, "", text);
    }
    for (size_t i = 0; i < run->approximated_count; i++) {
        snprintf(text, sizeof text, "approximated: %s", run->approximated[i]);
        print_entry(p, "", text);
    }
}

void print_plan(const printer *p, const report_run *run)
{
    print_driver(p, "Driver", &run->driver);
    for (size_t i = 0; i < run->with_count; i++)
        print_driver(p, i ? "" : "With", &run->with[i]);
    print_scenario(p, run);
    print_model(p, run);
}
