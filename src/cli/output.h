/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.h - where reports go, and exit statuses of the lab's failures. */
#ifndef AIRLOCK_CLI_OUTPUT_H
#define AIRLOCK_CLI_OUTPUT_H

#include "json.h"
#include "lab.h"
#include "options.h"
#include "symbols.h"
#include "text.h"

/* JSON goes to standard output, in place of the text. */
bool cli_json_only(const cli_options *options);

report_style cli_style(const cli_options *options);

/* For the reports that are asked for: without llvm-symbolizer if none of them shows a name. */
symbols *cli_names(const cli_options *options);

/* Writes by `write` to options->json, if it is given. False: a message was printed. */
typedef bool (*cli_json_writer)(FILE *out, const void *what);
bool cli_write_json(const cli_options *options, cli_json_writer write, const void *what);

/* An error of the lab is ours. Prints it. */
cli_exit cli_lab_failed(const lab *l, lab_status status);

#endif
