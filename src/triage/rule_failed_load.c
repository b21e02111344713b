/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_failed_load.c - DriverEntry fails, cleans up, and what it cleans up was never made. No second thread is needed. */
#include "rules.h"

#include <string.h>

#define NEAR_NULL UINT64_C(0x10000)

static bool says_cleanup(const char *function)
{
    static const char *const words[] = {"unload",  "cleanup",  "clean_up", "uninit",     "deinit", "teardown",
                                        "destroy", "shutdown", "rollback", "unregister", "delete", "free",
                                        "stop",    "release",  "dispose",  "finalize",   "undo"};
    for (size_t i = 0; function && i < sizeof words / sizeof *words; i++)
        if (strcasestr(function, words[i]))
            return true;
    return false;
}

/* The frame that undoes something, between the fault and DriverEntry; frame_count: none. */
static size_t undoing(const triage_thread *t, size_t fault, const triage_role *role)
{
    for (size_t i = role->entry; i-- > fault;) {
        const triage_frame *f = &t->frames[i];
        if (f->known && f->known->kind == KNOWN_TEARDOWN && strncmp(f->known->name, "ExFree", 6))
            return i; /* freeing pool is no clean-up by itself */
        if (roles_same_driver(f->module, role->driver) && says_cleanup(f->function))
            return i;
    }
    return t->frame_count;
}

/* The address that was referenced; false: the log does not tell. */
static bool referenced(const rules *r, const triage_thread *t, const triage_bugcheck *b, uint64_t *address)
{
    const triage_fault *fault = rules_fault(r, t->log);
    bool told = b && b->arg_count && (b->code == 0x0A || b->code == 0xD1 || b->code == 0x50);
    if (told)
        *address = b->args[0];
    else if (fault && fault->has_address)
        *address = fault->address;
    return told || (fault && fault->has_address);
}

static void judge(rules *r, const triage_thread *t, const triage_role *role)
{
    const triage_bugcheck *b = rules_bugcheck(r, t);
    size_t fault = roles_fault(t), undo = undoing(t, fault, role);
    if (undo == t->frame_count || fault > role->entry || t->frames[fault].unloaded)
        return;
    if (b && (!rules_is_lifetime(b->code) || b->code == 0xCE || b->code == 0xD4 || b->code == 0xD5 || b->code == 0xCC))
        return;
    if (b && b->code == 0xC2)
        return; /* a block freed twice was made */
    if (!t->frames[role->entry].sp)
        return; /* without stack pointers nothing tells whether these frames are one stack */
    uint64_t address = 0;
    bool null = referenced(r, t, b, &address);
    if (null && address >= NEAR_NULL)
        return; /* it was made, and has gone wrong since */
    triage_finding *f = rules_add(r, TRIAGE_FAILED_LOAD, null ? TRIAGE_HIGH : TRIAGE_MEDIUM, role->driver);
    if (!f)
        return;
    const char *place = rules_place(r, &t->frames[undo]), *entry = rules_place(r, &t->frames[role->entry]);
    rules_threads(f, t, "load", NULL, NULL);
    rules_scenario(r, f, NULL, false);
    f->title = store_printf(r->s, "the load of %s failed, and its clean-up (%s) faults on what was not made",
                            role->driver, place);
    f->mechanism =
        store_printf(r->s,
                     "%s is cleaning up, which it does when a step of it has failed. %s undoes something that was "
                     "not done yet%s. The failed step is the cause to look for; the clean-up hides it.",
                     entry, place, null ? ": the address is next to NULL" : ", it seems");
    f->affected = "every version of Windows";
    rules_quote_bugcheck(f, b);
    rules_quote_frame(r, f, t, fault, "here it faults");
    rules_quote_frame(r, f, t, undo, "what undoes");
    rules_quote_frame(r, f, t, role->entry, "DriverEntry");
    rules_quote_frame(r, f, t, role->caller, "who loads it");
    rules_remedy(f, "docs/remedies.md#when-driverentry-fails");
    rules_next(f, "undo in reverse order, and only what was done: one label for each step");
    rules_next(f, "`.frame` DriverEntry and `dv`: which status made it clean up?");
}

void rule_failed_load(rules *r)
{
    for (size_t i = 0; i < r->log->thread_count; i++) {
        const triage_thread *t = &r->log->threads[i];
        const triage_role *role = roles_of(t, TRIAGE_LOADS);
        if (role && role->driver && role->phase == TRIAGE_IN_DRIVER && t->crashed && !t->disordered &&
            !rules_recognised(r, role->driver))
            judge(r, t, role);
    }
}
