/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explore_cmd.c - airlock explore: check the driver, then explore it once, or once for each call that fails. */
#include "commands.h"

#include "exploration.h"
#include "explore_fail.h"

static cli_exit explore(const cli_options *options, const cli_driver *driver, lab_scenario *scenario)
{
    if (!options->unload_given && driver->test.needs->kind != PROBE_MINIFILTER)
        scenario->unload = LAB_UNLOAD_SC; /* fltmc unloads minifilters only */
    if (scenario->fail || options->fail_each)
        return explore_failing(options, driver, scenario);
    return exploration_once(options, driver, scenario, (report_call){0});
}

cli_exit cmd_explore(const cli_options *options)
{
    const cli_subject *subject = &options->subjects[0];
    lab_scenario scenario = options->scenario;
    cli_driver driver = {0};
    cli_exit status = cli_driver_open(subject, &driver);
    if (status == CLI_CLEAN)
        status = cli_driver_check(&driver, options->scenario.os);
    if (status == CLI_CLEAN)
        status = cli_driver_scenario(subject, &driver, &scenario);
    if (status == CLI_CLEAN)
        status = explore(options, &driver, &scenario);
    cli_driver_close(&driver);
    return status;
}
