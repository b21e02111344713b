/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failures.c - distinct failures, each with the best schedule that showed it. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* The schedule of the path, up to the goal: its events, but for those that were taken back because they ended the
 * execution. Computes the preemptions that it really has. */
static size_t collect(explorer *x, uint32_t goal, uint32_t *preemptions)
{
    size_t length = 0;
    uint16_t last = NO_THREAD;
    bool last_held = false; /* the thread was stopped before the step that would end the execution: it is ready */

    *preemptions = 0;
    for (uint32_t e = 0; e < x->depth && (goal == NONE || e <= goal); e++) {
        const event *ev = &x->events[e];
        const node *n = &x->nodes[e];
        if (ev->halted && e != goal) {
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

bool failures_better(const explore_decision *schedule, size_t length, uint32_t preemptions, const explore_failure *than)
{
    if (preemptions != than->preemptions)
        return preemptions < than->preemptions;
    if (length != than->length)
        return length < than->length;
    for (size_t i = 0; i < length; i++) {
        const explore_decision *a = &schedule[i], *b = &than->schedule[i];
        if (a->thread != b->thread)
            return a->thread < b->thread;
        if (a->choice != b->choice)
            return a->choice < b->choice;
    }
    return false;
}

explore_failure *failures_find(explore_report *r, const explore_result *result)
{
    explore_failure *grown;

    for (size_t i = 0; i < r->failure_count; i++) {
        if (r->failures[i].result.failure == result->failure && r->failures[i].result.moment == result->moment)
            return &r->failures[i];
    }
    grown = realloc(r->failures, (r->failure_count + 1) * sizeof(*grown));
    if (!grown)
        return NULL;
    r->failures = grown;
    r->failures[r->failure_count] =
        (explore_failure){.result = *result, .preemptions = UINT32_MAX, .doubt = UINT32_MAX};
    r->total.failures = r->failure_count + 1;
    return &r->failures[r->failure_count++];
}

bool failures_keep(explore_failure *f, const explore_decision *schedule, size_t length, uint32_t preemptions)
{
    explore_decision *copy;

    if (!failures_better(schedule, length, preemptions, f))
        return true;
    copy = realloc(f->schedule, (length ? length : 1) * sizeof(*copy));

    if (!copy)
        return false;
    memcpy(copy, schedule, length * sizeof(*copy));
    f->schedule = copy;
    f->length = length;
    f->preemptions = preemptions;
    return true;
}

static bool no_memory(explorer *x)
{
    x->status = EXPLORE_NO_MEMORY;
    x->stop = true;
    return false;
}

bool failures_enter(explorer *x, const explore_result *result, const explore_decision *schedule, size_t length,
                    uint32_t preemptions)
{
    explore_failure *f = failures_find(x->report, result);

    return (f && failures_keep(f, schedule, length, preemptions)) || no_memory(x);
}

/* One that needs more preemptions than the bound allows does not count: it was reached past a thread that had been held
 * before its own end (see explore.c). */
bool failures_record(explorer *x, const explore_result *result, uint32_t goal)
{
    uint32_t preemptions;
    size_t length;
    explore_failure *f;

    if (!room_for(x, &x->schedule, &x->schedule_room, x->depth, sizeof(explore_decision)))
        return false;
    length = collect(x, goal, &preemptions);
    if (preemptions > x->options->bound || (result->hang && x->halted_count))
        return true;
    f = failures_find(x->report, result);
    if (!f)
        return no_memory(x);
    x->report->total.failing++;
    f->executions++;
    return failures_enter(x, result, x->schedule, length, preemptions);
}

bool failures_doubt(explorer *x, const explore_result *result, uint32_t preemptions)
{
    explore_failure *f = failures_find(x->report, result);

    if (!f)
        return no_memory(x);
    f->doubt = preemptions < f->doubt ? preemptions : f->doubt;
    return true;
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

/* A failure has the doubts of all its moments. */
static void settle_doubts(explore_report *report)
{
    for (size_t i = 0; i < report->failure_count; i++) {
        uint32_t doubt = UINT32_MAX;
        for (size_t k = 0; k < report->failure_count; k++) {
            const explore_failure *f = &report->failures[k];
            if (f->result.failure == report->failures[i].result.failure && f->doubt < doubt)
                doubt = f->doubt;
        }
        report->failures[i].minimal = report->failures[i].preemptions <= doubt;
    }
}

void failures_sort(explore_report *report)
{
    settle_doubts(report);
    if (report->failure_count)
        qsort(report->failures, report->failure_count, sizeof(*report->failures), simplest_first);
}
