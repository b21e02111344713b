/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "triage.h"

#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "join.h"
#include "lines.h"
#include "parse.h"
#include "rules.h"

#define FILES_MOST 4096u

struct triage {
    store *s;
    triage_log log;
    lines in;
    join rows;
    parser parse;
    rules found;
    uint32_t line; /* of the current input */
    bool reading;
    bool last_unended; /* the row that is held is the input's last, without an end */
};

static void take_row(void *context, char *text, uint32_t line)
{
    triage *t = context;
    parse_row(&t->parse, text, line);
}

static void take_line(void *context, char *line, size_t length)
{
    triage *t = context;
    t->log.lines++;
    t->line++;
    length = clean_line(line, length);
    if (t->in.unended && length)
        t->last_unended = true;
    join_add(&t->rows, line, length, t->line);
}

triage *triage_create(void)
{
    triage *t = calloc(1, sizeof *t);
    if (t && !(t->s = store_create())) {
        free(t);
        return NULL;
    }
    if (t) {
        parse_begin(&t->parse, t->s, &t->log);
        join_begin(&t->rows, take_row, t);
    }
    return t;
}

void triage_destroy(triage *t)
{
    if (!t)
        return;
    free(t->log.files);
    free(t->log.threads);
    free(t->log.bugchecks);
    free(t->log.faults);
    free(t->log.modules);
    free(t->log.filters);
    free(t->log.leftovers);
    free(t->log.systems);
    free(t->found.list);
    store_destroy(t->s);
    free(t);
}

static void end_input(triage *t)
{
    if (!t->reading)
        return;
    lines_end(&t->in);
    t->parse.unsure = t->last_unended;
    t->last_unended = false;
    join_flush(&t->rows);
    parse_end(&t->parse);
    t->reading = false;
}

void triage_begin(triage *t, const char *name)
{
    end_input(t);
    const char *copy = store_text(t->s, name, strlen(name));
    if (!store_push((void **)&t->log.files, &t->log.file_count, FILES_MOST, sizeof copy, &copy))
        t->log.files[FILES_MOST - 1] = copy;
    lines_begin(&t->in, take_line, t);
    parse_file(&t->parse, (uint32_t)t->log.file_count - 1);
    t->line = 0;
    t->reading = true;
}

void triage_feed(triage *t, const void *bytes, size_t size)
{
    t->log.bytes += size;
    lines_feed(&t->in, bytes, size);
}

bool triage_finish(triage *t)
{
    end_input(t);
    roles_find(&t->log);
    t->found.log = &t->log;
    t->found.s = t->s;
    rules_apply(&t->found);
    return true;
}

const triage_log *triage_model(const triage *t) { return &t->log; }

size_t triage_findings(const triage *t, const triage_finding **findings)
{
    *findings = t->found.list;
    return t->found.count;
}

bool triage_is_debugger_text(const triage *t)
{
    const triage_log *l = &t->log;
    return l->threads_seen || l->bugcheck_count || l->module_count || l->filter_count || l->leftover_count ||
           l->system_count;
}

bool triage_recognised(const triage *t) { return rules_recognised(&t->found, NULL); }

const char *triage_rule_name(triage_rule rule)
{
    static const char *const names[] = {"load-unload-race", "unload-while-running", "hang",
                                        "failed-load",      "left-behind",          "insufficient"};
    return names[rule];
}

const char *triage_rule_title(triage_rule rule)
{
    static const char *const titles[] = {"load/unload race",
                                         "unloaded while something of it was still to run",
                                         "a load or unload that hangs",
                                         "a failed load cleans up what was not made",
                                         "something left behind, no race",
                                         "the log does not tell"};
    return titles[rule];
}

const char *triage_confidence_name(triage_confidence confidence)
{
    static const char *const names[] = {"low", "medium", "high"};
    return names[confidence];
}
