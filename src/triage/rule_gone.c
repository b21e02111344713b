/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule_gone.c - the driver was unloaded, or is being, while something of it is still to run: a thread, a work item, a
 * DPC, a timer, a callback, a request. DriverEntry itself is rule_race's.
 */
#include "rules.h"

#include <stdio.h>

#include "order.h"

#define THREADS_MOST 4096u /* crashed ones times unloading ones that are compared */

/* Where a crash went, as far as the log tells. */
typedef struct {
    const triage_thread *thread; /* that crashed; NULL: its stack is not there */
    const triage_bugcheck *bugcheck;
    const char *driver; /* that is gone */
    triage_confidence confidence;
    uint32_t line; /* of what names the driver */
    const char *said;
} crash;

/* What was running, or was to run, and how it is ended in time. */
typedef struct {
    const char *what, *cure;
} actor;

static const actor a_work_item = {
    "a work item",
    "queue work with IoQueueWorkItem or FltQueueGenericWorkItem, which hold the driver until it has returned"};
static const actor a_timer = {"a timer",
                              "cancel each timer, then KeFlushQueuedDpcs, before the unload routine returns"};
static const actor a_dpc = {"a DPC", "KeFlushQueuedDpcs, after whatever queues the DPC has been stopped"};
static const actor a_callback = {
    "a notify callback", "remove each callback first: its Remove or Unregister routine waits for those that run"};
static const actor a_request = {
    "an I/O request",
    "wait for the requests under way, by a remove lock or rundown protection, before anything is freed"};
static const actor a_thread = {
    "a system thread of its own",
    "end each thread, and wait for the thread object itself, not for an event that it sets last"};
static const actor something = {"a thread, timer, DPC or callback",
                                "end each thread and wait for its object; cancel timers and flush DPCs; remove "
                                "callbacks; then return from the unload "
                                "routine"};

static const actor *actor_of(const triage_thread *t, size_t from)
{
    for (size_t i = from; t && i < t->frame_count; i++) {
        const known_function *known = t->frames[i].known;
        if (!known)
            continue;
        switch (known->kind) {
        case KNOWN_WORK_ITEM: return &a_work_item;
        case KNOWN_DPC: return known->doing[0] == 't' ? &a_timer : &a_dpc;
        case KNOWN_NOTIFY: return &a_callback;
        case KNOWN_IO: return &a_request;
        case KNOWN_SPINE: return &a_thread;
        default: break;
        }
    }
    return &something;
}

static void write_finding(rules *r, const crash *c, size_t fault)
{
    triage_finding *f = rules_add(r, TRIAGE_GONE, c->confidence, c->driver);
    const actor *who = actor_of(c->thread, fault);
    const char *name = c->driver ? c->driver : "the driver";
    if (!f)
        return;
    rules_threads(f, c->thread, "crashed", NULL, NULL);
    rules_scenario(r, f, NULL, false);
    f->title = store_printf(r->s, "%s was unloaded while %s of it was still to run", c->driver ? c->driver : "a driver",
                            who->what);
    f->mechanism =
        store_printf(r->s,
                     "The unload of %s has finished, and its image is gone. Something was left that leads there: "
                     "%s. When that ran, or was looked at, nothing was there any more.",
                     name, who->what);
    f->affected = "every version of Windows: what a driver started, it must end before its unload routine returns";
    rules_quote_bugcheck(f, c->bugcheck);
    if (c->thread)
        rules_quote_frame(r, f, c->thread, fault, "here it faults");
    if (c->said && c->bugcheck)
        rules_quote(f, c->bugcheck->file, c->line, c->said, "whose address that was");
    rules_remedy(f, "docs/remedies.md#reference");
    rules_next(f, who->cure);
    if (!c->driver)
        rules_next(f, "`lm`: the list of unloaded modules at its end tells whose the address was");
    rules_next(f,
               store_printf(r->s, "airlock explore %s.sys: are there orders of load and unload in which this is left?",
                            c->driver ? c->driver : "FILE"));
}

/* Whose was the address? */
static void name_driver(rules *r, crash *c, uint64_t address, bool executed)
{
    const triage_module *m = rules_unloaded_at(r, c->bugcheck->log, address);
    const triage_frame *fault = c->thread ? &c->thread->frames[roles_fault(c->thread)] : NULL;
    if (!m || c->driver)
        return;
    bool reached = fault && !(fault->known && fault->known->kind == KNOWN_EXCEPTION); /* the stack goes that far */
    if (executed && reached && fault->module && !fault->unloaded && !roles_same_driver(fault->module, m->name))
        return; /* the debugger knows better what is at that address now */
    c->driver = m->name;
    c->confidence = executed ? TRIAGE_HIGH : TRIAGE_MEDIUM;
    c->line = m->line;
    c->said = store_printf(r->s, "%llx-%llx %s (unloaded)", (unsigned long long)m->start, (unsigned long long)m->end,
                           m->name);
}

/* The instruction that faulted, by the bug check's arguments; 0: not told. */
static uint64_t faulting_ip(const triage_bugcheck *b)
{
    static const struct {
        uint32_t code;
        unsigned index;
    } where[] = {{0xCE, 2}, {0x50, 2}, {0xD1, 3}, {0x0A, 3}, {0xD4, 3}, {0x7E, 1}, {0x1E, 1}, {0x3B, 1}, {0x8E, 1}};
    for (size_t i = 0; i < sizeof where / sizeof *where; i++)
        if (where[i].code == b->code && where[i].index < b->arg_count)
            return b->args[where[i].index];
    return 0;
}

static bool has_address(const triage_bugcheck *b)
{
    return b->arg_count &&
           (b->code == 0xCE || b->code == 0xD4 || b->code == 0x50 || b->code == 0xD1 || b->code == 0x0A);
}

