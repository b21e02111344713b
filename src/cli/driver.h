/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driver.h - the driver files of explore, replay and compare: opened, and checked before anything runs. */
#ifndef AIRLOCK_CLI_DRIVER_H
#define AIRLOCK_CLI_DRIVER_H

#include "describe.h"
#include "options.h"
#include "probe.h"

typedef struct {
    const char *file;
    image *img;
    probe *needs;
} cli_driver_file;

typedef struct {
    cli_driver_file test; /* the driver under test */
    cli_driver_file with[LAB_COMPANIONS_MAX];
    size_t with_count;
} cli_driver;

/* Opens the subject's files. Anything but CLI_CLEAN: a message was printed. Close in both cases. */
cli_exit cli_driver_open(const cli_subject *subject, cli_driver *driver);
void cli_driver_close(cli_driver *driver);

/* Puts the images into the scenario, and what the subject says of services and the registry. CLI_USAGE: a message was
 * printed. */
cli_exit cli_driver_scenario(const cli_subject *subject, const cli_driver *driver, lab_scenario *scenario);

/* Can they run on this Windows of the lab? Anything but CLI_CLEAN: a message was printed that names what is missing. */
cli_exit cli_driver_check(const cli_driver *driver, lab_os os);

/* What a report says of them. */
void cli_driver_plan(const cli_driver *driver, const lab_scenario *scenario, report_arena *arena, report_run *run);

#endif
