/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "triage_report.h"

#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "print.h"

#define COLUMN      56u /* of one of two stacks */
#define MARGIN      5u
#define FRAMES_MOST 20u /* of a stack, unless verbose */

typedef struct {
    printer p;
    report_arena *arena;
    const triage_log *log;
} view;

/* Input ------------------------------------------------------------------------------------------------------------ */

static const char *file_name(const view *v, uint32_t file)
{
    const char *path = v->log->files[file], *slash = strrchr(path, '/');
    return slash && v->log->file_count > 1 ? path : slash ? slash + 1 : path;
}

static void print_input(const view *v)
{
    const triage_log *log = v->log;
    char lines[PRINT_NUMBER_SIZE], threads[PRINT_NUMBER_SIZE], dropped[PRINT_NUMBER_SIZE];
    for (size_t i = 0; i < log->file_count; i++)
        print_entry(&v->p, i ? "" : "Log", log->files[i]);
    print_entry(&v->p, "",
                report_arena_printf(v->arena, "%s lines, %s thread%s with a stack", print_number(log->lines, lines),
                                    print_number(log->threads_seen, threads), log->threads_seen == 1 ? "" : "s"));
    if (log->threads_dropped)
        print_entry(&v->p, "",
                    report_arena_printf(v->arena, "too large: %s threads were left out",
                                        print_number(log->threads_dropped, dropped)));
    for (size_t i = 0; i < log->system_count && i < 4; i++)
        print_entry(&v->p, i ? "" : "Windows", log->systems[i].text);
    for (size_t i = 0; i < log->bugcheck_count && i < 4; i++)
        print_entry(&v->p, i ? "" : "Bug check", log->bugchecks[i].text);
}

/* Stacks ----------------------------------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        if ((*path == '/' || *path == '\\') && path[1])
            name = path + 1;
    return name;
}

static const char *frame_text(const view *v, const triage_frame *f)
{
    const char *name;
    if (f->module && f->function)
        name = report_arena_printf(v->arena, "%s!%s", f->module, f->function);
    else if (f->module)
        name = f->has_offset ? f->module : report_arena_printf(v->arena, "%s!(no name)", f->module);
    else
        name = f->pc ? report_arena_printf(v->arena, "0x%" PRIx64, f->pc) : "(no name)";
    if (f->module && f->has_offset)
        name = report_arena_printf(v->arena, "%s+0x%" PRIx64, name, f->offset);
    if (f->unloaded)
        name = report_arena_printf(v->arena, "%s (unloaded)", name);
    if (f->source)
        name = report_arena_printf(v->arena, "%s [%s @ %" PRIu32 "]", name, base_name(f->source), f->source_line);
    return name;
}

/* "  25  Driver!DriverEntry+0x72 [driver.cpp @ 43]", cut to `width` columns */
static const char *cell(const view *v, const triage_thread *t, size_t frame, size_t width)
{
    if (!t || frame >= t->frame_count)
        return "";
    const char *text =
        report_arena_printf(v->arena, "%6" PRIu32 "  %s", t->frames[frame].line, frame_text(v, &t->frames[frame]));
    if (strlen(text) <= width)
        return text;
    return report_arena_printf(v->arena, "%.*s..", (int)width - 2, text);
}

static const char *thread_title(const view *v, const triage_thread *t, const char *label)
{
    if (!t)
        return "";
    const char *id = t->id ? report_arena_printf(v->arena, " THREAD %" PRIx64, t->id) : "";
    const char *cid = t->has_cid ? report_arena_printf(v->arena, " Cid %04x.%04x", t->process_id, t->thread_id) : "";
    return report_arena_printf(v->arena, "%s:%s%s", label, id, cid);
}

static const char *thread_state(const view *v, const triage_thread *t)
{
    if (!t)
        return "";
    const char *state = t->state_text ? t->state_text : "";
    return report_arena_printf(v->arena, "        %s%s%s", file_name(v, t->file), *state ? ", " : "", state);
}

static void print_row(const view *v, const char *left, const char *right, bool two)
{
    if (two)
        fprintf(v->p.out, "%*s%-*.*s |%s%.*s\n", (int)MARGIN, "", (int)COLUMN, (int)COLUMN, left, *right ? " " : "",
                (int)COLUMN, right);
    else
        fprintf(v->p.out, "%*s%s\n", (int)MARGIN, "", left);
}

static void print_stacks(const view *v, const triage_finding *f)
{
    const triage_thread *a = f->threads[0], *b = f->threads[1];
    if (!a)
        return;
    size_t width = b ? COLUMN : 2 * COLUMN, most = a->frame_count;
    if (b && b->frame_count > most)
        most = b->frame_count;
    size_t shown = v->p.verbose || most <= FRAMES_MOST + 4 ? most : FRAMES_MOST;
    fputc('\n', v->p.out);
    print_row(v, thread_title(v, a, f->labels[0]), thread_title(v, b, f->labels[1]), b);
    print_row(v, thread_state(v, a), thread_state(v, b), b);
    for (size_t i = 0; i < shown; i++)
        print_row(v, cell(v, a, i, width), cell(v, b, i, width), b);
    if (shown < most)
        fprintf(v->p.out, "%*s        (%zu more; -v shows them)\n", (int)MARGIN, "", most - shown);
    fputc('\n', v->p.out);
}

/* Findings --------------------------------------------------------------------------------------------------------- */

