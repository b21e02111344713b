/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - which verb. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "help.h"
#include "suggest.h"

static const cli_verb verbs[] = {
    {"explore", "try every order in which load and unload can interleave", "FILE.sys [option ...]",
     "Loads the driver into a miniature NT, and unloads it at the same time, in every order that the bound allows.\n"
     "Each failure is shown as WinDbg would show it, with the shortest schedule that leads to it.\n",
     CLI_TAKES_SCENARIO | CLI_TAKES_FAILURES | CLI_TAKES_SEARCH | CLI_TAKES_STALLS | CLI_TAKES_OUTPUT, cmd_explore},
    {"replay", "run one schedule of a report again, bit by bit the same", "FILE.sys SCHEDULE [option ...]",
     "Runs the schedule that a report names, with the same driver and options. Copy the REPLAY line of the report.\n",
     CLI_TAKES_SCENARIO | CLI_TAKES_OUTPUT | CLI_TAKES_TRACE | CLI_TAKES_SCHEDULE, cmd_replay},
    {"compare", "drivers, or remedies, side by side: verdicts, windows, what defeats them", "FILE.sys ... [option ...]",
     "Explores each driver under each Windows by each way to load and to unload, several at a time, and shows what "
     "came\n"
     "out in a table, and as a picture. --with, --start, --stop and --reg belong to the driver before them; before "
     "the\n"
     "first, to all. A budget is each exploration's.\n",
     CLI_TAKES_SCENARIO | CLI_TAKES_SEARCH | CLI_TAKES_OUTPUT | CLI_TAKES_DRIVERS, cmd_compare},
    {"probe", "what a driver imports, and on which Windows it can load", "FILE.sys [option ...]",
     "Reads the driver and runs nothing: its kind, architecture and hash, each import: modelled, approximated or\n"
     "missing, and the Windows versions on which it can load.\n",
     CLI_TAKES_OUTPUT, cmd_probe},
    {"triage", "a WinDbg log: is it this race?", "FILE ...|- [option ...]",
     "Reads what WinDbg, KD or cdb printed (!process 0 17, !thread, !stacks 2, ~*k, !analyze -v, lm ...), as a log or "
     "as\n"
     "pasted into a report, and says whether a load and an unload of one driver met, or what else of that kind "
     "happened;\n"
     "with the stacks, the lines that show it, and what to do next.\n\n"
     "Its exit status: 0 nothing of that kind in the log, 1 recognised, 2 unreadable, or no debugger text.\n",
     CLI_TAKES_OUTPUT | CLI_TAKES_LOGS, cmd_triage},
};
#define VERBS (sizeof verbs / sizeof *verbs)

static const cli_verb *find_verb(const char *name)
{
    for (size_t i = 0; i < VERBS; i++)
        if (!strcmp(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static cli_exit unknown_verb(const char *word)
{
    const char *names[VERBS];
    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    const char *near = cli_suggest(word, names, VERBS);
    if (ends_with(word, ".sys"))
        cli_message("'%s' is a file, not a command; did you mean 'airlock explore %s'?", word, word);
    else
        cli_message("there is no command '%s'%s%s%s", word, near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "");
    fputs("Try 'airlock --help'.\n", stderr);
    return CLI_USAGE;
}

static cli_exit run(int argc, char **argv)
{
    if (argc < 2) {
        cli_help(stderr, verbs, VERBS);
        return CLI_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        const cli_verb *verb = argc > 2 ? find_verb(argv[2]) : NULL;
        if (argc > 2 && !verb)
            return unknown_verb(argv[2]);
        verb ? cli_help_verb(stdout, verb) : cli_help(stdout, verbs, VERBS);
        return CLI_CLEAN;
    }
    if (!strcmp(argv[1], "--version")) {
        cli_version(stdout);
        return CLI_CLEAN;
    }
    const cli_verb *verb = find_verb(argv[1]);
    if (!verb)
        return unknown_verb(argv[1]);
    cli_options options;
    cli_exit status;
    return cli_parse(verb, argc - 1, argv + 1, &options, &status) ? verb->run(&options) : status;
}

int main(int argc, char **argv)
{
    cli_exit status = run(argc, argv);
    if (ferror(stdout) || fclose(stdout)) { /* a full disk must not look like a pass */
        cli_message("cannot write to standard output: %s", strerror(errno));
        return CLI_INTERNAL;
    }
    return (int)status;
}
