/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <string.h>

bool cli_json_only(const cli_options *options) { return options->json && !strcmp(options->json, "-"); }

report_style cli_style(const cli_options *options)
{
    return (report_style){.verbose = options->verbose, .quiet = options->quiet, .colour = report_wants_colour(stdout)};
}

symbols *cli_names(const cli_options *options)
{
    symbols *names = symbols_create();
    if (options->quiet && !options->json && !options->trace && !options->windbg)
        symbols_forgo_lines(names);
    return names;
}

bool cli_write_json(const cli_options *options, cli_json_writer write, const void *what)
{
    if (!options->json)
        return true;
    bool standard = cli_json_only(options);
    FILE *out = standard ? stdout : fopen(options->json, "w");
    bool written = out && write(out, what);
    if (out && !standard && fclose(out) != 0)
        written = false;
    if (!written)
        cli_message("cannot write %s: %s", standard ? "the JSON report" : options->json, strerror(errno));
    return written;
}

cli_exit cli_lab_failed(const lab *l, lab_status status)
{
    if (status == LAB_NO_MEMORY)
        cli_message("not enough memory");
    else
        cli_message("internal error: %s", l && *lab_error(l) ? lab_error(l) : "the lab failed");
    return CLI_INTERNAL;
}
