/* SPDX-License-Identifier: GPL-2.0-or-later */
/* critical_test.c - which two steps decide that a schedule fails. */
#include "critical.h"
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { REGISTERED, SLOT, OTHER = SLOT + 2, WORD = 0x1000 };

/* Registers, then fills two slots; unloads by reading both if it is registered. */
static const synthetic_op load[] = {{.kind = SYN_WRITE, .a = REGISTERED, .b = 1},
                                    {.kind = SYN_WRITE, .a = OTHER, .b = 1},
                                    {.kind = SYN_WRITE, .a = SLOT, .b = 1},
                                    {.kind = SYN_WRITE, .a = SLOT + 1, .b = 1},
                                    {.kind = SYN_END}};
static const synthetic_op unload[] = {{.kind = SYN_READ, .a = REGISTERED, .b = 0},
                                      {.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = 6},
                                      {.kind = SYN_READ, .a = SLOT, .b = 1},
                                      {.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 7},
                                      {.kind = SYN_READ, .a = SLOT + 1, .b = 1},
                                      {.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 8},
                                      {.kind = SYN_END}};

typedef struct {
    synthetic s;
    explore_program p;
    explore_critical found;
} trial;

static void explain(trial *t, const synthetic_op *a, const synthetic_op *b, const uint16_t *threads, size_t length)
{
    explore_decision schedule[16];

    synthetic_init(&t->s);
    synthetic_thread(&t->s, a);
    synthetic_thread(&t->s, b);
    t->p = synthetic_program(&t->s);
    synthetic_start(&t->s);
    for (size_t i = 0; i < length; i++)
        schedule[i] = (explore_decision){.thread = threads[i]};
    assert_int_equal(explore_find_critical(&t->p, schedule, length, NULL, &t->found), EXPLORE_OK);
    assert_int_equal(synthetic_hash(&t->s), (synthetic_start(&t->s), synthetic_hash(&t->s)));
}

static void end(trial *t)
{
    explore_critical_free(&t->found);
    synthetic_free(&t->s);
}

/* The second slot is the one that decides: its write never came. */
static void too_late(void **state)
{
    static const uint16_t schedule[] = {1, 1, 1, 2, 2, 2};
    trial t;

    (void)state;
    explain(&t, load, unload, schedule, 6);
    assert_true(t.found.found);
    assert_int_equal(t.found.object, WORD + 4 * (SLOT + 1));
    assert_int_equal(t.found.first.thread, 2);
    assert_false(t.found.first.write);
    assert_true(t.found.first.came);
    assert_int_equal(t.found.second.thread, 1);
    assert_int_equal(t.found.second.step, 3);
    assert_true(t.found.second.write);
    assert_false(t.found.second.came);
    assert_int_equal(t.found.tries, 1);
    end(&t);
}

/* With the first slot filled in time the second is still empty: that swap is not enough, the registration decides. */
static void further_back(void **state)
{
    static const uint16_t schedule[] = {1, 1, 2, 2};
    trial t;

    (void)state;
    explain(&t, load, unload, schedule, 4);
    assert_true(t.found.found);
    assert_int_equal(t.found.object, WORD + 4 * REGISTERED);
    assert_int_equal(t.found.first.thread, 1);
    assert_true(t.found.first.write && t.found.first.came);
    assert_int_equal(t.found.second.thread, 2);
    assert_true(t.found.second.came);
    assert_true(t.found.tries > 1);
    assert_int_equal(t.found.passing[0].thread, 2);
    end(&t);
}

/* It fails in every order. */
static void no_pair(void **state)
{
    static const synthetic_op fails[] = {
        {.kind = SYN_READ, .a = SLOT, .b = 0}, {.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 7}, {.kind = SYN_END}};
    static const uint16_t schedule[] = {1, 2};
    trial t;

    (void)state;
    explain(&t, load, fails, schedule, 2);
    assert_false(t.found.found);
    assert_null(t.found.passing);
    assert_true(t.found.tries > 0);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(too_late), cmocka_unit_test(further_back),
                                       cmocka_unit_test(no_pair)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
