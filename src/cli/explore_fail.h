/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explore_fail.h - airlock explore --fail: explorations in which one call of DriverEntry fails on purpose. */
#ifndef AIRLOCK_CLI_EXPLORE_FAIL_H
#define AIRLOCK_CLI_EXPLORE_FAIL_H

#include "driver.h"

/* The scenario's call, or each call, after the other (options->fail_each). */
cli_exit explore_failing(const cli_options *options, const cli_driver *driver, const lab_scenario *scenario);

#endif
