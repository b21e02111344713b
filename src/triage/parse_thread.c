/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_thread.c - what !thread, !process, !stacks and !running say of a thread, before its stack. */
#include "parse.h"

#include <stdio.h>
#include <string.h>

#include "scan.h"

/* Beginnings of the rows that !thread prints and that no rule needs. */
static const char *const passed_over[] = {
    "Not impersonating",
    "Impersonation token",
    "DeviceMap",
    "Attached Process",
    "Context Switch Count",
    "UserTime",
    "KernelTime",
    "Stack Init",
    "Priority",
    "Base ",
    "IoPriority",
    "IRP List",
    "Unable to",
    "Win32Thread",
    "IRQL",
    "Owning Thread",
    "Unexpected",
    "GetUlong",
    "ReadMemory error",
    "*** ERROR",
    "*** WARNING",
    "WARNING: Stack",
    "Kernel stack not resident",
    "Quota",
    "Start Address",
};

static void set_state(parser *p, const char *text)
{
    triage_thread *t = &p->thread;
    static const struct {
        const char *word;
        triage_state state;
    } states[] = {{"RUNNING", TRIAGE_RUNNING},    {"Running", TRIAGE_RUNNING},  {"WAIT", TRIAGE_WAITING},
                  {"Blocked", TRIAGE_WAITING},    {"READY", TRIAGE_READY},      {"Ready", TRIAGE_READY},
                  {"STANDBY", TRIAGE_READY},      {"Standby", TRIAGE_READY},    {"TERMINATED", TRIAGE_ENDED},
                  {"TRANSITION", TRIAGE_WAITING}, {"GATEWAIT", TRIAGE_WAITING}, {"BACKGRND", TRIAGE_READY}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        const char *at = strstr(text, states[i].word);
        if (at && (at == text || at[-1] == ' ')) {
            t->state = states[i].state;
            const char *end = strstr(at, "  "); /* !stacks goes on with the stack */
            t->state_text = store_text(p->s, at, end ? (size_t)(end - at) : strlen(at));
            return;
        }
    }
}

/* "THREAD fffffa80018b8b50  Cid 0004.0044  Teb: 0 Win32Thread: 0 RUNNING on processor 2" */
static bool thread_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t id, process, thread;
    unsigned digits;
    if (!scan_word(&at, "THREAD ") || (at = scan_blanks(at), !scan_address(&at, &id)))
        return false;
    parse_finish_thread(p);
    parse_start_thread(p);
    p->thread.headed = true;
    p->thread.id = id;
    const char *cid = strstr(at, "Cid ");
    if (cid && (cid = scan_blanks(cid + 4), true)) {
        char pair[32];
        snprintf(pair, sizeof pair, "%.*s", (int)strcspn(cid, " "), cid);
        char *dot = strchr(pair, '.');
        const char *first = pair, *second = dot ? dot + 1 : pair;
        if (dot && (*dot = '\0', scan_hex(&first, &process, &digits)) && scan_hex(&second, &thread, &digits)) {
            p->thread.process_id = (uint32_t)process;
            p->thread.thread_id = (uint32_t)thread;
            p->thread.has_cid = true;
        }
    }
    const char *win32 = strstr(at, "Win32Thread:");
    set_state(p, win32 ? win32 : at);
    return true;
}

/* "4.000044  fffffa80018b8b50 0000001 RUNNING    nt!KeBugCheckEx+0x1e", of !stacks */
static bool stacks_row(parser *p, const char *row)
{
    uint64_t process, thread, id, ticks;
    unsigned digits;
    const char *at = row;
    char number[16];
    size_t length = strcspn(at, ".");
    if (length == 0 || length > 8 || at[length] != '.')
        return false;
    snprintf(number, sizeof number, "%.*s", (int)length, at);
    const char *first = number;
    at += length + 1;
    if (!scan_hex(&first, &process, &digits) || !scan_hex(&at, &thread, &digits) || digits != 6)
        return false;
    at = scan_blanks(at);
    if (!scan_address(&at, &id))
        return false;
    at = scan_blanks(at);
    const char *rest = at;
    if (scan_hex(&rest, &ticks, &digits))
        at = scan_blanks(rest);
    parse_finish_thread(p);
    parse_start_thread(p);
    p->thread.id = id;
    p->thread.process_id = (uint32_t)process;
    p->thread.thread_id = (uint32_t)thread;
    p->thread.has_cid = true;
    p->stack_begun = true;
    set_state(p, at);
    frame_row frame;
    const char *symbol = at + strcspn(at, " \t");
    if (frame_parse(symbol, &frame) && frame.has_symbol)
        parse_stack_row(p, scan_blanks(symbol));
    return true;
}

/* "  2  fffff88002f64180  fffffa80018b8b50 (13)  ...", of !running; the stack that follows is that thread's. */
static bool running_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t processor, prcb, id;
    char state[48];
    if (p->section != PARSE_RUNNING || !scan_decimal(&at, &processor) || processor > 4096)
        return false;
    at = scan_blanks(at);
    if (!scan_address(&at, &prcb) || (at = scan_blanks(at), !scan_address(&at, &id)) || strchr(at, '!'))
        return false;
    parse_finish_thread(p);
    parse_start_thread(p);
    snprintf(state, sizeof state, "RUNNING on processor %u", (unsigned)processor);
    p->thread.id = id;
    p->thread.state = TRIAGE_RUNNING;
    p->thread.state_text = parse_string(p, state);
    return true;
}

