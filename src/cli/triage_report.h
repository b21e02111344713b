/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage_report.h - a triage for people and for programs; the lab's answer, if it was asked. */
#ifndef AIRLOCK_CLI_TRIAGE_REPORT_H
#define AIRLOCK_CLI_TRIAGE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"
#include "text.h"
#include "triage.h"

/* What the lab found, compared with the stacks of a log. */
typedef enum {
    TRIAGE_LAB_NOT_ASKED,
    TRIAGE_LAB_SAME,     /* both stacks, at the same places */
    TRIAGE_LAB_SIMILAR,  /* the side that fails; the other side elsewhere in the same routine */
    TRIAGE_LAB_OTHER,    /* it finds failures, none of them like this one */
    TRIAGE_LAB_NOTHING,  /* it covers every order and finds no failure */
    TRIAGE_LAB_NOT_FOUND /* nothing alike until the budget ended: that proves nothing */
} triage_lab_answer;

typedef struct {
    triage_lab_answer answer;
    char driver[512];   /* file */
    char command[640];  /* that explores it so */
    char title[512];    /* of the failure that is alike */
    char at[256];       /* where the other side stood */
    char replay[16384]; /* the whole command line; "" = none */
    unsigned failures;  /* that the lab found */
    uint64_t schedules; /* that it ran */
} triage_lab;

/* Explores options->driver as the finding suggests and compares. Anything but CLI_CLEAN: a message was printed, or the
 * lab's own, and *lab says nothing. */
cli_exit triage_lab_ask(const cli_options *options, const triage_finding *finding, triage_lab *lab);

void triage_text(FILE *out, const triage *t, const triage_lab *lab, const report_style *style);

/* Schema airlock.triage/1: one document and a newline. False: writing failed (see errno). */
bool triage_json(FILE *out, const triage *t, const triage_lab *lab);

/* "reproduced", ... */
const char *triage_lab_answer_name(triage_lab_answer answer);

#endif
