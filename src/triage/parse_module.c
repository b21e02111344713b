/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_module.c - lm with its unloaded list, !fltkd.filter. */
#include "parse.h"

#include <string.h>

#include "scan.h"

#define MODULES_MOST 4096u
#define FILTERS_MOST 1024u
#define PAGE_MASK    0xfffu

static bool head_row(parser *p, const char *row)
{
    const char *at = row;
    if (!strncmp(row, "Unloaded modules:", 17)) {
        parse_finish_thread(p);
        p->section = PARSE_UNLOADED;
        return true;
    }
    if (scan_word(&at, "start ") && scan_word((at = scan_blanks(at), &at), "end ") && strstr(at, "module name")) {
        parse_finish_thread(p);
        p->section = PARSE_MODULES;
        return true;
    }
    return false;
}

/* "fffff880`0799a000 fffff880`079a2000   isolate    (deferred)" */
static bool module_row(parser *p, const char *row)
{
    const char *at = row;
    triage_module m = {.file = p->file, .log = p->log_index, .line = p->line};
    if (!scan_address(&at, &m.start) || (at = scan_blanks(at), !scan_address(&at, &m.end)))
        return false;
    at = scan_blanks(at);
    size_t length = strcspn(at, " \t(");
    bool known_section = p->section == PARSE_MODULES || p->section == PARSE_UNLOADED;
    if (!length || p->unsure || !known_section || m.end <= m.start || (m.start & PAGE_MASK))
        return false;
    m.unloaded = p->section == PARSE_UNLOADED;
    m.name = parse_module_name(p, (frame_text){at, length});
    store_push((void **)&p->log->modules, &p->log->module_count, MODULES_MOST, sizeof m, &m);
    return true;
}

/* "Timestamp: ..." and "Checksum: ..." stand between the rows of lm t and of the unloaded list. */
static bool detail_row(const parser *p, const char *row)
{
    return (p->section == PARSE_MODULES || p->section == PARSE_UNLOADED) &&
           (!strncmp(row, "Timestamp:", 10) || !strncmp(row, "Checksum:", 9) || !strncmp(row, "ImageSize:", 10));
}

/* "FLT_FILTER: fffffa80042f7010 "isolate" "370030"" */
static bool filter_row(parser *p, const char *row)
{
    const char *at = row, *open, *close;
    uint64_t address;
    if (!scan_word(&at, "FLT_FILTER:") || (at = scan_blanks(at), !scan_address(&at, &address)))
        return false;
    parse_finish_thread(p);
    triage_filter made = {.file = p->file, .log = p->log_index, .line = p->line};
    open = strchr(at, '"');
    close = open ? strchr(open + 1, '"') : NULL;
    if (close)
        made.name = parse_module_name(p, (frame_text){open + 1, (size_t)(close - open - 1)});
    p->section = PARSE_FILTER;
    store_push((void **)&p->log->filters, &p->log->filter_count, FILTERS_MOST, sizeof made, &made);
    return true;
}

/* "FLT_OBJECT: ...  [02000002] Filter DRAINING", "RundownRef               : 0x0000000000000005 (2)" */
static bool filter_detail_row(parser *p, const char *row)
{
    static const char *const names[] = {"FLT_OBJECT:",    "RundownRef",   "PointerCount",  "PrimaryLink",
                                        "Frame ",         "Flags ",       "DriverObject",  "FilterLink",
                                        "PreVolumeMount", "FilterUnload", "InstanceSetup", "Operations",
                                        "FLT_INSTANCE:",  "FLTP_FRAME:",  "Filter List:"};
    bool named = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        named |= !strncmp(row, names[i], strlen(names[i]));
    if (!named)
        return false;
    triage_log *log = p->log;
    if (p->section != PARSE_FILTER || !log->filter_count)
        return true;
    triage_filter *f = &log->filters[log->filter_count - 1];
    const char *count = strchr(row, '(');
    f->draining |= scan_find(row, "DRAINING") != NULL;
    if (!strncmp(row, "RundownRef", 10) && count && (count++, scan_decimal(&count, &f->references)))
        f->has_references = true;
    return true;
}

bool parse_module_row(parser *p, const char *row)
{
    return head_row(p, row) || module_row(p, row) || detail_row(p, row) || filter_row(p, row) ||
           filter_detail_row(p, row);
}
