/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include <string.h>

#include "scan.h"

#define ARGUMENTS_X64 4u
#define ARGUMENTS_X86 3u
#define KP_MOST       2000u /* bytes of a parameter list of kP */

/* Symbols --------------------------------------------------------------------------------------------------------- */

/* "<Unloaded_isolate.sys>" */
static bool unloaded_name(const char **at, frame_row *row)
{
    const char *p = *at;
    if (!scan_word_any(&p, "<Unloaded_"))
        return false;
    size_t length = strcspn(p, "> \t");
    if (!length || p[length] != '>')
        return false;
    row->module = (frame_text){p, length};
    row->unloaded = true;
    *at = p + length + 1;
    return true;
}

static bool module_name(const char **at, frame_row *row)
{
    const char *p = *at;
    while (scan_is_name(*p))
        p++;
    if (p == *at || (*p != '!' && *p != '+'))
        return false;
    row->module = (frame_text){*at, (size_t)(p - *at)};
    *at = p;
    return true;
}

/* "+0x12", at the end of a name; without 0x in what !analyze says beside the stack. */
static bool offset(const char **at, frame_row *row)
{
    const char *p = *at + 1;
    unsigned digits;
    if (**at != '+' || !scan_hex(&p, &row->offset, &digits))
        return false;
    row->has_offset = true;
    *at = p;
    return true;
}

/* Where the name of a function ends: C++ names hold blanks inside <>, () and quotes; "`string'" too. */
static const char *name_end(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        if (*p == '<' && (p[1] == '-' || p[1] == '='))
            break; /* an arrow, drawn beside the frame */
        if (*p == '<')
            depth++;
        else if (*p == '>' && depth)
            depth--;
        else if (*p == '+' && strspn(p + 1, "0123456789abcdefABCDEF"))
            break;
        else if (*p == '(' && !(p[1] == ')' || depth))
            break;
        else if (!depth && (*p == ' ' || *p == '\t') && strncmp(p, " ?? ", 4))
            break;
        else if (*p == '[')
            break;
    }
    return p;
}

/* The parameters of kP, "(unsigned long a = 1, ...)", stand between the name and the offset. */
static bool parameters(const char **at, frame_row *row)
{
    const char *p = *at;
    int depth = 0;
    if (*p != '(')
        return true;
    for (; *p && p < *at + KP_MOST; p++) {
        depth += *p == '(';
        depth -= *p == ')';
        if (!depth) {
            *at = p + 1;
            return true;
        }
    }
    row->open = true;
    return false;
}

static bool function_name(const char **at, frame_row *row)
{
    const char *p = *at + 1, *start;
    while (*p == ' ' && scan_is_name(p[1])) /* "Driver! StopWorkerQueues", broken by a web page */
        p++;
    start = p;
    if (!strncmp(p, " ?? ", 4))
        p += 4;
    const char *end = name_end(p);
    row->function = (frame_text){start, (size_t)(end - start)};
    *at = end;
    return true;
}

bool frame_symbol(const char **at, frame_row *row)
{
    const char *p = *at;
    if (!unloaded_name(&p, row) && !module_name(&p, row))
        return false;
    if (*p == '!' && function_name(&p, row)) {
        bool closed = parameters(&p, row);
        if (closed)
            offset(&p, row);
        if (!row->function.length && !row->has_offset)
            return false;
    } else if (!offset(&p, row)) {
        return false;
    }
    row->has_symbol = true;
    *at = p;
    return true;
}

/* Columns before the symbol ---------------------------------------------------------------------------------------- */

static bool is_address(const char *p, uint64_t *address, const char **behind)
{
    const char *at = p;
    if (!scan_address(&at, address))
        return false;
    *behind = at;
    return true;
}

/* Frame number and, with kf, the memory a frame takes. */
static const char *small_numbers(const char *at, frame_row *row)
{
    for (int i = 0; i < 2; i++) {
        const char *p = scan_blanks(at);
        uint64_t number;
        unsigned digits;
        if (p[0] == '#')
            p = scan_blanks(p + 1);
        if (!scan_hex(&p, &number, &digits) || digits > 6 || (*p != ' ' && *p != '\t'))
            break;
        row->is_first |= i == 0 && digits == 2 && number == 0;
        at = p;
    }
    return scan_blanks(at);
}

