/* SPDX-License-Identifier: GPL-2.0-or-later */
/* literature.c - programs whose number of Mazurkiewicz traces is known. */
#include "programs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static explore_report run(synthetic *s)
{
    explore_program p = synthetic_program(s);
    explore_options o = {.bound = EXPLORE_UNBOUNDED};
    explore_report r;

    synthetic_start(s);
    assert_int_equal(explore_run(&p, &o, &r), EXPLORE_OK);
    assert_true(r.complete);
    return r;
}

/* 2^N, as published. */
static void readers(void **state)
{
    (void)state;
    for (int n = 1; n <= 13; n++) {
        synthetic s;
        program_readers(&s, n);
        explore_report r = run(&s);
        assert_int_equal(r.total.executions, 1 << n);
        assert_int_equal(r.total.blocked, 0);
        explore_report_free(&r);
        synthetic_free(&s);
    }
}

static bool from_100_on(void *context, uint64_t executions)
{
    (void)context;
    return executions >= 100;
}

/* Who explores may have learnt enough: after an execution, or after a task. */
static void enough(void **state)
{
    (void)state;
    for (uint64_t tasks = 0; tasks <= 16; tasks += 16) {
        synthetic s;
        explore_options o = {.bound = EXPLORE_UNBOUNDED, .task_executions = tasks, .enough = from_100_on};
        explore_report r;
        program_readers(&s, 10);
        explore_program p = synthetic_program(&s);
        synthetic_start(&s);
        assert_int_equal(explore_run(&p, &o, &r), EXPLORE_OK);
        assert_false(r.complete);
        assert_in_range(r.total.executions, 100, 100 + tasks);
        explore_report_free(&r);
        synthetic_free(&s);
    }
}

/* Flanagan and Godefroid, POPL 2005: the file system example. Thread t takes inode t under its lock and looks for a free
 * block for it, from 2t mod 26 on, each under its lock. */
enum { INODES = 20, BLOCKS = 26, LOCK_INODE = 0, INODE = 20, LOCK_BLOCK = 40, BUSY = 66 };

static void filesystem_code(synthetic_op *c, int t)
{
    int b = t * 2 % BLOCKS, n = 0, loop, found;

    c[n++] = (synthetic_op){.kind = SYN_LOCK, .a = LOCK_INODE + t};
    c[n++] = (synthetic_op){.kind = SYN_READ, .a = INODE + t, .b = 0};
    for (loop = 0; loop < 2; loop++, b++) { /* two attempts are enough for fewer than 26 threads */
        c[n++] = (synthetic_op){.kind = SYN_LOCK, .a = LOCK_BLOCK + b};
        c[n++] = (synthetic_op){.kind = SYN_READ, .a = BUSY + b, .b = 1};
        found = n++;
        c[n++] = (synthetic_op){.kind = SYN_WRITE, .a = BUSY + b, .b = 1};
        c[n++] = (synthetic_op){.kind = SYN_WRITE, .a = INODE + t, .b = b + 1};
        c[n++] = (synthetic_op){.kind = SYN_UNLOCK, .a = LOCK_BLOCK + b};
        c[n++] = (synthetic_op){.kind = SYN_UNLOCK, .a = LOCK_INODE + t};
        c[n++] = (synthetic_op){.kind = SYN_END};
        c[found] = (synthetic_op){.kind = SYN_JUMP_IF, .a = 1, .b = 1, .c = n};
        c[n++] = (synthetic_op){.kind = SYN_UNLOCK, .a = LOCK_BLOCK + b};
    }
    c[n] = (synthetic_op){.kind = SYN_END};
}

static void filesystem(void **state)
{
    static const int published[][2] = {{13, 1}, {14, 2}, {16, 8}, {18, 32}, {19, 64}};
    static synthetic_op code[INODES][32];

    (void)state;
    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
        synthetic s;
        synthetic_init(&s);
        for (int t = 0; t < published[i][0]; t++) {
            filesystem_code(code[t], t);
            synthetic_thread(&s, code[t]);
        }
        explore_report r = run(&s);
        assert_int_equal(r.total.executions, published[i][1]);
        assert_int_equal(r.total.blocked, 0);
        explore_report_free(&r);
        synthetic_free(&s);
    }
}

static explore_report race(int n, bool last, bool waits)
{
    synthetic s;
    explore_report r;

    program_race(&s, n, last, waits);
    r = run(&s);
    synthetic_free(&s);
    return r;
}

static void load_and_unload(void **state)
{
    explore_report r;

    (void)state;
    r = race(8, false, false);
    assert_int_equal(r.total.executions, 10);
    assert_int_equal(r.total.failing, 8);
    assert_int_equal(r.total.blocked, 0);
    explore_report_free(&r);
    r = race(8, true, false);
    assert_int_equal(r.total.executions, 2);
    assert_int_equal(r.total.failing, 0);
    explore_report_free(&r);
    r = race(8, false, true);
    assert_int_equal(r.total.executions, 2);
    assert_int_equal(r.total.failing, 0);
    assert_true(r.total.blocked <= 1);
    explore_report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(readers), cmocka_unit_test(enough),
                                       cmocka_unit_test(filesystem), cmocka_unit_test(load_and_unload)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
