/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "embedded.h"

typedef struct {
    const char *module, *name, *note;
    uint8_t lacking; /* bit per lab_os that lacks it */
    bool approximated;
    bool hidden; /* from drivers: private, or absent */
} export_row;

typedef struct {
    char *text;  /* a copy, cut into fields */
    char *whole; /* uncut */
    export_row *rows;
    size_t count;
} export_table;

int profile_release(const char *since)
{
    static const char *const releases[] = {"w2k",   "xp",       "xpsp1", "xpsp2", "xpsp3",  "2003", /* oldest first */
                                           "vista", "vistasp1", "win7",  "win8",  "win8.1", "win10"};
    int i = 0;
    while (i < (int)(sizeof releases / sizeof releases[0]) && strcmp(releases[i], since)) {
        i++;
    }
    return i;
}

/* Windows XP for x64 is Windows Server 2003 with another name: version 5.2. */
bool profile_since(image_machine machine, lab_os os, const char *since)
{
    static const char *const last[] = {[LAB_XP] = "xpsp3", [LAB_WIN7] = "win7", [LAB_WIN8] = "win8"};
    const char *newest = os == LAB_XP && machine == IMAGE_X64 ? "2003" : last[os];
    return profile_release(since) <= profile_release(newest);
}

static int by_name(const void *a, const void *b)
{
    const export_row *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcasecmp(x->module, y->module);
}

static char *field(char **line)
{
    char *start = *line;
    size_t length = strcspn(start, "\t");
    *line = start[length] ? start + length + 1 : start + length;
    start[length] = 0;
    return start;
}

static void add_row(export_table *table, image_machine machine, char *line)
{
    export_row row = {0};
    row.module = field(&line);
    row.name = field(&line);
    const char *since = field(&line), *fidelity = field(&line);
    row.note = field(&line);
    for (int os = LAB_XP; os <= LAB_WIN8; os++) {
        row.lacking |= (uint8_t)(profile_since(machine, (lab_os)os, since) ? 0 : 1 << os);
    }
    row.approximated = !strcmp(fidelity, "approximated");
    row.hidden = !strcmp(fidelity, "private") || !strcmp(fidelity, "absent");
    export_row *grown = realloc(table->rows, (table->count + 1) * sizeof row);
    if (grown && *row.name) {
        table->rows = grown;
        table->rows[table->count++] = row;
    }
}

static const export_table *table_of(image_machine machine)
{
    static export_table tables[2];
    export_table *table = &tables[machine == IMAGE_X86];
    if (table->text) {
        return table;
    }
    for (const struct lab_embedded_file *file = machine == IMAGE_X86 ? lab_embedded_x86 : lab_embedded_x64; file->name;
         file++) {
        if (!strcmp(file->name, "exports.tsv")) {
            table->text = strndup((const char *)file->bytes, file->size);
            table->whole = strndup((const char *)file->bytes, file->size);
        }
    }
    char *next = table->text;
    for (char *line; (line = strsep(&next, "\n")) != NULL;) {
        if (*line && *line != '#') {
            add_row(table, machine, line);
        }
    }
    qsort(table->rows, table->count, sizeof *table->rows, by_name);
    return table;
}

const char *profile_exports(image_machine machine)
{
    const char *whole = table_of(machine)->whole;
    return whole ? whole : "";
}

static const export_row *find(image_machine machine, const char *module, const char *name)
{
    const export_table *table = table_of(machine);
    export_row key = {.module = module, .name = name};
    return table->rows ? bsearch(&key, table->rows, table->count, sizeof key, by_name) : NULL;
}

const char *profile_export(void *context, const char *module, const char *name)
{
    const lab_scenario *scenario = context;
    const export_row *row = find(image_arch(scenario->driver), module, name), *fail_point = NULL;
    char fail_name[128];
    if (!row || row->hidden || row->lacking >> scenario->os & 1) {
        return NULL;
    }
    if (scenario->fail) {
        snprintf(fail_name, sizeof fail_name, "VfFail_%s", name);
        fail_point = find(image_arch(scenario->driver), module, fail_name);
    }
    return fail_point ? fail_point->name : row->name;
}

const char *profile_approximation(image_machine machine, const char *module, const char *name)
{
    const export_row *row = find(machine, module, name);
    return row && row->approximated ? row->note : NULL;
}
