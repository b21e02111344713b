/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.h - what --help, --help-model and --version print. */
#ifndef AIRLOCK_CLI_HELP_H
#define AIRLOCK_CLI_HELP_H

#include <stdio.h>

#include "options.h"

void cli_help(FILE *out, const cli_verb *verbs, size_t count); /* the program */
void cli_help_verb(FILE *out, const cli_verb *verb);
void cli_help_model(FILE *out);
void cli_version(FILE *out);

#endif
