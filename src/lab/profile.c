/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "embedded.h"

typedef struct {
    const char *module, *name, *note;
    uint8_t lacking; /* bit per lab_os that lacks it */
    bool approximated;
    bool is_private;
} export_row;

static char *text;  /* a copy, cut into fields */
static char *whole; /* uncut */
static export_row *rows;
static size_t row_count;

/* Oldest first. Windows Server 2003 is no ancestor of the XP profile. */
static const char *const releases[] = {"w2k",      "xp",   "xpsp2", "xpsp3",  "2003",  "vista",
                                       "vistasp1", "win7", "win8",  "win8.1", "win10", "win11"};
enum { LAST_XP = 3, LAST_WIN7 = 7, LAST_WIN8 = 8 };

bool profile_since(lab_os os, const char *since)
{
    static const int last[] = {[LAB_XP] = LAST_XP, [LAB_WIN7] = LAST_WIN7, [LAB_WIN8] = LAST_WIN8};
    for (int i = 0; i < (int)(sizeof releases / sizeof releases[0]); i++) {
        if (!strcmp(releases[i], since)) {
            return i <= last[os];
        }
    }
    return false;
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

static void add_row(char *line)
{
    export_row row = {0};
    row.module = field(&line);
    row.name = field(&line);
    const char *since = field(&line), *fidelity = field(&line);
    row.note = field(&line);
    for (int os = LAB_XP; os <= LAB_WIN8; os++) {
        row.lacking |= (uint8_t)(profile_since((lab_os)os, since) ? 0 : 1 << os);
    }
    row.approximated = !strcmp(fidelity, "approximated");
    row.is_private = !strcmp(fidelity, "private");
    export_row *grown = realloc(rows, (row_count + 1) * sizeof *rows);
    if (grown && *row.name) {
        rows = grown;
        rows[row_count++] = row;
    }
}

static void read_table(void)
{
    if (text) {
        return;
    }
    for (const struct lab_embedded_file *file = lab_embedded; file->name; file++) {
        if (!strcmp(file->name, "exports.tsv")) {
            text = strndup((const char *)file->bytes, file->size);
            whole = strndup((const char *)file->bytes, file->size);
        }
    }
    char *next = text;
    for (char *line; (line = strsep(&next, "\n")) != NULL;) {
        if (*line && *line != '#') {
            add_row(line);
        }
    }
    qsort(rows, row_count, sizeof *rows, by_name);
}

const char *profile_exports(void)
{
    read_table();
    return whole ? whole : "";
}

static const export_row *find(const char *module, const char *name)
{
    read_table();
    export_row key = {.module = module, .name = name};
    return rows ? bsearch(&key, rows, row_count, sizeof *rows, by_name) : NULL;
}

bool profile_has_export(void *context, const char *module, const char *name)
{
    const export_row *row = find(module, name);
    return row && !row->is_private && !(row->lacking >> *(const lab_os *)context & 1);
}

const char *profile_approximation(const char *module, const char *name)
{
    const export_row *row = find(module, name);
    return row && row->approximated ? row->note : NULL;
}
