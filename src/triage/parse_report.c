/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_report.c - what the reports of this project's own lab say beyond what a debugger prints. */
#include "parse.h"

#include <string.h>

#include "scan.h"

#define LEFTOVERS_MOST 256u

/* Who stands behind `words` in the row: "freed by isolate!UnloadCallback+0x40" gives isolate. */
static const char *module_behind(parser *p, const char *row, const char *words, bool *unload)
{
    const char *at = strstr(row, words);
    frame_row symbol = {0};
    if (!at || (at += strlen(words), !frame_symbol(&at, &symbol)))
        return NULL;
    *unload = !strncmp(at, " (unload", 8);
    return parse_module_name(p, symbol.module);
}

/* "ACCESS: write to fffffa80`05108ff4 - freed pool, freed by isolate!UnloadCallback+0x40 (unload)" */
static bool access_row(parser *p, const char *row)
{
    const char *at = row;
    if (!scan_word(&at, "ACCESS: "))
        return false;
    triage_fault *fault = parse_fault(p);
    const char *dash = strstr(at, " - ");
    const char *where = strstr(at, "of ");
    where = where ? where + 3 : strstr(at, "to ") ? strstr(at, "to ") + 3 : NULL;
    if (!fault)
        return true;
    fault->has_address = where && scan_address(&where, &fault->address);
    const char *freed = module_behind(p, row, "freed by ", &fault->freed_by_unload);
    if (freed) {
        fault->freed_by = freed;
        fault->freed_text = parse_string(p, row);
        fault->line = p->line;
    }
    if (dash && strstr(dash, "unloaded or discarded")) {
        frame_row symbol = {0};
        dash += 3;
        if (frame_symbol(&dash, &symbol))
            fault->place = parse_module_name(p, symbol.module);
        fault->line = p->line;
    }
    return true;
}

/* "thread     fffffa80`0510af60 isolate.sys: a system thread has not ended, routine ..." */
static bool left_row(parser *p, const char *row)
{
    static const char *const kinds[] = {"thread", "timer", "pool",     "device", "image",  "reference", "callback",
                                        "handle", "dpc",   "workitem", "filter", "object", "instance"};
    triage_leftover left = {p->file, p->log_index, p->line, NULL, NULL, NULL};
    if (p->section != PARSE_LEFT)
        return false;
    const char *colon = strstr(row, ".sys:");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(row, kinds[i], strlen(kinds[i])) && row[strlen(kinds[i])] == ' ')
            left.kind = kinds[i];
    if (!left.kind || !colon)
        return false;
    const char *name = colon;
    while (name > row && scan_is_name(name[-1]))
        name--;
    left.driver = parse_module_name(p, (frame_text){name, (size_t)(colon - name)});
    left.text = parse_string(p, row);
    store_push((void **)&p->log->leftovers, &p->log->leftover_count, LEFTOVERS_MOST, sizeof left, &left);
    return true;
}

/* Heads of the parts of a report. */
static bool part_row(parser *p, const char *row)
{
    static const struct {
        const char *head;
        parse_section then;
        bool another; /* crash */
    } parts[] = {{"FAILURE ", PARSE_NOTHING, true},       {"SCHEDULE  ", PARSE_SCHEDULE, false},
                 {"LEFT      ", PARSE_LEFT, false},       {"WINDOW    ", PARSE_SCHEDULE, false},
                 {"REPLAY    ", PARSE_NOTHING, false},    {"VERDICT   ", PARSE_NOTHING, false},
                 {"RACE      ", PARSE_NOTHING, false},    {"ALSO AT   ", PARSE_SCHEDULE, false},
                 {"OUTPUT    ", PARSE_SCHEDULE, false},   {"the same failure, the other side", PARSE_NOTHING, false},
                 {"No bug check: ", PARSE_NOTHING, false}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strncmp(row, parts[i].head, strlen(parts[i].head)) &&
            (!parts[i].another || (row[8] >= '1' && row[8] <= '9'))) {
            parse_finish_thread(p);
            p->section = parts[i].then;
            p->log_index += parts[i].another;
            p->moment += !strncmp(row, "the same failure", 16);
            triage_fault *fault = !strncmp(row, "No bug check: ", 14) ? parse_fault(p) : NULL;
            if (fault)
                fault->stuck = true;
            return true;
        }
    return false;
}

bool parse_report_row(parser *p, const char *row)
{
    if (!strncmp(row, "LOOP      ", 10)) {
        parse_finish_thread(p);
        p->next_loops = true;
        p->section = PARSE_SCHEDULE;
        return true;
    }
    if (part_row(p, row) || access_row(p, row) || left_row(p, row))
        return true;
    if (p->section == PARSE_SCHEDULE && strncmp(row, "THREAD ", 7) && strncmp(row, "Child", 5))
        return true;
    if (p->section == PARSE_SCHEDULE)
        p->section = PARSE_NOTHING;
    return false;
}
