/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "join.h"

#include <string.h>

#include "clean.h"
#include "frame.h"
#include "scan.h"

#define PARTS_MOST 4u  /* lines of one row */
#define KP_LINES   40u /* the parameters of kP take one line each */

void join_begin(join *j, join_taker take, void *context)
{
    j->take = take;
    j->context = context;
    j->holding = false;
    j->length = 0;
}

void join_flush(join *j)
{
    if (!j->holding)
        return;
    j->holding = false;
    j->text[j->length] = '\0';
    j->take(j->context, j->text, j->line);
}

static bool begins(const char *text, const char *word) { return scan_word(&text, word); }

/* The text that stands behind a symbol, and cannot begin a row of its own. */
static bool is_tail(const char *text)
{
    return (*text == '[' && strchr(text, ']')) || begins(text, "(TrapFrame @") || begins(text, "(FPO:") ||
           begins(text, "(CONV:") || begins(text, "@ ");
}

/* The rest of a row that has its addresses and lacks its symbol. */
static bool is_symbol_part(const char *text)
{
    frame_row row = {0};
    const char *at = text;
    return *text == ':' || *text == '[' || begins(text, "(TrapFrame @") || frame_symbol(&at, &row);
}

/* Inside ": a b c d :". */
static bool is_argument_part(const char *text)
{
    uint64_t value;
    return *text == ':' || scan_address(&text, &value);
}

static bool continues_frame(const join *j, const char *text)
{
    frame_row held, own;
    if (!frame_parse(j->text, &held))
        return false;
    if (held.open && held.has_symbol) {
        const char *open = strrchr(j->text, '('), *close = strrchr(j->text, ')');
        bool parameters = held.function.length && open && (!close || close < open);
        if (j->parts >= (parameters ? KP_LINES : PARTS_MOST))
            return false;
        return !frame_parse(text, &own) || own.addresses < 2;
    }
    if (j->parts >= PARTS_MOST)
        return false;
    if (held.open)
        return is_argument_part(text);
    if (!held.has_symbol && !held.has_raw)
        return (!frame_parse(text, &own) || !own.addresses) && is_symbol_part(text);
    return !held.source.length && is_tail(text);
}

/* "THREAD ... Teb: 0000000000000000" and, on the next line, "Win32Thread: 0000000000000000 RUNNING on processor 2". */
static bool continues_thread(const join *j, const char *text)
{
    if (!begins(j->text, "THREAD ") || j->parts >= PARTS_MOST)
        return false;
    return begins(text, "Win32Thread:") || begins(text, "Teb:") || begins(text, "RUNNING on") ||
           begins(text, "WAIT:") || begins(text, "Cid ");
}

static bool continues(const join *j, const char *text)
{
    return *text && j->holding && j->length && (continues_thread(j, text) || continues_frame(j, text));
}

void join_add(join *j, const char *text, size_t length, uint32_t line)
{
    const char *start = scan_blanks(text);
    length -= (size_t)(start - text);
    if (continues(j, start) && j->length + 1 + length <= JOIN_MOST) {
        j->text[j->length++] = ' ';
        memcpy(j->text + j->length, start, length + 1);
        j->length += length;
        j->parts++;
        return;
    }
    join_flush(j);
    memcpy(j->text, start, length + 1);
    j->length = length;
    j->line = line;
    j->parts = 1;
    j->holding = true;
}
