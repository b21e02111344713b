/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule_race.c - load against unload of the same driver.
 *
 *     one thread                      another thread                 together
 *     D!DriverEntry                   D!UnloadCallback               the race; certain if one of them crashes in D, or
 *     nt!IopLoadDriver                fltmgr!FltpDoUnloadFilter      neither waits
 *
 *     one thread
 *     nt!KeBugCheckEx … fault         in an image that is gone, or in memory that the unload callback freed:
 *     D!DriverEntry                   the other thread has done its work already
 *     nt!IopLoadDriver
 *
 * An unload that waits while the load goes on is what the remedies do: no race. Without a crash both stacks have to be
 * printed by their threads' addresses, at one stop: what k prints twice in a session is of two moments.
 */
#include "rules.h"

#include "order.h"

#define THREADS_MOST 256u /* loads, and unloads, that are paired */

typedef struct {
    const triage_thread *load, *unload;
    const triage_role *loading, *unloading;
    const char *driver;
} pair;

static void write_affected(rules *r, triage_finding *f, uint32_t log)
{
    f->affected =
        rules_os(r, log) == TRIAGE_OS_8
            ? "Windows XP to 7 let load and unload of one driver meet. Windows 8 and later are said to keep them "
              "apart, but this log is of such a system"
            : "Windows XP to 7, and the servers of their time: nothing there keeps load and unload of one driver "
              "apart. Windows 8 and later do";
}

static void write_remedies(rules *r, triage_finding *f)
{
    rules_remedy(f, "docs/remedies.md#the-library");
    rules_remedy(f, "docs/remedies.md#two-drivers");
    rules_remedy(f, "docs/remedies.md#register-last");
    rules_next(f, store_printf(r->s, "airlock explore %s.sys --os %s --load %s%s%s", f->driver ? f->driver : "FILE",
                               f->scenario.os, f->scenario.load, f->scenario.unload ? " --unload " : "",
                               f->scenario.unload ? f->scenario.unload : ""));
    rules_next(f, "or let triage do that: airlock triage LOG --driver FILE.sys");
}

/* The pair ---------------------------------------------------------------------------------------------------------- */

/* Did the thread crash while the driver's code was on its stack, in this role? */
static bool crashed_in(const triage_thread *t, const triage_role *role)
{
    return t->crashed && role->phase == TRIAGE_IN_DRIVER && roles_fault(t) <= role->entry;
}

static const char *fault_name(rules *r, const triage_thread *t, const char *driver)
{
    size_t fault = roles_fault(t), mine = roles_innermost(t, driver);
    size_t i = fault > mine ? fault : mine;
    const triage_frame *f = &t->frames[i < t->frame_count ? i : mine];
    return f->function ? f->function : rules_place(r, f);
}

static void quote_role(rules *r, triage_finding *f, const triage_thread *t, const triage_role *role, const char *entry,
                       const char *caller)
{
    size_t mine = roles_innermost(t, role->driver), fault = roles_fault(t);
    if (fault < t->frame_count && fault <= role->entry)
        rules_quote_frame(r, f, t, fault, "here it faults");
    else if (mine > 0)
        rules_quote_frame(r, f, t, mine - 1, "what the driver has called");
    rules_quote_frame(r, f, t, mine, "the driver's innermost frame");
    rules_quote_frame(r, f, t, role->entry, entry);
    if (role->caller != role->entry)
        rules_quote_frame(r, f, t, role->caller, caller);
}

static void tell_pair(rules *r, triage_finding *f, const pair *p)
{
    const triage_frame *entry = &p->load->frames[p->loading->entry];
    const triage_frame *routine = &p->unload->frames[p->unloading->entry];
    const triage_frame *by = &p->unload->frames[p->unloading->caller];
    bool unload_crashed = crashed_in(p->unload, p->unloading), load_crashed = crashed_in(p->load, p->loading);
    const char *crash = unload_crashed ? fault_name(r, p->unload, p->driver)
                        : load_crashed ? fault_name(r, p->load, p->driver)
                                       : NULL;
    const char *name = entry->function ? entry->function : "DriverEntry";
    f->title = crash ? store_printf(r->s, "load/unload race of %s: %s is %s, %s faults in the %s", p->driver, name,
                                    rules_doing(r, p->load, p->loading), crash,
                                    unload_crashed ? "unloading thread" : "loading thread")
                     : store_printf(r->s, "load/unload race of %s: %s is %s while %s runs", p->driver, name,
                                    rules_doing(r, p->load, p->loading), rules_place(r, routine));
    f->mechanism = store_printf(
        r->s,
        "One thread is in %s, which nt!IopLoadDriver called: the driver is still being loaded. Another is in %s, "
        "called by "
        "%s: the unload has begun, for nothing makes it wait for the load. So the one works on what the other has not "
        "made yet, or has taken away%s%s%s.",
        rules_place(r, entry), rules_place(r, routine), rules_place(r, by), crash ? ", which is what " : "",
        crash ? crash : "", crash ? " met" : "");
}

