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
    OPTION_WITH,
    OPTION_START,
    OPTION_STOP,
    OPTION_REG,
    OPTION_BOUND,
    OPTION_FAIL,
    OPTION_SEED,
    OPTION_MAX_EXECUTIONS,
    OPTION_MAX_TIME,
    OPTION_MAX_STALL,
    OPTION_RANDOM,
    OPTION_PCT,
    OPTION_FIND_STALL,
    OPTION_JSON,
    OPTION_SVG,
    OPTION_DRIVER,
    OPTION_CHECKPOINT,
    OPTION_TRACE,
    OPTION_IN_ORDER,
    OPTION_WINDBG
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
    {CLI_TAKES_SCENARIO, {"with", required_argument, NULL, OPTION_WITH}},
    {CLI_TAKES_SCENARIO, {"start", required_argument, NULL, OPTION_START}},
    {CLI_TAKES_SCENARIO, {"stop", required_argument, NULL, OPTION_STOP}},
    {CLI_TAKES_SCENARIO, {"reg", required_argument, NULL, OPTION_REG}},
    {CLI_TAKES_FAILURES, {"fail", required_argument, NULL, OPTION_FAIL}},
    {CLI_TAKES_SEARCH, {"bound", required_argument, NULL, OPTION_BOUND}},
    {CLI_TAKES_SEARCH, {"seed", required_argument, NULL, OPTION_SEED}},
    {CLI_TAKES_SEARCH, {"jobs", required_argument, NULL, 'j'}},
    {CLI_TAKES_SEARCH, {"max-executions", required_argument, NULL, OPTION_MAX_EXECUTIONS}},
    {CLI_TAKES_STALLS, {"max-stall", required_argument, NULL, OPTION_MAX_STALL}},
    {CLI_TAKES_STALLS, {"random", required_argument, NULL, OPTION_RANDOM}},
    {CLI_TAKES_STALLS, {"pct", required_argument, NULL, OPTION_PCT}},
    {CLI_TAKES_STALLS, {"find-stall", no_argument, NULL, OPTION_FIND_STALL}},
    {CLI_TAKES_SEARCH | CLI_TAKES_LOGS, {"max-time", required_argument, NULL, OPTION_MAX_TIME}},
    {CLI_TAKES_FAILURES, {"checkpoint", required_argument, NULL, OPTION_CHECKPOINT}},
    {CLI_TAKES_OUTPUT, {"json", required_argument, NULL, OPTION_JSON}},
    {CLI_TAKES_OUTPUT, {"verbose", no_argument, NULL, 'v'}},
    {CLI_TAKES_OUTPUT, {"quiet", no_argument, NULL, 'q'}},
    {CLI_TAKES_DRIVERS, {"svg", required_argument, NULL, OPTION_SVG}},
    {CLI_TAKES_LOGS, {"driver", required_argument, NULL, OPTION_DRIVER}},
    {CLI_TAKES_TRACE, {"trace", no_argument, NULL, OPTION_TRACE}},
    {CLI_TAKES_TRACE, {"in-order", no_argument, NULL, OPTION_IN_ORDER}},
    {CLI_TAKES_TRACE, {"windbg", no_argument, NULL, OPTION_WINDBG}},
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
    cli_options options = {
        .bound = CLI_BOUND_DEFAULT,
        .seed = 1,
        .oses = 1u << LAB_WIN7,
        .loads = 1u << LAB_LOAD_SC,
        .unloads = 1u << LAB_UNLOAD_FLTMC | 1u << LAB_UNLOAD_NT,
    };
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

