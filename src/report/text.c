/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - the order of a text report. */
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

static printer printer_for(FILE *out, const report_run *run, const report_style *style)
{
    const char *machine = run ? run->driver.machine : NULL;
    return (printer){
        .out = out, .verbose = style->verbose, .colour = style->colour, .narrow = machine && !strcmp(machine, "x86")};
}

bool report_wants_colour(FILE *out)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no && *no) && term && strcmp(term, "dumb") && isatty(fileno(out));
}

void report_text_plan(FILE *out, const report_run *run, const report_style *style)
{
    printer p = printer_for(out, run, style);
    if (style->quiet)
        return;
    print_plan(&p, run);
    fputc('\n', out);
}

static void print_header(const printer *p, size_t number, size_t count)
{
    char title[80];
    snprintf(title, sizeof title, "FAILURE %zu of %zu: ", number, count);
    print_tone_text(p, PRINT_HEADING, title);
}

static void print_failures(const printer *p, const report_run *run)
{
    for (size_t i = 0; i < run->failure_count; i++) {
        report_run rest = *run;
        rest.window.measured = run->window.measured && i == 0; /* it is the run's, not each failure's */
        fputc('\n', p->out);
        print_header(p, i + 1, run->failure_count);
        if (i == 0 || p->verbose)
            print_failure(p, &rest, &run->failures[i]);
        else
            print_failure_brief(p, &run->failures[i]);
    }
    if (run->failure_count > 1 && !p->verbose)
        fputs("\nThe first failure is shown in full; -v, or the replay line of another, shows that one.\n", p->out);
}

void report_text_results(FILE *out, const report_run *run, const report_style *style)
{
    printer p = printer_for(out, run, style);
    if (style->quiet) {
        print_verdict_line(&p, run);
        return;
    }
    print_explored(&p, run);
    print_failures(&p, run);
    fputc('\n', out);
    print_notes(&p, run);
    print_verdict(&p, run);
    for (size_t i = 0; i < run->written_count; i++)
        print_entry(&p, i ? "" : "Written", run->written[i]);
}

static void print_run_line(const printer *p, const report_run *run)
{
    char failures[PRINT_NUMBER_SIZE], executions[PRINT_NUMBER_SIZE];
    fprintf(p->out, "%4" PRIu32 "  %-36s %-34s %-14s %s failure%s, %s schedules\n", run->failing.number,
            run->failing.name ? run->failing.name : "?", run->failing.failure ? run->failing.failure : "?",
            lab_verdict_name(run->verdict), print_number(run->failure_count, failures),
            run->failure_count == 1 ? "" : "s", print_number(run->executions, executions));
}

void report_text_runs(FILE *out, const report_runs *runs, const char *written, const report_style *style)
{
    printer p = printer_for(out, NULL, style);
    if (style->quiet)
        return;
    print_tone_text(&p, PRINT_HEADING, "CALLS OF DriverEntry THAT CAN FAIL");
    fputs("\n", out);
    for (size_t i = 0; i < runs->count; i++)
        print_run_line(&p, runs->runs[i]);
    if (written)
        print_entry(&p, "Written", written);
}

void report_text(FILE *out, const report_run *run, const report_style *style)
{
    report_text_plan(out, run, style);
    report_text_results(out, run, style);
}

void report_text_failure(FILE *out, const report_run *run, const report_failure *failure, const report_style *style)
{
    printer p = printer_for(out, run, style);
    print_failure(&p, run, failure);
}

void report_text_replay(FILE *out, const report_replay *replay, const report_style *style)
{
    printer p = printer_for(out, replay->run, style);
    char rows[PRINT_NUMBER_SIZE], instructions[PRINT_NUMBER_SIZE];
    if (!replay->same) {
        print_tone_text(&p, PRINT_BAD, "NOT REPLAYED");
        fprintf(out, ": %s\n", replay->mismatch ? replay->mismatch : "the schedule does not fit this driver");
        return;
    }
    if (replay->failure && !style->quiet)
        print_failure(&p, NULL, replay->failure);
    print_tone_text(&p, replay->failure ? PRINT_BAD : PRINT_GOOD, "REPLAYED");
    fprintf(out, "  %s: %s, %s rows, %s instructions%s%s\n", replay->schedule ? replay->schedule : "",
            replay->failure ? (replay->failure->kind ? replay->failure->kind : "failure") : "no failure",
            print_number(replay->rows, rows), print_number(replay->instructions, instructions),
            replay->digest ? ", digest " : "", replay->digest ? replay->digest : "");
    for (size_t i = 0; replay->windbg && i < replay->windbg->count; i++)
        fprintf(out, "%s%s\n", i ? "" : "\n", replay->windbg->lines[i]);
}
