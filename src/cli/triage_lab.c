/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * triage_lab.c - the lab's answer to a log: explore the driver as the log suggests, and look for the same stacks among the
 * failures. Explored is in a process of its own, by the very command that a user would give; its JSON is what is compared.
 * Drivers are renamed and built anew, so functions are compared, not modules, offsets or addresses.
 */
#include "triage_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "lab.h"

#define BUDGET_SECONDS 300.0
#define NAMES_MOST     64u

const char *triage_lab_answer_name(triage_lab_answer answer)
{
    static const char *const names[] = {"not-asked",      "reproduced", "similar",
                                        "other-failures", "no-failure", "not-found"};
    return names[answer];
}

/* What is looked for ------------------------------------------------------------------------------------------------ */

/* Functions of one stack that the lab's must have too, innermost first. */
typedef struct {
    const char *names[NAMES_MOST];
    size_t count;
    size_t own;        /* of them, the driver's */
    const char *entry; /* the driver's outermost: DriverEntry, or its unload routine */
} wanted;

static bool same_module(const char *a, const char *b) { return a && b && !strcasecmp(a, b); }

/* The driver's named functions, and what the innermost of them has called, if that is known to say something. */
static wanted wanted_of(const triage_thread *t, const char *driver)
{
    wanted w = {.count = 0};
    size_t mine = 0;
    while (mine < t->frame_count && !same_module(t->frames[mine].module, driver))
        mine++;
    for (size_t i = mine; i-- > 0 && mine < t->frame_count && !w.count;) {
        const known_function *known = t->frames[i].known;
        if (known && known->doing && !t->crashed && known->kind != KNOWN_LOAD)
            w.names[w.count++] = known->name;
    }
    for (size_t i = mine; i < t->frame_count && w.count < NAMES_MOST; i++)
        if (same_module(t->frames[i].module, driver) && t->frames[i].function) {
            w.names[w.count++] = w.entry = t->frames[i].function;
            w.own++;
        }
    return w;
}

/* "isolate!StopWorkerQueues+0x16" is of function StopWorkerQueues? */
static bool is_function(const char *frame, const char *name)
{
    const char *bang = strchr(frame, '!');
    size_t length = strlen(name);
    return bang && !strncmp(bang + 1, name, length) && (bang[1 + length] == '+' || !bang[1 + length]);
}

/* Are all names among the frames, in this order? */
static bool has_all(const json_t *frames, const char *const *names, size_t count)
{
    size_t found = 0, i;
    json_t *frame;
    json_array_foreach(frames, i, frame)
    {
        const char *text = json_string_value(frame);
        if (found < count && text && is_function(text, names[found]))
            found++;
    }
    return found == count;
}

static bool is_same(const json_t *frames, const wanted *w) { return w->own && has_all(frames, w->names, w->count); }
static bool is_near(const json_t *frames, const wanted *w) { return w->entry && has_all(frames, &w->entry, 1); }

/* Comparing --------------------------------------------------------------------------------------------------------- */

typedef struct {
    wanted fails, other; /* other.own == 0: there is none to compare */
    triage_lab *lab;
} search;

static void keep(search *s, triage_lab_answer answer, const json_t *failure, const json_t *moment)
{
    triage_lab *lab = s->lab;
    const char *title = json_string_value(json_object_get(failure, "title"));
    const char *replay = json_string_value(json_object_get(failure, "replay"));
    const char *at = json_string_value(json_object_get(moment, "at"));
    const char *schedule = json_string_value(json_object_get(moment, "schedule"));
    lab->answer = answer;
    snprintf(lab->title, sizeof lab->title, "%s", title ? title : "");
    snprintf(lab->at, sizeof lab->at, "%s", at ? at : "");
    if (schedule)
        snprintf(lab->replay, sizeof lab->replay, "airlock replay %s %s", lab->driver, schedule);
    else
        snprintf(lab->replay, sizeof lab->replay, "%s", replay ? replay : "");
}

/* The other side at the failure itself, or at one of the places where the lab found the same failure too. */
static bool compare_other(search *s, const json_t *failure, size_t failing)
{
    const json_t *threads = json_object_get(failure, "threads"), *moments = json_object_get(failure, "moments");
    bool near = false;
    json_t *one;
    size_t i;
    json_array_foreach(threads, i, one)
    {
        const json_t *frames = json_object_get(one, "frames");
        if (i != failing && is_same(frames, &s->other)) {
            keep(s, TRIAGE_LAB_SAME, failure, NULL);
            return true;
        }
        near |= i != failing && is_near(frames, &s->other);
    }
    json_array_foreach(moments, i, one)
    {
        if (is_same(json_object_get(one, "frames"), &s->other)) {
            keep(s, TRIAGE_LAB_SAME, failure, one);
            return true;
        }
        near |= is_near(json_object_get(one, "frames"), &s->other);
    }
    if (near && s->lab->answer != TRIAGE_LAB_SIMILAR)
        keep(s, TRIAGE_LAB_SIMILAR, failure, NULL);
    return false;
}

