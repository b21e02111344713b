/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.c - the window as a bar: the instructions of the loading thread from left to right, `#` where an unload that
 * starts there can lead to a failure. A column stands for many instructions and is `#` as soon as one of them fails, so
 * that a window of one instruction is visible.
 */
#include <inttypes.h>
#include <string.h>

#include "parts.h"

#define COLUMNS 100u
#define MARKS   26u /* labels shown, a to z */

typedef struct {
    char bar[COLUMNS + 1];
    char marks[COLUMNS + 1];
    size_t used;
    uint64_t at[MARKS];
    const char *label[MARKS];
} picture;

static size_t column_of(uint64_t instruction, uint64_t of)
{
    return (size_t)((double)instruction / (double)of * COLUMNS);
}

static void mark(picture *shown, uint64_t at, uint64_t of, const char *label)
{
    size_t column = column_of(at, of);
    if (shown->used == MARKS)
        return;
    while (column < COLUMNS && shown->marks[column] != ' ')
        column++; /* beside its neighbour rather than over it */
    if (column < COLUMNS)
        shown->marks[column] = (char)('a' + shown->used);
    shown->at[shown->used] = at;
    shown->label[shown->used++] = label;
}

static void draw(picture *shown, const report_window *window)
{
    uint64_t at = 0;
    memset(shown, 0, sizeof *shown);
    memset(shown->bar, '.', COLUMNS);
    memset(shown->marks, ' ', COLUMNS);
    for (size_t i = 0; i < window->segment_count; i++) {
        const report_segment *segment = &window->segments[i];
        uint64_t end = at + segment->instructions;
        if (segment->label)
            mark(shown, at, window->of, segment->label);
        if (segment->failing && segment->instructions)
            for (size_t c = column_of(at, window->of); c <= column_of(end - 1, window->of) && c < COLUMNS; c++)
                shown->bar[c] = '#';
        at = end;
    }
}

static void print_bar(const printer *p, const picture *shown)
{
    fprintf(p->out, "%*s[", (int)PRINT_LABEL, "");
    for (size_t c = 0; c < COLUMNS;) {
        size_t run = 1;
        while (c + run < COLUMNS && shown->bar[c + run] == shown->bar[c])
            run++;
        char part[COLUMNS + 1];
        memcpy(part, shown->bar + c, run);
        part[run] = '\0';
        print_tone_text(p, part[0] == '#' ? PRINT_BAD : PRINT_DIM, part);
        c += run;
    }
    fputs("]\n", p->out);
}

static void print_marks(const printer *p, const picture *shown)
{
    char number[PRINT_NUMBER_SIZE];
    if (!shown->used)
        return;
    size_t length = COLUMNS;
    while (length && shown->marks[length - 1] == ' ')
        length--;
    fprintf(p->out, "%*s%.*s\n", (int)PRINT_LABEL + 1, "", (int)length, shown->marks);
    for (size_t i = 0; i < shown->used; i++)
        fprintf(p->out, "%*s %c  %9s  %s\n", (int)PRINT_LABEL, "", (char)('a' + i), print_number(shown->at[i], number),
                shown->label[i]);
}

void print_window(const printer *p, const report_window *window)
{
    char a[PRINT_NUMBER_SIZE], b[PRINT_NUMBER_SIZE], text[256];
    if (!window->measured || !window->of)
        return;
    fputc('\n', p->out);
    snprintf(text, sizeof text,
             "%s of %s instructions of the loading thread (%.1f %%): an unload that starts there can fail",
             print_number(window->instructions, a), print_number(window->of, b),
             100.0 * (double)window->instructions / (double)window->of);
    print_entry(p, "WINDOW", text);
    if (window->first && window->last) {
        snprintf(text, sizeof text, "opens at %s, closes at %s", window->first, window->last);
        print_entry(p, "", text);
    }
    if (window->segment_count) {
        picture shown;
        draw(&shown, window);
        print_bar(p, &shown);
        print_marks(p, &shown);
    }
}
