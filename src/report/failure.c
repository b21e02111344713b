/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failure.c - one failure from its name to the line that replays it: bug check, faulting instruction, threads, race,
 * schedule, window, replay line; for a hang the stacks alone, for a leak what is left.
 */
#include <inttypes.h>
#include <string.h>

#include "bugchecks.h"
#include "classes.h"
#include "parts.h"

#define BRIEF_MOMENTS 5u /* shown without -v */

static void print_title(const printer *p, const report_failure *failure)
{
    const char *meaning = report_class_meaning(failure->kind);
    print_tone_text(p, PRINT_BAD, failure->kind ? failure->kind : "failure");
    fprintf(p->out, "  %s\n", failure->title ? failure->title : meaning ? meaning : "");
    if (meaning && failure->title && strcmp(meaning, failure->title))
        print_entry(p, "", meaning);
}

static void print_loop(const printer *p, const report_failure *failure)
{
    for (size_t i = 0; i < failure->loop_count; i++)
        print_entry(p, i ? "" : "LOOP", failure->loop[i]);
    if (failure->loop_count)
        print_entry(p, "", "and again from the start, changing nothing");
}

static void print_left_item(const printer *p, const report_left *left)
{
    char address[PRINT_NUMBER_SIZE], size[PRINT_NUMBER_SIZE];
    fprintf(p->out, "%*s%-10s", (int)PRINT_LABEL, "", left->kind ? left->kind : "");
    if (left->address)
        fprintf(p->out, " %s", print_address(p, left->address, address));
    if (left->size)
        fprintf(p->out, " %s bytes", print_number(left->size, size));
    if (left->tag)
        fprintf(p->out, " tag '%s'", left->tag);
    if (left->text)
        fprintf(p->out, " %s", left->text);
    if (left->made_by)
        fprintf(p->out, ", made by %s", left->made_by);
    fputc('\n', p->out);
}

static void print_left(const printer *p, const report_failure *failure)
{
    if (!failure->left_count)
        return;
    print_entry(p, "LEFT", "when the driver was gone, this was not:");
    for (size_t i = 0; i < failure->left_count; i++)
        print_left_item(p, &failure->left[i]);
}

static void print_threads(const printer *p, const report_failure *failure)
{
    for (size_t i = 0; i < failure->thread_count; i++) {
        char role[160];
        snprintf(role, sizeof role, "%s:", failure->threads[i].role ? failure->threads[i].role : "thread");
        fputc('\n', p->out);
        print_tone_text(p, PRINT_HEADING, role);
        fputc('\n', p->out);
        print_thread(p, &failure->threads[i]);
    }
}

static void print_moments(const printer *p, const report_failure *failure)
{
    size_t count = failure->moment_count;
    if (!p->verbose && count > BRIEF_MOMENTS)
        count = BRIEF_MOMENTS;
    for (size_t i = 0; i < count; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s  schedule %s", failure->moments[i].text ? failure->moments[i].text : "?",
                 failure->moments[i].schedule ? failure->moments[i].schedule : "?");
        print_entry(p, i ? "" : "ALSO AT", text);
    }
    if (count < failure->moment_count) {
        char text[80];
        snprintf(text, sizeof text, "and %zu more; -v shows them", failure->moment_count - count);
        print_entry(p, "", text);
    }
    if (failure->moment_count)
        fputc('\n', p->out);
}

/* The other side's stack where it was deepest, if that says more than the stack above. */
static void print_deepest(const printer *p, const report_failure *failure)
{
    const report_thread *deep = failure->moment_count ? failure->moments[0].other : NULL;
    if (!deep || (failure->thread_count > 1 && deep->frame_count <= failure->threads[1].frame_count))
        return;
    print_tone_text(p, PRINT_HEADING, "the same failure, the other side at the first of these places:");
    fputc('\n', p->out);
    print_thread(p, deep);
    fputc('\n', p->out);
}

static void print_output(const printer *p, const report_failure *failure)
{
    for (size_t i = 0; i < failure->output_count; i++)
        print_entry(p, i ? "" : "DbgPrint", failure->output[i]);
}

