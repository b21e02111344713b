/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict.c - what was explored, and what follows from it. A verdict always says how far it reaches. */
#include <inttypes.h>
#include <string.h>

#include "ntstatus.h"
#include "parts.h"

#define LINE 512u

static void print_results(const printer *p, const report_run *run)
{
    char text[LINE] = "", status[REPORT_NTSTATUS_SIZE];
    size_t length = 0;
    if (!run->result_count)
        return;
    for (size_t i = 0; i < run->result_count && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s: %s", i ? ", then " : "",
                                   run->results[i].request, report_ntstatus_text(run->results[i].status, status));
    print_entry(p, "In order", text);
}

static const char *bound_text(uint32_t bound, char *buffer, size_t size)
{
    if (bound == REPORT_UNBOUNDED)
        snprintf(buffer, size, "no bound");
    else
        snprintf(buffer, size, "bound %" PRIu32, bound);
    return buffer;
}

static void print_bound(const printer *p, const report_bound *bound, bool first)
{
    char text[LINE], name[32], done[PRINT_NUMBER_SIZE], blocked[PRINT_NUMBER_SIZE];
    snprintf(text, sizeof text, "%s: %s schedule%s, %s redundant, %scomplete; %zu new failure%s",
             bound_text(bound->bound, name, sizeof name), print_number(bound->executions, done),
             bound->executions == 1 ? "" : "s", print_number(bound->blocked, blocked), bound->complete ? "" : "NOT ",
             bound->failures, bound->failures == 1 ? "" : "s");
    print_entry(p, first ? "Explored" : "", text);
}

static void print_walks(const printer *p, const report_walks *walks)
{
    char text[LINE], count[PRINT_NUMBER_SIZE], failing[PRINT_NUMBER_SIZE];
    int length = snprintf(text, sizeof text, "%s random walk%s, %s failed", print_number(walks->count, count),
                          walks->count == 1 ? "" : "s", print_number(walks->failing, failing));
    if (!walks->count)
        return;
    if (walks->depth)
        snprintf(text + length, sizeof text - (size_t)length,
                 "; each finds a failure of depth %" PRIu32 " with a chance of at least 1 in %" PRIu32 " * %" PRIu32
                 "^%" PRIu32 " (threads, steps)",
                 walks->depth, walks->threads, walks->steps, walks->depth - 1);
    print_entry(p, "", text);
}

void print_explored(const printer *p, const report_run *run)
{
    char text[LINE], points[PRINT_NUMBER_SIZE], shared[PRINT_NUMBER_SIZE];
    print_results(p, run);
    for (size_t i = 0; i < run->bound_count; i++)
        print_bound(p, &run->bounds[i], i == 0);
    print_walks(p, &run->walks);
    snprintf(text, sizeof text, "%s points controlled, %s shared words", print_number(run->points, points),
             print_number(run->shared, shared));
    print_entry(p, run->bound_count ? "" : "Explored", text);
    if (!run->points) {
        print_tone_text(p, PRINT_BAD, "WARNING");
        fputs("   no point was controlled: the two sides share nothing, or never ran at the same time\n", p->out);
    }
}

/* The largest bound that was explored completely; false if none was. */
static bool reached(const report_run *run, uint32_t *bound)
{
    bool any = false;
    for (size_t i = 0; i < run->bound_count; i++)
        if (run->bounds[i].complete) {
            *bound = run->bounds[i].bound;
            any = true;
        }
    return any;
}

static void describe_reach(const report_run *run, char *text, size_t size)
{
    uint32_t bound = 0;
    if (!reached(run, &bound))
        snprintf(text, size, "no bound was covered completely");
    else if (bound == REPORT_UNBOUNDED)
        snprintf(text, size, "every interleaving was covered");
    else
        snprintf(text, size, "every schedule with at most %" PRIu32 " preemption%s was covered", bound,
                 bound == 1 ? "" : "s");
}

static print_tone verdict_tone(lab_verdict verdict) { return lab_verdict_is_pass(verdict) ? PRINT_GOOD : PRINT_BAD; }

static void print_limits(const printer *p, const lab_evidence *evidence)
{
    char text[LINE] = "rests on: ", one[LAB_CLAIM_SIZE];
    size_t length = strlen(text);
    for (size_t i = 0; lab_verdict_limit(evidence, i, one) && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i ? "; " : "", one);
    print_entry(p, "", text);
}

static void print_stall(const printer *p, const report_run *run)
{
    char text[LINE], time[LAB_TIME_SIZE];
    if (!run->find_stall)
        return;
    if (!run->stall_found)
        snprintf(text, sizeof text, "nothing fails, however long a thread stalls");
    else if (!run->smallest_stall)
        snprintf(text, sizeof text, "it fails without any stall: if the commands are given at the wrong moments");
    else
        snprintf(text, sizeof text, "it fails from a stall of %s on%s", lab_time_text(run->smallest_stall, time),
                 run->complete ? "; with shorter ones it does not" : ", as far as was explored");
    print_entry(p, "STALL", text);
}

void print_verdict(const printer *p, const report_run *run)
{
    char reach[LINE], claim[LAB_CLAIM_SIZE], done[PRINT_NUMBER_SIZE];
    print_stall(p, run);
    describe_reach(run, reach, sizeof reach);
    print_tone_text(p, verdict_tone(run->verdict), "VERDICT");
    fputs("   ", p->out);
    print_tone_text(p, verdict_tone(run->verdict), lab_verdict_name(run->verdict));
    fputs(run->failure_count ? ": " : ": no failure in ", p->out);
    if (run->failure_count) {
        print_count(p, run->failure_count, "distinct failure", "distinct failures");
        fputs(" in ", p->out);
    }
    fprintf(p->out, "%s schedule%s\n", print_number(run->executions, done), run->executions == 1 ? "" : "s");
    if (!lab_verdict_is_pass(run->verdict))
        print_entry(p, "", reach);
    print_entry(p, "", lab_verdict_claim(&run->evidence, claim));
    print_limits(p, &run->evidence);
}

void print_verdict_line(const printer *p, const report_run *run)
{
    char reach[128];
    describe_reach(run, reach, sizeof reach);
    fprintf(p->out, "%s (%s, load=%s, unload=%s", run->driver.name ? run->driver.name : "driver",
            run->os ? run->os : "?", run->load ? run->load : "?", run->unload ? run->unload : "?");
    if (run->failing.number)
        fprintf(p->out, ", fail=%" PRIu32 " %s", run->failing.number, run->failing.name ? run->failing.name : "?");
    fprintf(p->out, "): %s, ", lab_verdict_name(run->verdict));
    print_count(p, run->failure_count, "failure", "failures");
    fprintf(p->out, ", %s\n", reach);
}
