/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walks.c - random walks: the same for the same seed, and as likely to fail as they promise. */
#include "random.h"
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { WALKS = 4000 };

/* Depth 1: the reader before the writer. */
static const synthetic_op reads[] = {
    {.kind = SYN_READ, .a = 0, .b = 0}, {.kind = SYN_FAIL_IF, .a = 0, .b = 0, .c = 7}, {.kind = SYN_END}};
static const synthetic_op writes[] = {{.kind = SYN_WRITE, .a = 0, .b = 1}, {.kind = SYN_END}};

/* Depth 2: between the two writes, far from either end. */
static synthetic_op pair[44];
static const synthetic_op between[] = {{.kind = SYN_READ, .a = 0, .b = 0},
                                       {.kind = SYN_READ, .a = 1, .b = 1},
                                       {.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = 4},
                                       {.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 7},
                                       {.kind = SYN_END}};

/* Gives up waiting: the timeout has to come before the write. */
static const synthetic_op gives_up[] = {
    {.kind = SYN_TIMED, .a = 0, .b = 0, .c = 100}, {.kind = SYN_FAIL_IF, .a = 0, .b = 0, .c = 7}, {.kind = SYN_END}};
/* Waits for ever, a little at a time. */
static const synthetic_op polls[] = {
    {.kind = SYN_TIMED, .a = 0, .b = 0, .c = 100}, {.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = 0}, {.kind = SYN_END}};

static explore_walks run(const synthetic_op *a, const synthetic_op *b, uint32_t depth, uint64_t seed, uint64_t count)
{
    synthetic s;
    explore_walks w;
    explore_random_options o = {.depth = depth, .seed = seed, .max_walks = count};

    synthetic_init(&s);
    synthetic_thread(&s, a);
    synthetic_thread(&s, b);
    explore_program p = synthetic_program(&s);
    synthetic_start(&s);
    assert_int_equal(explore_random(&p, &o, &w), EXPLORE_OK);
    assert_int_equal(w.report.total.executions + w.report.total.blocked, count);
    assert_false(w.report.complete);
    synthetic_free(&s);
    return w;
}

static void keeps_its_promise(const synthetic_op *a, const synthetic_op *b, uint32_t depth)
{
    explore_walks w = run(a, b, depth, 1, WALKS);
    double threads = w.threads, chance = 1 / threads;

    for (uint32_t i = 1; i < depth; i++)
        chance /= w.steps;
    assert_true(w.chance > chance * 0.999 && w.chance < chance * 1.001);
    assert_true((double)w.report.total.failing > w.chance * WALKS * 0.9);
    assert_int_equal(w.report.failure_count, 1);
    assert_int_equal(w.report.failures[0].executions, w.report.total.failing);
    explore_walks_free(&w);
}

static void promises(void **state)
{
    size_t n = 0;

    (void)state;
    keeps_its_promise(reads, writes, 1);
    keeps_its_promise(gives_up, writes, 1);
    for (; n < 40; n++)
        pair[n] = (synthetic_op){.kind = SYN_WRITE, .a = n == 20 ? 0 : n == 21 ? 1 : 9, .b = 1};
    pair[n] = (synthetic_op){.kind = SYN_END};
    keeps_its_promise(pair, between, 2);
}

static void repeatable(void **state)
{
    explore_walks a = run(reads, writes, 0, 5, 50), b = run(reads, writes, 0, 5, 50), c = run(reads, writes, 0, 6, 50);

    (void)state;
    assert_int_equal(a.report.total.failing, b.report.total.failing);
    assert_int_not_equal(a.report.total.failing, c.report.total.failing);
    assert_true(a.report.total.failing > 10 && a.report.total.failing < 40);
    explore_walks_free(&a);
    explore_walks_free(&b);
    explore_walks_free(&c);
}

static void ends(void **state)
{
    explore_walks w = run(polls, writes, 3, 1, 300);

    (void)state;
    assert_int_equal(w.report.total.executions, 300);
    assert_true(w.steps < 200);
    explore_walks_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(promises), cmocka_unit_test(repeatable),
                                       cmocka_unit_test(ends)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
