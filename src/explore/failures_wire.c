/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failures_wire.c - what a task found, as bytes, and joined with what others found. */
#include "internal.h"

#include <stdlib.h>

void failures_put(const explore_report *report, wire_out *out)
{
    size_t at = out->size;

    wire_put32(out, 0);
    wire_put8(out, report->counted_out);
    wire_put8(out, report->ticked_out);
    wire_put8(out, report->clock_seen);
    wire_put8(out, report->stalled);
    wire_put8(out, report->stall_found);
    wire_put64(out, report->smallest_stall);
    wire_put32(out, report->failure_count);
    for (size_t i = 0; i < report->failure_count; i++) {
        const explore_failure *f = &report->failures[i];
        wire_put64(out, f->result.failure);
        wire_put64(out, f->result.moment);
        wire_put8(out, f->result.hang);
        wire_put64(out, f->executions);
        wire_put32(out, f->preemptions);
        wire_put32(out, f->doubt);
        wire_put32(out, f->length);
        for (size_t k = 0; k < f->length; k++) {
            wire_put16(out, f->schedule[k].thread);
            wire_put16(out, f->schedule[k].choice);
        }
    }
    wire_set32(out, at, (uint32_t)(out->size - at - 4));
}

static bool get_failure(wire_in *in, explore_failure *f)
{
    f->result.failure = wire_get64(in);
    f->result.moment = wire_get64(in);
    f->result.hang = wire_get8(in) != 0;
    f->executions = wire_get64(in);
    f->preemptions = wire_get32(in);
    f->doubt = wire_get32(in);
    f->length = wire_get32(in);
    if (in->failed || f->length > in->size || !(f->schedule = malloc((f->length + 1) * sizeof(*f->schedule))))
        return false;
    for (size_t k = 0; k < f->length; k++) {
        f->schedule[k].thread = wire_get16(in);
        f->schedule[k].choice = wire_get16(in);
    }
    return !in->failed;
}

/* Takes the schedule. */
static bool merge(explorer *x, explore_failure *f)
{
    explore_failure *known = failures_find(x->report, &f->result);
    uint64_t executions;
    uint32_t doubt;

    if (!known)
        return false;
    executions = known->executions + f->executions;
    doubt = known->doubt < f->doubt ? known->doubt : f->doubt;
    if (!known->schedule || failures_better(f->schedule, f->length, f->preemptions, known)) {
        free(known->schedule);
        *known = *f;
    } else {
        free(f->schedule);
    }
    known->executions = executions;
    known->doubt = doubt;
    return true;
}

static void merge_stalls(explore_report *r, wire_in *in)
{
    bool found;
    uint64_t smallest;

    r->counted_out |= wire_get8(in) != 0;
    r->ticked_out |= wire_get8(in) != 0;
    r->clock_seen |= wire_get8(in) != 0;
    r->stalled |= wire_get8(in) != 0;
    found = wire_get8(in) != 0;
    smallest = wire_get64(in);
    if (found && (!r->stall_found || smallest < r->smallest_stall)) {
        r->stall_found = true;
        r->smallest_stall = smallest;
    }
}

bool failures_merge(explorer *x, wire_in *in)
{
    uint32_t count;

    merge_stalls(x->report, in);
    count = wire_get32(in);
    for (uint32_t i = 0; i < count; i++) {
        explore_failure f = {0};
        if (!get_failure(in, &f) || !merge(x, &f)) {
            free(f.schedule);
            return false;
        }
    }
    return !in->failed;
}