/* True: both stacks are found, look no further. */
static bool compare_failure(search *s, const json_t *failure)
{
    json_t *thread;
    size_t i;
    json_array_foreach(json_object_get(failure, "threads"), i, thread)
    {
        const json_t *frames = json_object_get(thread, "frames");
        if (!is_same(frames, &s->fails))
            continue;
        if (!s->other.own) {
            keep(s, TRIAGE_LAB_SAME, failure, NULL);
            return true;
        }
        if (compare_other(s, failure, i))
            return true;
    }
    return false;
}

static void compare(const triage_finding *f, const json_t *report, triage_lab *lab)
{
    const json_t *failures = json_object_get(report, "failures");
    bool complete = json_is_true(json_object_get(report, "complete"));
    search s = {.lab = lab};
    const triage_thread *first = f->threads[0], *second = f->threads[1];
    bool second_fails = second && (second->crashed || !first->crashed);
    if (first)
        s.fails = wanted_of(second_fails ? second : first, f->driver);
    if (first && second)
        s.other = wanted_of(second_fails ? first : second, f->driver);
    lab->failures = (unsigned)json_array_size(failures);
    lab->schedules = (uint64_t)json_integer_value(json_object_get(report, "executions"));
    lab->answer = !complete ? TRIAGE_LAB_NOT_FOUND : lab->failures ? TRIAGE_LAB_OTHER : TRIAGE_LAB_NOTHING;
    json_t *failure;
    size_t i;
    json_array_foreach(failures, i, failure)
    {
        if (compare_failure(&s, failure))
            break;
    }
}

/* Exploring --------------------------------------------------------------------------------------------------------- */

static const char *const oses[] = {"xp", "win7", "win8"};
static const char *const loads[] = {"sc", "nt"};
static const char *const unloads[] = {"fltmc", "sc", "nt"};

static bool pick(const char *const *names, size_t count, const char *name, unsigned *value)
{
    for (size_t i = 0; name && i < count; i++)
        if (!strcmp(names[i], name)) {
            *value = (unsigned)i;
            return true;
        }
    return false;
}

static cli_options explore_options_of(const cli_options *options, const triage_scenario *s)
{
    cli_options e = *options;
    unsigned value;
    memset(&e.subjects, 0, sizeof e.subjects);
    e.file = e.subjects[0].file = options->driver;
    e.subject_count = 1;
    e.json = "-";
    e.max_seconds = options->max_seconds > 0 ? options->max_seconds : BUDGET_SECONDS;
    if ((e.os_given = pick(oses, 3, s->os, &value)))
        e.scenario.os = (lab_os)value;
    if ((e.load_given = pick(loads, 2, s->load, &value)))
        e.scenario.load = (lab_load)value;
    if ((e.unload_given = pick(unloads, 3, s->unload, &value)))
        e.scenario.unload = (lab_unload)value;
    return e;
}

/* The JSON report comes in the file `fd`. */
static cli_exit explore(const cli_options *options, int fd)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(fd, STDOUT_FILENO);
        cli_exit result = cmd_explore(options);
        fflush(stdout);
        _exit((int)result);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status)) {
        cli_message("cannot explore %s: %s", options->file, child < 0 ? strerror(errno) : "its process ended");
        return CLI_INTERNAL;
    }
    return (cli_exit)WEXITSTATUS(status);
}

static json_t *read_report(int fd)
{
    json_error_t error;
    lseek(fd, 0, SEEK_SET);
    json_t *report = json_loadfd(fd, 0, &error);
    if (!report)
        cli_message("internal error: the report of the exploration: %s", error.text);
    return report;
}

cli_exit triage_lab_ask(const cli_options *options, const triage_finding *finding, triage_lab *lab)
{
    const triage_scenario *s = &finding->scenario;
    cli_options how = explore_options_of(options, s);
    snprintf(lab->driver, sizeof lab->driver, "%s", options->driver);
    snprintf(lab->command, sizeof lab->command, "airlock explore %s%s%s%s%s%s%s", options->driver,
             s->os ? " --os " : "", s->os ? s->os : "", s->load ? " --load " : "", s->load ? s->load : "",
             s->unload ? " --unload " : "", s->unload ? s->unload : "");
    int fd = memfd_create("report", MFD_CLOEXEC);
    if (fd < 0) {
        cli_message("cannot explore %s: %s", options->driver, strerror(errno));
        return CLI_INTERNAL;
    }
    cli_exit status = explore(&how, fd);
    json_t *report = NULL;
    if (status == CLI_CLEAN || status == CLI_FAILED || status == CLI_BUDGET) {
        report = read_report(fd);
        status = report ? CLI_CLEAN : CLI_INTERNAL;
    }
    if (report)
        compare(finding, report, lab);
    json_decref(report);
    close(fd);
    return status;
}
