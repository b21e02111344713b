/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exploration.h - one exploration of a driver, from the plan to the verdict: what airlock explore consists of. */
#ifndef AIRLOCK_CLI_EXPLORATION_H
#define AIRLOCK_CLI_EXPLORATION_H

#include "driver.h"

typedef struct exploration exploration;

/* `failing`: the call that the scenario makes fail, as reports name it; all zeroes if none. Keeps `options` and `driver`.
 * NULL: no memory, as exploration_run then says. */
exploration *exploration_create(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario,
                                report_call failing);

/* Prints what it does and finds. Of several (--fail each) the JSON report is left to the caller. */
cli_exit exploration_run(exploration *e);

/* What it found, once it has run; lives as long as the exploration. */
const report_run *exploration_report(const exploration *e);

void exploration_destroy(exploration *e);

/* All of these. */
cli_exit exploration_once(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario,
                          report_call failing);

#endif
