/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schedule.c - the minimal schedule as two columns in time. A row is a thread that runs until another one goes on:
 *
 *        load                                | unload
 *     1  isolate!DriverEntry+0x4c            |
 *        812 instructions, then preempted    |
 *     2                                      | isolate!StopWorkerQueues+0x14
 *
 * A thread that is neither spans both columns, its name in parentheses.
 */
#include <inttypes.h>
#include <string.h>

#include "parts.h"

#define ROWS   12u /* shown without -v; when there are more, the first and the last */
#define FIRST  4u
#define COLUMN 56u /* columns of text of one side */

/* One cell: up to three texts, each beginning a new line. */
typedef struct {
    const char *text[3];
    size_t count, at;
} cell;

static void cell_add(cell *c, const char *text)
{
    if (text && *text)
        c->text[c->count++] = text;
}

/* Next line of a cell, at most `width` columns; an empty one after the last. */
static size_t cell_line(cell *c, size_t width, const char **line)
{
    *line = "";
    if (c->at == c->count)
        return 0;
    *line = c->text[c->at];
    const char *next;
    size_t length = print_break(*line, width, &next);
    if (next)
        c->text[c->at] = next;
    else
        c->at++;
    return length;
}

static void print_row(const printer *p, size_t number, cell *left, cell *right)
{
    char label[PRINT_NUMBER_SIZE];
    snprintf(label, sizeof label, "%zu", number);
    do {
        const char *a, *b;
        size_t la = cell_line(left, COLUMN, &a), lb = cell_line(right, COLUMN, &b);
        fprintf(p->out, "%3s  %.*s%*s|", label, (int)la, a, (int)(COLUMN - la + 1), "");
        fprintf(p->out, lb ? " %.*s\n" : "\n", (int)lb, b);
        label[0] = '\0';
    } while (left->at < left->count || right->at < right->count);
}

static void print_wide_row(const printer *p, size_t number, const char *thread, cell *all)
{
    char label[PRINT_NUMBER_SIZE];
    snprintf(label, sizeof label, "%zu", number);
    fprintf(p->out, "%3s  (%s)\n", label, thread ? thread : "another thread");
    while (all->at < all->count) {
        const char *line;
        size_t length = cell_line(all, PRINT_WIDTH - 8, &line);
        fprintf(p->out, "       %.*s\n", (int)length, line);
    }
}

/* The file's name alone: the stacks show where it is. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *backslash = strrchr(path, '\\');
    const char *last = !slash || (backslash && backslash > slash) ? backslash : slash;
    return last ? last + 1 : path;
}

static void print_step(const printer *p, size_t number, const report_step *step)
{
    char work[80], count[PRINT_NUMBER_SIZE];
    snprintf(work, sizeof work, "%s instruction%s%s", print_number(step->instructions, count),
             step->instructions == 1 ? "" : "s", step->preempted ? ", then preempted" : "");
    char where[512];
    if (step->file && step->line)
        snprintf(where, sizeof where, "%s [%s @ %" PRIu32 "]", step->text ? step->text : "", base_name(step->file),
                 step->line);
    else
        snprintf(where, sizeof where, "%s", step->text ? step->text : "");
    cell full = {0}, empty = {0};
    cell_add(&full, where);
    cell_add(&full, step->what);
    cell_add(&full, work);
    if (step->column == REPORT_OTHER_COLUMN)
        print_wide_row(p, number, step->thread, &full);
    else if (step->column == REPORT_LOAD_COLUMN)
        print_row(p, number, &full, &empty);
    else
        print_row(p, number, &empty, &full);
}

static void print_title(const printer *p, const report_failure *failure)
{
    fputc('\n', p->out);
    print_tone_text(p, PRINT_HEADING, "SCHEDULE");
    fputs("  ", p->out);
    print_count(p, failure->preemptions, "preemption", "preemptions");
    fputs("; time runs downwards; a row ends where its thread stops or stands when another goes on\n", p->out);
    fprintf(p->out, "     %-*s | %s\n", (int)COLUMN, "load", "unload");
}

void print_schedule(const printer *p, const report_failure *failure)
{
    size_t count = failure->step_count, skip = 0;
    if (!count)
        return;
    if (!p->verbose && count > ROWS)
        skip = count - ROWS + 1;
    print_title(p, failure);
    for (size_t i = 0; i < count; i++) {
        if (skip && i == FIRST) {
            fprintf(p->out, "     ... %zu rows are left out here; -v shows them\n", skip);
            i += skip;
        }
        print_step(p, i + 1, &failure->steps[i]);
    }
}
