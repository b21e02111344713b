/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "help.h"
#include "suggest.h"
#include "values.h"

/* Options without a letter of their own. */
enum {
    OPTION_OS = 256,
    OPTION_LOAD,
    OPTION_UNLOAD,
    OPTION_MODEL,
    OPTION_HELP_MODEL,
    OPTION_BOUND,
    OPTION_SEED,
    OPTION_MAX_EXECUTIONS,
    OPTION_MAX_TIME,
    OPTION_JSON,
    OPTION_TRACE,
    OPTION_IN_ORDER
};

typedef struct {
    unsigned takes; /* verbs that have it; 0 = all */
    struct option option;
} known_option;

static const known_option known[] = {
    {CLI_TAKES_SCENARIO, {"os", required_argument, NULL, OPTION_OS}},
    {CLI_TAKES_SCENARIO, {"load", required_argument, NULL, OPTION_LOAD}},
    {CLI_TAKES_SCENARIO, {"unload", required_argument, NULL, OPTION_UNLOAD}},
    {CLI_TAKES_SCENARIO, {"model", required_argument, NULL, OPTION_MODEL}},
    {CLI_TAKES_SCENARIO, {"help-model", no_argument, NULL, OPTION_HELP_MODEL}},
    {CLI_TAKES_SEARCH, {"bound", required_argument, NULL, OPTION_BOUND}},
    {CLI_TAKES_SEARCH, {"seed", required_argument, NULL, OPTION_SEED}},
    {CLI_TAKES_SEARCH, {"jobs", required_argument, NULL, 'j'}},
    {CLI_TAKES_SEARCH, {"max-executions", required_argument, NULL, OPTION_MAX_EXECUTIONS}},
    {CLI_TAKES_SEARCH, {"max-time", required_argument, NULL, OPTION_MAX_TIME}},
    {CLI_TAKES_OUTPUT, {"json", required_argument, NULL, OPTION_JSON}},
    {CLI_TAKES_OUTPUT, {"verbose", no_argument, NULL, 'v'}},
    {CLI_TAKES_OUTPUT, {"quiet", no_argument, NULL, 'q'}},
    {CLI_TAKES_TRACE, {"trace", no_argument, NULL, OPTION_TRACE}},
    {CLI_TAKES_TRACE, {"in-order", no_argument, NULL, OPTION_IN_ORDER}},
    {0, {"help", no_argument, NULL, 'h'}},
};
#define KNOWN (sizeof known / sizeof *known)