static void add_pair(rules *r, const pair *p, triage_confidence confidence)
{
    triage_finding *f = rules_add(r, TRIAGE_RACE, confidence, p->driver);
    if (!f)
        return;
    rules_threads(f, p->load, "load", p->unload, "unload");
    rules_scenario(r, f, p->unload, true);
    tell_pair(r, f, p);
    rules_quote_bugcheck(f, rules_bugcheck(r, p->unload));
    quote_role(r, f, p->load, p->loading, "run to load the driver", "who loads it");
    quote_role(r, f, p->unload, p->unloading, "run to unload the driver", "who unloads it");
    write_affected(r, f, p->unload->log);
    write_remedies(r, f);
}

/* Neither does anything but wait: for one another, most likely. */
static void add_deadlock(rules *r, const pair *p)
{
    triage_finding *f = rules_add(r, TRIAGE_RACE, TRIAGE_MEDIUM, p->driver);
    if (!f)
        return;
    rules_threads(f, p->load, "load", p->unload, "unload");
    rules_scenario(r, f, p->unload, true);
    f->title = store_printf(r->s,
                            "load/unload race of %s: the loading and the unloading thread both wait in it, for each "
                            "other it seems",
                            p->driver);
    f->mechanism = store_printf(
        r->s,
        "%s, run to load the driver, waits in %s. %s, run to unload it at the same time, waits in %s. Neither goes on "
        "by "
        "itself; locks taken in two orders, or an event that the other was to set, look like this.",
        rules_place(r, &p->load->frames[p->loading->entry]), roles_waits_in(p->load, p->driver)->function,
        rules_place(r, &p->unload->frames[p->unloading->entry]), roles_waits_in(p->unload, p->driver)->function);
    quote_role(r, f, p->load, p->loading, "run to load the driver", "who loads it");
    quote_role(r, f, p->unload, p->unloading, "run to unload the driver", "who unloads it");
    write_affected(r, f, p->unload->log);
    rules_next(
        f, "what do they wait for? The objects: `!thread` of both; who owns them: `!locks`, `dt nt!_KEVENT ADDRESS`");
    write_remedies(r, f);
}

static bool calls_wait(const triage_frame *f) { return f && f->known && f->known->kind == KNOWN_WAIT; }

/* Is the inner end of the stack there, and not a wait? What a thread does last decides whether it waits. */
static bool is_seen_running(const triage_thread *t)
{
    bool header_lost = t->headed && t->state == TRIAGE_STATE_UNKNOWN;
    return t->state != TRIAGE_WAITING && !t->headless && !header_lost;
}

static void judge_pair(rules *r, const pair *p)
{
    const triage_frame *unload_waits = roles_waits_in(p->unload, p->driver);
    const triage_frame *load_waits = roles_waits_in(p->load, p->driver);
    bool crash = crashed_in(p->load, p->loading) || crashed_in(p->unload, p->unloading);
    bool by_name = p->loading->caller == p->loading->entry; /* IopLoadDriver was cut off */
    /* of one system, by their addresses, or of one command that prints threads */
    bool sure = order_agreement(p->load, p->unload) > 0 || (p->load->id && p->unload->id);
    const triage_bugcheck *b = rules_bugcheck(r, p->unload);
    if (crash)
        add_pair(r, p, by_name || !sure ? TRIAGE_MEDIUM : TRIAGE_HIGH);
    else if (calls_wait(unload_waits) && calls_wait(load_waits))
        add_deadlock(r, p);
    else if (!unload_waits && is_seen_running(p->unload) && p->load->id &&
             p->unload->id) /* a bug check of neither leaves open what caused it */
        add_pair(r, p, b || by_name ? TRIAGE_MEDIUM : TRIAGE_HIGH);
}

