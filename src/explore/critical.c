/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * critical.c - swaps pairs of steps, the nearest to the failure first, until the schedule passes.
 *
 * When the failing step has been seen it is taken back, and the others go on for as long as they can: so what it should
 * have waited for is there to be swapped with. To swap steps i and j means: what comes before j and not after i keeps its order and
 * comes first, then j, then i, then the rest of the schedule, as far as it can still be taken; then the usual scheduler,
 * by which the thread of the failing step goes on first.
 */
#include "critical.h"

#include <stdlib.h>
#include <string.h>

enum {
    CRITICAL_STEPS = 2000, /* most of a schedule, with what is added */
    CRITICAL_TRIES = 400,  /* most pairs that are swapped */
    OBJECT_TRIES = 24      /* of those that conflict over one object */
};

typedef struct {
    explore_decision decision;
    uint32_t index; /* of its thread */
    uint32_t access, count;
    uint64_t place;
} step_record;

typedef struct {
    const explore_program *p;
    const explore_question *question;
    uint32_t start;
    step_record *steps;
    uint32_t count;
    uint32_t failing;
    explore_access *accesses;
    size_t access_count, access_room;
    uint8_t *before; /* [j * count + i]: i happens before j */
    explore_decision *order;
    uint32_t *indices;
    explore_outcome outcome;
    uint32_t ready[EXPLORE_THREADS], timed[EXPLORE_THREADS];
    size_t ready_count, timed_count;
    bool failed; /* out of memory, or the program */
} critical;

static bool record(void *context, const explore_step *step)
{
    critical *c = context;
    step_record *r = &c->steps[c->count];

    c->outcome = step->outcome;
    if (c->access_count + step->access_count > c->access_room) {
        size_t room = (c->access_count + step->access_count) * 2;
        explore_access *grown = realloc(c->accesses, room * sizeof(*grown));
        if (!grown) {
            c->failed = true;
            return false;
        }
        c->accesses = grown;
        c->access_room = room;
    }
    r->access = (uint32_t)c->access_count;
    r->count = (uint32_t)step->access_count;
    r->place = step->place;
    if (step->access_count)
        memcpy(c->accesses + c->access_count, step->accesses, step->access_count * sizeof(*c->accesses));
    c->access_count += step->access_count;
    return false;
}

static void enabled(critical *c) { c->p->enabled(c->p->self, c->ready, &c->ready_count, c->timed, &c->timed_count); }

static bool listed(const uint32_t *list, size_t count, uint32_t thread)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == thread)
            return true;
    }
    return false;
}

static bool can_run(const critical *c, uint32_t thread)
{
    return listed(c->ready, c->ready_count, thread) || listed(c->timed, c->timed_count, thread);
}

/* The running thread goes on, else the lowest that is ready, else a timeout; never `but`. 0: none. */
static uint32_t usual(const critical *c, uint32_t running, uint32_t but)
{
    if (running != but && listed(c->ready, c->ready_count, running))
        return running;
    for (size_t i = 0; i < c->ready_count + c->timed_count; i++) {
        uint32_t thread = i < c->ready_count ? c->ready[i] : c->timed[i - c->ready_count];
        if (thread != but)
            return thread;
    }
    return 0;
}

static void take(critical *c, uint32_t thread, uint32_t choice)
{
    c->steps[c->count].decision = (explore_decision){.thread = (uint16_t)thread, .choice = (uint16_t)choice};
    c->steps[c->count].index = c->indices[thread]++;
    c->failed |= !c->p->run(c->p->self, thread, choice, record, c);
    c->count++;
}

/* The schedule without its last step; what the others do then; the last step. */
static void record_all(critical *c, const explore_decision *schedule, size_t length)
{
    uint32_t last = schedule[length - 1].thread, running = 0;

    for (size_t i = 0; i + 1 < length && !c->failed; i++)
        take(c, schedule[i].thread, schedule[i].choice);
    uint32_t mark = c->p->save(c->p->self);
    take(c, last, schedule[length - 1].choice);
    c->failing = c->count - 1;
    bool ends = c->outcome == EXPLORE_OVER;
    if (!ends)
        return;
    c->p->restore(c->p->self, mark);
    for (enabled(c); c->count < CRITICAL_STEPS && !c->failed && (running = usual(c, running, last)) != 0; enabled(c)) {
        take(c, running, 0);
        if (c->outcome == EXPLORE_OVER)
            break;
    }
}

static bool is_conflict(const explore_access *a, const explore_access *b)
{
    return (a->object == b->object || a->object == EXPLORE_ALL || b->object == EXPLORE_ALL) && (a->write || b->write);
}