static const triage_thread *crashed_thread(const rules *r, const triage_bugcheck *b)
{
    for (size_t i = 0; i < r->log->thread_count; i++)
        if (r->log->threads[i].log == b->log && r->log->threads[i].crashed && !r->log->threads[i].disordered)
            return &r->log->threads[i];
    return NULL;
}

static void by_frames(rules *r, crash *c)
{
    const triage_thread *t = c->thread;
    size_t fault = t ? roles_fault(t) : 0;
    const triage_fault *told = rules_fault(r, c->bugcheck->log);
    for (size_t i = fault; t && i < t->frame_count && i <= fault + 1; i++)
        if (t->frames[i].unloaded && !c->driver) {
            c->driver = t->frames[i].module;
            c->confidence = TRIAGE_HIGH;
        }
    if (!c->driver && told && told->ip_unloaded && told->ip_module) {
        c->driver = told->ip_module;
        c->confidence = TRIAGE_HIGH;
    }
    if (!c->driver && told && told->place) {
        c->driver = told->place;
        c->confidence = TRIAGE_HIGH;
    }
}

/* DriverEntry, or the unload routine, on the stack of the crash: other rules. */
static bool is_of_a_load(const triage_thread *t)
{
    const triage_role *role = t ? roles_of(t, TRIAGE_LOADS) : NULL;
    return role && roles_fault(t) <= role->caller;
}

/* CE and D4 say by their name that a driver is gone. */
static bool says_so(const triage_bugcheck *b) { return b->code == 0xCE || b->code == 0xD4; }

static void judge_crash(rules *r, const triage_bugcheck *b)
{
    crash c = {.thread = crashed_thread(r, b), .bugcheck = b};
    uint64_t ip = faulting_ip(b);
    if (!rules_is_lifetime(b->code) || is_of_a_load(c.thread))
        return;
    by_frames(r, &c);
    name_driver(r, &c, ip, true);
    if (has_address(b))
        name_driver(r, &c, b->args[0], b->args[0] == ip);
    if (says_so(b) && c.driver)
        c.confidence = TRIAGE_HIGH;
    if (says_so(b) && !c.driver) {
        size_t fault = c.thread ? roles_fault(c.thread) : 0;
        const char *module = c.thread ? c.thread->frames[fault].module : NULL;
        c.driver = module && !known_is_windows(module) ? module : known_is_windows(b->driver) ? NULL : b->driver;
        c.confidence = c.driver && b->code == 0xCE ? TRIAGE_HIGH : TRIAGE_MEDIUM;
        c.line = b->driver_line;
        c.said =
            c.driver == b->driver && b->driver ? store_printf(r->s, "%s (named by the debugger)", b->driver) : NULL;
    }
    if (c.driver || says_so(b))
        write_finding(r, &c, c.thread ? roles_fault(c.thread) : 0);
}

/* Unloading and running at the same time --------------------------------------------------------------------------------- */

static void add_pair(rules *r, const triage_thread *unload, const triage_role *role, const triage_thread *t)
{
    triage_finding *f = rules_add(r, TRIAGE_GONE, TRIAGE_HIGH, role->driver);
    size_t fault = roles_fault(t);
    if (!f)
        return;
    const actor *who = actor_of(t, fault);
    rules_threads(f, t, "crashed", unload, "unload");
    rules_scenario(r, f, unload, false);
    f->title = store_printf(r->s, "%s is being unloaded while %s of it runs, and faults", role->driver, who->what);
    f->mechanism =
        store_printf(r->s,
                     "One thread is in %s, which unloads the driver. Another is in %s: %s. What that needs, the "
                     "unload takes away, for it has not waited for it.",
                     rules_place(r, &unload->frames[role->entry]), rules_place(r, &t->frames[fault]), who->what);
    f->affected =
        "every version of Windows: what a driver started, it must end before its unload routine takes anything away";
    rules_quote_bugcheck(f, rules_bugcheck(r, t));
    rules_quote_frame(r, f, t, fault, "here it faults");
    rules_quote_frame(r, f, unload, role->entry, "the unload routine");
    rules_quote_frame(r, f, unload, role->caller, "who unloads it");
    rules_remedy(f, "docs/remedies.md#reference");
    rules_next(f, who->cure);
    rules_next(f, store_printf(r->s, "airlock explore %s.sys", role->driver));
}

static void judge_unload(rules *r, const triage_thread *unload, size_t *compared)
{
    const triage_role *role = roles_of(unload, TRIAGE_UNLOADS);
    if (!role || !role->driver || role->phase != TRIAGE_IN_DRIVER || unload->disordered || unload->crashed ||
        unload->frames[role->caller].bare)
        return; /* without addresses nothing tells whether two stacks are of one system */
    for (size_t i = 0; i < r->log->thread_count && *compared < THREADS_MOST; i++) {
        const triage_thread *t = &r->log->threads[i];
        if (!t->crashed || t->disordered || is_of_a_load(t))
            continue;
        ++*compared;
        const triage_role *own = roles_of(t, TRIAGE_UNLOADS);
        size_t fault = roles_fault(t);
        if (roles_same_driver(t->frames[fault].module, role->driver) &&
            !(own && roles_same_driver(own->driver, role->driver)) && order_together(unload, t))
            add_pair(r, unload, role, t);
    }
}

void rule_gone(rules *r)
{
    size_t compared = 0;
    for (size_t i = 0; i < r->log->bugcheck_count; i++)
        judge_crash(r, &r->log->bugchecks[i]);
    for (size_t i = 0; i < r->log->thread_count && compared < THREADS_MOST; i++)
        judge_unload(r, &r->log->threads[i], &compared);
}
