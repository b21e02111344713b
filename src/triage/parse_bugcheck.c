/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_bugcheck.c - the bug check in each of its forms, and what !analyze says of it. */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define BUGCHECKS_MOST 1024u
#define MINIDUMP       0x10000000u /* 0x1000007E is 0x7E in a minidump */
#define NAME_LEAST     6u

/* Beginnings of rows of !analyze that say nothing to the rules; a stack ends at them. */
static const char *const passed_over[] = {
    "EXCEPTION_",
    "TRAP_FRAME",
    "CONTEXT:",
    "PROCESS_NAME",
    "FAILURE_",
    "BUCKET_ID",
    "SYMBOL_",
    "DEFAULT_BUCKET",
    "STACK_COMMAND",
    "Followup:",
    "Debugging Details",
    "KEY_VALUES",
    "CURRENT_IRQL",
    "LAST_CONTROL",
    "ERROR_CODE",
    "BLACKBOX",
    "FOLLOWUP_",
    "OS_VERSION",
    "BUILDLAB_STR",
    "OSPLATFORM",
    "OSNAME",
    "CPU_",
    "DUMP_",
    "ANALYSIS_",
    "THREAD_SHA1",
    "Executable search",
    "Symbol search",
    "Built by:",
    "Machine Name",
    "Kernel base",
    "Debug session",
    "System Uptime",
    "Use !analyze",
    "Debugging Details:",
    "FAULTING_SOURCE",
    "PRIMARY_PROBLEM",
    "Bugcheck Analysis",
    "TAG_NOT_DEFINED",
    "DRVPOWERSTATE",
    "POOL_ADDRESS",
    "BUGCHECK_STR",
    "MM_INTERNAL_CODE",
    "Driver object (",
    "Driver Extension List",
    "Device Object list",
    "DriverEntry:",
    "DriverStartIo:",
    "DriverUnload:",
    "AddDevice:",
    "Dispatch routines",
};

static triage_bugcheck *add_bugcheck(parser *p, uint32_t code, const char *row)
{
    triage_bugcheck *last = parse_last_bugcheck(p);
    code &= ~MINIDUMP;
    if (last && last->code != code) { /* two crashes: two logs, one after the other */
        parse_finish_thread(p);
        p->log_index++;
        last = NULL;
    }
    if (last)
        return last;
    triage_bugcheck made = {.file = p->file,
                            .log = p->log_index,
                            .moment = p->moment,
                            .line = p->line,
                            .code = code,
                            .text = parse_string(p, row)};
    return store_push((void **)&p->log->bugchecks, &p->log->bugcheck_count, BUGCHECKS_MOST, sizeof made, &made)
               ? &p->log->bugchecks[p->log->bugcheck_count - 1]
               : NULL;
}

/* Up to four numbers, whatever stands between them. */
static void arguments(parser *p, triage_bugcheck *b, const char *at)
{
    if (!b || b->arg_count)
        return;
    while (b->arg_count < 4) {
        unsigned digits;
        at += strspn(at, " \t(),{");
        if (!scan_hex(&at, &b->args[b->arg_count], &digits))
            break;
        b->arg_count++;
    }
    b->arg_line = p->line;
}

