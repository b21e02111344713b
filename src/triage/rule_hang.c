/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule_hang.c - an unload that does not end, or a DriverEntry that does not. One stack is one moment: that a wait lasts is
 * told by its ticks, by what else the log says of the object, or by nobody having crashed.
 */
#include "rules.h"

#include <string.h>

#include "order.h"

#define LONG_SECONDS 10.0 /* no wait of a healthy unload lasts as long */

typedef struct {
    const triage_thread *thread;
    const triage_role *role;
    const triage_frame *call; /* what the driver called, that waits */
    bool rundown;             /* for references, not for an object */
    const triage_filter *filter;
} hang;

static const triage_filter *filter_of(const rules *r, const triage_thread *t, const char *driver)
{
    for (size_t i = 0; i < r->log->filter_count; i++)
        if (r->log->filters[i].log == t->log && roles_same_driver(r->log->filters[i].name, driver))
            return &r->log->filters[i];
    return NULL;
}

static bool waits_for_references(const triage_thread *t)
{
    for (size_t i = 0; i < t->frame_count; i++)
        if (t->frames[i].known && t->frames[i].known->kind == KNOWN_RUNDOWN)
            return true;
    return false;
}

static triage_confidence certainty(const rules *r, const hang *h)
{
    if (h->thread->waited >= LONG_SECONDS)
        return TRIAGE_HIGH;
    if (h->filter && h->filter->draining && h->filter->has_references && h->filter->references)
        return TRIAGE_HIGH;
    const triage_fault *told = rules_fault(r, h->thread->log);
    if (told && told->stuck)
        return TRIAGE_MEDIUM;
    bool known = h->thread->waited >= 0 || h->thread->headed || h->thread->cut_short;
    return known || rules_bugcheck(r, h->thread) ? TRIAGE_LOW : TRIAGE_MEDIUM;
}

/* The thread that is waited for, or one in the driver that may hold what is waited for. */
static const triage_thread *other_side(const rules *r, const hang *h)
{
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        bool waited_for = h->thread->wait_object && t->id == h->thread->wait_object;
        if (!t->disordered && (waited_for || roles_innermost(t, h->role->driver) < t->frame_count) &&
            order_together(h->thread, t))
            return t;
    }
    return NULL;
}

static const char *seconds_text(rules *r, const triage_thread *t)
{
    return t->waited >= 1 ? store_printf(r->s, ", for %.0f s already", t->waited) : "";
}

static void write_evidence(rules *r, triage_finding *f, const hang *h)
{
    const triage_thread *t = h->thread;
    size_t mine = roles_innermost(t, h->role->driver);
    if (mine > 0)
        rules_quote_frame(r, f, t, mine - 1, "here it waits");
    rules_quote_frame(r, f, t, mine, "called by the driver");
    if (h->role->entry != h->role->caller)
        rules_quote_frame(r, f, t, h->role->entry,
                          h->role->kind == TRIAGE_LOADS ? "run to load the driver" : "run to unload the driver");
    rules_quote_frame(r, f, t, h->role->caller, h->role->kind == TRIAGE_LOADS ? "who loads it" : "who unloads it");
    if (t->wait_kind)
        rules_quote(f, t->file, t->wait_line, t->wait_kind, "what it waits for");
    if (h->filter)
        rules_quote(f, h->filter->file, h->filter->line,
                    store_printf(r->s, "filter %s%s, %llu references", h->filter->name,
                                 h->filter->draining ? " is draining" : "", (unsigned long long)h->filter->references),
                    "who keeps it waiting");
}

static void write_next(rules *r, triage_finding *f, const hang *h)
{
    if (h->rundown) {
        rules_next(
            f, "`!fltkd.filter ADDRESS 8 1`: which references are left; each comes from a work item, a port, a context "
               "or an FltObjectReference without its FltObjectDereference");
        rules_next(f, "close the communication port before FltUnregisterFilter; let every work item return");
    } else {
        rules_next(f, "`dt nt!_KEVENT ADDRESS` or `!thread ADDRESS` of what it waits for: who was to end that wait?");
    }
    rules_next(f, store_printf(r->s, "`!stacks 2 %s`: is anything of the driver still running?", h->role->driver));
    rules_next(f, store_printf(r->s, "airlock explore %s.sys: a wait that nothing ends is F7 there", h->role->driver));
    rules_remedy(f, "docs/remedies.md#when-driverentry-fails");
}

static const char *verb(const triage_finding *f) { return f->confidence == TRIAGE_LOW ? "may hang" : "hangs"; }