/* ": NULL, then fffffa80`0510ad40": what is there before and after; to a reader also what would have been. */
static void append_contents(const report_side *side, char *text, size_t size)
{
    size_t length = strlen(text);
    if (side->left && side->found)
        snprintf(text + length, size - length, ": %s, then %s", side->found, side->left);
    else if (!side->write && side->found)
        snprintf(text + length, size - length, ": %s%s%s", side->found, side->otherwise ? "; swapped: " : "",
                 side->otherwise ? side->otherwise : "");
}

static void print_side(const printer *p, const char *label, const char *object, const report_side *side,
                       const char *when)
{
    char text[1024];
    snprintf(text, sizeof text, "%s %s %s%s", side->role, side->verb, object, when);
    append_contents(side, text, sizeof text);
    print_entry(p, label, text);
    size_t length = (size_t)snprintf(text, sizeof text, "at %s", side->place);
    if (side->file && length < sizeof text)
        length += (size_t)snprintf(text + length, sizeof text - length, " [%s @ %" PRIu32 "]", side->file, side->line);
    if (side->caller && length < sizeof text)
        snprintf(text + length, sizeof text - length, ", called by %s", side->caller);
    print_entry(p, "", text);
}

static void print_pair(const printer *p, const report_pair *pair)
{
    if (!pair->found) {
        print_entry(p, "DECIDES", pair->text);
        return;
    }
    print_side(p, "DECIDES", pair->object, &pair->sides[0], "");
    print_side(p, "", "it", &pair->sides[1], pair->sides[1].late ? ", too late" : " later");
    bool shown = p->verbose && pair->schedule;
    print_entry(p, "",
                shown ? "with these two swapped it passes (checked):" : "with these two swapped it passes (checked)");
    if (shown)
        fprintf(p->out, "%*s%s\n", (int)PRINT_LABEL, "", pair->schedule); /* never broken: it is to be copied */
}

static void print_replay_line(const printer *p, const report_failure *failure)
{
    if (failure->replay) {
        print_tone_text(p, PRINT_HEADING, "REPLAY");
        fprintf(p->out, "    %s\n", failure->replay); /* never broken: it is to be copied */
    } else if (failure->schedule) {
        print_entry(p, "REPLAY", failure->schedule);
    }
}

void print_failure(const printer *p, const report_run *run, const report_failure *failure)
{
    print_title(p, failure);
    fputc('\n', p->out);
    if (failure->bugcheck.code)
        print_bugcheck(p, &failure->bugcheck);
    else if (failure->left_count)
        fputs("No bug check: the system goes on, with what is left behind.\n", p->out);
    else
        fputs("No bug check: the system does not stop by itself.\n", p->out);
    if (failure->fault.pc)
        print_fault(p, &failure->fault);
    print_left(p, failure);
    print_loop(p, failure);
    print_threads(p, failure);
    if (failure->race) {
        fputc('\n', p->out);
        print_entry(p, "RACE", failure->race);
    }
    if (failure->decides)
        print_pair(p, failure->decides);
    print_schedule(p, failure);
    if (run)
        print_window(p, &run->window);
    fputc('\n', p->out);
    print_moments(p, failure);
    print_deepest(p, failure);
    print_output(p, failure);
    print_replay_line(p, failure);
}

void print_failure_brief(const printer *p, const report_failure *failure)
{
    char name[160];
    print_title(p, failure);
    if (failure->bugcheck.code) {
        snprintf(name, sizeof name, "%s (%x)%s%s",
                 failure->bugcheck.name ? failure->bugcheck.name : report_bugcheck_name(failure->bugcheck.code),
                 failure->bugcheck.code, failure->fault.symbol ? " at " : "",
                 failure->fault.symbol ? failure->fault.symbol : "");
        print_entry(p, "", name);
    }
    print_left(p, failure);
    print_loop(p, failure);
    if (failure->race)
        print_entry(p, "RACE", failure->race);
    if (failure->decides)
        print_pair(p, failure->decides);
    print_replay_line(p, failure);
}
