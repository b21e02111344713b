/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_json.c - {"schema": "airlock.compare/1", "rows": [...]}: of each row driver (the file's name), os, load, unload,
 * model (the switches that are not at their default), verdict, complete, executions, window (instructions; null = not
 * measured), stall and latency (seconds; null = not known, or no stall leads to a failure).
 */
#include "compare.h"

#include <string.h>

#include "json_value.h"

static json_t *seconds_value(uint64_t nanoseconds)
{
    return value_sure(nanoseconds == COMPARE_UNKNOWN ? json_null() : json_real((double)nanoseconds / 1e9));
}

static json_t *model_value(const compare_matrix *matrix)
{
    json_t *value = value_sure(json_object());
    for (size_t i = 0; i < matrix->switch_count; i++)
        if (strcmp(matrix->switches[i].value, matrix->switches[i].fallback) != 0)
            value_set_text(value, matrix->switches[i].name, matrix->switches[i].value);
    return value;
}

static json_t *row_value(const compare_matrix *matrix, const compare_row *row)
{
    const compare_result *r = &row->result;
    json_t *value = value_sure(json_object());
    value_set(value, "driver", value_text(row->driver));
    value_set(value, "os", value_text(row->os));
    value_set(value, "load", value_text(row->load));
    value_set(value, "unload", value_text(row->unload));
    value_set(value, "model", model_value(matrix));
    value_set(value, "verdict", value_text(lab_verdict_name(r->verdict)));
    value_set(value, "complete", json_boolean(r->complete));
    value_set(value, "executions", value_count(r->executions));
    value_set(value, "window", r->window_measured ? value_count(r->window) : value_sure(json_null()));
    value_set(value, "stall", seconds_value(r->stall));
    value_set(value, "latency", seconds_value(r->latency));
    return value;
}

bool compare_json(FILE *out, const compare_matrix *matrix)
{
    json_t *root = value_sure(json_object()), *rows = value_sure(json_array());
    for (size_t i = 0; i < matrix->row_count; i++)
        value_add(rows, row_value(matrix, &matrix->rows[i]));
    value_set(root, "schema", value_text("airlock.compare/1"));
    value_set(root, "rows", rows);
    return json_write(out, root);
}