static void tell_unload(rules *r, triage_finding *f, const hang *h)
{
    const char *place = rules_place(r, &h->thread->frames[h->role->entry]), *call = h->call->known->name;
    f->title = store_printf(r->s, "the unload of %s %s: %s waits in %s%s", h->role->driver, verb(f), place, call,
                            seconds_text(r, h->thread));
    f->mechanism = store_printf(
        r->s,
        "%s was called to unload the driver, and waits in %s!%s. %s. Until then the unload does not end, nor does "
        "whoever asked "
        "for it.",
        place, h->call->module, call,
        h->rundown
            ? "That ends when the last reference on the filter is dropped: a work item that has not returned, an open "
              "port, a context"
            : "That ends when somebody signals the object: a thread that ends, an event that is set");
}

static void tell_load(rules *r, triage_finding *f, const hang *h)
{
    const char *place = rules_place(r, &h->thread->frames[h->role->entry]), *call = h->call->known->name;
    bool cleaning = h->rundown || h->call->known->kind == KNOWN_TEARDOWN;
    f->title = store_printf(r->s, "the load of %s %s: %s waits in %s%s%s", h->role->driver, verb(f), place, call,
                            cleaning ? ", cleaning up after itself" : "", seconds_text(r, h->thread));
    f->mechanism = store_printf(
        r->s,
        "%s has not returned: it waits in %s!%s. %s. The service stays in START_PENDING meanwhile, and nothing can "
        "unload the "
        "driver.",
        place, h->call->module, call,
        cleaning
            ? "It is undoing a registration, most likely because a later step failed, and references taken since then "
              "are not dropped"
            : "Whoever is to end this wait has not done so");
}

static void add(rules *r, hang *h)
{
    h->filter = filter_of(r, h->thread, h->role->driver);
    triage_finding *f = rules_add(r, TRIAGE_HANG, certainty(r, h), h->role->driver);
    if (!f)
        return;
    bool load = h->role->kind == TRIAGE_LOADS;
    const triage_thread *other = other_side(r, h);
    rules_threads(f, h->thread, load ? "load" : "unload", other, other ? "also in the driver" : NULL);
    rules_scenario(r, f, load ? NULL : h->thread, false);
    load ? tell_load(r, f, h) : tell_unload(r, f, h);
    f->affected = "every version of Windows";
    write_evidence(r, f, h);
    write_next(r, f, h);
}

static void add_loop(rules *r, const triage_thread *t, const triage_role *role)
{
    triage_finding *f = rules_add(r, TRIAGE_HANG, TRIAGE_HIGH, role->driver);
    if (!f)
        return;
    rules_threads(f, t, role->kind == TRIAGE_LOADS ? "load" : "unload", NULL, NULL);
    rules_scenario(r, f, NULL, false);
    const char *place = rules_place(r, &t->frames[role->entry]);
    f->title = store_printf(r->s, "%s loops for ever", place);
    f->mechanism =
        store_printf(r->s,
                     "%s runs in a loop that changes nothing. It does not return, so neither the load nor the "
                     "unload of %s can end. No other thread is needed for that.",
                     place, role->driver);
    f->affected = "every version of Windows";
    rules_quote_frame(r, f, t, roles_innermost(t, role->driver), "where it is");
    rules_next(f, "what is the loop to end on, and who changes that?");
}

static void judge(rules *r, const triage_thread *t, triage_role_kind kind)
{
    hang h = {.thread = t, .role = roles_of(t, kind)};
    if (!h.role || !h.role->driver || h.role->phase != TRIAGE_IN_DRIVER || t->disordered)
        return;
    if (t->loops) {
        add_loop(r, t, h.role);
        return;
    }
    h.call = roles_waits_in(t, h.role->driver);
    h.rundown = waits_for_references(t);
    if (!h.call || !h.call->known || !strcmp(h.call->known->name, "KeDelayExecutionThread"))
        return;
    bool cleaning = h.rundown || h.call->known->kind == KNOWN_TEARDOWN;
    if (kind == TRIAGE_LOADS && !cleaning && t->waited < LONG_SECONDS)
        return; /* DriverEntry may wait for a while */
    add(r, &h);
}

void rule_hang(rules *r)
{
    for (size_t i = 0; i < r->log->thread_count; i++)
        if (r->log->threads[i].role_count) {
            judge(r, &r->log->threads[i], TRIAGE_UNLOADS);
            judge(r, &r->log->threads[i], TRIAGE_LOADS);
        }
}
