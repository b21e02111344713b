/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "roles.h"

#include <string.h>
#include <strings.h>

#include "order.h"

#define SPANS_MOST 256u
#define PAGE       UINT64_C(0x1000)

/* Names from addresses -------------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t log;
    const char *module;
    uint64_t low, high;
} span;

typedef struct {
    span list[SPANS_MOST];
    size_t count;
} spans;

static bool has_load_or_unload(const triage_thread *t)
{
    for (size_t i = 0; i < t->frame_count; i++)
        if (t->frames[i].known && t->frames[i].known->kind >= KNOWN_LOAD &&
            t->frames[i].known->kind <= KNOWN_AFTER_ENTRY)
            return true;
    return false;
}

static void add_span(spans *s, uint32_t log, const triage_frame *f)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].log == log && s->list[i].module == f->module) {
            s->list[i].low = f->pc < s->list[i].low ? f->pc : s->list[i].low;
            s->list[i].high = f->pc > s->list[i].high ? f->pc : s->list[i].high;
            return;
        }
    if (s->count < SPANS_MOST)
        s->list[s->count++] = (span){log, f->module, f->pc, f->pc};
}

static void collect_spans(const triage_log *log, spans *s)
{
    for (size_t i = 0; i < log->thread_count; i++) {
        const triage_thread *t = &log->threads[i];
        if (t->disordered || !has_load_or_unload(t))
            continue;
        for (size_t k = 0; k < t->frame_count; k++)
            if (t->frames[k].module && t->frames[k].pc && !t->frames[k].inlined && !t->frames[k].guessed &&
                !known_is_windows(t->frames[k].module))
                add_span(s, t->log, &t->frames[k]);
    }
}

/* By lm first; else by the pages between places that are known to be the driver's. */
static void name_frame(const triage_log *log, const spans *s, uint32_t in, triage_frame *f)
{
    for (size_t i = 0; i < log->module_count; i++) {
        const triage_module *m = &log->modules[i];
        if (m->log == in && f->pc >= m->start && f->pc < m->end) {
            f->module = m->name;
            f->unloaded = m->unloaded;
            f->offset = f->pc - m->start;
            f->has_offset = f->guessed = true;
            if (!m->unloaded)
                return;
        }
    }
    for (size_t i = 0; !f->module && i < s->count; i++)
        if (s->list[i].log == in && f->pc >= (s->list[i].low & ~(PAGE - 1)) &&
            f->pc <= (s->list[i].high | (PAGE - 1))) {
            f->module = s->list[i].module;
            f->guessed = true;
        }
}

static void name_frames(triage_log *log)
{
    static const size_t lookups_most = 1u << 14; /* unnamed frames times modules must not grow without end */
    spans s = {.count = 0};
    size_t lookups = 0;
    collect_spans(log, &s);
    for (size_t i = 0; i < log->thread_count; i++) {
        triage_thread *t = &log->threads[i];
        if (!has_load_or_unload(t) && !t->analyzed && roles_fault(t) == t->frame_count)
            continue;
        for (size_t k = 0; k < t->frame_count; k++)
            if (!t->frames[k].module && t->frames[k].pc && lookups++ < lookups_most)
                name_frame(log, &s, t->log, &t->frames[k]);
    }
}

/* Roles ------------------------------------------------------------------------------------------------------------ */

static bool kind_is(const triage_thread *t, size_t i, known_kind kind)
{
    return i < t->frame_count && t->frames[i].known && t->frames[i].known->kind == kind;
}

static bool named(const triage_thread *t, size_t i, const char *name)
{
    return i < t->frame_count && t->frames[i].known && !strcmp(t->frames[i].known->name, name);
}

static bool is_verifier(const triage_frame *f)
{
    return f->module && (!strcasecmp(f->module, "verifier") || !strcasecmp(f->module, "verifierext") ||
                         (known_is_nt(f->module) && f->function && !strncmp(f->function, "Vf", 2)));
}

/* The frame that `caller` calls, past what Driver Verifier puts between; `caller` itself at the inner end. */
static size_t called_by(const triage_thread *t, size_t caller)
{
    size_t i = caller;
    while (i > 0) {
        i--;
        if (!t->frames[i].inlined && !is_verifier(&t->frames[i]))
            return i;
    }
    return caller;
}

static void add_role(triage_thread *t, triage_role role)
{
    if (t->role_count < TRIAGE_ROLES_MOST)
        t->roles[t->role_count++] = role;
}

static triage_route route_of(const triage_thread *t, size_t caller)
{
    for (size_t i = caller; i < t->frame_count && i < caller + 6; i++) {
        if (named(t, i, "FltpSyncOpWorker") || named(t, i, "FltpUnloadFilterWorker") || named(t, i, "FltpUnloadFilter"))
            return TRIAGE_ROUTE_FLTMC;
        if (named(t, i, "FltpMiniFilterDriverUnload"))
            return TRIAGE_ROUTE_MANDATORY;
        if (named(t, i, "IopLoadUnloadDriver") || named(t, i, "IopUnloadDriver"))
            return TRIAGE_ROUTE_IO;
    }
    return TRIAGE_ROUTE_UNKNOWN;
}