static void print_evidence(const view *v, const triage_finding *f)
{
    for (size_t i = 0; i < f->evidence_count; i++) {
        const triage_evidence *e = &f->evidence[i];
        print_entry(
            &v->p, i ? "" : "EVIDENCE",
            report_arena_printf(v->arena, "%s:%" PRIu32 ": %s: %s", file_name(v, e->file), e->line, e->why, e->text));
    }
}

/* "FINDING 1 of 2: ", and the title, broken into lines. */
static void print_title(const view *v, const triage_finding *f, size_t number, size_t count)
{
    char head[64];
    const char *title = f->title ? f->title : triage_rule_title(f->rule), *next;
    int size = snprintf(head, sizeof head, "FINDING %zu of %zu: ", number, count);
    bool bad = f->confidence >= TRIAGE_MEDIUM && f->rule < TRIAGE_LEFT;
    size_t length = print_break(title, PRINT_WIDTH - (size_t)size, &next);
    fputc('\n', v->p.out);
    print_tone_text(&v->p, bad ? PRINT_BAD : PRINT_HEADING, head);
    fprintf(v->p.out, "%.*s\n", (int)length, title);
    if (next)
        print_entry(&v->p, "", next);
}

static void print_finding(const view *v, const triage_finding *f, size_t number, size_t count, bool whole)
{
    print_title(v, f, number, count);
    print_entry(&v->p, "",
                report_arena_printf(v->arena, "%s, confidence: %s", triage_rule_title(f->rule),
                                    triage_confidence_name(f->confidence)));
    if (!whole) {
        print_evidence(v, f);
        return;
    }
    print_stacks(v, f);
    if (f->mechanism)
        print_entry(&v->p, "WHY", f->mechanism);
    print_entry(&v->p, "AFFECTED", f->affected);
    print_evidence(v, f);
    for (size_t i = 0; i < f->remedy_count; i++)
        print_entry(&v->p, i ? "" : "REMEDIES", f->remedies[i]);
    for (size_t i = 0; i < f->next_count; i++)
        print_entry(&v->p, i ? "" : "NEXT", f->next[i]);
}

/* The lab ---------------------------------------------------------------------------------------------------------- */

static const char *lab_sentence(const view *v, const triage_lab *lab)
{
    char number[PRINT_NUMBER_SIZE];
    const char *schedules = report_arena_copy(v->arena, print_number(lab->schedules, number));
    switch (lab->answer) {
    case TRIAGE_LAB_SAME: return "reproduced: both stacks of the log, function for function";
    case TRIAGE_LAB_SIMILAR:
        return "reproduced but for the place of the other side, which the lab finds elsewhere in the same routine";
    case TRIAGE_LAB_OTHER:
        return report_arena_printf(v->arena, "not reproduced: the lab finds %u other failure%s in %s schedules",
                                   lab->failures, lab->failures == 1 ? "" : "s", schedules);
    case TRIAGE_LAB_NOTHING:
        return report_arena_printf(v->arena, "not reproduced: no failure in %s schedules, which are all there are",
                                   schedules);
    case TRIAGE_LAB_NOT_FOUND:
        return report_arena_printf(
            v->arena, "not found in %s schedules; the time ended before all were run, so this proves nothing",
            schedules);
    default: return NULL;
    }
}

static void print_lab(const view *v, const triage_lab *lab)
{
    if (lab->answer == TRIAGE_LAB_NOT_ASKED)
        return;
    fputc('\n', v->p.out);
    print_entry(&v->p, "LAB", lab_sentence(v, lab));
    print_entry(&v->p, "", lab->command);
    if (*lab->title)
        print_entry(&v->p, "", lab->title);
    if (*lab->at)
        print_entry(&v->p, "", lab->at);
    if (*lab->replay) {
        print_tone_text(&v->p, PRINT_HEADING, "REPLAY");
        fprintf(v->p.out, "    %s\n", lab->replay);
    }
}

static const char *verdict(const view *v, const triage *t)
{
    const triage_finding *f;
    size_t count = triage_findings(t, &f);
    if (!count)
        return "no load/unload race in this log";
    const char *of = f->driver ? report_arena_printf(v->arena, " of %s", f->driver) : "";
    if (triage_recognised(t))
        return report_arena_printf(v->arena, "%s%s%s, confidence: %s", triage_rule_title(f->rule), f->driver ? ":" : "",
                                   f->driver ? of + 3 : "", triage_confidence_name(f->confidence));
    if (f->rule == TRIAGE_LEFT)
        return "no load/unload race in this log";
    return "no load/unload race is shown by this log; NEXT says what would settle it";
}

void triage_text(FILE *out, const triage *t, const triage_lab *lab, const report_style *style)
{
    const triage_finding *findings;
    size_t count = triage_findings(t, &findings);
    view v = {.p = {.out = out, .verbose = style->verbose, .colour = style->colour},
              .arena = report_arena_create(),
              .log = triage_model(t)};
    if (!style->quiet) {
        print_input(&v);
        for (size_t i = 0; i < count; i++)
            print_finding(&v, &findings[i], i + 1, count, i == 0 || style->verbose);
        print_lab(&v, lab);
        fputc('\n', out);
        print_entry(&v.p, "VERDICT", verdict(&v, t));
    } else {
        fprintf(out, "%s: %s%s%s\n", v.log->files[0], verdict(&v, t), lab->answer ? "; the lab: " : "",
                lab->answer ? lab_sentence(&v, lab) : "");
    }
    report_arena_destroy(v.arena);
}
