/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_stack.c - heads and rows of stacks; which threads are kept. */
#include "parse.h"

#include <string.h>

#include "scan.h"

#define THREADS_MOST   (1u << 18)
#define PIECE_SPAN     0x1000u /* bytes: between the stacks of two threads is more */
#define RAW_ROWS_LEAST 3u      /* rows one word apart: a dump of the stack's words (dps), no stack */

void parse_start_thread(parser *p)
{
    memset(&p->thread, 0, sizeof p->thread);
    p->thread.file = p->file;
    p->thread.log = p->log_index;
    p->thread.moment = p->moment;
    p->thread.line = p->line;
    p->thread.process = p->process;
    p->thread.id = p->implicit;
    p->thread.waited = -1;
    p->thread.loops = p->next_loops;
    p->thread.cut_short = !p->commanded;
    p->next_loops = false;
    p->has_thread = true;
    p->stack_begun = false;
}

/* Rows of dps and dds look like those of k; their addresses are one word apart. */
static bool is_raw(const parser *p)
{
    size_t run = 0;
    const triage_frame *f = p->frames;
    for (size_t i = 1; i < p->thread.frame_count; i++) {
        uint64_t step = f[i].sp - f[i - 1].sp;
        run = f[i].sp && (step == 8 || step == 4) ? run + 1 : 0;
        if (run >= RAW_ROWS_LEAST)
            return true;
    }
    return false;
}

/* Does a frame tell more than that Windows is at work? */
static bool matters(const triage_frame *f)
{
    if (f->unloaded || !f->module)
        return true;
    if (f->known && f->known->kind >= KNOWN_LOAD && f->known->kind <= KNOWN_CRASH)
        return true;
    return !known_is_windows(f->module);
}

static bool is_worth_keeping(const parser *p)
{
    if (!p->thread.frame_count || is_raw(p))
        return false;
    if (p->thread.analyzed || (p->thread.start_module && !known_is_windows(p->thread.start_module)))
        return true;
    for (size_t i = 0; i < p->thread.frame_count; i++)
        if (matters(&p->frames[i]))
            return true;
    return false;
}

static void keep(parser *p)
{
    triage_thread *t = &p->thread;
    size_t size = t->frame_count * sizeof *t->frames;
    t->frames = store_alloc(p->s, size);
    if (t->frames) {
        memcpy(t->frames, p->frames, size);
        if (store_push((void **)&p->log->threads, &p->log->thread_count, THREADS_MOST, sizeof *t, t))
            return;
    }
    p->log->threads_dropped++;
}

void parse_finish_thread(parser *p)
{
    if (!p->has_thread)
        return;
    p->has_thread = p->stack_begun = p->analyzing = p->returns_only = false;
    if (p->thread.frame_count)
        p->last_sp = p->frames[p->thread.frame_count - 1].sp;
    p->log->threads_seen += p->thread.frame_count || p->thread.id;
    if (is_worth_keeping(p))
        keep(p);
}

/* "Child-SP          RetAddr           Call Site", "ChildEBP RetAddr  Args to Child", "# RetAddr Call Site" */
static bool is_head(const char *row)
{
    const char *at = row;
    if (*at == '#')
        at = scan_blanks(at + 1);
    if (scan_word(&at, "Memory"))
        at = scan_blanks(at);
    return scan_word(&at, "Child-SP") || scan_word(&at, "ChildEBP") || !strncmp(at, "RetAddr  ", 9) ||
           !strcmp(at, "Call Site");
}

static void begin_stack(parser *p)
{
    if (p->has_thread && p->stack_begun)
        parse_finish_thread(p);
    if (!p->has_thread)
        parse_start_thread(p);
    p->stack_begun = true;
    p->section = p->section == PARSE_RUNNING ? PARSE_RUNNING : PARSE_NOTHING;
}

static void fill(parser *p, const frame_row *row, triage_frame *f)
{
    *f = (triage_frame){.sp = row->sp,
                        .ret = row->ret,
                        .pc = row->raw,
                        .offset = row->offset,
                        .trap = row->trap,
                        .source_line = row->source_line,
                        .line = p->line,
                        .has_offset = row->has_offset,
                        .unloaded = row->unloaded,
                        .inlined = row->inlined,
                        .bare = !row->addresses};
    if (row->addresses == 1 && !p->returns_only) {
        f->pc = row->ret;
        f->ret = 0;
    }
    f->source = parse_text(p, row->source);
    if (row->has_symbol) {
        f->module = parse_module_name(p, row->module);
        f->function = parse_text(p, row->function);
        f->known = known_find(f->module, f->function);
    }
}

/* Is the stack at hand over, and this frame the first of another? */
static bool begins_another(const parser *p, const frame_row *row, const triage_frame *f)
{
    const triage_frame *last = p->thread.frame_count ? &p->frames[p->thread.frame_count - 1] : NULL;
    if (!last)
        return false;
    if (row->is_first || (last->known && last->known->outer && !strcmp(last->known->outer, ".")))
        return true;
    return f->bare && last->known && last->known->kind != KNOWN_CRASH && f->known && f->known->kind == KNOWN_CRASH;
}

static void add(parser *p, const triage_frame *f)
{
    triage_thread *t = &p->thread;
    if (!t->frame_count && f->sp > p->last_sp && f->sp - p->last_sp < PIECE_SPAN)
        t->headless = true; /* the stack before goes on here */
    if (t->frame_count == PARSE_FRAMES_MOST) {
        t->cut = true;
        return;
    }
    p->frames[t->frame_count] = *f;
    if (t->frame_count && !f->inlined && !p->frames[t->frame_count].pc)
        for (size_t i = t->frame_count; i-- > 0;)
            if (!p->frames[i].inlined) {
                p->frames[t->frame_count].pc = p->frames[i].ret;
                break;
            }
    t->frame_count++;
}

bool parse_stack_row(parser *p, const char *row)
{
    frame_row parsed;
    triage_frame f;
    if (is_head(row)) {
        begin_stack(p);
        p->returns_only = strstr(row, "RetAddr") && !strstr(row, "Child");
        return true;
    }
    if (!frame_parse(row, &parsed) || (parsed.open && !parsed.has_symbol))
        return false;
    if (!parsed.has_symbol && !parsed.has_raw && !p->stack_begun)
        return false; /* two addresses mean nothing outside a stack */
    if ((!parsed.addresses && !p->begun) || (p->unsure && !parsed.has_offset))
        return true; /* the input may begin, or end, in the middle of this name */
    fill(p, &parsed, &f);
    if (begins_another(p, &parsed, &f))
        parse_finish_thread(p);
    if (!p->has_thread)
        parse_start_thread(p);
    p->thread.headless |= !p->stack_begun && !p->analyzing;
    p->stack_begun = true;
    p->thread.analyzed |= p->analyzing;
    add(p, &f);
    return true;
}
