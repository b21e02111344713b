/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay_cmd.c - airlock replay: one schedule of a report, again. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "driver.h"
#include "output.h"
#include "trace.h"

#define SCHEDULE_MOST (1u << 20) /* bytes of a schedule in a file */

typedef struct {
    const cli_options *options;
    cli_driver driver;
    lab_schedule schedule;
    describer describer;
    report_run run;
    report_replay replay;
    report_trace *trace;
    report_recipe windbg;
    char digest[65];
} replaying;

/* A schedule is copied from a report, or in a file of its own. NULL: a message was printed. */
static char *schedule_text(const char *argument)
{
    FILE *file = strchr(argument, ':') ? NULL : fopen(argument, "r");
    if (!file)
        return strdup(argument);
    char *text = calloc(SCHEDULE_MOST + 1, 1);
    if (text && !fread(text, 1, SCHEDULE_MOST, file)) {
        cli_message("%s: %s", argument, ferror(file) ? strerror(errno) : "the file is empty");
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* The other drivers of the schedule are those of --with, in any order; puts them into the schedule's. */
static bool companions_fit(replaying *r)
{
    const lab_schedule *s = &r->schedule;
    for (size_t i = 0; i < s->scenario.companion_count; i++) {
        cli_driver_file *with = r->driver.with;
        char name[LAB_NAME_SIZE] = "";
        size_t k = i;
        for (; k < r->driver.with_count; k++) {
            lab_service_name(with[k].img, name, sizeof name);
            if (!strcmp(name, s->companions[i].name))
                break;
        }
        if (k >= r->driver.with_count) {
            cli_message("the schedule is of a scenario with another driver: give --with %s.sys", s->companions[i].name);
            return false;
        }
        if (strncmp(image_sha256(with[k].img), s->companions[i].hash, 8) != 0) {
            cli_message("the schedule is of another %s: of %s..., and %s is %.8s...", name, s->companions[i].hash,
                        with[k].file, image_sha256(with[k].img));
            return false;
        }
        cli_driver_file found = with[k];
        with[k] = with[i];
        with[i] = found;
    }
    if (r->driver.with_count > s->scenario.companion_count)
        cli_message("the schedule is of a scenario without %s", r->driver.with[s->scenario.companion_count].file);
    return r->driver.with_count == s->scenario.companion_count;
}

/* What the schedule says of services and the registry may be left out, not contradicted. */
static bool services_fit(const replaying *r)
{
    const cli_subject *given = &r->options->subjects[0];
    const lab_scenario *s = &r->schedule.scenario;
    bool same = !given->value_count || given->value_count == s->value_count;
    for (size_t i = 0; i < given->value_count && same; i++)
        same = !strcmp(given->values[i], s->values[i]);
    if (given->start && strcmp(given->start, s->start) != 0)
        cli_message("the schedule is for --start %s, not %s", *s->start ? s->start : "the driver", given->start);
    else if (given->stop && strcmp(given->stop, s->stop) != 0)
        cli_message("the schedule is for --stop %s, not %s", *s->stop ? s->stop : "the driver", given->stop);
    else if (!same)
        cli_message("the schedule is for other values of the registry");
    else
        return true;
    return false;
}

/* Does it fit? Anything else is explained, not misapplied. */
static bool fits(replaying *r)
{
    const lab_schedule *s = &r->schedule;
    const char *hash = image_sha256(r->driver.test.img);
    image_machine machine = image_arch(r->driver.test.img), other = machine == IMAGE_X64 ? IMAGE_X86 : IMAGE_X64;
    if (strcmp(s->system, lab_version(other)) == 0)
        cli_message("the schedule is of an %s driver, and %s is an %s one", lab_machine_name(other), r->options->file,
                    lab_machine_name(machine));
    else if (strncmp(hash, s->driver, 8) != 0)
        cli_message("the schedule is of another driver file: of %s..., and %s is %.8s...", s->driver, r->options->file,
                    hash);
    else if (strcmp(s->system, lab_version(machine)) != 0)
        cli_message("the schedule is of another version of airlock: its Windows is %s, this one's is %s; explore again",
                    s->system, lab_version(machine));
    else if (r->options->os_given && s->scenario.os != r->options->scenario.os)
        cli_message("the schedule is for %s, not %s", lab_os_name(s->scenario.os),
                    lab_os_name(r->options->scenario.os));
    else if (r->options->load_given && s->scenario.load != r->options->scenario.load)
        cli_message("the schedule is for --load %s, not %s", lab_load_name(s->scenario.load),
                    lab_load_name(r->options->scenario.load));
    else if (r->options->unload_given && s->scenario.unload != r->options->scenario.unload)
        cli_message("the schedule is for --unload %s, not %s", lab_unload_name(s->scenario.unload),
                    lab_unload_name(r->options->scenario.unload));
    else
        return services_fit(r) && companions_fit(r);
    return false;
}

static bool read_schedule(replaying *r)
{
    char error[256] = "", *text = schedule_text(r->options->schedule);
    if (!text)
        return false;
    bool fine = lab_schedule_parse(text, &r->schedule, error) == LAB_OK;
    if (!fine)
        cli_message("'%.40s%s' is no schedule: %s", text, strlen(text) > 40 ? "..." : "", error);
    else
        fine = fits(r);
    free(text);
    return fine;
}

static void fill_replay(replaying *r, lab *l, lab_status status, const describe_replayed *done)
{
    char *id = lab_schedule_text(&r->schedule);
    report_trace_digest(r->trace, r->digest);
    r->replay = (report_replay){
        .run = &r->run,
        .schedule = report_arena_copy(r->describer.arena, id),
        .same = status == LAB_OK,
        .mismatch = status == LAB_OK ? NULL : report_arena_copy(r->describer.arena, lab_error(l)),
        .failure = done->failure,
        .rows = done->rows,
        .instructions = done->instructions,
        .digest = r->digest,
    };
    free(id);
}

static bool add_recipe(replaying *r, lab *l)
{
    if (!r->options->windbg || !r->replay.same)
        return true;
    lab_status status = describe_windbg(&r->describer, &r->schedule, &r->windbg);
    r->replay.windbg = &r->windbg;
    return status == LAB_OK || cli_lab_failed(l, status) == CLI_CLEAN;
}

static bool write_replay(FILE *out, const void *what) { return report_json_replay(out, what); }

static cli_exit publish(replaying *r)
{
    report_style style = cli_style(r->options);
    if (!cli_write_json(r->options, write_replay, &r->replay))
        return CLI_INTERNAL;
    if (!cli_json_only(r->options)) {
        if (r->options->trace && r->replay.same)
            report_trace_print(stdout, r->trace, &r->describer);
        report_text_replay(stdout, &r->replay, &style);
    }
    if (!r->replay.same)
        return CLI_USAGE;
    return r->replay.failure ? CLI_FAILED : CLI_CLEAN;
}

static cli_exit run(replaying *r)
{
    char error[256] = "";
    lab_scenario scenario = r->schedule.scenario;
    scenario.driver = r->driver.test.img;
    for (size_t i = 0; i < scenario.companion_count; i++)
        scenario.companions[i] = r->driver.with[i].img;
    scenario.sequential = r->options->in_order;
    lab *l = NULL;
    lab_status status = lab_create(&scenario, &l, error);
    if (status != LAB_OK) {
        cli_message("%s: %s", status == LAB_BAD_SCENARIO ? r->options->file : "internal error", error);
        return status == LAB_BAD_SCENARIO ? CLI_USAGE : CLI_INTERNAL;
    }
    r->describer = (describer){.arena = report_arena_create(), .names = cli_names(r->options), .l = l, .run = &r->run};
    cli_driver_plan(&r->driver, &scenario, r->describer.arena, &r->run);
    r->trace = report_trace_create(r->options->trace);
    describe_replayed done = {0};
    status = describe_replay(&r->describer, &r->schedule, report_trace_add, r->trace, &done);
    cli_exit result;
    if (status == LAB_OK || status == LAB_BAD_SCHEDULE) {
        fill_replay(r, l, status, &done);
        result = add_recipe(r, l) ? publish(r) : CLI_INTERNAL;
    } else {
        result = cli_lab_failed(l, status);
    }
    report_trace_destroy(r->trace);
    symbols_destroy(r->describer.names);
    report_arena_destroy(r->describer.arena);
    lab_destroy(l);
    return result;
}

cli_exit cmd_replay(const cli_options *options)
{
    replaying r = {.options = options};
    cli_exit status = cli_driver_open(&options->subjects[0], &r.driver);
    if (status == CLI_CLEAN && !read_schedule(&r))
        status = CLI_USAGE;
    if (status == CLI_CLEAN)
        status = cli_driver_check(&r.driver, r.schedule.scenario.os);
    if (status == CLI_CLEAN)
        status = run(&r);
    lab_schedule_free(&r.schedule);
    cli_driver_close(&r.driver);
    return status;
}
