/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands.h - the verbs, one file each (explore_cmd.c …). Each returns the exit status of the program. */
#ifndef AIRLOCK_CLI_COMMANDS_H
#define AIRLOCK_CLI_COMMANDS_H

#include "options.h"

cli_exit cmd_explore(const cli_options *options);
cli_exit cmd_replay(const cli_options *options);
cli_exit cmd_compare(const cli_options *options);
cli_exit cmd_probe(const cli_options *options);
cli_exit cmd_triage(const cli_options *options);

#endif
