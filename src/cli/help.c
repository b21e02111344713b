/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "help.h"

#include <string.h>

#ifndef AIRLOCK_VERSION
#define AIRLOCK_VERSION "unknown"
#endif

static const char statuses[] = "Exit status:\n"
                               "  0  nothing failed, to the stated bound\n"
                               "  1  a failure was found\n"
                               "  2  usage, or unreadable input\n"
                               "  3  the driver needs something that is not modelled\n"
                               "  4  an internal error\n"
                               "  5  the budget ended before the bound was complete: not a pass\n";

static const char scenario_help[] =
    "Scenario:\n"
    "  --os xp|win7|win8      the Windows (win7)\n"
    "  --load sc|nt           load by the service control manager (sc start), or by NtLoadDriver (sc)\n"
    "  --unload fltmc|sc|nt   unload by fltmc unload, sc stop, or NtUnloadDriver\n"
    "                         (fltmc; sc for a driver that is no minifilter)\n"
    "  --with FILE            another driver, that can be loaded too; may be repeated\n"
    "  --start SERVICE        what the load command loads, if not the driver: the name of a --with file without .sys\n"
    "  --stop SERVICE         what the unload command unloads, if not the driver\n"
    "  --reg KEY\\NAME=VALUE   a value of the registry, below Services: gate\\Parameters\\Targets=isolate; a number "
    "is\n"
    "                         REG_DWORD, any other text REG_SZ\n"
    "  --model SWITCH=VALUE   decide a behaviour of Windows that is not publicly known; may be repeated\n"
    "  --help-model           list these switches\n";

static const char failures_help[] =
    "Failures on purpose:\n"
    "  --fail N|each          the Nth call of DriverEntry that can fail does; each of them, in turn\n";

static const char search_help[] =
    "Search:\n"
    "  --bound N|none         most preemptions in a schedule: 0, 1, ... up to N; none, the default: every "
    "interleaving\n"
    "  --seed S               of the order of equal choices (1)\n"
    "  -j, --jobs N           processes (one per processor); the report does not depend on it\n"
    "      --checkpoint FILE  keep what is done in FILE, and go on from there when run again\n"
    "  --max-executions N     stop after N schedules\n"
    "  --max-time TIME        stop after 90s, 5m, 1h ...\n";

static const char random_help[] =
    "If it does not complete:\n"
    "  --random TIME          random walks for that time (10s, 1m ...), which is taken off --max-time\n"
    "  --pct D                by probabilistic concurrency testing, for failures of depth D (10s without --random)\n";

static const char stall_help[] =
    "Time:\n"
    "  --max-stall TIME       only failures that happen while no thread which could go on is left behind between\n"
    "                         two of its steps for longer than 20us, 5ms, 2s ...; else: for any time\n"
    "  --find-stall           the smallest stall at which the driver fails\n";

static const char output_help[] =
    "Output:\n"
    "  --json FILE            write the report as JSON too; -: to standard output, instead of the text\n"
    "  -v, --verbose          more: every failure in full, every row of a schedule\n"
    "  -q, --quiet            the verdict only\n"
    "  -h, --help             this text\n";

void cli_help(FILE *out, const cli_verb *verbs, size_t count)
{
    fputs("airlock - what happens if a Windows driver is unloaded while it is still being loaded?\n\n"
          "Usage: airlock COMMAND ...\n\nCommands:\n",
          out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
    fputs("\nairlock COMMAND --help tells more; airlock --version tells which this is.\n\n", out);
    fputs(statuses, out);
}

void cli_help_verb(FILE *out, const cli_verb *verb)
{
    fprintf(out, "Usage: airlock %s %s\n\n%s\n", verb->name, verb->usage, verb->text);
    if (verb->takes & CLI_TAKES_SCENARIO)
        fprintf(out, "%s\n", scenario_help);
    if (verb->takes & CLI_TAKES_FAILURES)
        fprintf(out, "%s\n", failures_help);
    if (verb->takes & CLI_TAKES_SEARCH)
        fprintf(out, "%s\n", search_help);
    if (verb->takes & CLI_TAKES_STALLS)
        fprintf(out, "%s\n%s\n", random_help, stall_help);
    if (verb->takes & CLI_TAKES_DRIVERS)
        fputs("Comparison:\n"
              "  --os, --load, --unload take lists, such as xp,win7,win8 (win7; sc; fltmc,nt, and nt for a driver that "
              "is\n"
              "                         no minifilter)\n"
              "  --svg FILE             draw the matrix\n\n",
              out);
    if (verb->takes & CLI_TAKES_LOGS)
        fputs(
            "The driver:\n"
            "  --driver FILE.sys      explore this driver as the log suggests, and tell whether the lab finds the same "
            "stacks\n"
            "  --max-time TIME        give up exploring after 90s, 5m, 1h ... (5m)\n\n",
            out);
    if (verb->takes & CLI_TAKES_TRACE)
        fputs("Replay:\n  --trace                print every step with thread, symbol and source line\n"
              "  --in-order             the schedule is of load and unload one after the other\n"
              "  --windbg               how to see it on a real machine, with a kernel debugger\n\n",
              out);
    if (verb->takes & CLI_TAKES_OUTPUT)
        fprintf(out, "%s\n", output_help);
    fputs(statuses, out);
}

/* "first,last" with the default marked: "first (default), last" */
static void print_choices(FILE *out, size_t index)
{
    size_t count = 1;
    char name[32];
    for (const char *comma = lab_switches[index].choices; (comma = strchr(comma, ',')); comma++)
        count++;
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s%s", i ? ", " : "", lab_switch_value(index, (uint8_t)i, name, sizeof name),
                i == lab_switches[index].fallback ? " (default)" : "");
}

void cli_help_model(FILE *out)
{
    fputs("Behaviours of Windows that are not publicly known. The default is the one that is worse for the driver.\n"
          "--model SWITCH=VALUE decides one; a report names every switch that is not at its default.\n",
          out);
    for (size_t i = 0; i < lab_switch_count; i++) {
        fprintf(out, "\n  %s: ", lab_switches[i].name);
        print_choices(out, i);
        fprintf(out, "\n      %s\n", lab_switches[i].text);
    }
}

void cli_version(FILE *out)
{
    fputs("airlock " AIRLOCK_VERSION "\n"
          "Licence: GPL-2.0-or-later. There is no warranty, to the extent permitted by law.\n",
          out);
}
