/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe_table.h - the text of the table of exports, made searchable. Used inside src/lab. */
#ifndef AIRLOCK_LAB_PROBE_TABLE_H
#define AIRLOCK_LAB_PROBE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *module, *name, *since, *fidelity, *note;
} probe_row;

typedef struct {
    char *text;      /* cut into fields */
    probe_row *rows; /* sorted by module, then name */
    size_t count;
} probe_table;

bool probe_table_read(probe_table *table, const char *text); /* false: out of memory */
void probe_table_free(probe_table *table);
const probe_row *probe_table_find(const probe_table *table, const char *module, const char *name);
bool probe_table_has_module(const probe_table *table, const char *module);

#endif
