/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line of every verb, parsed in one place. Messages go to standard error, one sentence each,
 * with a suggestion where one is near.
 */
#ifndef AIRLOCK_CLI_OPTIONS_H
#define AIRLOCK_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "exit.h"
#include "explore.h"
#include "scenario.h"

#define CLI_BOUND_DEFAULT  EXPLORE_UNBOUNDED
#define CLI_BOUND_MOST     1000u
#define CLI_JOBS_MOST      256u
#define CLI_PCT_MOST       16u
#define CLI_RANDOM_DEFAULT 10.0 /* seconds, of --pct alone */

#define CLI_SUBJECTS_MOST 64u

/* A driver, and what belongs to it: the options that follow it, and those before the first driver. */
typedef struct {
    const char *file;
    const char *with[LAB_COMPANIONS_MAX]; /* --with: files of drivers that can be loaded too */
    size_t with_count;
    const char *start; /* --start, --stop: services; NULL = the driver's */
    const char *stop;
    const char *values[LAB_VALUES_MAX]; /* --reg */
    size_t value_count;
} cli_subject;

typedef struct {
    const char *file; /* the driver: the first subject's */
    cli_subject subjects[CLI_SUBJECTS_MOST];
    size_t subject_count;
    const char *schedule;  /* replay */
    lab_scenario scenario; /* defaults, then what was given; its driver is NULL */
    bool os_given;         /* --os, --load, --unload were on the command line */
    bool load_given;
    bool unload_given;
    unsigned oses, loads, unloads; /* compare: sets, bit 1 << value */
    bool fail_each;                /* every call of DriverEntry that can fail, in turn; else scenario.fail */
    uint32_t bound;                /* most preemptions; EXPLORE_UNBOUNDED for "none" */
    uint64_t seed;
    unsigned jobs;           /* processes; 0 = one per processor */
    uint64_t max_executions; /* schedules, 0 = no limit */
    double max_seconds;      /* 0 = no limit */
    double random_seconds;   /* of random walks if the exploration does not complete; 0 = none */
    uint32_t pct;            /* depth; 0 = uniform walks */
    uint64_t max_stall;      /* nanoseconds, 0 = any */
    bool find_stall;
    const char *json;       /* path, "-" = standard output instead of the text; NULL = none */
    const char *svg;        /* compare: path; NULL = none */
    const char *driver;     /* triage: the driver that a log may be of; NULL = not at hand */
    const char *checkpoint; /* path; NULL = none */
    bool verbose;
    bool quiet;
    bool trace;    /* replay: print every step */
    bool in_order; /* replay: a schedule of the run without concurrency */
    bool windbg;   /* replay: how to see it on a real machine */
} cli_options;

/* Which options a verb takes, besides --help. */
enum {
    CLI_TAKES_SCENARIO = 1,   /* --os --load --unload --model --help-model --with --start --stop --reg */
    CLI_TAKES_SEARCH = 2,     /* --bound --seed -j --max-executions --max-time */
    CLI_TAKES_OUTPUT = 4,     /* --json -v -q */
    CLI_TAKES_TRACE = 8,      /* --trace --in-order --windbg */
    CLI_TAKES_SCHEDULE = 16,  /* a second argument, the schedule id */
    CLI_TAKES_DRIVERS = 32,   /* one driver or more; --os, --load and --unload take lists; --svg */
    CLI_TAKES_LOGS = 64,      /* one log or more, which are the subjects; --driver --max-time */
    CLI_TAKES_FAILURES = 128, /* --fail */
    CLI_TAKES_STALLS = 256    /* --max-stall --find-stall --random --pct */
};

typedef struct {
    const char *name;
    const char *summary; /* for the list of verbs */
    const char *usage;   /* "FILE.sys [options]" */
    const char *text;    /* what it does, for its --help */
    unsigned takes;
    cli_exit (*run)(const cli_options *options);
} cli_verb;

/*
 * Parses argv[1] and on; argv[0] is the verb's name. Returns true: go on with *options. False: the command line is dealt
 * with (help was asked for, or a message printed), *status is the exit status.
 */
bool cli_parse(const cli_verb *verb, int argc, char **argv, cli_options *options, cli_exit *status);

/* "airlock: " and a sentence on standard error. */
void cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
