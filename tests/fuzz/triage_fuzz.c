/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * triage_fuzz.c - any bytes at all, read as a debugger's log in pieces of any size. What comes out is whole: evidence names
 * lines that there are, stacks have the frames that they say, texts are UTF-8 without control characters.
 */
#include "triage.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Length of the UTF-8 character at `at`; 0: none. */
static size_t character(const unsigned char *at)
{
    size_t length = *at < 0x80 ? 1 : *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : *at >= 0xC2 ? 2 : 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

static void check_text(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; at && *at;) {
        size_t length = character(at);
        if (!length || (*at < ' ' && *at != '\t') || *at == 0x7F)
            abort();
        at += length;
    }
}

static void check_thread(const triage_log *log, const triage_thread *t)
{
    if (!t->frame_count || t->file >= log->file_count || t->role_count > TRIAGE_ROLES_MOST)
        abort();
    for (size_t i = 0; i < t->role_count; i++)
        if (t->roles[i].caller >= t->frame_count || t->roles[i].entry > t->roles[i].caller)
            abort();
    for (size_t i = 0; i < t->frame_count; i++) {
        check_text(t->frames[i].module);
        check_text(t->frames[i].function);
        check_text(t->frames[i].source);
    }
}

static void check_finding(const triage_log *log, const triage_finding *f)
{
    if (f->rule >= TRIAGE_RULES || f->evidence_count > TRIAGE_EVIDENCE_MOST || !f->affected)
        abort();
    check_text(f->title);
    check_text(f->mechanism);
    check_text(f->driver);
    for (size_t i = 0; i < f->evidence_count; i++) {
        if (f->evidence[i].file >= log->file_count || f->evidence[i].line > log->lines || !f->evidence[i].line)
            abort();
        check_text(f->evidence[i].text);
    }
    for (size_t i = 0; i < 2; i++)
        if (f->threads[i])
            check_thread(log, f->threads[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    triage *t = triage_create();
    const triage_finding *findings;
    size_t piece = size ? 1 + data[0] % 61u : 1;
    triage_begin(t, "log");
    for (size_t at = 0; at < size; at += piece)
        triage_feed(t, data + at, at + piece < size ? piece : size - at);
    triage_finish(t);
    const triage_log *log = triage_model(t);
    for (size_t i = 0; i < log->thread_count; i++)
        check_thread(log, &log->threads[i]);
    size_t count = triage_findings(t, &findings);
    for (size_t i = 0; i < count; i++)
        check_finding(log, &findings[i]);
    if (count && !triage_is_debugger_text(t))
        abort();
    triage_destroy(t);
    return 0;
}
