/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_rows.c - the schedule as rows: where each thread stands when another goes on, and what it did until then. */
#include "describe_parts.h"

#include <stdio.h>
#include <string.h>

#define CALLS_NAMED 4u /* of one row: the last ones */

static report_column column_of(const describer *d, const capture_row *row)
{
    bool loads = row->role == LAB_ROLE_LOAD || row->thread == lab_load_client(d->l);
    bool unloads = row->role == LAB_ROLE_UNLOAD || row->thread == lab_unload_client(d->l);
    return loads ? REPORT_LOAD_COLUMN : unloads ? REPORT_UNLOAD_COLUMN : REPORT_OTHER_COLUMN;
}

static const char *bare_function(describer *d, const unwind_frame *frame)
{
    static const char fail_point[] = "VfFail_"; /* of calls that may fail on purpose: stands for the routine */
    const symbol *name = name_of(d, frame);
    const char *function = name && name->function ? name->function : name_text(d, frame);
    return strncmp(function, fail_point, sizeof fail_point - 1) ? function : function + sizeof fail_point - 1;
}

static void append(char *text, size_t size, const char *separator, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s%s", length ? separator : "", more);
}

/* "DriverEntry begins, calls FltRegisterFilter, FltStartFiltering"; a call that is repeated at once is told once. */
static void list_calls(describer *d, const capture_row *row, char *text, size_t size)
{
    size_t first = row->call_count > CALLS_NAMED ? row->call_count - CALLS_NAMED : 0;
    const char *before = "";
    bool calling = false;
    if (first) {
        append(text, size, "", "...");
    }
    for (size_t i = first; i < row->call_count; i++) {
        const capture_call *call = &row->calls[i];
        const char *function = bare_function(d, &call->function);
        if (!strcmp(function, before)) {
            continue;
        }
        append(text, size, first && i == first ? " " : ", ", calling || call->callback ? "" : "calls ");
        append(text, size, "", function);
        append(text, size, "", call->callback ? " begins" : "");
        calling = !call->callback;
        before = function;
    }
}

static const char *what(describer *d, const capture *c, const capture_row *row, bool last)
{
    char text[640] = "";
    list_calls(d, row, text, sizeof text);
    if (row->above.img && !(last && c->ending.kind == LAB_BUGCHECK)) {
        char in[200];
        snprintf(in, sizeof in, "stands in %s", name_text(d, &row->above));
        append(text, sizeof text, "; ", in);
    }
    if (last && c->ending.kind == LAB_BUGCHECK) {
        append(text, sizeof text, "; ", "the system stops here");
    } else if (row->outcome == MACHINE_EXITED) {
        append(text, sizeof text, "; ", "the thread ends");
    } else if (row->outcome == MACHINE_BLOCKED) {
        append(text, sizeof text, "; ", "waits");
    }
    return *text ? report_arena_copy(d->arena, text) : NULL;
}

static void describe_row(describer *d, const capture *c, const capture_row *row, bool last, report_step *out)
{
    const symbol *name = name_of(d, &row->place);
    out->column = column_of(d, row);
    out->thread = describe_role(d, row->thread, row->role);
    out->text = name_text(d, &row->place);
    out->what = what(d, c, row, last);
    out->file = name ? report_arena_copy(d->arena, name->file) : NULL;
    out->line = name ? name->line : 0;
    out->instructions = row->instructions;
    out->preempted = row->preempted;
}

void describe_rows(describer *d, const capture *c, report_failure *out)
{
    out->steps = report_arena_alloc(d->arena, c->row_count + 1, sizeof *out->steps);
    out->step_count = c->row_count;
    for (size_t i = 0; i < c->row_count; i++) {
        describe_row(d, c, &c->rows[i], i + 1 == c->row_count, &out->steps[i]);
    }
}