static size_t threads_with(const rules *r, triage_role_kind kind, const triage_thread *list[THREADS_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < r->log->thread_count && count < THREADS_MOST; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *role = roles_of(t, kind);
        if (role && role->driver && role->phase == TRIAGE_IN_DRIVER && !t->disordered)
            list[count++] = t;
    }
    return count;
}

static void pairs(rules *r)
{
    const triage_thread *loads[THREADS_MOST], *unloads[THREADS_MOST];
    size_t load_count = threads_with(r, TRIAGE_LOADS, loads), unload_count = threads_with(r, TRIAGE_UNLOADS, unloads);
    for (size_t i = 0; i < load_count; i++)
        for (size_t k = 0; k < unload_count; k++) {
            pair p = {loads[i], unloads[k], roles_of(loads[i], TRIAGE_LOADS), roles_of(unloads[k], TRIAGE_UNLOADS),
                      NULL};
            p.driver = p.loading->driver;
            if (roles_same_driver(p.driver, p.unloading->driver) && order_together(p.load, p.unload))
                judge_pair(r, &p);
        }
}

/* One stack that tells of both ----------------------------------------------------------------------------------------- */

static void add_alone(rules *r, const triage_thread *t, const triage_role *role, const char *driver, const char *title,
                      const char *mechanism)
{
    triage_finding *f = rules_add(r, TRIAGE_RACE, TRIAGE_HIGH, driver);
    const triage_fault *fault = rules_fault(r, t->log);
    if (!f)
        return;
    rules_threads(f, t, "load", NULL, NULL);
    rules_scenario(r, f, NULL, true);
    f->title = title;
    f->mechanism = mechanism;
    rules_quote_bugcheck(f, rules_bugcheck(r, t));
    rules_quote_frame(r, f, t, roles_fault(t), "here it faults");
    if (role->entry != role->caller)
        rules_quote_frame(r, f, t, role->entry, "run to load the driver");
    rules_quote_frame(r, f, t, role->caller, "who loads it");
    if (fault && fault->freed_text)
        rules_quote(f, fault->file, fault->line, fault->freed_text, "who freed the memory");
    write_affected(r, f, t->log);
    write_remedies(r, f);
}

/* The image of the driver is gone, and this thread was still loading it. */
static void gone_beneath(rules *r, const triage_thread *t, const triage_role *role)
{
    size_t at = roles_fault(t);
    const triage_frame *fault = &t->frames[at];
    const triage_bugcheck *b = rules_bugcheck(r, t);
    const triage_module *m = fault->pc ? rules_unloaded_at(r, t->log, fault->pc) : NULL;
    bool unloaded = fault->unloaded || (b && b->code == 0xCE) || (m && roles_same_driver(m->name, role->driver));
    if (!role->driver || role->phase != TRIAGE_IN_DRIVER || at > role->entry || !unloaded ||
        !roles_same_driver(fault->module, role->driver))
        return;
    add_alone(
        r, t, role, role->driver,
        store_printf(r->s, "load/unload race of %s: its image was unmapped while %s was running", role->driver,
                     t->frames[role->entry].function ? t->frames[role->entry].function : "DriverEntry"),
        store_printf(r->s,
                     "nt!IopLoadDriver called DriverEntry of %s, which has not returned. Meanwhile the driver was "
                     "unloaded, and the unload took the image away. The next instruction of DriverEntry is no longer "
                     "there.",
                     role->driver));
}

/* The loading thread uses what the unload callback has freed. */
static void freed_beneath(rules *r, const triage_thread *t, const triage_role *role)
{
    const triage_fault *fault = rules_fault(r, t->log);
    if (!fault || !fault->freed_by || !fault->freed_by_unload || roles_fault(t) > role->caller)
        return;
    const char *driver = role->driver ? role->driver : fault->freed_by;
    if (known_is_windows(driver))
        return;
    add_alone(
        r, t, role, driver,
        store_printf(r->s, "load/unload race of %s: %s uses memory that the unload has freed", driver,
                     rules_place(r, &t->frames[roles_fault(t)])),
        store_printf(r->s,
                     "The load of %s is not over: nt!IopLoadDriver is on this stack. Another thread ran its unload "
                     "routine meanwhile, which freed memory that the load still needs. The access to it is what "
                     "stopped the system.",
                     driver));
}

void rule_race(rules *r)
{
    pairs(r);
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *role = roles_of(t, TRIAGE_LOADS);
        if (!role || !t->crashed || t->disordered)
            continue;
        gone_beneath(r, t, role);
        freed_beneath(r, t, role);
    }
}
