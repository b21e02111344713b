/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stalls.c - the smallest stall at which small programs fail, computed by hand. Each step takes 10 ns. */
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { EVENT, GONE, DATA, LOCK, OTHER };

typedef struct {
    const synthetic_op *threads[4];
} program;

static explore_report run(const program *p, uint64_t max_stall)
{
    synthetic s;
    explore_report r;
    explore_options o = {.bound = EXPLORE_UNBOUNDED, .max_stall = max_stall, .find_stall = true};

    synthetic_init(&s);
    s.cost = 10;
    for (size_t i = 0; i < 4 && p->threads[i]; i++)
        synthetic_thread(&s, p->threads[i]);
    explore_program e = synthetic_program(&s);
    synthetic_start(&s);
    assert_int_equal(explore_run(&e, &o, &r), EXPLORE_OK);
    assert_true(r.complete);
    synthetic_free(&s);
    return r;
}

/* It fails from exactly `smallest` on; below that, nothing counts, although something fails. */
static void fails_from(const program *p, uint64_t smallest)
{
    explore_report r = run(p, 0);
    assert_int_equal(r.failure_count, 1);
    assert_true(r.stall_found);
    assert_int_equal(r.smallest_stall, smallest);
    assert_false(r.stalled);
    explore_report_free(&r);
    r = run(p, smallest ? smallest : 1);
    assert_int_equal(r.failure_count, 1);
    assert_true(r.failures[0].executions > 0);
    explore_report_free(&r);
    if (smallest > 1) {
        r = run(p, smallest - 1);
        assert_int_equal(r.failure_count, 0);
        assert_int_equal(r.total.failing, 0);
        assert_true(r.stalled);
        assert_int_equal(r.smallest_stall, smallest);
        explore_report_free(&r);
    }
}

/* Event, then delay: the loader sets the event and takes n steps more, the last of which uses the image; the unloader waits
 * for the event, then for 1000 ns, then unmaps the image. */
static const synthetic_op loader[] = {{.kind = SYN_WRITE, .a = EVENT, .b = 1},
                                      {.kind = SYN_READ, .a = GONE, .b = 0},
                                      {.kind = SYN_FAIL_IF, .a = 0, .b = 1, .c = 7},
                                      {.kind = SYN_END}};
static const synthetic_op long_loader[] = {
    {.kind = SYN_WRITE, .a = EVENT, .b = 1},       {.kind = SYN_WRITE, .a = OTHER, .b = 1},
    {.kind = SYN_WRITE, .a = OTHER, .b = 2},       {.kind = SYN_READ, .a = GONE, .b = 0},
    {.kind = SYN_FAIL_IF, .a = 0, .b = 1, .c = 7}, {.kind = SYN_END}};
static const synthetic_op unloader[] = {{.kind = SYN_WAIT, .a = EVENT, .b = 1},
                                        {.kind = SYN_TIMED, .a = 90, .b = 1, .c = 1000},
                                        {.kind = SYN_WRITE, .a = GONE, .b = 1},
                                        {.kind = SYN_END}};

/* The event is set at 0; the unloader wakes and has taken its step at 10, times out and takes the next at 1020, unmaps at
 * 1030; the loader's next step takes 10 and ends no earlier: 1020 of stall. */
static void event_delay(void **state)
{
    (void)state;
    fails_from(&(program){{loader, unloader}}, 1020);
}

/* Three steps, of 10 each, in which the loader can be stalled: (1030 - 30) / 3, rounded up. */
static void stalled_at_each_step(void **state)
{
    (void)state;
    fails_from(&(program){{long_loader, unloader}}, 334);
}

/* Nobody has to stall: whoever gives the commands takes his time. */
static void no_stall(void **state)
{
    static const synthetic_op reads[] = {
        {.kind = SYN_READ, .a = DATA, .b = 0}, {.kind = SYN_FAIL_IF, .a = 0, .b = 0, .c = 7}, {.kind = SYN_END}};
    static const synthetic_op writes[] = {{.kind = SYN_WRITE, .a = DATA, .b = 1}, {.kind = SYN_END}};

    (void)state;
    fails_from(&(program){{reads, writes}}, 0);
}

/* The failing thread is not the one that is stalled: it gives up waiting after 500 ns, while the other one, which took a
 * lock first and will set the event at once, is left behind. */
