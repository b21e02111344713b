/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_svg.c - the matrix as a picture that needs nothing else: a line for each driver, a column for each Windows and
 * route. A cell says its verdict in words as well as in colour, and shows the load as a bar. It brings its own
 * background, light or dark as the reader has it; the words are there for who cannot see it.
 */
#include "compare.h"

#include <inttypes.h>
#include <string.h>

#include "print.h"

enum {
    MARGIN = 24,
    NAME_WIDTH = 196,
    CELL_WIDTH = 190,
    CELL_HEIGHT = 54,
    GAP = 10,
    TOP = 104, /* title, and names of the columns */
    LINE = 16,
    PILL = 22,
    BAR_Y = 29,
    BAR_HEIGHT = 8,
    MOST = 256 /* drivers, columns */
};

/* Rows that differ in the driver; rows that differ in Windows and route. */
typedef struct {
    const compare_matrix *matrix;
    const compare_row *drivers[MOST];
    size_t driver_count;
    const compare_row *columns[MOST];
    size_t column_count;
} grid;

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static bool same_driver(const compare_row *a, const compare_row *b)
{
    return same_text(a->driver, b->driver) && same_text(a->with, b->with);
}

static bool same_column(const compare_row *a, const compare_row *b)
{
    return same_text(a->os, b->os) && same_text(a->load, b->load) && same_text(a->unload, b->unload);
}

static void add_once(const compare_row **list, size_t *count, const compare_row *row,
                     bool (*same)(const compare_row *, const compare_row *))
{
    for (size_t i = 0; i < *count; i++)
        if (same(list[i], row))
            return;
    if (*count < MOST)
        list[(*count)++] = row;
}

static void arrange(grid *g, const compare_matrix *matrix)
{
    *g = (grid){.matrix = matrix};
    for (size_t i = 0; i < matrix->row_count; i++) {
        add_once(g->drivers, &g->driver_count, &matrix->rows[i], same_driver);
        add_once(g->columns, &g->column_count, &matrix->rows[i], same_column);
    }
}

static const compare_row *cell_of(const grid *g, size_t driver, size_t column)
{
    for (size_t i = 0; i < g->matrix->row_count; i++)
        if (same_driver(&g->matrix->rows[i], g->drivers[driver]) &&
            same_column(&g->matrix->rows[i], g->columns[column]))
            return &g->matrix->rows[i];
    return NULL;
}

/* Words ----------------------------------------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        case '"': fputs("&quot;", out); break;
        default:
            if ((unsigned char)*text >= ' ')
                fputc(*text, out);
        }
    }
}

static void put_line(FILE *out, int x, int y, const char *class, const char *text)
{
    fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
    put_text(out, text);
    fputs("</text>\n", out);
}

static const char *os_words(const char *os)
{
    return !strcmp(os, "xp")     ? "Windows XP"
           : !strcmp(os, "win7") ? "Windows 7"
           : !strcmp(os, "win8") ? "Windows 8"
                                 : os;
}

static const char *unload_words(const char *unload)
{
    return !strcmp(unload, "fltmc") ? "fltmc unload" : !strcmp(unload, "sc") ? "sc stop" : "NtUnloadDriver";
}

static const char *load_words(const char *load) { return !strcmp(load, "sc") ? "sc start" : "NtLoadDriver"; }

static void window_words(const compare_result *r, char *out, size_t size)
{
    char number[PRINT_NUMBER_SIZE];
    if (!r->window_measured)
        snprintf(out, size, "window not measured");
    else if (!r->window)
        snprintf(out, size, "no window");
    else
        snprintf(out, size, "%s instruction%s", print_number(r->window, number), r->window == 1 ? "" : "s");
}

/* "stall 3 s, unload 3 s": what is not none. */
static void time_words(const compare_result *r, char *out, size_t size)
{
    char stall[LAB_TIME_SIZE] = "", latency[LAB_TIME_SIZE] = "";
    bool stalls = r->stall && r->stall != COMPARE_UNKNOWN, takes = r->latency && r->latency != COMPARE_UNKNOWN;
    snprintf(out, size, "%s%s%s%s%s", stalls ? "stall " : "", stalls ? lab_time_text(r->stall, stall) : "",
             stalls && takes ? ", " : "", takes ? "unload " : "", takes ? lab_time_text(r->latency, latency) : "");
}

/* Drawing ----------------------------------------------------------------------------------------------------------- */

static void draw_bar(FILE *out, const char *bar, int x, int y)
{
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" class=\"track\"/>\n", x, y, CELL_WIDTH,
            BAR_HEIGHT);
    for (size_t c = 0; bar[c];) {
        size_t run = strspn(bar + c, "#");
        if (run) {
            double left = x + (double)c * CELL_WIDTH / COMPARE_COLUMNS;
            fprintf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"fails\"/>\n", left, y,
                    (double)run * CELL_WIDTH / COMPARE_COLUMNS, BAR_HEIGHT);
        }
        c += run ? run : strcspn(bar + c, "#");
    }
}

