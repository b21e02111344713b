/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FINDINGS_MOST 64u

static void (*const all_rules[])(rules *) = {rule_race,        rule_gone, rule_hang,
                                             rule_failed_load, rule_left, rule_insufficient};

/* More certain first; then in the order of the rules; then as in the input. */
static int by_certainty(const void *left, const void *right)
{
    const triage_finding *a = left, *b = right;
    if (a->confidence != b->confidence)
        return a->confidence > b->confidence ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    uint32_t x = a->evidence_count ? a->evidence[0].line : 0, y = b->evidence_count ? b->evidence[0].line : 0;
    return x != y ? (x < y ? -1 : 1) : 0;
}

void rules_apply(rules *r)
{
    for (size_t i = 0; i < sizeof all_rules / sizeof *all_rules; i++)
        all_rules[i](r);
    if (r->count)
        qsort(r->list, r->count, sizeof *r->list, by_certainty);
}

triage_finding *rules_add(rules *r, triage_rule rule, triage_confidence confidence, const char *driver)
{
    triage_finding made = {.rule = rule, .confidence = confidence, .driver = driver};
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].rule == rule && (roles_same_driver(r->list[i].driver, driver) || r->list[i].driver == driver)) {
            if (r->list[i].confidence >= confidence)
                return NULL;
            r->list[i] = made;
            return &r->list[i];
        }
    if (!store_push((void **)&r->list, &r->count, FINDINGS_MOST, sizeof made, &made))
        return NULL;
    return &r->list[r->count - 1];
}

bool rules_recognised(const rules *r, const char *driver)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].confidence >= TRIAGE_MEDIUM && r->list[i].rule < TRIAGE_LEFT &&
            (!driver || roles_same_driver(r->list[i].driver, driver)))
            return true;
    return false;
}

/* Filling a finding ------------------------------------------------------------------------------------------------ */

void rules_threads(triage_finding *f, const triage_thread *first, const char *label, const triage_thread *second,
                   const char *other_label)
{
    f->threads[0] = first;
    f->labels[0] = label;
    f->threads[1] = second;
    f->labels[1] = other_label;
}

void rules_quote(triage_finding *f, uint32_t file, uint32_t line, const char *text, const char *why)
{
    for (size_t i = 0; i < f->evidence_count; i++)
        if (f->evidence[i].file == file && f->evidence[i].line == line)
            return;
    if (text && f->evidence_count < TRIAGE_EVIDENCE_MOST)
        f->evidence[f->evidence_count++] = (triage_evidence){file, line, text, why};
}

void rules_quote_frame(rules *r, triage_finding *f, const triage_thread *t, size_t frame, const char *why)
{
    if (frame < t->frame_count)
        rules_quote(f, t->file, t->frames[frame].line, rules_frame_text(r, &t->frames[frame]), why);
}

void rules_quote_bugcheck(triage_finding *f, const triage_bugcheck *b)
{
    if (b)
        rules_quote(f, b->file, b->line, b->text, "the bug check");
}

void rules_next(triage_finding *f, const char *what)
{
    if (what && f->next_count < TRIAGE_NEXT_MOST)
        f->next[f->next_count++] = what;
}

void rules_remedy(triage_finding *f, const char *where)
{
    if (f->remedy_count < TRIAGE_REMEDIES_MOST)
        f->remedies[f->remedy_count++] = where;
}

/* Words ------------------------------------------------------------------------------------------------------------ */

static const char *file_name(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        if ((*path == '\\' || *path == '/') && path[1])
            name = path + 1;
    return name;
}

const char *rules_place(rules *r, const triage_frame *f)
{
    if (f->module && f->function)
        return store_printf(r->s, "%s!%s", f->module, f->function);
    if (f->source && f->module)
        return store_printf(r->s, "%s, %s @ %u", f->module, file_name(f->source), (unsigned)f->source_line);
    if (f->source)
        return store_printf(r->s, "%s @ %u", file_name(f->source), (unsigned)f->source_line);
    if (f->module && f->has_offset)
        return store_printf(r->s, "%s+0x%llx", f->module, (unsigned long long)f->offset);
    return f->module ? f->module : store_printf(r->s, "0x%llx", (unsigned long long)f->pc);
}

