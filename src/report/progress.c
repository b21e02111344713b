/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "print.h"

#define COLUMNS         100
#define REFRESH_SECONDS 0.1 /* of the line on a terminal */
#define PIPED_SECONDS   4.0 /* between lines when piped; the promise is 5 */

struct report_progress {
    FILE *out;
    bool terminal;
    report_progress_clock clock;
    void *context;
    report_progress_now now;
    char phase[32];     /* copy: the caller's text may be gone by the next update */
    bool running;       /* a phase is under way */
    double phase_began; /* seconds */
    double printed;
};

static double monotonic(void *context)
{
    struct timespec time;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

report_progress *report_progress_create(FILE *out, bool terminal, report_progress_clock clock, void *context)
{
    report_progress *made = out ? calloc(1, sizeof *made) : NULL;
    if (!made)
        return NULL;
    made->out = out;
    made->terminal = terminal;
    made->clock = clock ? clock : monotonic;
    made->context = context;
    return made;
}

/* "12 s", "3 min", "2 h" */
static void span(double seconds, char *text, size_t size)
{
    if (seconds < 120)
        snprintf(text, size, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(text, size, "%.0f min", seconds / 60);
    else
        snprintf(text, size, "%.0f h", seconds / 3600);
}

static void name_phase(const report_progress *progress, char *text, size_t size)
{
    if (!progress->now.bounded)
        snprintf(text, size, "%s", progress->phase);
    else if (progress->now.bound == REPORT_UNBOUNDED)
        snprintf(text, size, "%s unbounded", progress->phase);
    else
        snprintf(text, size, "%s %" PRIu32, progress->phase, progress->now.bound);
}

/* Phase, bound, schedules done and estimated, failures, rate, ETA (or the time taken). */
static void compose(const report_progress *progress, double at, bool finished, char line[COLUMNS + 1])
{
    char whole[256], phase[64], time[32];
    char done[PRINT_NUMBER_SIZE], of[PRINT_NUMBER_SIZE], failures[PRINT_NUMBER_SIZE], rate[PRINT_NUMBER_SIZE];
    const report_progress_now *now = &progress->now;
    double elapsed = at - progress->phase_began, speed = elapsed > 0 ? (double)now->executions / elapsed : 0;
    bool expected = !finished && now->estimate > now->executions;
    name_phase(progress, phase, sizeof phase);
    span(expected && speed > 0 ? (double)(now->estimate - now->executions) / speed : elapsed, time, sizeof time);
    snprintf(whole, sizeof whole, "%s: %s%s%s schedules, %s failure%s, %s/s, %s%s", phase,
             print_number(now->executions, done), expected ? " of about " : "",
             expected ? print_number(now->estimate, of) : "", print_number(now->failures, failures),
             now->failures == 1 ? "" : "s", print_number((uint64_t)speed, rate), expected && speed > 0 ? "ETA " : "",
             time);
    snprintf(line, COLUMNS + 1, "%.*s", COLUMNS, whole);
}

static void show(report_progress *progress, double at, bool finished)
{
    char line[COLUMNS + 1];
    compose(progress, at, finished, line);
    if (progress->terminal)
        fprintf(progress->out, "\r%s\033[K%s", line, finished ? "\n" : "");
    else
        fprintf(progress->out, "%s\n", line);
    fflush(progress->out);
    progress->printed = at;
}

static bool same_phase(const report_progress *progress, const report_progress_now *now)
{
    return !strcmp(progress->phase, now->phase ? now->phase : "") && progress->now.bound == now->bound;
}

static void begin(report_progress *progress, const report_progress_now *now, double at)
{
    snprintf(progress->phase, sizeof progress->phase, "%s", now->phase ? now->phase : "");
    progress->phase_began = at;
    progress->printed = at;
    progress->running = true;
}

void report_progress_update(report_progress *progress, const report_progress_now *now)
{
    if (!progress)
        return;
    double at = progress->clock(progress->context);
    if (progress->running && !same_phase(progress, now))
        show(progress, at, true);
    if (!progress->running || !same_phase(progress, now))
        begin(progress, now, at);
    progress->now = *now;
    progress->now.phase = progress->phase;
    if (at - progress->printed >= (progress->terminal ? REFRESH_SECONDS : PIPED_SECONDS))
        show(progress, at, false);
}

void report_progress_destroy(report_progress *progress)
{
    if (!progress)
        return;
    if (progress->running)
        show(progress, progress->clock(progress->context), true);
    free(progress);
}
