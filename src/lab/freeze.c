/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "freeze.h"

#include <string.h>

#include "lab_internal.h"

typedef struct {
    lab *l;
    const lab_schedule *schedule;
    size_t kept, next_kept;
    const lab_freeze *freezes;
    size_t count, next;
    uint32_t running, frozen; /* 0 = none */
    unsigned waits;           /* for time alone, since a thread was frozen */
} freeze_state;

typedef struct {
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    size_t ready_count, timed_count;
} enabled_threads;

static uint64_t count_of(lab *l, uint32_t thread)
{
    machine_thread info = {0};
    machine_thread_info(l->m, thread, &info);
    return info.instructions;
}

static bool is_among(const uint32_t *threads, size_t count, uint32_t thread)
{
    for (size_t i = 0; i < count; i++) {
        if (threads[i] == thread) {
            return true;
        }
    }
    return false;
}

/* The timed wait that is due first. */
static uint32_t first_due(freeze_state *s, const enabled_threads *e)
{
    uint64_t due = UINT64_MAX;
    uint32_t first = 0;
    for (size_t i = 0; i < e->timed_count; i++) {
        machine_thread info;
        machine_thread_info(s->l->m, e->timed[i], &info);
        if (e->timed[i] != s->frozen && info.due < due) {
            due = info.due;
            first = e->timed[i];
        }
    }
    return first;
}

/* By the default scheduler's rule, without the frozen thread. 0: it has to be let go, or nothing can run. */
static uint32_t choose(freeze_state *s)
{
    enabled_threads e;
    machine_enabled(s->l->m, e.ready, &e.ready_count, e.timed, &e.timed_count);
    if (s->running != s->frozen && is_among(e.ready, e.ready_count, s->running)) {
        return s->running;
    }
    for (size_t i = 0; i < e.ready_count; i++) {
        if (e.ready[i] != s->frozen) {
            return e.ready[i];
        }
    }
    if (s->frozen && ++s->waits > LAB_FREEZE_WAITS) {
        return 0;
    }
    return first_due(s, &e);
}

static uint32_t kept_deviation(freeze_state *s, uint32_t *choice)
{
    const lab_deviation *d = &s->schedule->deviations[s->next_kept];
    if (s->next_kept == s->kept || d->from != s->running || (d->from && count_of(s->l, d->from) != d->count)) {
        return 0;
    }
    s->next_kept++;
    *choice = d->choice;
    return d->to;
}

static uint64_t limit_for(const freeze_state *s, uint32_t thread)
{
    uint64_t limit = UINT64_MAX;
    if (s->next_kept < s->kept && s->schedule->deviations[s->next_kept].from == thread) {
        limit = s->schedule->deviations[s->next_kept].count;
    }
    if (s->next < s->count && s->freezes[s->next].thread == thread && s->freezes[s->next].count < limit) {
        limit = s->freezes[s->next].count;
    }
    return limit;
}

/* Has the thread come to where it is to stop? Then who runs instead; 0 = whoever can. */
static bool stops(freeze_state *s, uint32_t *to)
{
    const lab_freeze *f = &s->freezes[s->next];
    machine_thread info;
    if (s->next == s->count || f->thread != s->running || count_of(s->l, f->thread) != f->count) {
        return false;
    }
    s->frozen = f->thread;
    s->waits = 0;
    s->next++;
    machine_thread_info(s->l->m, f->to, &info);
    *to = info.state == MACHINE_THREAD_READY ? f->to : 0;
    return true;
}

static lab_status run_all(freeze_state *s)
{
    machine_end end = {0};
    uint32_t wanted = 0;
    for (; end.kind == MACHINE_RUNNING; machine_ending(s->l->m, &end)) {
        machine_step step;
        uint32_t choice = 0, thread = wanted ? wanted : kept_deviation(s, &choice);
        thread = thread ? thread : choose(s);
        if (!thread && s->frozen) {
            s->frozen = 0;
            thread = choose(s);
        }
        if (!thread) {
            return LAB_OK;
        }
        if (machine_run_to(s->l->m, thread, choice, limit_for(s, thread), &step) != MACHINE_OK) {
            return lab_fail(s->l, LAB_BROKEN, "%s", machine_error(s->l->m));
        }
        s->running = thread;
        wanted = 0;
        stops(s, &wanted);
    }
    return LAB_OK;
}

lab_status lab_freeze_run(lab *l, const lab_schedule *schedule, size_t kept, const lab_freeze *freezes, size_t count,
                          lab_frozen *out)
{
    freeze_state s = {.l = l, .schedule = schedule, .kept = kept, .freezes = freezes, .count = count};
    memset(out, 0, sizeof *out);
    lab_rewind(l);
    lab_status status = run_all(&s);
    lab_classify(l, &out->ending);
    out->reached = s.next;
    out->held = s.frozen != 0;
    return status;
}
