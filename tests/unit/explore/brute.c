/* SPDX-License-Identifier: GPL-2.0-or-later */
/* brute.c - no cleverness here. */
#include "brute.h"

#include <stdlib.h>
#include <string.h>

void number_set_add(number_set *s, uint64_t item)
{
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 16;
        s->items = realloc(s->items, s->room * sizeof(*s->items));
        if (!s->items)
            abort();
    }
    s->items[s->count++] = item;
}

static int compare(const void *a, const void *b)
{
    uint64_t l = *(const uint64_t *)a, r = *(const uint64_t *)b;

    return l < r ? -1 : l > r;
}

void number_set_sort(number_set *s)
{
    size_t kept = 0;

    if (s->count)
        qsort(s->items, s->count, sizeof(*s->items), compare);
    for (size_t i = 0; i < s->count; i++) {
        if (!kept || s->items[kept - 1] != s->items[i])
            s->items[kept++] = s->items[i];
    }
    s->count = kept;
}

bool number_set_equal(const number_set *a, const number_set *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
}

void number_set_free(number_set *s)
{
    free(s->items);
    *s = (number_set){0};
}

/* A trace is told by what each thread did and, for every access, by whose write it came after. */
typedef struct {
    uint64_t thread[SYNTHETIC_THREADS]; /* hash of the thread's steps */
    uint64_t writer[1100];              /* hash of the latest write, by object */
} history;

static uint64_t mix(uint64_t h, uint64_t v) { return (h ^ v) * UINT64_C(0x9e3779b97f4a7c15) ^ (h >> 29); }

typedef struct {
    brute *b;
    synthetic *s;
    explore_program p;
    uint32_t bound;
    explore_step step;
    explore_decision path[BRUTE_LENGTH];
    uint32_t depth, preemptions;
} run;

static bool one(void *context, const explore_step *step)
{
    ((run *)context)->step = *step;
    return false;
}

static void note(run *r, history *h, uint32_t thread, uint32_t choice)
{
    uint64_t id = mix(h->thread[thread], choice + 7);

    for (size_t i = 0; i < r->step.access_count; i++) {
        if (r->step.accesses[i].object == EXPLORE_ALL)
            continue;
        uint64_t o = (r->step.accesses[i].object - 0x1000u) / 4u;
        id = mix(mix(mix(id, o), r->step.accesses[i].write), h->writer[o]);
    }
    h->thread[thread] = id;
    for (size_t i = 0; i < r->step.access_count; i++) {
        if (r->step.accesses[i].write && r->step.accesses[i].object != EXPLORE_ALL)
            h->writer[(r->step.accesses[i].object - 0x1000u) / 4u] = mix(id, thread);
    }
}

static bool is_better(const run *r, const brute_best *than)
{
    if (r->preemptions != than->preemptions)
        return r->preemptions < than->preemptions;
    if (r->depth != than->length)
        return r->depth < than->length;
    for (uint32_t i = 0; i < r->depth; i++) {
        const explore_decision *a = &r->path[i], *b = &than->schedule[i];
        if (a->thread != b->thread)
            return a->thread < b->thread;
        if (a->choice != b->choice)
            return a->choice < b->choice;
    }
    return false;
}

static void keep_best(run *r, uint64_t failure)
{
    brute_best *best = r->b->best, *end = best + r->b->best_count;

    while (best < end && best->failure != failure)
        best++;
    if (best == end)
        r->b->best_count++;
    else if (!is_better(r, best))
        return;
    *best = (brute_best){.failure = failure, .preemptions = r->preemptions, .length = r->depth};
    memcpy(best->schedule, r->path, sizeof(best->schedule));
}

static void end(run *r, const history *h)
{
    explore_result result = r->p.result(r->s);
    uint64_t trace = 1;

    for (size_t t = 0; t < r->s->threads; t++)
        trace = mix(trace, h->thread[t + 1 < SYNTHETIC_THREADS ? t + 1 : 0]);
    r->b->executions++;
    number_set_add(&r->b->traces, trace);
    if (result.failure)
        keep_best(r, result.failure);
    if (result.failure)
        number_set_add(&r->b->failures, result.failure);
    else
        number_set_add(&r->b->finals, synthetic_hash(r->s));
}

static void search(run *r, const history *h, uint32_t last, uint32_t used)
{
    uint32_t list[2 * EXPLORE_THREADS], *timed = list + EXPLORE_THREADS;
    size_t ready_count, timed_count;
    bool last_ready = false;
    synthetic_state here = r->s->now;

    r->p.enabled(r->s, list, &ready_count, timed, &timed_count);
    if (r->s->now.failure || ready_count + timed_count == 0) {
        end(r, h);
        return;
    }
    for (size_t i = 0; i < ready_count; i++)
        last_ready |= list[i] == last;
    memmove(list + ready_count, timed, timed_count * sizeof(*list));
    for (size_t i = 0; i < ready_count + timed_count; i++) {
        uint32_t price = last_ready && list[i] != last, choices = r->p.choices(r->s, list[i]);
        for (uint32_t c = 0; c < (choices ? choices : 1); c++) {
            history next = *h;
            if (r->b->executions > r->b->limit || used + price > r->bound)
                break;
            r->p.run(r->s, list[i], c, one, r);
            note(r, &next, list[i], c);
            if (r->depth == BRUTE_LENGTH)
                abort();
            r->path[r->depth++] = (explore_decision){.thread = (uint16_t)list[i], .choice = (uint16_t)c};
            r->preemptions = used + price;
            search(r, &next, list[i], used + price);
            r->depth--;
            r->s->now = here;
        }
    }
}

void brute_run(brute *b, synthetic *s, uint32_t bound)
{
    run r = {.b = b, .s = s, .p = synthetic_program(s), .bound = bound};
    static const history empty;

    synthetic_start(s);
    search(&r, &empty, 0, 0);
    b->too_many = b->executions > b->limit;
    number_set_sort(&b->traces);
    number_set_sort(&b->finals);
    number_set_sort(&b->failures);
}

void brute_free(brute *b)
{
    number_set_free(&b->traces);
    number_set_free(&b->finals);
    number_set_free(&b->failures);
}
