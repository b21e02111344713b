/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe_report.h - a probe for people and for programs. */
#ifndef AIRLOCK_CLI_PROBE_REPORT_H
#define AIRLOCK_CLI_PROBE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "probe.h"

/* `verbose`: the imports modelled in full are listed too. `file`: as given on the command line. */
void probe_text(FILE *out, const probe *p, const char *file, bool verbose);

/* The last line alone: can it be explored, and where? */
void probe_text_verdict(FILE *out, const probe *p);

/* Schema airlock.probe/1: one document and a newline. False: writing failed (see errno). */
bool probe_json(FILE *out, const probe *p, const char *file);

#endif
