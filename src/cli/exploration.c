/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exploration.c - print the plan, load and unload in order, explore bound after bound, measure the window, report.
 */
#include "exploration.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "describe.h"
#include "output.h"
#include "progress.h"
#include "workers.h"

struct exploration {
    const cli_options *options;
    const cli_driver *driver;
    lab_scenario scenario;
    describer describer;
    report_run run;
    lab *l;
    report_progress *progress;
    report_progress_now now;
    describe_round *rounds;
    size_t round_count;
    uint64_t executions; /* of the rounds that are done */
    double began;        /* seconds */
    double walks_end;    /* when no further random walk begins */
    bool cut;            /* the budget ended */
    report_call failing; /* on purpose */
    cli_exit failed;
};

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double random_seconds(const cli_options *options)
{
    return options->pct && options->random_seconds <= 0 ? CLI_RANDOM_DEFAULT : options->random_seconds;
}

/* Of the exploration: what the walks are to have is left. */
static bool out_of_time(const exploration *e)
{
    return e->options->max_seconds > 0 &&
           now_seconds() - e->began >= e->options->max_seconds - random_seconds(e->options);
}

/* Rounds ---------------------------------------------------------------------------------------------------------- */

static bool on_progress(void *context, const explore_progress *total)
{
    exploration *e = context;
    e->now.executions = total->executions;
    e->now.failures = total->failures;
    report_progress_update(e->progress, &e->now);
    e->cut |= out_of_time(e);
    return !e->cut;
}

static void begin_phase(exploration *e, const char *phase, bool bounded, uint32_t bound)
{
    e->now = (report_progress_now){.phase = phase, .bounded = bounded, .bound = bound};
    report_progress_update(e->progress, &e->now);
}

static bool explore_round(exploration *e, uint32_t bound)
{
    explore_options options = {.bound = bound,
                               .max_stall = e->options->max_stall,
                               .find_stall = e->options->find_stall,
                               .progress = on_progress,
                               .context = e,
                               .jobs = workers_jobs(e->options->jobs)};
    describe_round *round = &e->rounds[e->round_count];
    uint64_t most = e->options->max_executions;
    begin_phase(e, "bound", true, bound);
    options.max_executions = most ? most - e->executions : 0;
    if (e->options->checkpoint && lab_checkpoint(e->l, &options, e->options->checkpoint) != LAB_OK) {
        cli_message("%s", lab_error(e->l));
        e->failed = CLI_USAGE;
        return false;
    }
    lab_status status = lab_explore(e->l, &options, &round->report);
    if (status == LAB_OK) {
        e->round_count++;
        round->bound = bound;
        status = describe_keep(e->l, round);
    }
    if (status != LAB_OK) {
        e->failed = cli_lab_failed(e->l, status);
        return false;
    }
    e->executions += round->report.total.executions;
    on_progress(e, &round->report.total);
    e->cut |= !round->report.complete || (most && e->executions >= most);
    return true;
}

/* Before the long work: an unload from each point of the load, so that a simple failure shows at once. */
static bool sweep(exploration *e)
{
    explore_options few = {.bound = EXPLORE_UNBOUNDED, .max_executions = 64};
    explore_report learnt;
    lab_window window;
    begin_phase(e, "sweep", false, 0);
    lab_status status = lab_explore(e->l, &few, &learnt);
    if (status == LAB_OK) {
        explore_report_free(&learnt);
        status = lab_window_measure(e->l, &window);
    }
    if (status != LAB_OK) {
        e->failed = cli_lab_failed(e->l, status);
        return false;
    }
    e->rounds[e->round_count++] = describe_sweep(&window, e->options->bound);
    e->now.executions = window.executions;
    e->now.failures = e->rounds[0].report.failure_count;
    report_progress_update(e->progress, &e->now);
    lab_window_free(&window);
    return true;
}

/*
 * Without a bound, all at once: the reduction makes that cheaper than any bound, under which equivalent schedules have to
 * be run each. With one, 0, 1 … up to it.
 */
static void explore_rounds(exploration *e)
{
    uint32_t bound = e->options->bound, first = bound == EXPLORE_UNBOUNDED ? bound : 0;
    e->rounds = calloc((size_t)(bound - first) + 3, sizeof *e->rounds);
    if (!e->rounds) {
        e->failed = cli_lab_failed(NULL, LAB_NO_MEMORY);
        return;
    }
    if (!e->options->max_stall && !sweep(e)) {
        return; /* of what the sweep finds it is not known which stalls it takes */
    }
    for (uint32_t i = first; !e->cut && explore_round(e, i) && i != bound; i++) {
    }
}

/* Random walks --------------------------------------------------------------------------------------------------- */

static bool on_walk(void *context, const explore_progress *total)
{
    exploration *e = context;
    e->now.executions = total->executions;
    e->now.failures = total->failures;
    if (total->executions % 64 == 0)
        report_progress_update(e->progress, &e->now);
    return now_seconds() < e->walks_end;
}

/* For what an exploration that was cut did not come to. */
static bool walk(exploration *e)
{
    explore_random_options options = {
        .depth = e->options->pct, .seed = e->options->seed, .progress = on_walk, .context = e};
    double seconds = random_seconds(e->options);
    describe_round *round = &e->rounds[e->round_count];
    explore_walks walks;
    if (!e->cut || seconds <= 0)
        return true;
    begin_phase(e, "random", false, 0);
    e->walks_end = now_seconds() + seconds;
    lab_status status = lab_random(e->l, &options, &walks);
    if (status == LAB_OK) {
        e->run.walks = (report_walks){.count = walks.report.total.executions,
                                      .failing = walks.report.total.failing,
                                      .depth = e->options->pct,
                                      .threads = walks.threads,
                                      .steps = walks.steps};
        *round = (describe_round){.bound = e->options->bound, .report = walks.report, .sweep = true};
        e->round_count++;
        status = describe_keep(e->l, round);
    }
    if (status != LAB_OK)
        e->failed = cli_lab_failed(e->l, status);
    return status == LAB_OK;
}

