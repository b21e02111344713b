/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_insufficient.c - half of a pair: what would show the other half. */
#include "rules.h"

#include "order.h"

static void ask_for_threads(rules *r, triage_finding *f, bool load)
{
    rules_next(f, load ? "`!stacks 2 UnloadFilter` and `!stacks 2 IopLoadUnloadDriver`: does a thread unload a driver?"
                       : "`!stacks 2 IopLoadDriver`: does a thread load a driver?");
    rules_next(f, "`!process 4 17` (4 is System): the stacks of all system threads; both threads run there");
    rules_next(f, "`!running -it`: what the other processors were doing");
    rules_next(f, "`lm`: the list of unloaded modules at its end");
    rules_next(f, "a minidump holds one thread only: get a kernel dump (MEMORY.DMP)");
    (void)r;
}

/* A crash in DriverEntry, or in an unload routine, and nothing of the other. */
static void half(rules *r, const triage_thread *t, const triage_role *role)
{
    const triage_bugcheck *b = rules_bugcheck(r, t);
    bool load = role->kind == TRIAGE_LOADS;
    bool blamed = b && roles_same_driver(b->driver, role->driver) && roles_innermost(t, role->driver) == 0;
    bool crashed = t->crashed ? roles_fault(t) <= role->caller : blamed; /* of a stack that was shortened by hand */
    if (!crashed || t->disordered || (b && !rules_is_lifetime(b->code)) || rules_recognised(r, role->driver))
        return;
    triage_finding *f = rules_add(r, TRIAGE_INSUFFICIENT, TRIAGE_LOW, role->driver);
    if (!f)
        return;
    const char *driver = role->driver ? role->driver : "a driver";
    rules_threads(f, t, load ? "load" : "unload", NULL, NULL);
    rules_scenario(r, f, load ? NULL : t, true);
    f->title =
        load
            ? store_printf(r->s,
                           "%s faults while it is being loaded; the log does not show whether it is being unloaded too",
                           driver)
            : store_printf(r->s,
                           "%s faults while it is being unloaded; the log does not show whether its DriverEntry "
                           "still runs",
                           driver);
    f->mechanism =
        store_printf(r->s,
                     "One thread is not enough to tell: a plain bug in %s gives the same stack. If another thread "
                     "%s the driver at that moment, it is the race. The other thread decides, and this log does not "
                     "have it.",
                     load ? "DriverEntry" : "the unload routine", load ? "unloads" : "loads");
    f->affected = "open";
    rules_quote_bugcheck(f, b);
    rules_quote_frame(r, f, t, t->crashed ? roles_fault(t) : 0, "here it faults");
    rules_quote_frame(r, f, t, role->entry, load ? "run to load the driver" : "run to unload the driver");
    rules_quote_frame(r, f, t, role->caller, load ? "who loads it" : "who unloads it");
    ask_for_threads(r, f, load);
}

/* Frames of a load, or an unload, that do not fit together. */
static void disordered(rules *r, const triage_thread *t)
{
    if (!t->disordered || (!roles_of(t, TRIAGE_LOADS) && !roles_of(t, TRIAGE_UNLOADS)))
        return;
    triage_finding *f = rules_add(r, TRIAGE_INSUFFICIENT, TRIAGE_LOW, NULL);
    if (!f)
        return;
    f->title = "a stack loads or unloads a driver, but its frames do not fit together: lines were lost or moved";
    f->mechanism =
        "The frames are in an order that no stack has, or their addresses contradict each other. Whatever this text "
        "was copied from may show a race. As it is, nothing follows from it.";
    f->affected = "open";
    rules_quote_frame(r, f, t, t->role_count ? t->roles[0].caller : 0, "part of that stack");
    rules_next(f, "copy the debugger's output again, as it is: `.logopen FILE`, the commands, `.logclose`");
}

/* A load and an unload at the same time, of drivers that the stacks do not name. */
static void nameless(rules *r)
{
    const triage_thread *load = NULL, *unload = NULL;
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *role = roles_of(t, TRIAGE_LOADS);
        if (!load && !t->disordered && role && !role->driver)
            load = t;
        role = roles_of(t, TRIAGE_UNLOADS);
        if (!unload && !t->disordered && role)
            unload = t;
    }
    if (!load || !unload || load->log != unload->log || rules_recognised(r, NULL))
        return;
    triage_finding *f = rules_add(r, TRIAGE_INSUFFICIENT, TRIAGE_LOW, roles_of(unload, TRIAGE_UNLOADS)->driver);
    if (!f)
        return;
    rules_threads(f, load, "load", unload, "unload");
    f->title = "a driver is being loaded and one is being unloaded; the log does not show whether it is the same";
    f->mechanism =
        "The loading thread's stack does not show whose DriverEntry it runs, or has run. If it is the driver that the "
        "other thread unloads, it is the race. The arguments of nt!IopLoadDriver tell.";
    f->affected = "open";
    rules_quote_frame(r, f, load, roles_of(load, TRIAGE_LOADS)->caller, "who loads");
    rules_quote_frame(r, f, unload, roles_of(unload, TRIAGE_UNLOADS)->caller, "who unloads");
    rules_next(f, "`!thread` of both, with symbols (`.reload /f`)");
    rules_next(f, "`!object \\Driver` and `!object \\FileSystem`, then `!drvobj NAME 7`");
}

/* Both stacks, of one driver; but is it one moment? */
static void two_moments(rules *r)
{
    const triage_thread *load = NULL, *unload = NULL;
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *loading = roles_of(t, TRIAGE_LOADS), *unloading = roles_of(t, TRIAGE_UNLOADS);
        if (!load && !t->disordered && loading && loading->driver)
            load = t;
        if (!unload && !t->disordered && unloading && load && load->log == t->log && order_agreement(load, t) >= 0 &&
            roles_same_driver(unloading->driver, roles_of(load, TRIAGE_LOADS)->driver))
            unload = t;
    }
    if (!unload || load == unload || r->count)
        return;
    triage_finding *f = rules_add(r, TRIAGE_INSUFFICIENT, TRIAGE_LOW, roles_of(load, TRIAGE_LOADS)->driver);
    if (!f)
        return;
    rules_threads(f, load, "load", unload, "unload");
    rules_scenario(r, f, unload, true);
    f->title = store_printf(
        r->s, "%s is loaded in one stack and unloaded in another; the log does not show that it is a race", f->driver);
    f->mechanism = "Both stacks are there, and neither fails. They may be of two moments, or the unload waits for "
                   "the load, as it should. Stacks printed at one stop would tell.";
    f->affected = "open";
    rules_quote_frame(r, f, load, roles_of(load, TRIAGE_LOADS)->caller, "who loads it");
    rules_quote_frame(r, f, unload, roles_of(unload, TRIAGE_UNLOADS)->caller, "who unloads it");
    rules_next(
        f, "`!process 4 17` (4 is System), or `!running -it`, when it has stopped: both threads, with their states");
}

void rule_insufficient(rules *r)
{
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *load = roles_of(t, TRIAGE_LOADS), *unload = roles_of(t, TRIAGE_UNLOADS);
        if (load)
            half(r, t, load);
        if (unload && !load)
            half(r, t, unload);
        disordered(r, t);
    }
    nameless(r);
    two_moments(r);
}