const char *rules_frame_text(rules *r, const triage_frame *f)
{
    char where[600] = "";
    if (f->source)
        snprintf(where, sizeof where, " [%.512s @ %u]", file_name(f->source), (unsigned)f->source_line);
    const char *gone = f->unloaded ? " (unloaded)" : "";
    if (f->module && f->function && f->has_offset)
        return store_printf(r->s, "%s!%s+0x%llx%s%s", f->module, f->function, (unsigned long long)f->offset, gone,
                            where);
    if (f->module && f->function)
        return store_printf(r->s, "%s!%s%s%s", f->module, f->function, gone, where);
    if (f->module && f->has_offset)
        return store_printf(r->s, "%s+0x%llx%s%s", f->module, (unsigned long long)f->offset, gone, where);
    if (f->module || f->source)
        return store_printf(r->s, "%s!(no name)%s", f->module ? f->module : "?", where);
    return store_printf(r->s, "0x%llx (no name)", (unsigned long long)f->pc);
}

/* Do the names in the driver's frames speak of a work queue? */
static bool is_of_work_queue(const triage_thread *t, size_t from, size_t to)
{
    static const char *const words[] = {"workqueue", "workerqueue", "work_queue", "worker_queue"};
    for (size_t i = from; i <= to && i < t->frame_count; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if ((t->frames[i].source && strcasestr(file_name(t->frames[i].source), words[k])) ||
                (t->frames[i].function && strcasestr(t->frames[i].function, words[k])))
                return true;
    return false;
}

const char *rules_doing(rules *r, const triage_thread *t, const triage_role *role)
{
    size_t mine = roles_innermost(t, role->driver);
    if (mine == t->frame_count)
        return NULL;
    const known_function *call = NULL;
    for (size_t i = mine; i-- > 0 && !call;)
        if (t->frames[i].known && t->frames[i].known->doing)
            call = t->frames[i].known;
    const triage_frame *f = &t->frames[mine];
    const char *name = f->function ? f->function : f->source ? file_name(f->source) : NULL;
    if (call && name && is_of_work_queue(t, mine, role->entry) && call->kind == KNOWN_ACTIVITY)
        return store_printf(r->s, "creating a work queue (%s calls %s!%s)", name, call->module, call->name);
    if (call)
        return store_printf(r->s, "%s (%s!%s)", call->doing, call->module, call->name);
    return mine == role->entry ? "running" : store_printf(r->s, "in %s", rules_place(r, &t->frames[mine]));
}

/* Looking up ------------------------------------------------------------------------------------------------------- */

const triage_bugcheck *rules_bugcheck(const rules *r, const triage_thread *t)
{
    for (size_t i = 0; i < r->log->bugcheck_count; i++)
        if (r->log->bugchecks[i].log == t->log)
            return &r->log->bugchecks[i];
    return NULL;
}

const triage_fault *rules_fault(const rules *r, uint32_t log)
{
    for (size_t i = 0; i < r->log->fault_count; i++)
        if (r->log->faults[i].log == log)
            return &r->log->faults[i];
    return NULL;
}

triage_os rules_os(const rules *r, uint32_t log)
{
    for (size_t i = 0; i < r->log->system_count; i++)
        if (r->log->systems[i].log == log)
            return r->log->systems[i].os;
    return TRIAGE_OS_UNKNOWN;
}

const triage_module *rules_unloaded_at(const rules *r, uint32_t log, uint64_t address)
{
    const triage_module *found = NULL;
    for (size_t i = 0; i < r->log->module_count; i++) {
        const triage_module *m = &r->log->modules[i];
        bool extended = m->end <= UINT32_MAX && address >> 32 == UINT32_MAX; /* an address of x86, sign-extended */
        uint64_t at = extended ? address & UINT32_MAX : address;
        if (m->log != log || at < m->start || at >= m->end)
            continue;
        if (!m->unloaded)
            return NULL;
        if (!found)
            found = m;
    }
    return found;
}

bool rules_is_lifetime(uint32_t code)
{
    static const uint32_t codes[] = {0x0A, 0x18, 0x19, 0x1E, 0x3B, 0x50, 0x7E,  0x8E,
                                     0xC2, 0xCC, 0xCE, 0xD1, 0xD4, 0xD5, 0x139, 0x96};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

void rules_scenario(const rules *r, triage_finding *f, const triage_thread *unload, bool race)
{
    const triage_role *role = unload ? roles_of(unload, TRIAGE_UNLOADS) : NULL;
    const triage_thread *any = f->threads[0] ? f->threads[0] : unload;
    f->scenario.os = any && rules_os(r, any->log) == TRIAGE_OS_XP ? "xp" : "win7";
    f->scenario.load = "sc";
    if (role && role->route == TRIAGE_ROUTE_FLTMC)
        f->scenario.unload = "fltmc";
    else if (role && role->route != TRIAGE_ROUTE_UNKNOWN)
        f->scenario.unload = race ? "nt" : "sc"; /* the service control manager lets no stop meet a start */
}
