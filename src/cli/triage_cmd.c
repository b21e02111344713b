/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage_cmd.c - airlock triage: read the logs, apply the rules, ask the lab if a driver is at hand, report. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "triage_report.h"

#define CHUNK            ((size_t)1 << 18) /* bytes read at once */
#define TERMINAL_SECONDS 0.2               /* between two progress lines */
#define PIPED_SECONDS    4.0

typedef struct {
    const cli_options *options;
    triage *t;
    triage_lab lab;
    double printed; /* when the progress line was, in seconds */
    bool shown;
    char *chunk;
} triaging;

typedef struct {
    const triage *t;
    const triage_lab *lab;
} both;

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void show_progress(triaging *g, const char *name)
{
    bool terminal = isatty(STDERR_FILENO);
    double now = now_seconds();
    if (g->options->quiet || now - g->printed < (terminal ? TERMINAL_SECONDS : PIPED_SECONDS))
        return;
    const triage_log *log = triage_model(g->t);
    fprintf(stderr, "%s%.40s: %llu MB read, %llu threads%s", terminal ? "\r" : "", name,
            (unsigned long long)(log->bytes >> 20), (unsigned long long)log->threads_seen, terminal ? "\033[K" : "\n");
    fflush(stderr);
    g->printed = now;
    g->shown = terminal;
}

static bool read_log(triaging *g, const char *path)
{
    bool standard = !strcmp(path, "-");
    const char *name = standard ? "standard input" : path;
    FILE *in = standard ? stdin : fopen(path, "rb");
    size_t size;
    triage_begin(g->t, name);
    while (in && (size = fread(g->chunk, 1, CHUNK, in)) > 0) {
        triage_feed(g->t, g->chunk, size);
        show_progress(g, name);
    }
    bool fine = in && !ferror(in);
    if (!fine)
        cli_message("%s: %s", name, strerror(errno));
    if (in && !standard)
        fclose(in);
    return fine;
}

static cli_exit read_logs(triaging *g)
{
    g->printed = now_seconds();
    for (size_t i = 0; i < g->options->subject_count; i++)
        if (!read_log(g, g->options->subjects[i].file))
            return CLI_USAGE;
    triage_finish(g->t);
    if (g->shown)
        fputs("\r\033[K", stderr);
    if (triage_is_debugger_text(g->t))
        return CLI_CLEAN;
    cli_message("%s%s: no debugger text: no stack, bug check or list of modules", g->options->file,
                g->options->subject_count > 1 ? " and the others" : "");
    return CLI_USAGE;
}

static bool write_json(FILE *out, const void *what)
{
    const both *b = what;
    return triage_json(out, b->t, b->lab);
}

static cli_exit publish(const triaging *g)
{
    both b = {g->t, &g->lab};
    report_style style = cli_style(g->options);
    if (!cli_write_json(g->options, write_json, &b))
        return CLI_INTERNAL;
    if (!cli_json_only(g->options))
        triage_text(stdout, g->t, &g->lab, &style);
    return triage_recognised(g->t) ? CLI_FAILED : CLI_CLEAN;
}

/* The finding whose stacks the lab is asked for. */
static cli_exit ask_lab(triaging *g)
{
    const triage_finding *findings;
    size_t count = triage_findings(g->t, &findings);
    if (!g->options->driver || !count || findings[0].rule == TRIAGE_LEFT)
        return CLI_CLEAN;
    return triage_lab_ask(g->options, &findings[0], &g->lab);
}

cli_exit cmd_triage(const cli_options *options)
{
    triaging g = {.options = options, .t = triage_create(), .chunk = malloc(CHUNK)};
    cli_exit status = CLI_INTERNAL;
    if (!g.t || !g.chunk)
        cli_message("not enough memory");
    else
        status = read_logs(&g);
    if (status == CLI_CLEAN)
        status = ask_lab(&g);
    if (status == CLI_CLEAN)
        status = publish(&g);
    triage_destroy(g.t);
    free(g.chunk);
    return status;
}
