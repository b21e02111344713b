/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failures.c - distinct failures, each with the best schedule that showed it. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* The schedule of the path: its events, but for those that were taken back because they ended the execution; the last
 * one counts. Computes the preemptions that it really has. */
static size_t collect(explorer *x, uint32_t *preemptions)
{
    size_t length = 0;
    uint16_t last = NO_THREAD;
    bool last_held = false; /* the thread was stopped before the step that would end the execution: it is ready */

    *preemptions = 0;
    for (uint32_t e = 0; e < x->depth; e++) {
        const event *ev = &x->events[e];
        const node *n = &x->nodes[e];
        if (ev->halted) {
            if (last == ev->thread)
                last_held = true;
            else if (e > 0 && !x->events[e - 1].halted)
                last_held = n->last_ready;
            continue;
        }
        if (last != NO_THREAD && last != ev->thread && (last_held || n->last_ready))
            ++*preemptions;
        x->schedule[length++] =
            (explore_decision){.thread = (uint16_t)x->threads[ev->thread].number, .choice = ev->choice};
        last = ev->thread;
        last_held = false;
    }
    return length;
}

static bool better(const explorer *x, size_t length, uint32_t preemptions, const explore_failure *than)
{
    if (preemptions != than->preemptions)
        return preemptions < than->preemptions;
    if (length != than->length)
        return length < than->length;
    for (size_t i = 0; i < length; i++) {
        const explore_decision *a = &x->schedule[i], *b = &than->schedule[i];
        if (a->thread != b->thread)
            return a->thread < b->thread;
        if (a->choice != b->choice)
            return a->choice < b->choice;
    }
    return false;
}

static explore_failure *find(explorer *x, const explore_result *result)
{
    explore_report *r = x->report;
    explore_failure *grown;

    for (size_t i = 0; i < r->failure_count; i++) {
        if (r->failures[i].result.failure == result->failure && r->failures[i].result.moment == result->moment)
            return &r->failures[i];
    }
    grown = realloc(r->failures, (r->failure_count + 1) * sizeof(*grown));
    if (!grown)
        return NULL;
    r->failures = grown;
    r->failures[r->failure_count] = (explore_failure){.result = *result};
    r->total.failures = r->failure_count + 1;
    return &r->failures[r->failure_count++];
}

static bool keep(explore_failure *f, const explore_decision *schedule, size_t length, uint32_t preemptions)
{
    explore_decision *copy = realloc(f->schedule, (length ? length : 1) * sizeof(*copy));

    if (!copy)
        return false;
    memcpy(copy, schedule, length * sizeof(*copy));
    f->schedule = copy;
    f->length = length;
    f->preemptions = preemptions;
    return true;
}

/* The path has ended with that failure. One that needs more preemptions than the bound allows does not count: it was
 * reached past a thread that had been held before its own end (see explore.c). */
bool failures_record(explorer *x, const explore_result *result)
{
    uint32_t preemptions;
    size_t length;
    explore_failure *f;

    if (!room_for(x, &x->schedule, &x->schedule_room, x->depth, sizeof(explore_decision)))
        return false;
    length = collect(x, &preemptions);
    if (preemptions > x->options->bound || (result->hang && x->halted_count))
        return true;
    f = find(x, result);
    x->report->total.failing++;
    if (f && f->executions++ > 0 && !better(x, length, preemptions, f))
        return true;
    if (f && keep(f, x->schedule, length, preemptions))
        return true;
    x->status = EXPLORE_NO_MEMORY;
    x->stop = true;
    return false;
}

static int simplest_first(const void *left, const void *right)
{
    const explore_failure *a = left, *b = right;

    if (a->preemptions != b->preemptions)
        return a->preemptions < b->preemptions ? -1 : 1;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    if (a->result.failure != b->result.failure)
        return a->result.failure < b->result.failure ? -1 : 1;
    return a->result.moment < b->result.moment ? -1 : a->result.moment > b->result.moment;
}

void failures_sort(explore_report *report)
{
    if (report->failure_count)
        qsort(report->failures, report->failure_count, sizeof(*report->failures), simplest_first);
}
