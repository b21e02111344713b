/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

cli_exit cmd_replay(const cli_options *options)
{
    cli_message("cannot replay %s: not there yet", options->file);
    return CLI_INTERNAL;
}