/* "PROCESS fffffa8001844840", or "[fffffa8001844840 System]" of !stacks */
static bool process_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t process;
    bool bracket = *at == '[';
    if (bracket)
        at++;
    else if (!scan_word(&at, "PROCESS "))
        return false;
    at = scan_blanks(at);
    if (!scan_address(&at, &process) || (bracket && !strchr(at, ']')))
        return false;
    parse_finish_thread(p);
    p->process = process;
    p->section = PARSE_NOTHING;
    return true;
}

/* "fffffa80`0799d040  NotificationEvent", what a waiting thread waits for. */
static bool wait_row(parser *p, const char *row)
{
    static const char *const kinds[] = {"NotificationEvent",
                                        "SynchronizationEvent",
                                        "SynchronizationTimer",
                                        "NotificationTimer",
                                        "Semaphore",
                                        "Mutant",
                                        "Thread",
                                        "Process",
                                        "QueueObject",
                                        "Gate"};
    const char *at = row;
    uint64_t object;
    if (!p->has_thread || p->stack_begun || !scan_address(&at, &object))
        return false;
    at = scan_blanks(at);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(at, kinds[i], strlen(kinds[i]))) {
            if (!p->thread.wait_kind) {
                p->thread.wait_kind = parse_string(p, at);
                p->thread.wait_object = object;
                p->thread.wait_line = p->line;
            }
            return true;
        }
    return false;
}

/* "Ticks: 3840 (0:00:01:00.000)" */
static void waited(parser *p, const char *row)
{
    unsigned days, hours, minutes;
    double seconds;
    const char *open = strstr(row, "Ticks: ");
    if (open && (open = strchr(open, '(')) &&
        sscanf(open, "(%2u:%2u:%2u:%lf", &days, &hours, &minutes, &seconds) == 4 && seconds >= 0 && seconds < 61)
        p->thread.waited = days * 86400.0 + hours * 3600.0 + minutes * 60.0 + seconds;
}

static bool start_address(parser *p, const char *row)
{
    const char *at = row;
    frame_row symbol = {0};
    if (!scan_word(&at, "Win32 Start Address"))
        return false;
    const char *name = scan_blanks(at);
    const char *end = name + strcspn(name, " (");
    at = name;
    if (frame_symbol(&at, &symbol))
        p->thread.start_module = parse_module_name(p, symbol.module);
    p->thread.start = store_text(p->s, name, (size_t)(end - name));
    return true;
}

/* Rows that only the header of !thread has. */
static bool is_of_header(const char *row)
{
    static const char *const rows[] = {"Not impersonating",    "Owning Process ",      "Attached Process ",
                                       "Wait Start TickCount", "Context Switch Count", "Win32 Start Address "};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strncmp(row, rows[i], strlen(rows[i])))
            return true;
    return false;
}

static bool attribute_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t process;
    if ((!p->has_thread || p->stack_begun) && is_of_header(row)) { /* its first row is lost */
        parse_finish_thread(p);
        parse_start_thread(p);
        p->thread.headed = true;
    }
    if (!p->has_thread)
        return false;
    if (scan_word(&at, "Owning Process")) {
        at = scan_blanks(at);
        if (scan_address(&at, &process))
            p->thread.process = process;
        return true;
    }
    if (start_address(p, row))
        return true;
    if (scan_word(&at, "Wait Start TickCount")) {
        waited(p, row);
        return true;
    }
    if (scan_word(&at, "Win32Thread:")) {
        set_state(p, at);
        return true;
    }
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        if (!strncmp(row, passed_over[i], strlen(passed_over[i])))
            return true;
    return false;
}

/* "Prcbs  Current  (pri) Next  (pri) Idle", the head of !running */
static bool running_head(parser *p, const char *row)
{
    if (strncmp(row, "Prcb", 4) || !strstr(row, "Current"))
        return false;
    parse_finish_thread(p);
    p->section = PARSE_RUNNING;
    return true;
}

/* "Implicit thread is now fffffa80`018b8b50", after .thread: the stacks that k prints next are that thread's. */
static bool implicit_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t id;
    if (!scan_word(&at, "Implicit thread is now ") || !scan_address(&at, &id))
        return false;
    p->implicit = id;
    return true;
}

/* "1 thread [stats]: ffff8008e4604040", of !us: threads of one stack, which follows */
static bool unique_row(parser *p, const char *row)
{
    const char *at = row;
    uint64_t count, id;
    if (!scan_decimal(&at, &count) || !scan_word(&at, " thread") || !(at = strstr(at, "[stats]: ")))
        return false;
    at += strlen("[stats]: ");
    parse_finish_thread(p);
    parse_start_thread(p);
    if (scan_address(&at, &id))
        p->thread.id = id;
    p->stack_begun = true;
    return true;
}

bool parse_thread_row(parser *p, const char *row)
{
    return implicit_row(p, row) || unique_row(p, row) || thread_row(p, row) || process_row(p, row) ||
           running_head(p, row) || running_row(p, row) || stacks_row(p, row) || attribute_row(p, row) ||
           wait_row(p, row);
}