static bool is_entry(const triage_frame *f)
{
    return f->function && (!strcmp(f->function, "DriverEntry") || !strcmp(f->function, "GsDriverEntry") ||
                           !strcmp(f->function, "FxDriverEntry"));
}

/* A frame of Windows that calls a driver's routine, or does its own part. */
static void role_at(triage_thread *t, size_t i)
{
    size_t inner = called_by(t, i);
    bool load = kind_is(t, i, KNOWN_LOAD), unload = kind_is(t, i, KNOWN_UNLOAD),
         work = kind_is(t, i, KNOWN_LOADER_WORK);
    const triage_frame *f = &t->frames[inner];
    bool driver = inner != i && (f->unloaded || (f->module && !known_is_windows(f->module)));
    bool unknown = inner != i && !f->module;
    if (inner != i && (kind_is(t, inner, KNOWN_LOAD) || kind_is(t, inner, KNOWN_UNLOAD)))
        return; /* told by the inner one */
    if (!load && !unload && !(work && (driver || unknown)))
        return;
    if (unload && !driver && (named(t, i, "IopUnloadDriver") || named(t, i, "PnpUnloadAttachedDriver")))
        return; /* the client, waiting for the worker */
    if (!load && is_entry(f))
        return; /* a frame is missing between the two */
    triage_role role = {.kind = load ? TRIAGE_LOADS : TRIAGE_UNLOADS,
                        .phase = driver || unknown ? TRIAGE_IN_DRIVER : TRIAGE_IN_KERNEL,
                        .driver = driver ? f->module : NULL,
                        .caller = i,
                        .entry = driver || unknown ? inner : i};
    role.route = load ? TRIAGE_ROUTE_UNKNOWN : route_of(t, i);
    add_role(t, role);
}

/* DriverEntry by its name, where the log lacks the frame of IopLoadDriver. */
static void role_by_name(triage_thread *t)
{
    for (size_t i = t->frame_count; i-- > 0;) {
        const triage_frame *f = &t->frames[i];
        if (is_entry(f) && f->module && !known_is_windows(f->module)) {
            add_role(t, (triage_role){TRIAGE_LOADS, TRIAGE_IN_DRIVER, TRIAGE_ROUTE_UNKNOWN, f->module, i, i});
            return;
        }
    }
}

static void find_roles(triage_thread *t)
{
    t->role_count = 0;
    for (size_t i = 0; i < t->frame_count; i++)
        role_at(t, i);
    if (!roles_of(t, TRIAGE_LOADS))
        role_by_name(t);
    t->crashed = roles_fault(t) < t->frame_count;
}

void roles_find(triage_log *log)
{
    for (size_t i = 0; i < log->thread_count; i++)
        log->threads[i].disordered = order_is_broken(&log->threads[i]);
    name_frames(log);
    for (size_t i = 0; i < log->thread_count; i++)
        find_roles(&log->threads[i]);
}

const triage_role *roles_of(const triage_thread *t, triage_role_kind kind)
{
    for (size_t i = 0; i < t->role_count; i++)
        if (t->roles[i].kind == kind)
            return &t->roles[i];
    return NULL;
}

bool roles_same_driver(const char *a, const char *b) { return a && b && !strcasecmp(a, b); }

size_t roles_innermost(const triage_thread *t, const char *driver)
{
    size_t i = 0;
    while (i < t->frame_count && !roles_same_driver(t->frames[i].module, driver))
        i++;
    return i;
}

const triage_frame *roles_waits_in(const triage_thread *t, const char *driver)
{
    size_t mine = roles_innermost(t, driver);
    if (mine == t->frame_count || t->crashed)
        return NULL;
    for (size_t i = 0; i < mine; i++)
        if (kind_is(t, i, KNOWN_WAIT) || kind_is(t, i, KNOWN_RUNDOWN)) {
            for (size_t k = mine; k-- > 0;)
                if (!t->frames[k].inlined)
                    return &t->frames[k];
        }
    return NULL;
}

/* Handlers of one crash stand together; a fault further out on the stack, long dealt with, is none of it. */
size_t roles_fault(const triage_thread *t)
{
    static const size_t gap = 4;
    size_t last = t->frame_count;
    bool stops = false;
    for (size_t i = 0; i < t->frame_count; i++) {
        if (last < t->frame_count ? i > last + gap : i > gap)
            break;
        stops |= kind_is(t, i, KNOWN_CRASH);
        if (kind_is(t, i, KNOWN_CRASH) || kind_is(t, i, KNOWN_EXCEPTION) || t->frames[i].trap)
            last = i;
    }
    if (last == t->frame_count && t->analyzed && !kind_is(t, 0, KNOWN_WAIT))
        return 0; /* !analyze has set the context of the exception: the stack begins at the fault */
    if (last == t->frame_count || (!stops && !t->analyzed))
        return t->frame_count;
    return last + 1 < t->frame_count ? last + 1 : last;
}