static void stalled_bystander(void **state)
{
    static const synthetic_op sets[] = {
        {.kind = SYN_WRITE, .a = LOCK, .b = 1}, {.kind = SYN_WRITE, .a = EVENT, .b = 1}, {.kind = SYN_END}};
    static const synthetic_op gives_up[] = {{.kind = SYN_WAIT, .a = LOCK, .b = 1},
                                            {.kind = SYN_TIMED, .a = EVENT, .b = 1, .c = 500},
                                            {.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 7},
                                            {.kind = SYN_END}};

    (void)state;
    /* sets: 10, then due at 20; waits since 20, times out at 520, and its step ends at 530: 510 */
    fails_from(&(program){{sets, gives_up}}, 510);
}

static void fails_from_created(const synthetic_op *creates, const synthetic_op *created, uint64_t smallest)
{
    synthetic s;
    explore_report r;
    explore_options o = {.bound = EXPLORE_UNBOUNDED, .find_stall = true};

    synthetic_init(&s);
    s.cost = 10;
    synthetic_thread(&s, creates);
    synthetic_hidden(&s, created);
    explore_program e = synthetic_program(&s);
    synthetic_start(&s);
    assert_int_equal(explore_run(&e, &o, &r), EXPLORE_OK);
    assert_true(r.stall_found);
    assert_int_equal(r.smallest_stall, smallest);
    explore_report_free(&r);
    synthetic_free(&s);
}

/* A thread that was created has to begin in time. */
static void created(void **state)
{
    static const synthetic_op creates[] = {{.kind = SYN_SPAWN, .a = 1},
                                           {.kind = SYN_TIMED, .a = 90, .b = 1, .c = 300},
                                           {.kind = SYN_READ, .a = DATA, .b = 0},
                                           {.kind = SYN_FAIL_IF, .a = 0, .b = 0, .c = 7},
                                           {.kind = SYN_END}};
    static const synthetic_op begins[] = {{.kind = SYN_WRITE, .a = DATA, .b = 1}, {.kind = SYN_END}};

    (void)state;
    fails_from_created(creates, begins, 310); /* created at 10; timed out at 310, step until 320, read until 330 */
}

/* A thread that was created waits for an event: set before or after it has come to that, which nothing decides. */
static void fulfilled_any_time(void **state)
{
    static const synthetic_op creates[] = {{.kind = SYN_SPAWN, .a = 1},
                                           {.kind = SYN_WRITE, .a = EVENT, .b = 1},
                                           {.kind = SYN_TIMED, .a = 90, .b = 1, .c = 1000},
                                           {.kind = SYN_WRITE, .a = GONE, .b = 1},
                                           {.kind = SYN_END}};
    static const synthetic_op waits[] = {{.kind = SYN_WRITE, .a = OTHER, .b = 1},
                                         {.kind = SYN_WAIT, .a = EVENT, .b = 1},
                                         {.kind = SYN_READ, .a = GONE, .b = 0},
                                         {.kind = SYN_FAIL_IF, .a = 0, .b = 1, .c = 7},
                                         {.kind = SYN_END}};

    (void)state;
    /* created at 10, event at 20, gone at 1040. It comes late: three steps from 10 on, (1040 - 40) / 3. Had the event to
     * come after it: two steps from 20 on, (1040 - 40) / 2. */
    fails_from_created(creates, waits, 334);
}

/* What cannot fail has no stall. */
static void never(void **state)
{
    static const synthetic_op waits[] = {{.kind = SYN_WAIT, .a = DATA, .b = 1},
                                         {.kind = SYN_READ, .a = DATA, .b = 0},
                                         {.kind = SYN_FAIL_IF, .a = 0, .b = 0, .c = 7},
                                         {.kind = SYN_END}};
    static const synthetic_op writes[] = {{.kind = SYN_WRITE, .a = DATA, .b = 1}, {.kind = SYN_END}};
    explore_report r = run(&(program){{waits, writes}}, 0);

    (void)state;
    assert_int_equal(r.failure_count, 0);
    assert_false(r.stall_found);
    assert_false(r.stalled);
    explore_report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(event_delay), cmocka_unit_test(stalled_at_each_step),
                                       cmocka_unit_test(no_stall),    cmocka_unit_test(stalled_bystander),
                                       cmocka_unit_test(created),     cmocka_unit_test(fulfilled_any_time),
                                       cmocka_unit_test(never)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
