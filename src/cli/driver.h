/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driver.h - the driver file of explore and replay: opened, and checked before anything runs. */
#ifndef AIRLOCK_CLI_DRIVER_H
#define AIRLOCK_CLI_DRIVER_H

#include "options.h"
#include "probe.h"

typedef struct {
    image *img;
    probe *needs;
} cli_driver;

/* Opens options->file. Anything but CLI_CLEAN: a message was printed. Close in both cases. */
cli_exit cli_driver_open(const cli_options *options, cli_driver *driver);
void cli_driver_close(cli_driver *driver);

/* Can it run on this Windows of the lab? Anything but CLI_CLEAN: a message was printed that names what is missing. */
cli_exit cli_driver_check(const cli_options *options, const cli_driver *driver, lab_os os);

#endif