/* "-": arguments that are no options come in their order, as the value of option 1. ":": an error is returned. */
static const char *letters_of(const cli_verb *verb)
{
    if (verb->takes & CLI_TAKES_SEARCH)
        return "-:hvqj:";
    return verb->takes & CLI_TAKES_OUTPUT ? "-:hvq" : "-:h";
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

/* Arguments as they come; those that are no options, and what follows each. */
typedef struct {
    const cli_verb *verb;
    cli_options *options;
    const char *words[CLI_SUBJECTS_MOST];
    cli_subject given[CLI_SUBJECTS_MOST + 1]; /* before the first word, after it ... */
    size_t count;
} parsing;

static bool add_text(const char *option, const char *value, const char **list, size_t *count, size_t most)
{
    if (!*value) {
        cli_message("%s needs a value", option);
        return false;
    }
    if (*count == most) {
        cli_message("%s can be given %zu times at most", option, most);
        return false;
    }
    list[(*count)++] = value;
    return true;
}

/* An option that belongs to a driver. */
static bool set_subject(int code, const char *value, cli_subject *subject)
{
    size_t one = 0;
    switch (code) {
    case OPTION_WITH: return add_text("--with", value, subject->with, &subject->with_count, LAB_COMPANIONS_MAX);
    case OPTION_REG: return add_text("--reg", value, subject->values, &subject->value_count, LAB_VALUES_MAX);
    case OPTION_START: return add_text("--start", value, &subject->start, &one, 1);
    case OPTION_STOP: return add_text("--stop", value, &subject->stop, &one, 1);
    default: return false;
    }
}

static bool add_word(parsing *p, const char *word)
{
    if (p->count == CLI_SUBJECTS_MOST) {
        cli_message("more than %u arguments", CLI_SUBJECTS_MOST);
        return false;
    }
    p->words[p->count++] = word;
    return true;
}

/* Windows and routes: one of each, or, of `airlock compare`, lists. */
static bool set_route(const cli_verb *verb, int code, const char *value, cli_options *options)
{
    bool many = verb->takes & CLI_TAKES_DRIVERS;
    lab_scenario *s = &options->scenario;
    switch (code) {
    case OPTION_OS: return (options->os_given = many ? cli_os_list(value, &options->oses) : cli_os(value, &s->os));
    case OPTION_LOAD:
        return (options->load_given = many ? cli_load_list(value, &options->loads) : cli_load(value, &s->load));
    default:
        return (options->unload_given =
                    many ? cli_unload_list(value, &options->unloads) : cli_unload(value, &s->unload));
    }
}

/* One option; false: its value is wrong, and a message was printed. */
static bool set_option(parsing *p, int code, const char *value)
{
    cli_options *options = p->options;
    uint64_t number = 0;
    switch (code) {
    case 1: return add_word(p, value);
    case OPTION_OS:
    case OPTION_LOAD:
    case OPTION_UNLOAD: return set_route(p->verb, code, value, options);
    case OPTION_MODEL: return cli_model(value, &options->scenario);
    case OPTION_WITH:
    case OPTION_START:
    case OPTION_STOP:
    case OPTION_REG: return set_subject(code, value, &p->given[p->count]);
    case OPTION_FAIL: return cli_fail("--fail", value, &options->scenario.fail, &options->fail_each);
    case OPTION_BOUND: return cli_bound("--bound", value, &options->bound);
    case OPTION_SEED: return cli_number("--seed", value, 0, UINT64_MAX, &options->seed);
    case OPTION_MAX_EXECUTIONS: return cli_number("--max-executions", value, 1, UINT64_MAX, &options->max_executions);
    case OPTION_MAX_STALL: return cli_stall("--max-stall", value, &options->max_stall);
    case OPTION_RANDOM: return cli_duration("--random", value, &options->random_seconds);
    case OPTION_PCT:
        if (!cli_number("--pct", value, 1, CLI_PCT_MOST, &number))
            return false;
        options->pct = (uint32_t)number;
        return true;
    case OPTION_FIND_STALL: return (options->find_stall = true);
    case OPTION_MAX_TIME: return cli_duration("--max-time", value, &options->max_seconds);
    case OPTION_JSON: options->json = value; return true;
    case OPTION_SVG: options->svg = value; return true;
    case OPTION_CHECKPOINT: options->checkpoint = value; return true;
    case OPTION_DRIVER: options->driver = value; return true;
    case OPTION_TRACE: return (options->trace = true);
    case OPTION_IN_ORDER: return (options->in_order = true);
    case OPTION_WINDBG: return (options->windbg = true);
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

/* What came before the first driver holds for each; a service of its own replaces that. */
static bool merge(cli_subject *into, const cli_subject *more)
{
    for (size_t i = 0; i < more->with_count; i++)
        if (!add_text("--with", more->with[i], into->with, &into->with_count, LAB_COMPANIONS_MAX))
            return false;
    for (size_t i = 0; i < more->value_count; i++)
        if (!add_text("--reg", more->values[i], into->values, &into->value_count, LAB_VALUES_MAX))
            return false;
    into->start = more->start ? more->start : into->start;
    into->stop = more->stop ? more->stop : into->stop;
    return true;
}

static bool take_drivers(const parsing *p)
{
    cli_options *options = p->options;
    for (size_t i = 0; i < p->count; i++) {
        cli_subject *subject = &options->subjects[options->subject_count++];
        *subject = p->given[0];
        subject->file = p->words[i];
        if (!merge(subject, &p->given[i + 1]))
            return false;
    }
    return true;
}

/* One driver, and perhaps a schedule: the options belong to the driver wherever they stand. */
static bool take_driver(const parsing *p)
{
    cli_options *options = p->options;
    options->subject_count = 1;
    options->subjects[0] = p->given[0];
    options->subjects[0].file = p->words[0];
    options->schedule = p->count == 2 ? p->words[1] : NULL;
    for (size_t i = 1; i <= p->count; i++)
        if (!merge(&options->subjects[0], &p->given[i]))
            return false;
    return true;
}

/* The arguments that are no options. */
static bool take_arguments(const parsing *p)
{
    const cli_verb *verb = p->verb;
    size_t least = verb->takes & CLI_TAKES_SCHEDULE ? 2 : 1;
    if (p->count < least) {
        cli_message("%s needs %s; usage: airlock %s %s", verb->name,
                    p->count                       ? "a schedule, copied from a report"
                    : verb->takes & CLI_TAKES_LOGS ? "a log file, or - for standard input"
                                                   : "a driver file",
                    verb->name, verb->usage);
        return false;
    }
    bool many = verb->takes & (CLI_TAKES_DRIVERS | CLI_TAKES_LOGS);
    if (p->count > least && !many) {
        cli_message("%s takes %s, and '%s' is one argument too many", verb->name,
                    least == 2 ? "a driver file and a schedule" : "one driver file", p->words[least]);
        return false;
    }
    bool taken = many ? take_drivers(p) : take_driver(p);
    p->options->file = p->words[0];
    return taken;
}

static bool is_consistent(const cli_options *options)
{
    bool named = true;
    for (size_t i = 0; i < options->subject_count; i++)
        named &= *options->subjects[i].file != '\0';
    if (options->json && !*options->json)
        cli_message("--json needs a file name, or - for standard output");
    else if (options->svg && !*options->svg)
        cli_message("--svg needs a file name");
    else if (options->max_stall && (options->random_seconds > 0 || options->pct))
        cli_message("--max-stall and random walks contradict each other: it is not known which stalls a walk takes");
    else if (options->verbose && options->quiet)
        cli_message("-v and -q contradict each other");
    else if (options->driver && !*options->driver)
        cli_message("--driver needs a file name");
    else if (!named)
        cli_message("the name of a file is empty");
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
    parsing p = {.verb = verb, .options = options};
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
        else if (set_option(&p, code, optarg))
            continue;
        return give_up(verb, status);
    }
    while (optind < argc) /* after "--" */
        if (!add_word(&p, argv[optind++]))
            return give_up(verb, status);
    if (!take_arguments(&p) || !is_consistent(options))
        return give_up(verb, status);
    return true;
}