static bool conflicts(const critical *c, uint32_t i, uint32_t j)
{
    const step_record *a = &c->steps[i], *b = &c->steps[j];

    for (uint32_t x = a->access; x < a->access + a->count; x++) {
        for (uint32_t y = b->access; y < b->access + b->count; y++) {
            if (is_conflict(&c->accesses[x], &c->accesses[y]))
                return true;
        }
    }
    return false;
}

static int rank_of(const critical *c, const explore_access *first, const explore_access *second)
{
    uint64_t object = first->object == EXPLORE_ALL ? second->object : first->object;

    return object == EXPLORE_ALL ? -1 : c->question && c->question->rank ? c->question->rank(c->p->self, object) : 0;
}

/* Whether that pair tells more; else whether it is nearer to the moment between the two steps; among equals any, but
 * always the same. */
static bool is_better(const critical *c, const explore_access *first, const explore_access *second,
                      const explore_access *old_first, const explore_access *old_second)
{
    int rank = rank_of(c, first, second), old_rank = old_first ? rank_of(c, old_first, old_second) : -2;

    if (rank != old_rank)
        return rank > old_rank;
    if (first->last != old_first->last)
        return first->last > old_first->last;
    if (second->first != old_second->first)
        return second->first < old_second->first;
    return first->object > old_first->object;
}

/* Of the accesses of two steps that conflict the pair that tells most. */
static const explore_access *conflict(const critical *c, uint32_t i, uint32_t j, const explore_access **other)
{
    const step_record *a = &c->steps[i], *b = &c->steps[j];
    const explore_access *best = NULL;

    *other = NULL;
    for (uint32_t x = a->access; x < a->access + a->count; x++) {
        for (uint32_t y = b->access; y < b->access + b->count; y++) {
            const explore_access *first = &c->accesses[x], *second = &c->accesses[y];
            if (is_conflict(first, second) && is_better(c, first, second, best, *other)) {
                best = first;
                *other = second;
            }
        }
    }
    return best;
}

static void order_steps(critical *c)
{
    for (uint32_t j = 0; j < c->count; j++) {
        uint8_t *row = c->before + (size_t)j * c->count;
        for (uint32_t i = j; i-- > 0;) {
            bool same = c->steps[i].decision.thread == c->steps[j].decision.thread;
            if (row[i] || (!same && !conflicts(c, i, j)))
                continue;
            row[i] = 1;
            for (uint32_t k = 0; k < i; k++)
                row[k] |= c->before[(size_t)i * c->count + k];
        }
    }
}

/* i and j conflict, and nothing between them orders them. */
static bool is_race(const critical *c, uint32_t i, uint32_t j)
{
    if (c->steps[i].decision.thread == c->steps[j].decision.thread || !conflicts(c, i, j))
        return false;
    for (uint32_t k = i + 1; k < j; k++) {
        if (c->before[(size_t)k * c->count + i] && c->before[(size_t)j * c->count + k])
            return false;
    }
    return true;
}

/* The order with i and j swapped; returns its length. */
static uint32_t swapped(critical *c, uint32_t i, uint32_t j)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < j; k++) {
        if (k < i || (k > i && !c->before[(size_t)k * c->count + i]))
            c->order[n++] = c->steps[k].decision;
    }
    c->order[n++] = c->steps[j].decision;
    c->order[n++] = c->steps[i].decision;
    for (uint32_t k = i + 1; k <= c->failing; k++) {
        if (k != j && (k > j || c->before[(size_t)k * c->count + i]))
            c->order[n++] = c->steps[k].decision;
    }
    return n;
}

static bool look(void *context, const explore_step *step)
{
    ((critical *)context)->outcome = step->outcome;
    return false;
}

/* Runs that order and what follows; whether it passes. c->order becomes what was run, *length long. */
static bool passes(critical *c, uint32_t *length)
{
    uint32_t ran = 0, running = 0, planned = *length;

    c->p->restore(c->p->self, c->start);
    c->outcome = EXPLORE_RAN;
    for (uint32_t next = 0; ran < CRITICAL_STEPS && c->outcome != EXPLORE_OVER && !c->failed; ran++) {
        explore_decision d = {0};
        enabled(c);
        while (next < planned && !can_run(c, c->order[next].thread))
            next++;
        if (next < planned)
            d = c->order[next++];
        else
            d.thread = (uint16_t)usual(c, running, 0);
        if (!d.thread)
            break;
        running = d.thread;
        c->order[ran] = d; /* not behind what is still to be read */
        c->failed |= !c->p->run(c->p->self, d.thread, d.choice, look, c);
    }
    *length = ran;
    return !c->failed && ran < CRITICAL_STEPS && !c->p->result(c->p->self).failure;
}

