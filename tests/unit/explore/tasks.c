/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasks.c - an exploration that is divided: the same whoever runs its tasks and whenever their results are there. */
#include "programs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { KEPT_MOST = 4096, TASK_EXECUTIONS = 4 };

typedef struct {
    uint64_t task;
    void *bytes;
    size_t size;
} kept;

/* The results of tasks, of which some are given back. */
typedef struct {
    kept all[KEPT_MOST];
    size_t count;
    uint64_t every; /* one of so many is given back, 0: none */
    size_t cut;     /* of so many bytes, if not 0 */
} keeper;

static void remember(void *context, uint64_t task, const void *bytes, size_t size)
{
    keeper *k = context;
    void *copy = malloc(size);

    assert_non_null(copy);
    assert_in_range(k->count, 0, KEPT_MOST - 1);
    memcpy(copy, bytes, size);
    k->all[k->count++] = (kept){task, copy, size};
}

static void *recall(void *context, uint64_t task, size_t *size)
{
    const keeper *k = context;

    for (size_t i = 0; i < k->count; i++) {
        const kept *one = &k->all[i];
        if (one->task != task || !k->every || i % k->every)
            continue;
        *size = k->cut && k->cut < one->size ? k->cut : one->size;
        void *copy = malloc(*size);
        assert_non_null(copy);
        return memcpy(copy, one->bytes, *size);
    }
    return NULL;
}

static void forget(keeper *k)
{
    for (size_t i = 0; i < k->count; i++)
        free(k->all[i].bytes);
    *k = (keeper){0};
}

static explore_status run(synthetic *s, uint32_t jobs, keeper *k, explore_report *r)
{
    explore_program p = synthetic_program(s);
    explore_options o = {
        .bound = EXPLORE_UNBOUNDED,
        .task_executions = TASK_EXECUTIONS,
        .jobs = jobs,
        .recall = k ? recall : NULL,
        .remember = k ? remember : NULL,
        .context = k,
    };

    synthetic_start(s);
    return explore_run(&p, &o, r);
}

static void assert_same(const explore_report *a, const explore_report *b)
{
    assert_true(b->complete);
    assert_int_equal(a->total.executions, b->total.executions);
    assert_int_equal(a->total.blocked, b->total.blocked);
    assert_int_equal(a->total.steps, b->total.steps);
    assert_int_equal(a->total.failing, b->total.failing);
    assert_int_equal(a->failure_count, b->failure_count);
    for (size_t i = 0; i < a->failure_count; i++) {
        const explore_failure *f = &a->failures[i], *g = &b->failures[i];
        assert_int_equal(f->result.failure, g->result.failure);
        assert_int_equal(f->executions, g->executions);
        assert_int_equal(f->length, g->length);
        assert_memory_equal(f->schedule, g->schedule, f->length * sizeof(*f->schedule));
    }
}

static void begin(synthetic *s, int which)
{
    if (which == 0)
        program_readers(s, 10);
    else
        program_race(s, 8, false, false);
}

static void any_hands(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        static keeper k;
        explore_report whole, r;
        synthetic s;
        begin(&s, which);
        assert_int_equal(run(&s, 1, &k, &whole), EXPLORE_OK);
        assert_true(whole.complete);
        for (uint32_t jobs = 1; jobs <= 3; jobs++) {
            assert_int_equal(run(&s, jobs, NULL, &r), EXPLORE_OK);
            assert_same(&whole, &r);
            explore_report_free(&r);
            for (k.every = 1; k.every <= 3; k.every++) {
                assert_int_equal(run(&s, jobs, &k, &r), EXPLORE_OK);
                assert_same(&whole, &r);
                explore_report_free(&r);
            }
        }
        forget(&k);
        explore_report_free(&whole);
        synthetic_free(&s);
    }
}

/* Results that end too early are bad, and nothing else happens. */
static void cut_results(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        static keeper k;
        explore_report r;
        synthetic s;
        begin(&s, which);
        assert_int_equal(run(&s, 1, &k, &r), EXPLORE_OK);
        explore_report_free(&r);
        size_t size = k.all[0].size;
        for (k.cut = 1; k.cut < size; k.cut += 1 + size / 400) {
            k.every = UINT64_MAX; /* the first one */
            assert_int_equal(run(&s, 1, &k, &r), EXPLORE_PROGRAM_FAILED);
            assert_false(r.complete);
            explore_report_free(&r);
        }
        forget(&k);
        synthetic_free(&s);
    }
}

/* What is left at once is bounded by the tree's depth, not by the number of executions. */
static void tasks_left(void **state)
{
    (void)state;
    for (int n = 8; n <= 13; n++) {
        explore_report r;
        synthetic s;
        program_readers(&s, n);
        assert_int_equal(run(&s, 1, NULL, &r), EXPLORE_OK);
        assert_int_equal(r.total.executions, 1 << n);
        assert_int_equal(r.total.blocked, 0);
        assert_in_range(r.total.waiting, 2, n);
        explore_report_free(&r);
        synthetic_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_hands),
        cmocka_unit_test(cut_results),
        cmocka_unit_test(tasks_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
