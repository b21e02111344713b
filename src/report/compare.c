/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.c - the table, and what all three ways share. */
#include "compare.h"

#include <inttypes.h>
#include <string.h>

#include "print.h"

#define BAR 20u /* columns of a bar in the table */

static int stem(const char *file)
{
    const char *dot = file ? strrchr(file, '.') : NULL;
    return dot && dot != file ? (int)(dot - file) : file ? (int)strlen(file) : 0;
}

const char *compare_name(const compare_row *row, char out[COMPARE_NAME])
{
    snprintf(out, COMPARE_NAME, "%.*s%s%.*s", stem(row->driver), row->driver, row->with ? ", " : "", stem(row->with),
             row->with ? row->with : "");
    return out;
}

void compare_bar(const report_segment *segments, size_t count, uint64_t of, char bar[COMPARE_COLUMNS + 1])
{
    uint64_t at = 0;
    memset(bar, '.', COMPARE_COLUMNS);
    bar[of ? COMPARE_COLUMNS : 0] = '\0';
    for (size_t i = 0; i < count && of; i++) {
        uint64_t end = at + segments[i].instructions;
        if (segments[i].failing && segments[i].instructions)
            for (uint64_t c = at * COMPARE_COLUMNS / of; c <= (end - 1) * COMPARE_COLUMNS / of; c++)
                bar[c] = '#';
        at = end;
    }
}

/* Fewer columns: '#' as soon as one of those that become one is. */
static void fold(const char *bar, char folded[BAR + 1])
{
    const size_t each = COMPARE_COLUMNS / BAR;
    for (size_t i = 0; i < BAR; i++)
        folded[i] = memchr(bar + i * each, '#', each) ? '#' : '.';
    folded[BAR] = '\0';
}

static print_tone tone_of(lab_verdict verdict) { return lab_verdict_is_pass(verdict) ? PRINT_GOOD : PRINT_BAD; }

/* "-" for what is not known. */
static const char *time_or_dash(uint64_t nanoseconds, char out[LAB_TIME_SIZE])
{
    return nanoseconds == COMPARE_UNKNOWN ? "-" : nanoseconds ? lab_time_text(nanoseconds, out) : "0 s";
}

static void print_pad(const printer *p, size_t length, size_t width)
{
    fprintf(p->out, "%*s", (int)(length < width ? width - length : 0) + 1, "");
}

static void print_row(const printer *p, const compare_row *row, size_t width)
{
    const compare_result *r = &row->result;
    char name[COMPARE_NAME], number[PRINT_NUMBER_SIZE], window[PRINT_NUMBER_SIZE] = "-", bar[BAR + 1] = "";
    char stall[LAB_TIME_SIZE], latency[LAB_TIME_SIZE];
    const char *verdict = lab_verdict_name(r->verdict);
    fprintf(p->out, "%-*s %-7s %-4s %-6s ", (int)width, compare_name(row, name), row->os, row->load, row->unload);
    print_tone_text(p, tone_of(r->verdict), verdict);
    print_pad(p, strlen(verdict), 16);
    fprintf(p->out, "%9s%s ", print_number(r->executions, number), r->complete ? " " : "+");
    if (r->window_measured) {
        print_number(r->window, window);
        fold(r->bar, bar);
    }
    fprintf(p->out, "%8s %s%-20s%s %9s %9s\n", window, *bar ? "[" : " ", bar, *bar ? "]" : " ",
            time_or_dash(r->stall, stall), time_or_dash(r->latency, latency));
}

static void print_switches(const printer *p, const compare_matrix *matrix)
{
    char text[256];
    bool first = true;
    for (size_t i = 0; i < matrix->switch_count; i++) {
        const report_switch *one = &matrix->switches[i];
        if (!strcmp(one->value, one->fallback))
            continue;
        snprintf(text, sizeof text, "%s=%s (default %s)", one->name, one->value, one->fallback);
        print_entry(p, first ? "Model" : "", text);
        first = false;
    }
    if (!first)
        fputc('\n', p->out);
}

static bool any_cut(const compare_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++)
        if (!matrix->rows[i].result.complete)
            return true;
    return false;
}

void compare_text(FILE *out, const compare_matrix *matrix, const report_style *style)
{
    printer p = {.out = out, .verbose = style->verbose, .colour = style->colour};
    char name[COMPARE_NAME];
    size_t width = strlen("DRIVER");
    for (size_t i = 0; i < matrix->row_count; i++) {
        size_t length = strlen(compare_name(&matrix->rows[i], name));
        width = length > width ? length : width;
    }
    print_switches(&p, matrix);
    fprintf(out, "%-*s %-7s %-4s %-6s %-16s %9s  %8s  %-20s  %9s %9s\n", (int)width, "DRIVER", "WINDOWS", "LOAD",
            "UNLOAD", "VERDICT", "SCHEDULES", "WINDOW", "", "STALL", "LATENCY");
    for (size_t i = 0; i < matrix->row_count; i++)
        print_row(&p, &matrix->rows[i], width);
    if (style->quiet)
        return;
    fputs("\nWINDOW: instructions of the load during which an unload that starts there fails. STALL: the shortest time "
          "for which\na thread must stand still for a failure; closed-by-timing: more than 100 ms. LATENCY: what an "
          "unload alone takes.\n",
          out);
    if (any_cut(matrix))
        fputs("+: the budget ended before every interleaving was covered. A failure that was found counts; its absence "
              "is no pass.\n",
              out);
}