static explore_side side(const critical *c, uint32_t i, const explore_access *access)
{
    const step_record *r = &c->steps[i];

    return (explore_side){.thread = r->decision.thread,
                          .step = r->index,
                          .since = access->first,
                          .place = r->place,
                          .write = access->write,
                          .came = i <= c->failing};
}

static bool try_pair(critical *c, uint32_t i, uint32_t j, explore_critical *out)
{
    const explore_access *first, *second;
    uint32_t length = swapped(c, i, j);

    out->tries++;
    if (!passes(c, &length))
        return false;
    first = conflict(c, i, j, &second);
    out->found = true;
    out->object = first->object == EXPLORE_ALL ? second->object : first->object;
    out->first = side(c, i, first);
    out->second = side(c, j, second);
    out->passing = malloc((length + 1) * sizeof(*out->passing));
    if (!out->passing)
        return c->failed = true;
    memcpy(out->passing, c->order, length * sizeof(*out->passing));
    out->passing_length = length;
    return true;
}

/* Pairs with the failing thread first, and of these the latest: the accesses nearest to the failure. */
static void try_pairs(critical *c, explore_critical *out)
{
    uint32_t failing = c->steps[c->failing].decision.thread;

    for (int with_failing = 1; with_failing >= 0; with_failing--) {
        for (uint32_t i = c->failing + 1; i-- > 0;) {
            for (uint32_t j = i + 1; j < c->count && !c->failed; j++) {
                bool has = c->steps[i].decision.thread == failing || c->steps[j].decision.thread == failing;
                if (has != with_failing || !is_race(c, i, j))
                    continue;
                if (out->tries == CRITICAL_TRIES || try_pair(c, i, j, out))
                    return;
            }
        }
    }
}

static bool touches(const critical *c, uint32_t i, uint64_t object, bool *write)
{
    const step_record *r = &c->steps[i];

    for (uint32_t a = r->access; a < r->access + r->count; a++) {
        if (c->accesses[a].object == object) {
            *write = c->accesses[a].write;
            return true;
        }
    }
    return false;
}

static bool conflict_over(const critical *c, uint32_t i, uint32_t j, uint64_t object)
{
    bool first = false, second = false;

    return touches(c, i, object, &first) && touches(c, j, object, &second) && (first || second);
}

/* Whether some pair of steps that race, and conflict over the object, can be swapped so that it passes. */
static bool turns_on(critical *c, uint64_t object)
{
    uint32_t tries = 0;

    for (uint32_t i = c->failing + 1; i-- > 0;) {
        for (uint32_t j = i + 1; j < c->count && !c->failed; j++) {
            if (!conflict_over(c, i, j, object) || !is_race(c, i, j))
                continue;
            uint32_t length = swapped(c, i, j);
            if (tries++ == OBJECT_TRIES)
                return false;
            if (passes(c, &length))
                return true;
        }
    }
    return false;
}

static void answer(critical *c, explore_critical *out)
{
    const explore_question *q = c->question;

    if (!q || !q->count || !(out->turns = calloc(q->count, sizeof(*out->turns))))
        return;
    for (size_t i = 0; i < q->count && !c->failed; i++)
        out->turns[i] = turns_on(c, q->objects[i]);
}

explore_status explore_find_critical(const explore_program *program, const explore_decision *schedule, size_t length,
                                     const explore_question *question, explore_critical *out)
{
    critical c = {.p = program, .question = question, .start = program->save(program->self)};

    *out = (explore_critical){0};
    c.steps = calloc(CRITICAL_STEPS + 1, sizeof(*c.steps));
    c.order = calloc(2 * CRITICAL_STEPS + 2, sizeof(*c.order));
    c.indices = calloc(EXPLORE_THREADS, sizeof(*c.indices));
    c.failed = !c.steps || !c.order || !c.indices;
    if (!c.failed && length && length < CRITICAL_STEPS) {
        record_all(&c, schedule, length);
        c.before = calloc((size_t)c.count * c.count + 1, 1);
        c.failed |= !c.before;
        if (!c.failed) {
            order_steps(&c);
            try_pairs(&c, out);
            answer(&c, out);
        }
    }
    program->restore(program->self, c.start);
    program->drop(program->self, c.start);
    free(c.steps);
    free(c.order);
    free(c.indices);
    free(c.before);
    free(c.accesses);
    return c.failed ? EXPLORE_PROGRAM_FAILED : EXPLORE_OK;
}

void explore_critical_free(explore_critical *critical)
{
    free(critical->passing);
    free(critical->turns);
    *critical = (explore_critical){0};
}
