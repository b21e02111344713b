/* SPDX-License-Identifier: GPL-2.0-or-later */
/* polling.c - loops that wait for a change end the exploration neither too early nor never. */
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const synthetic_op poll_timed[] = {{.kind = SYN_TIMED, .a = 0, .b = 0},
                                          {.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = 0},
                                          {.kind = SYN_WRITE, .a = 5, .b = 1},
                                          {.kind = SYN_END}};
static const synthetic_op spin[] = {{.kind = SYN_READ, .a = 0, .b = 0},
                                    {.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = 0},
                                    {.kind = SYN_WRITE, .a = 5, .b = 1},
                                    {.kind = SYN_END}};
static const synthetic_op poll_two[] = {{.kind = SYN_TIMED, .a = 0, .b = 0},
                                        {.kind = SYN_READ, .a = 1, .b = 1},
                                        {.kind = SYN_JUMP_IF, .a = 1, .b = 0, .c = 0},
                                        {.kind = SYN_WRITE, .a = 5, .b = 1},
                                        {.kind = SYN_END}};
static const synthetic_op signal[] = {{.kind = SYN_WRITE, .a = 2, .b = 1},
                                      {.kind = SYN_WRITE, .a = 1, .b = 1},
                                      {.kind = SYN_WRITE, .a = 0, .b = 1},
                                      {.kind = SYN_READ, .a = 5, .b = 1},
                                      {.kind = SYN_END}};
static const synthetic_op idle[] = {{.kind = SYN_WRITE, .a = 2, .b = 1}, {.kind = SYN_END}};
/* Gives up after so many timeouts, which fails. */
#define PATIENT(timeouts)                                                                                          \
    {                                                                                                              \
        {.kind = SYN_TIMED, .a = 0, .b = 0}, {.kind = SYN_JUMP_IF, .a = 0, .b = 1, .c = 6},                        \
            {.kind = SYN_INC, .a = 1, .b = 1}, {.kind = SYN_JUMP_IF, .a = 1, .b = (timeouts), .c = 5},             \
            {.kind = SYN_JUMP, .a = 0}, {.kind = SYN_FAIL_IF, .a = 1, .b = (timeouts), .c = 7}, {.kind = SYN_END}, \
    }
static const synthetic_op patient[] = PATIENT(10), very_patient[] = PATIENT(900), too_patient[] = PATIENT(2000);

static explore_report run(const synthetic_op *a, const synthetic_op *b, uint32_t bound)
{
    synthetic s;
    explore_report r;
    explore_options o = {.bound = bound, .max_executions = 10000};
    explore_program p;

    synthetic_init(&s);
    s.deadlock_fails = true;
    synthetic_thread(&s, a);
    synthetic_thread(&s, b);
    p = synthetic_program(&s);
    synthetic_start(&s);
    assert_int_equal(explore_run(&p, &o, &r), EXPLORE_OK);
    synthetic_free(&s);
    return r;
}

static void ends(const synthetic_op *poller, const synthetic_op *other, uint64_t failure)
{
    static const uint32_t bounds[] = {0, 1, 2, EXPLORE_UNBOUNDED};

    for (size_t i = 0; i < 4; i++) {
        explore_report r = run(poller, other, bounds[i]);
        assert_true(r.complete);
        assert_true(r.total.executions > 0 && r.total.executions < 200);
        assert_int_equal(r.failure_count, failure ? 1 : 0);
        if (failure)
            assert_int_equal(r.failures[0].result.failure, failure);
        explore_report_free(&r);
        r = run(other, poller, bounds[i]);
        assert_true(r.complete);
        assert_int_equal(r.failure_count, failure ? 1 : 0);
        explore_report_free(&r);
    }
}

static void satisfied(void **state)
{
    (void)state;
    ends(poll_timed, signal, 0);
    ends(spin, signal, 0);
    ends(poll_two, signal, 0);
}

static void for_ever(void **state)
{
    (void)state;
    ends(poll_timed, idle, 999);
    ends(spin, idle, 999);
    ends(poll_two, idle, 999);
}

static void counted(void **state)
{
    (void)state;
    ends(patient, idle, 7);
    ends(patient, signal, 7); /* although the signal always comes */
    ends(very_patient, signal, 7);
}

/* What is not followed to its end is said. */
static void counted_out(void **state)
{
    (void)state;
    explore_report r = run(too_patient, signal, EXPLORE_UNBOUNDED);
    assert_true(!r.complete && r.counted_out);
    assert_int_equal(r.failure_count, 0);
    explore_report_free(&r);
    r = run(very_patient, signal, EXPLORE_UNBOUNDED);
    assert_false(r.counted_out);
    explore_report_free(&r);
    r = run(poll_timed, signal, EXPLORE_UNBOUNDED);
    assert_false(r.counted_out);
    explore_report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(satisfied), cmocka_unit_test(for_ever),
                                       cmocka_unit_test(counted), cmocka_unit_test(counted_out)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