void cli_message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("airlock: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

static cli_options defaults(void)
{
    cli_options options = {.bound = CLI_BOUND_DEFAULT, .seed = 1};
    lab_scenario_defaults(&options.scenario, NULL);
    return options;
}

/* The verb's own options, for getopt_long and for suggestions. */
typedef struct {
    struct option longs[KNOWN + 1];
    const char *names[KNOWN];
    size_t count;
} option_set;

static void select_options(const cli_verb *verb, option_set *set)
{
    memset(set, 0, sizeof *set);
    for (size_t i = 0; i < KNOWN; i++)
        if (!known[i].takes || (verb->takes & known[i].takes)) {
            set->names[set->count] = known[i].option.name;
            set->longs[set->count++] = known[i].option;
        }
}

static const char *letters_of(const cli_verb *verb)
{
    if (verb->takes & CLI_TAKES_SEARCH)
        return ":hvqj:";
    return verb->takes & CLI_TAKES_OUTPUT ? ":hvq" : ":h";
}

/* After getopt_long said so: optopt is 0 for an unknown long option, else the letter of the one that is wrong. */
static void unknown_option(const cli_verb *verb, const option_set *set, const char *word)
{
    char name[64];
    if (optopt && strncmp(word, "--", 2)) {
        cli_message("%s has no option '-%c'", verb->name, optopt);
        return;
    }
    if (optopt) {
        cli_message("option '%.*s' takes no value", (int)strcspn(word, "="), word);
        return;
    }
    snprintf(name, sizeof name, "%s", word + strspn(word, "-"));
    name[strcspn(name, "=")] = '\0';
    const char *near = cli_suggest(name, set->names, set->count);
    cli_message("%s has no option '%.*s'%s%s%s", verb->name, (int)strcspn(word, "="), word,
                near ? "; did you mean '--" : "", near ? near : "", near ? "'?" : "");
}

/* One option; false: its value is wrong, and a message was printed. */
static bool set_option(int code, const char *value, cli_options *options)
{
    uint64_t number = 0;
    switch (code) {
    case OPTION_OS: return (options->os_given = cli_os(value, &options->scenario.os));
    case OPTION_LOAD: return (options->load_given = cli_load(value, &options->scenario.load));
    case OPTION_UNLOAD: return (options->unload_given = cli_unload(value, &options->scenario.unload));
    case OPTION_MODEL: return cli_model(value, &options->scenario);
    case OPTION_BOUND: return cli_bound("--bound", value, &options->bound);
    case OPTION_SEED: return cli_number("--seed", value, 0, UINT64_MAX, &options->seed);
    case OPTION_MAX_EXECUTIONS: return cli_number("--max-executions", value, 1, UINT64_MAX, &options->max_executions);
    case OPTION_MAX_TIME: return cli_duration("--max-time", value, &options->max_seconds);
    case OPTION_JSON: options->json = value; return true;
    case OPTION_TRACE: return (options->trace = true);
    case OPTION_IN_ORDER: return (options->in_order = true);
    case 'v': return (options->verbose = true);
    case 'q': return (options->quiet = true);
    case 'j':
        if (!cli_number("-j", value, 1, CLI_JOBS_MOST, &number))
            return false;
        options->jobs = (unsigned)number;
        return true;
    default: return false;
    }
}

/* The arguments that are no options. */
static bool take_arguments(const cli_verb *verb, int count, char **arguments, cli_options *options)
{
    int most = verb->takes & CLI_TAKES_SCHEDULE ? 2 : 1;
    if (count < most) {
        cli_message("%s needs %s; usage: airlock %s %s", verb->name,
                    count ? "a schedule, copied from a report" : "a driver file", verb->name, verb->usage);
        return false;
    }
    if (count > most) {
        cli_message("%s takes %s, and '%s' is one argument too many", verb->name,
                    most == 2 ? "a driver file and a schedule" : "one driver file", arguments[most]);
        return false;
    }
    options->file = arguments[0];
    options->schedule = most == 2 ? arguments[1] : NULL;
    return true;
}

static bool is_consistent(const cli_options *options)
{
    if (options->json && !*options->json)
        cli_message("--json needs a file name, or - for standard output");
    else if (options->verbose && options->quiet)
        cli_message("-v and -q contradict each other");
    else if (!*options->file)
        cli_message("the name of the driver file is empty");
    else
        return true;
    return false;
}

static bool give_up(const cli_verb *verb, cli_exit *status)
{
    fprintf(stderr, "Try 'airlock %s --help'.\n", verb->name);
    *status = CLI_USAGE;
    return false;
}

bool cli_parse(const cli_verb *verb, int argc, char **argv, cli_options *options, cli_exit *status)
{
    option_set set;
    int code;
    select_options(verb, &set);
    *options = defaults();
    *status = CLI_CLEAN;
    opterr = 0;
    optind = 0; /* start anew: tests parse many command lines */
    while ((code = getopt_long(argc, argv, letters_of(verb), set.longs, NULL)) != -1) {
        if (code == 'h' || code == OPTION_HELP_MODEL) {
            code == 'h' ? cli_help_verb(stdout, verb) : cli_help_model(stdout);
            return false;
        }
        if (code == '?')
            unknown_option(verb, &set, argv[optind - 1]);
        else if (code == ':')
            cli_message("option '%s' needs a value", argv[optind - 1]);
        else if (set_option(code, optarg, options))
            continue;
        return give_up(verb, status);
    }
    if (!take_arguments(verb, argc - optind, argv + optind, options) || !is_consistent(options))
        return give_up(verb, status);
    return true;
}