/* ": a b c d :" of x64, "a b c" of x86. False: they are not complete. */
static bool arguments(const char **at, frame_row *row)
{
    const char *p = scan_blanks(*at), *behind;
    uint64_t value;
    bool colon = *p == ':';
    unsigned count = 0;
    if (colon)
        p = scan_blanks(p + 1);
    unsigned most = row->wide || colon ? ARGUMENTS_X64 : ARGUMENTS_X86;
    while (count < most && is_address(p, &value, &behind)) {
        p = scan_blanks(behind);
        count++;
    }
    if (!colon && row->wide && count) /* an address instead of a symbol, more likely */
        return true;
    row->plain_arguments = !colon && count;
    if (colon && *p == ':') {
        p = scan_blanks(p + 1);
    } else if (colon) {
        row->open = true;
        return false;
    }
    *at = p;
    return true;
}

static bool inline_columns(const char **at, frame_row *row)
{
    const char *p = *at;
    if (!scan_word(&p, "(Inline Function)") && !scan_word(&p, "(Inline)") && !scan_word(&p, "----"))
        return false;
    row->inlined = true;
    row->addresses = 2;
    while (*p == ' ' || *p == '-' || *p == '`' || *p == '\t' || *p == ':')
        p++;
    *at = p;
    return true;
}

static void address_columns(const char **at, frame_row *row)
{
    uint64_t value;
    const char *behind;
    const char *first = *at;
    for (; row->addresses < 2 && is_address(*at, &value, &behind); row->addresses++) {
        row->wide |= behind - *at >= 16;
        row->sp = row->ret;
        row->ret = value;
        *at = scan_blanks(behind);
    }
    if (row->addresses == 2 && row->wide && (size_t)(*at - first) < 32)
        row->wide = row->sp > UINT32_MAX || row->ret > UINT32_MAX;
}

/* Behind the symbol ------------------------------------------------------------------------------------------------ */

static void trap_frame(const char *p, frame_row *row)
{
    uint64_t address;
    const char *at = strstr(p, "TrapFrame @ ");
    if (at && (at += strlen("TrapFrame @ ")) && scan_address(&at, &address))
        row->trap = address;
}

/* "[x:\driver\workerqueue.cpp @ 125]" */
static void source(const char *p, frame_row *row)
{
    const char *open = NULL, *mark;
    for (mark = p; *mark && !(open && !strncmp(mark, " @ ", 3)); mark++)
        open = *mark == '[' ? mark + 1 : *mark == ']' ? NULL : open;
    if (!*mark)
        return;
    const char *number = scan_blanks(mark + 3);
    uint64_t line;
    if (mark == open || !scan_decimal(&number, &line) || line > UINT32_MAX)
        return;
    row->source = (frame_text){open, (size_t)(mark - open)};
    row->source_line = (uint32_t)line;
}

static bool unbalanced(const char *p)
{
    int round = 0, square = 0;
    for (; *p; p++) {
        round += (*p == '(') - (*p == ')');
        square += (*p == '[') - (*p == ']');
    }
    return round > 0 || square > 0;
}

static void rest(const char *p, frame_row *row)
{
    trap_frame(p, row);
    source(p, row);
    row->open |= unbalanced(p);
}

/* A bare symbol is a frame only if nothing else is on its line: prose names functions too. */
static bool is_alone(const char *p)
{
    p = scan_blanks(p);
    return !*p || *p == '[' || *p == '(' || !strncmp(p, "<-", 2) || !strncmp(p, "<=", 2) || !strncmp(p, "//", 2) ||
           !strncmp(p, "--", 2);
}

bool frame_parse(const char *line, frame_row *row)
{
    uint64_t value;
    const char *behind, *at;
    memset(row, 0, sizeof *row);
    at = small_numbers(line, row);
    if (!inline_columns(&at, row))
        address_columns(&at, row);
    if (row->addresses == 2 && !arguments(&at, row))
        return true;
    if (frame_symbol(&at, row)) {
        if (!row->addresses && !is_alone(at) && !row->open)
            return false;
        rest(at, row);
        return true;
    }
    if (row->open)
        return row->addresses > 0;
    if (row->addresses && is_address(at, &value, &behind)) {
        row->raw = value;
        row->has_raw = true;
        rest(behind, row);
        behind = scan_blanks(behind);
        return !*behind || *behind == '(' || *behind == '[';
    }
    if (row->addresses == 2 && row->wide && !row->plain_arguments && (!*at || *at == '[' || *at == '(')) {
        rest(at, row);
        return true;
    }
    return false;
}