/* The parts ------------------------------------------------------------------------------------------------------- */

static bool boot(exploration *e, bool sequential)
{
    char error[256] = "";
    e->scenario.sequential = sequential;
    lab_status status = lab_create(&e->scenario, &e->l, error);
    if (status != LAB_OK) {
        cli_message("%s: %s", status == LAB_BAD_SCENARIO ? e->options->file : "internal error", error);
        e->failed = status == LAB_BAD_SCENARIO ? CLI_USAGE : CLI_INTERNAL;
    }
    e->describer.l = e->l;
    return status == LAB_OK;
}

static bool check(exploration *e, lab_status status)
{
    if (status != LAB_OK)
        e->failed = cli_lab_failed(e->l, status);
    return status == LAB_OK;
}

/* A driver that fails even alone is told so. */
static bool run_in_order(exploration *e)
{
    begin_phase(e, "in order", false, 0);
    bool fine = boot(e, true) && check(e, describe_sequential(&e->describer));
    lab_destroy(e->l);
    e->l = NULL;
    return fine;
}

static bool measure_window(exploration *e)
{
    lab_window window;
    if (out_of_time(e) || e->options->max_stall)
        return true;
    begin_phase(e, "window", false, 0);
    if (!check(e, lab_window_measure(e->l, &window)))
        return false;
    describe_window(&e->describer, &window);
    lab_window_free(&window);
    return true;
}

static bool explore_all(exploration *e)
{
    if (!run_in_order(e) || !boot(e, false))
        return false;
    symbols_rest(e->describer.names);
    explore_rounds(e);
    if (e->failed != CLI_CLEAN || !walk(e))
        return false;
    if (!measure_window(e))
        return false;
    begin_phase(e, "report", false, 0);
    return check(e, describe_rounds(&e->describer, e->rounds, e->round_count));
}

/* Output ---------------------------------------------------------------------------------------------------------- */

static bool write_run(FILE *out, const void *what) { return report_json(out, what); }

static void note_written(exploration *e)
{
    if (e->options->json && !cli_json_only(e->options)) {
        e->run.written = report_arena_alloc(e->describer.arena, 1, sizeof *e->run.written);
        e->run.written[e->run.written_count++] = e->options->json;
    }
}

static cli_exit publish(exploration *e)
{
    report_run *run = &e->run;
    report_style style = cli_style(e->options);
    run->seconds = now_seconds() - e->began;
    if (!e->options->fail_each) { /* whose JSON report is of all of them */
        if (!cli_write_json(e->options, write_run, run))
            return CLI_INTERNAL;
        note_written(e);
    }
    if (!cli_json_only(e->options))
        report_text_results(stdout, run, &style);
    if (run->failure_count)
        return CLI_FAILED;
    return run->verdict == LAB_NOT_FINISHED ? CLI_BUDGET : CLI_CLEAN;
}

static void plan(exploration *e)
{
    report_style style = cli_style(e->options);
    cli_driver_plan(e->driver, &e->scenario, e->describer.arena, &e->run);
    e->run.driver.symbols = symbols_kind(e->describer.names, e->driver->test.img);
    e->run.seed = e->options->seed;
    e->run.find_stall = e->options->find_stall;
    e->run.evidence.max_stall = e->options->max_stall;
    e->run.bound = e->options->bound == EXPLORE_UNBOUNDED ? REPORT_UNBOUNDED : e->options->bound;
    e->run.failing = e->failing;
    if (!cli_json_only(e->options)) {
        report_text_plan(stdout, &e->run, &style);
        fflush(stdout);
    }
}

cli_exit exploration_run(exploration *e)
{
    if (!e)
        return cli_lab_failed(NULL, LAB_NO_MEMORY);
    e->describer = (describer){.arena = report_arena_create(), .names = cli_names(e->options), .run = &e->run};
    plan(e);
    e->progress = report_progress_create(e->options->quiet ? NULL : stderr, isatty(STDERR_FILENO), NULL, NULL);
    bool fine = explore_all(e);
    report_progress_destroy(e->progress);
    symbols_rest(e->describer.names);
    if (fine)
        describe_verdict(&e->run, !e->cut);
    return fine ? publish(e) : e->failed;
}

exploration *exploration_create(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario,
                                report_call failing)
{
    exploration *e = calloc(1, sizeof *e);
    if (e)
        *e = (exploration){
            .options = options, .driver = driver, .scenario = *scenario, .failing = failing, .began = now_seconds()};
    return e;
}

const report_run *exploration_report(const exploration *e) { return e ? &e->run : NULL; }

void exploration_destroy(exploration *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->round_count; i++)
        describe_round_free(&e->rounds[i]);
    free(e->rounds);
    lab_destroy(e->l);
    symbols_destroy(e->describer.names);
    report_arena_destroy(e->describer.arena);
    free(e);
}

cli_exit exploration_once(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario,
                          report_call failing)
{
    exploration *e = exploration_create(options, driver, scenario, failing);
    cli_exit status = exploration_run(e);
    exploration_destroy(e);
    return status;
}
