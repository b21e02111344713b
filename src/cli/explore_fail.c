/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explore_fail.c - which calls can fail, and the explorations in which one does. */
#include "explore_fail.h"

#include <stdlib.h>

#include "exploration.h"
#include "failable.h"
#include "output.h"

static bool write_runs(FILE *out, const void *what) { return report_json_runs(out, what); }

static report_call failing_call(const lab_call *calls, size_t count, uint32_t number)
{
    return (report_call){number, (uint32_t)count, calls[number - 1].name, calls[number - 1].failure};
}

/* A failure counts most, then what was not finished. */
static cli_exit worse(cli_exit a, cli_exit b)
{
    static const cli_exit order[] = {CLI_INTERNAL, CLI_FAILED, CLI_BUDGET};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

static cli_exit publish_each(const cli_options *options, const report_runs *runs)
{
    report_style style = cli_style(options);
    if (!cli_write_json(options, write_runs, runs))
        return CLI_INTERNAL;
    if (!cli_json_only(options))
        report_text_runs(stdout, runs, options->json, &style);
    return CLI_CLEAN;
}

static cli_exit run_each(const cli_options *options, const cli_driver *driver, lab_scenario scenario,
                         const lab_call *calls, size_t count)
{
    exploration **all = calloc(count, sizeof *all);
    const report_run **runs = calloc(count, sizeof *runs);
    cli_exit status = all && runs ? CLI_CLEAN : cli_lab_failed(NULL, LAB_NO_MEMORY);
    for (size_t i = 0; status != CLI_INTERNAL && i < count; i++) {
        scenario.fail = (uint32_t)i + 1;
        all[i] = exploration_create(options, driver, &scenario, failing_call(calls, count, scenario.fail));
        runs[i] = exploration_report(all[i]);
        status = worse(status, exploration_run(all[i]));
        if (!options->quiet && !cli_json_only(options))
            putchar('\n');
    }
    if (status != CLI_INTERNAL)
        status = worse(status, publish_each(options, &(report_runs){runs, count}));
    for (size_t i = 0; all && i < count; i++)
        exploration_destroy(all[i]);
    free(all);
    free(runs);
    return status;
}

/* Lists DriverEntry's calls; is there one to fail? */
static cli_exit find_calls(const cli_options *options, const lab_scenario *scenario, lab_call **calls, size_t *count)
{
    char error[256] = "";
    lab_status status = lab_list_calls(scenario, calls, count, error);
    if (status != LAB_OK) {
        cli_message("%s: %s", status == LAB_BAD_SCENARIO ? options->file : "internal error", error);
        return status == LAB_BAD_SCENARIO ? CLI_USAGE : CLI_INTERNAL;
    }
    if (*count && scenario->fail <= *count)
        return CLI_CLEAN;
    cli_message("%s: its DriverEntry makes %zu call%s that can fail%s", options->file, *count, *count == 1 ? "" : "s",
                *count ? "; --fail takes no more than that" : "");
    return CLI_USAGE;
}

cli_exit explore_failing(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario)
{
    lab_call *calls;
    size_t count;
    cli_exit status = find_calls(options, scenario, &calls, &count);
    if (status == CLI_CLEAN && options->fail_each) {
        status = run_each(options, driver, *scenario, calls, count);
    } else if (status == CLI_CLEAN) {
        status = exploration_once(options, driver, scenario, failing_call(calls, count, scenario->fail));
    }
    free(calls);
    return status;
}
