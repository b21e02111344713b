/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_cmd.c - airlock compare: each driver under each Windows by each route, in processes of their own; a table,
 * JSON, a picture.
 */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "compare_run.h"
#include "driver.h"
#include "output.h"
#include "workers.h"

enum { ROUTES = (LAB_WIN8 + 1) * (LAB_LOAD_NT + 1) * (LAB_UNLOAD_NT + 1) };

/* What a worker sends. */
typedef struct {
    lab_status status;
    compare_result result;
    char error[256];
} row_outcome;
_Static_assert(sizeof(row_outcome) <= WORKERS_RESULT_MOST, "a row does not fit");

typedef struct {
    const cli_options *options;
    cli_driver drivers[CLI_SUBJECTS_MOST];
    lab_scenario *scenarios; /* of the rows */
    compare_row *rows;
    size_t count;
    row_outcome *outcomes;
    bool *finished;
    report_arena *arena;
    report_run model; /* its switches */
} comparison;

/* Rows ------------------------------------------------------------------------------------------------------------- */

static cli_exit open_drivers(comparison *c)
{
    const cli_options *o = c->options;
    cli_exit status = CLI_CLEAN;
    for (size_t i = 0; i < o->subject_count && status == CLI_CLEAN; i++) {
        status = cli_driver_open(&o->subjects[i], &c->drivers[i]);
        for (lab_os os = LAB_XP; os <= LAB_WIN8 && status == CLI_CLEAN; os++)
            if (o->oses & 1u << os)
                status = cli_driver_check(&c->drivers[i], os);
    }
    return status;
}

/* fltmc unloads minifilters only, so that another driver would pass without being tried. */
static unsigned unloads_of(const comparison *c, size_t driver)
{
    bool other = c->drivers[driver].test.needs->kind != PROBE_MINIFILTER;
    unsigned unloads = c->options->unloads;
    return other && !c->options->unload_given ? unloads & ~(1u << LAB_UNLOAD_FLTMC) : unloads;
}

static void add_row(comparison *c, size_t driver, const lab_scenario *scenario)
{
    const cli_driver *d = &c->drivers[driver];
    char start[LAB_NAME_SIZE];
    const image *first = lab_service_image(scenario, lab_started_service(scenario, start));
    c->rows[c->count] = (compare_row){
        .driver = image_name(d->test.img),
        .with = first == d->test.img ? NULL : image_name(first),
        .os = lab_os_name(scenario->os),
        .load = lab_load_name(scenario->load),
        .unload = lab_unload_name(scenario->unload),
    };
    c->scenarios[c->count++] = *scenario;
}

static void add_routes(comparison *c, size_t driver, lab_scenario *scenario)
{
    const cli_options *o = c->options;
    for (lab_os os = LAB_XP; os <= LAB_WIN8; os++)
        for (lab_load load = LAB_LOAD_SC; load <= LAB_LOAD_NT; load++)
            for (lab_unload unload = LAB_UNLOAD_FLTMC; unload <= LAB_UNLOAD_NT; unload++)
                if (o->oses & 1u << os && o->loads & 1u << load && unloads_of(c, driver) & 1u << unload) {
                    scenario->os = os;
                    scenario->load = load;
                    scenario->unload = unload;
                    add_row(c, driver, scenario);
                }
}

static cli_exit make_rows(comparison *c)
{
    size_t most = c->options->subject_count * ROUTES;
    c->rows = calloc(most, sizeof *c->rows);
    c->scenarios = calloc(most, sizeof *c->scenarios);
    c->outcomes = calloc(most, sizeof *c->outcomes);
    c->finished = calloc(most, sizeof *c->finished);
    if (!c->rows || !c->scenarios || !c->outcomes || !c->finished)
        return cli_lab_failed(NULL, LAB_NO_MEMORY);
    for (size_t i = 0; i < c->options->subject_count; i++) {
        lab_scenario scenario = c->options->scenario;
        cli_exit status = cli_driver_scenario(&c->options->subjects[i], &c->drivers[i], &scenario);
        if (status != CLI_CLEAN)
            return status;
        add_routes(c, i, &scenario);
    }
    return CLI_CLEAN;
}

