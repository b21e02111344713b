/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse.h"

#include <string.h>
#include <strings.h>

#include "clean.h"
#include "scan.h"

#define FAULTS_MOST  256u
#define SYSTEMS_MOST 256u

void parse_begin(parser *p, store *s, triage_log *log)
{
    memset(p, 0, offsetof(parser, frames));
    p->s = s;
    p->log = log;
}

void parse_file(parser *p, uint32_t file)
{
    parse_finish_thread(p);
    p->file = file;
    p->log_index++;
    p->section = PARSE_NOTHING;
    p->process = 0;
    p->begun = false;
    p->implicit = 0;
    p->unsure = false;
}

void parse_end(parser *p) { parse_finish_thread(p); }

const char *parse_text(parser *p, frame_text text)
{
    return text.length ? store_text(p->s, text.at, text.length) : NULL;
}

const char *parse_string(parser *p, const char *text) { return store_text(p->s, text, strlen(text)); }

const char *parse_module_name(parser *p, frame_text name)
{
    const char *text;
    if (name.length > 4 && !strncasecmp(name.at + name.length - 4, ".sys", 4))
        name.length -= 4;
    text = parse_text(p, name);
    return known_is_nt(text) ? "nt" : text;
}

triage_bugcheck *parse_last_bugcheck(parser *p)
{
    size_t count = p->log->bugcheck_count;
    triage_bugcheck *last = count ? &p->log->bugchecks[count - 1] : NULL;
    return last && last->log == p->log_index ? last : NULL;
}

triage_fault *parse_fault(parser *p)
{
    triage_log *log = p->log;
    triage_fault *last = log->fault_count ? &log->faults[log->fault_count - 1] : NULL;
    if (last && last->log == p->log_index)
        return last;
    triage_fault made = {.file = p->file, .log = p->log_index, .line = p->line};
    return store_push((void **)&log->faults, &log->fault_count, FAULTS_MOST, sizeof made, &made)
               ? &log->faults[log->fault_count - 1]
               : NULL;
}

static void begin_log(parser *p)
{
    parse_finish_thread(p);
    p->log_index++;
    p->section = PARSE_NOTHING;
    p->process = 0;
}

/* A debugger that starts, or opens a dump, begins another log. */
static bool banner_row(parser *p, const char *row)
{
    const char *at = row;
    if (!scan_word(&at, "Microsoft (R) Windows Debugger") && !scan_word(&at, "Microsoft (R) Windows Kernel Debugger") &&
        !scan_word(&at, "Loading Dump File ["))
        return false;
    begin_log(p);
    return true;
}

static triage_os os_of(const char *text)
{
    static const struct {
        const char *text;
        triage_os os;
    } names[] = {
        {"Windows XP", TRIAGE_OS_XP},        {"Server 2003", TRIAGE_OS_XP},      {"Windows Vista", TRIAGE_OS_VISTA},
        {"Server 2008 R2", TRIAGE_OS_7},     {"Server 2008", TRIAGE_OS_VISTA},   {"Windows 7", TRIAGE_OS_7},
        {"Windows 8", TRIAGE_OS_8},          {"Windows 10", TRIAGE_OS_8},        {"Windows 11", TRIAGE_OS_8},
        {"Windows Server 201", TRIAGE_OS_8}, {"Windows Server 202", TRIAGE_OS_8}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (scan_find(text, names[i].text))
            return names[i].os;
    return TRIAGE_OS_UNKNOWN;
}

/* "Windows 7 Kernel Version 7601 (Service Pack 1) MP (4 procs) Free x64" */
static bool system_row(parser *p, const char *row)
{
    if (strncasecmp(row, "Windows ", 8) || !strstr(row, "Kernel Version"))
        return false;
    triage_system made = {p->file, p->log_index, p->line, os_of(row), parse_string(p, row)};
    store_push((void **)&p->log->systems, &p->log->system_count, SYSTEMS_MOST, sizeof made, &made);
    return true;
}

/* The target ran, and has stopped here. */
static bool stop_row(parser *p, const char *row)
{
    if (strncmp(row, "Breakpoint ", 11) || !strstr(row, " hit"))
        return false;
    parse_finish_thread(p);
    p->moment++;
    return true;
}

/* "1: kd> g": the target runs on, and what is printed next is of another moment. */
static bool command_row(parser *p, const char *row)
{
    const char *command = clean_prompt(row);
    if (command == row)
        return false;
    parse_finish_thread(p);
    p->section = PARSE_NOTHING;
    p->process = 0;
    p->commanded = true;
    if (!strcmp(command, "g") || !strncmp(command, "g ", 2) || !strncmp(command, "gu", 3) || !strcmp(command, "p") ||
        !strcmp(command, "t"))
        p->moment++;
    if (!strncmp(command, "g", 1))
        p->implicit = 0;
    return true;
}

void parse_row(parser *p, const char *row, uint32_t line)
{
    p->line = line;
    if (!*row)
        return;
    bool command = command_row(p, row) || !strncmp(row, "*** Stack trace for last set context", 36);
    if (command || stop_row(p, row) || banner_row(p, row) || system_row(p, row) || parse_report_row(p, row) ||
        parse_thread_row(p, row) || parse_bugcheck_row(p, row) || parse_stack_row(p, row) || parse_module_row(p, row))
        p->log->debugger_lines++;
    else if (p->has_thread && p->stack_begun)
        parse_finish_thread(p);
    p->begun = true;
    p->commanded = command;
}
