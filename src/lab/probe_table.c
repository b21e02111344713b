/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe_table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int compare(const void *a, const void *b)
{
    const probe_row *x = a, *y = b;
    int order = strcasecmp(x->module, y->module);
    return order != 0 ? order : strcmp(x->name, y->name);
}

/* Cuts the next field off `*line`; an absent one is empty. */
static const char *field(char **line)
{
    char *start = *line;
    if (start == NULL)
        return "";
    return strsep(line, "\t");
}

static size_t count_lines(const char *text)
{
    size_t lines = 1;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

bool probe_table_read(probe_table *table, const char *text)
{
    table->count = 0;
    table->text = strdup(text);
    table->rows = calloc(count_lines(text), sizeof *table->rows);
    if (table->text == NULL || table->rows == NULL) {
        probe_table_free(table);
        return false;
    }
    char *rest = table->text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        probe_row row;
        line[strcspn(line, "\r")] = '\0';
        if (*line == '\0' || *line == '#')
            continue;
        row.module = field(&line);
        row.name = field(&line);
        row.since = field(&line);
        row.fidelity = field(&line);
        row.note = field(&line);
        if (*row.name != '\0' && strcmp(row.fidelity, "private") != 0)
            table->rows[table->count++] = row;
    }
    qsort(table->rows, table->count, sizeof *table->rows, compare);
    return true;
}

void probe_table_free(probe_table *table)
{
    free(table->text);
    free(table->rows);
    *table = (probe_table){0};
}

const probe_row *probe_table_find(const probe_table *table, const char *module, const char *name)
{
    probe_row key = {.module = module, .name = name};
    return bsearch(&key, table->rows, table->count, sizeof key, compare);
}

bool probe_table_has_module(const probe_table *table, const char *module)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcasecmp(table->rows[i].module, module) == 0)
            return true;
    }
    return false;
}