/* Work ------------------------------------------------------------------------------------------------------------- */

static void work(void *context, size_t index, void *result)
{
    const comparison *c = context;
    row_outcome *outcome = result;
    compare_budget budget = {c->options->max_executions, c->options->max_seconds, c->options->bound};
    outcome->status = compare_run(&c->scenarios[index], &budget, &outcome->result, outcome->error);
}

static void on_progress(void *context, size_t done)
{
    const comparison *c = context;
    bool terminal = isatty(STDERR_FILENO);
    if (!c->options->quiet)
        fprintf(stderr, "%s%zu of %zu done%s", terminal ? "\r" : "", done, c->count,
                terminal && done < c->count ? "" : "\n");
}

static cli_exit run_rows(comparison *c)
{
    workers_task task = {.count = c->count,
                         .jobs = c->options->jobs,
                         .result_size = sizeof(row_outcome),
                         .context = c,
                         .work = work,
                         .progress = on_progress};
    if (!workers_run(&task, c->outcomes, c->finished)) {
        cli_message("cannot start a process: %s", strerror(errno));
        return CLI_INTERNAL;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (!c->finished[i] || c->outcomes[i].status != LAB_OK) {
            cli_message("internal error: %s (%s, load=%s, unload=%s): %s", c->rows[i].driver, c->rows[i].os,
                        c->rows[i].load, c->rows[i].unload,
                        c->finished[i] ? c->outcomes[i].error : "its process ended");
            return CLI_INTERNAL;
        }
        c->rows[i].result = c->outcomes[i].result;
    }
    return CLI_CLEAN;
}

/* Output ----------------------------------------------------------------------------------------------------------- */

static bool write_json(FILE *out, const void *what) { return compare_json(out, what); }

static bool write_svg(const cli_options *options, const compare_matrix *matrix)
{
    FILE *out = options->svg ? fopen(options->svg, "w") : NULL;
    bool written = !options->svg || (out && compare_svg(out, matrix));
    if (out && fclose(out) != 0)
        written = false;
    if (!written)
        cli_message("cannot write %s: %s", options->svg, strerror(errno));
    return written;
}

/* A failure counts more than a budget that ended. */
static cli_exit status_of(const comparison *c)
{
    cli_exit status = CLI_CLEAN;
    for (size_t i = 0; i < c->count; i++) {
        lab_verdict verdict = c->rows[i].result.verdict;
        if (verdict == LAB_NOT_FINISHED)
            status = status == CLI_FAILED ? status : CLI_BUDGET;
        else if (!lab_verdict_is_pass(verdict))
            status = CLI_FAILED;
    }
    return status;
}

static cli_exit publish(comparison *c)
{
    compare_matrix matrix = {c->model.switches, c->model.switch_count, c->rows, c->count};
    report_style style = cli_style(c->options);
    if (!cli_write_json(c->options, write_json, &matrix) || !write_svg(c->options, &matrix))
        return CLI_INTERNAL;
    if (!cli_json_only(c->options))
        compare_text(stdout, &matrix, &style);
    return status_of(c);
}

cli_exit cmd_compare(const cli_options *options)
{
    static comparison c; /* large */
    c = (comparison){.options = options, .arena = report_arena_create()};
    cli_exit status = open_drivers(&c);
    if (status == CLI_CLEAN)
        status = make_rows(&c);
    if (status == CLI_CLEAN)
        status = run_rows(&c);
    if (status == CLI_CLEAN) {
        cli_driver_plan(&c.drivers[0], &c.scenarios[0], c.arena, &c.model);
        status = publish(&c);
    }
    for (size_t i = 0; i < options->subject_count; i++)
        cli_driver_close(&c.drivers[i]);
    free(c.rows);
    free(c.scenarios);
    free(c.outcomes);
    free(c.finished);
    report_arena_destroy(c.arena);
    return status;
}
