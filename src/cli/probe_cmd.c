/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

cli_exit cmd_probe(const cli_options *options)
{
    cli_message("cannot probe %s: not there yet", options->file);
    return CLI_INTERNAL;
}