static void draw_cell(FILE *out, const compare_row *row, int x, int y)
{
    const compare_result *r = &row->result;
    const char *verdict = lab_verdict_name(r->verdict);
    char name[COMPARE_NAME], window[64], time[80];
    window_words(r, window, sizeof window);
    time_words(r, time, sizeof time);
    fputs("<g><title>", out);
    put_text(out, compare_name(row, name));
    fprintf(out, ", %s, %s, %s: %s, %s%s%s</title>\n", os_words(row->os), load_words(row->load),
            unload_words(row->unload), verdict, window, *time ? ", " : "", time);
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" class=\"%s\"/>\n", x, y, CELL_WIDTH, PILL,
            verdict);
    put_line(out, x + 9, y + 15, "verdict", verdict);
    if (!r->complete && r->verdict != LAB_NOT_FINISHED)
        put_line(out, x + CELL_WIDTH - 9, y + 15, "verdict end", "not all covered");
    draw_bar(out, r->window_measured ? r->bar : "", x, y + BAR_Y);
    put_line(out, x, y + CELL_HEIGHT - 5, "small", window);
    if (*time)
        put_line(out, x + CELL_WIDTH, y + CELL_HEIGHT - 5, "small end", time);
    fputs("</g>\n", out);
}

static void draw_style(FILE *out)
{
    fputs("<style>\n"
          "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;fill:#1f2328}\n"
          ".title{font-size:17px;font-weight:600}.head{font-weight:600}.name{font-weight:600}\n"
          ".small{font-size:11px;fill:#59636e}.end{text-anchor:end}.verdict{font-size:12px;font-weight:600;fill:#fff}\n"
          ".page{fill:#fff;stroke:#d1d9e0}.track{fill:#dfe4ea}.fails{fill:#cf222e}.rule{stroke:#d1d9e0}\n"
          ".closed{fill:#1a7f37}.closed-by-timing{fill:#0969da}.clean-to-bound{fill:#1a7f37}.narrowed{fill:#9a6700}\n"
          ".open{fill:#cf222e}.not-finished{fill:#59636e}\n"
          "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.verdict{fill:#fff}\n"
          ".page{fill:#0d1117;stroke:#3d444d}.track{fill:#3d444d}.fails{fill:#f85149}.rule{stroke:#3d444d}\n"
          ".closed,.clean-to-bound{fill:#238636}.closed-by-timing{fill:#1f6feb}.narrowed{fill:#9e6a03}\n"
          ".open{fill:#da3633}.not-finished{fill:#656c76}}\n"
          "</style>\n",
          out);
}

static int column_x(size_t column) { return MARGIN + NAME_WIDTH + (int)column * (CELL_WIDTH + GAP); }

static void draw_head(FILE *out, const grid *g, int width)
{
    char text[96];
    put_line(out, MARGIN, 36, "title", "Unloading a driver while it is being loaded");
    for (size_t i = 0; i < g->column_count; i++) {
        const compare_row *column = g->columns[i];
        put_line(out, column_x(i), TOP - 32, "head", os_words(column->os));
        snprintf(text, sizeof text, "%s, %s", load_words(column->load), unload_words(column->unload));
        put_line(out, column_x(i), TOP - 16, "small", text);
    }
    fprintf(out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"rule\"/>\n", MARGIN, TOP - 6, width - MARGIN,
            TOP - 6);
}

static void draw_driver(FILE *out, const grid *g, size_t driver)
{
    int y = TOP + GAP / 2 + (int)driver * (CELL_HEIGHT + GAP);
    char text[COMPARE_NAME];
    compare_row alone = *g->drivers[driver];
    alone.with = NULL;
    put_line(out, MARGIN, y + 15, "name", compare_name(&alone, text));
    if (g->drivers[driver]->with) {
        snprintf(text, sizeof text, "loaded by %s", g->drivers[driver]->with);
        put_line(out, MARGIN, y + 32, "small", text);
    }
    for (size_t i = 0; i < g->column_count; i++) {
        const compare_row *row = cell_of(g, driver, i);
        if (row)
            draw_cell(out, row, column_x(i), y);
    }
}

/* "Model: filter-link=last"; "" if all are at their default. */
static void model_words(const compare_matrix *matrix, char *out, size_t size)
{
    size_t used = 0;
    *out = '\0';
    for (size_t i = 0; i < matrix->switch_count && used < size; i++) {
        const report_switch *one = &matrix->switches[i];
        if (strcmp(one->value, one->fallback) != 0)
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s=%s", used ? ", " : "Model: ", one->name, one->value);
    }
}

static void draw_foot(FILE *out, int y, const char *model)
{
    put_line(out, MARGIN, y, "small",
             "Bar: the load, from request to end. Red: an unload that starts there fails; the number counts those "
             "instructions.");
    put_line(out, MARGIN, y + LINE, "small",
             "Stall: how long a thread must stand still before it fails. Unload: what an unload alone takes.");
    if (*model)
        put_line(out, MARGIN, y + 2 * LINE, "small", model);
}

bool compare_svg(FILE *out, const compare_matrix *matrix)
{
    static grid g;
    char model[256];
    arrange(&g, matrix);
    model_words(matrix, model, sizeof model);
    int width = column_x(g.column_count) - GAP + MARGIN;
    int foot = TOP + GAP / 2 + (int)g.driver_count * (CELL_HEIGHT + GAP) + MARGIN;
    int height = foot + (*model ? 2 : 1) * LINE + MARGIN;
    fprintf(out,
            "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
            "aria-labelledby=\"title desc\">\n"
            "<title id=\"title\">Unloading a driver while it is being loaded</title>\n"
            "<desc id=\"desc\">For each driver, Windows and route: the verdict, and the window in which an unload "
            "fails.</desc>\n",
            width, height, width, height);
    draw_style(out);
    fprintf(out, "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"8\" class=\"page\"/>\n", width - 1,
            height - 1);
    draw_head(out, &g, width);
    for (size_t i = 0; i < g.driver_count; i++)
        draw_driver(out, &g, i);
    draw_foot(out, foot, model);
    fputs("</svg>\n", out);
    return !ferror(out) && !fflush(out);
}
