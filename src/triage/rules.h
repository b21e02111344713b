/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.h - what the rules share. A rule reads the model and adds findings; it never sees text. Used inside src/triage.
 *
 * A finding is no more certain than its weakest part: HIGH, the stacks themselves show it; MEDIUM, they show it but for
 * one step that is inferred; LOW, something else would show the same. Only the first two count as recognised.
 */
#ifndef AIRLOCK_TRIAGE_RULES_H
#define AIRLOCK_TRIAGE_RULES_H

#include "roles.h"
#include "store.h"
#include "triage.h"

typedef struct {
    const triage_log *log;
    store *s;
    triage_finding *list;
    size_t count;
} rules;

/* Runs every rule; the findings are sorted, the most certain first. */
void rules_apply(rules *r);

void rule_race(rules *r);
void rule_gone(rules *r);
void rule_hang(rules *r);
void rule_failed_load(rules *r);
void rule_left(rules *r);
void rule_insufficient(rules *r); /* after all others: it looks at what they found */

/* A finding of this rule about this driver; NULL if there is one already that is as certain. It may be moved by the next
 * rules_add. */
triage_finding *rules_add(rules *r, triage_rule rule, triage_confidence confidence, const char *driver);

/* Is there a recognised finding about this driver (any, for NULL)? */
bool rules_recognised(const rules *r, const char *driver);

void rules_threads(triage_finding *f, const triage_thread *first, const char *label, const triage_thread *second,
                   const char *other_label);
void rules_quote(triage_finding *f, uint32_t file, uint32_t line, const char *text, const char *why);
void rules_quote_frame(rules *r, triage_finding *f, const triage_thread *t, size_t frame, const char *why);
void rules_quote_bugcheck(triage_finding *f, const triage_bugcheck *b);
void rules_next(triage_finding *f, const char *what);
void rules_remedy(triage_finding *f, const char *where);

/* "Driver!StopWorkerQueues+0x14", "Driver+0x4f21", "workerqueue.cpp @ 125" */
const char *rules_frame_text(rules *r, const triage_frame *frame);
/* The same without offset. */
const char *rules_place(rules *r, const triage_frame *frame);
/* "creating a system thread (nt!PsCreateSystemThread)", what the driver is at; its place if nothing is known. */
const char *rules_doing(rules *r, const triage_thread *t, const triage_role *role);

/* The bug check that this thread's log tells; NULL: none. */
const triage_bugcheck *rules_bugcheck(const rules *r, const triage_thread *t);
const triage_fault *rules_fault(const rules *r, uint32_t log);
triage_os rules_os(const rules *r, uint32_t log);
/* The unloaded module at an address that no loaded one has; NULL: none. */
const triage_module *rules_unloaded_at(const rules *r, uint32_t log, uint64_t address);

/* Bug checks that a lifetime gone wrong can end in. */
bool rules_is_lifetime(uint32_t code);

/* Sets what the log tells of the scenario. `race`: load and unload met. */
void rules_scenario(const rules *r, triage_finding *f, const triage_thread *unload, bool race);

#endif