/* "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED (7e)" */
static bool title_row(parser *p, const char *row)
{
    size_t length = strspn(row, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    const char *at = row + length;
    uint64_t code;
    unsigned digits;
    if (length < NAME_LEAST || !memchr(row, '_', length) || *at != ' ' || at[1] != '(')
        return false;
    at += 2;
    if (!scan_hex(&at, &code, &digits) || digits > 8 || *at != ')' || at[1])
        return false;
    triage_bugcheck *b = add_bugcheck(p, (uint32_t)code, row);
    if (b && !b->name)
        b->name = store_text(p->s, row, length);
    return true;
}

/* "BugCheck 7E, {ffffffffc0000005, ...}", "*** STOP: 0x0000007E (0x..., ...)", and the like */
static bool code_row(parser *p, const char *row)
{
    static const char *const heads[] = {
        "BugCheck ", "Bugcheck code ", "*** Fatal System Error: ", "*** STOP: ", "STOP: ", "BUGCHECK_CODE:"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *at = row;
        uint64_t code;
        unsigned digits;
        if (!scan_word(&at, heads[i]) || (at = scan_blanks(at), !scan_hex(&at, &code, &digits)) || digits > 8)
            continue;
        triage_bugcheck *b = add_bugcheck(p, (uint32_t)code, row);
        at += strspn(at, " ,");
        if (*at == '{' || *at == '(')
            arguments(p, b, at);
        p->section = PARSE_ARGUMENTS;
        return true;
    }
    return false;
}

/* "(0xFFFFF8009EFD11AB,0x10,...)" after the fatal error, "Arguments ffffffff`c0000005 ..." after .bugcheck */
static bool arguments_row(parser *p, const char *row)
{
    if (p->section != PARSE_ARGUMENTS)
        return false;
    const char *at = row;
    bool word = scan_word(&at, "Arguments ");
    if (!word && *row != '(')
        return false;
    arguments(p, parse_last_bugcheck(p), at);
    return true;
}

/* "Arg1: ffffffffc0000005, The exception code that was not handled"; "BUGCHECK_P1: ffffffffc0000005" */
static bool argument_row(parser *p, const char *row)
{
    triage_bugcheck *b = parse_last_bugcheck(p);
    const char *at = row;
    unsigned digits;
    if ((!scan_word(&at, "Arg") && !scan_word(&at, "BUGCHECK_P")) || *at < '1' || *at > '4' || at[1] != ':')
        return false;
    unsigned index = (unsigned)(*at - '1');
    uint64_t value;
    at = scan_blanks(at + 2);
    if (!scan_hex(&at, &value, &digits))
        return false;
    if (b && b->arg_count == index) {
        b->args[index] = value;
        b->arg_count++;
        if (!index)
            b->arg_line = p->line;
    }
    return true;
}

static bool is_driver_name(const char *name, size_t length)
{
    return length && length < 64 && strncmp(name, "Unknown", length) && strncmp(name, "ANALYSIS", 8);
}

/* Whom the debugger, or the blue screen, names. */
static bool culprit_row(parser *p, const char *row)
{
    static const char *const heads[] = {"Driver at fault: ", "IMAGE_NAME: ", "MODULE_NAME: ", "Probably caused by : "};
    triage_bugcheck *b = parse_last_bugcheck(p);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *at = row;
        if (!scan_word(&at, heads[i]))
            continue;
        at = scan_blanks(at);
        size_t length = strcspn(at, " (\t");
        while (length && at[length - 1] == '.')
            length--;
        if (b && !b->driver && !p->unsure && is_driver_name(at, length)) {
            b->driver = parse_module_name(p, (frame_text){at, length});
            b->driver_line = p->line;
        }
        return true;
    }
    return false;
}

static void set_ip(parser *p, const char *at)
{
    triage_fault *fault = parse_fault(p);
    frame_row symbol = {0};
    if (!fault || fault->ip_module || p->unsure || !frame_symbol(&at, &symbol))
        return;
    fault->ip_module = parse_module_name(p, symbol.module);
    fault->ip_unloaded |= symbol.unloaded;
    fault->ip_line = p->line;
}

/* "FAULTING_IP:" or "IP_MODULE_UNLOADED:", the place on the same row or the next. */
static bool place_row(parser *p, const char *row)
{
    const char *at = row;
    triage_fault *fault;
    bool gone = scan_word(&at, "IP_MODULE_UNLOADED:");
    if (!gone && !scan_word(&at, "FAULTING_IP:"))
        return false;
    parse_finish_thread(p);
    if (gone && (fault = parse_fault(p)))
        fault->ip_unloaded = true;
    at = scan_blanks(at);
    if (*at)
        set_ip(p, at);
    else
        p->section = PARSE_FAULT_IP;
    return true;
}

/* "READ_ADDRESS:  fffff8800799d040 " */
static bool address_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t address;
    unsigned digits;
    if (!scan_word(&at, "READ_ADDRESS:") && !scan_word(&at, "WRITE_ADDRESS:") &&
        !scan_word(&at, "EXCEPTION_PARAMETER2:"))
        return false;
    at = scan_blanks(at);
    triage_fault *fault = parse_fault(p);
    if (fault && scan_hex(&at, &address, &digits)) {
        fault->address = address;
        fault->has_address = true;
    }
    return true;
}

static bool other_row(parser *p, const char *row)
{
    const char *at = row;
    if (scan_word(&at, "STACK_TEXT:")) {
        parse_finish_thread(p);
        parse_start_thread(p);
        p->thread.id = 0;
        p->analyzing = p->thread.analyzed = true;
        at = scan_blanks(at);
        if (*at)
            parse_stack_row(p, at);
        return true;
    }
    at = row + strspn(row, "* \t");
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        if (!strncmp(at, passed_over[i], strlen(passed_over[i]))) {
            parse_finish_thread(p);
            p->section = PARSE_NOTHING;
            return true;
        }
    return false;
}

bool parse_bugcheck_row(parser *p, const char *row)
{
    if (p->section == PARSE_FAULT_IP) {
        p->section = PARSE_NOTHING;
        set_ip(p, row);
        return true;
    }
    return title_row(p, row) || code_row(p, row) || arguments_row(p, row) || argument_row(p, row) ||
           culprit_row(p, row) || place_row(p, row) || address_row(p, row) || other_row(p, row);
}
