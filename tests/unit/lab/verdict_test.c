/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict_test.c - which evidence leads to which verdict, and what it claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "verdict.h"

#define WHOLE .complete = true, .bound = LAB_NO_BOUND

static const struct {
    lab_evidence evidence;
    lab_verdict verdict;
    const char *name, *claim; /* a part of it */
} rows[] = {
    {{WHOLE}, LAB_CLOSED, "closed", "every interleaving was covered, none fails"},
    {{WHOLE, .max_stall = 5000000}, LAB_CLOSED, "closed", "every interleaving"},
    {{WHOLE, .stalled = true, .max_stall = 5000000},
     LAB_CLOSED_BY_TIMING,
     "closed-by-timing",
     "closed while no thread stalls longer than 5 ms"},
    {{.complete = true, .bound = 1}, LAB_CLEAN_TO_BOUND, "clean-to-bound", "at most 1 preemption was"},
    {{.complete = true, .bound = 2, .stalled = true}, LAB_CLEAN_TO_BOUND, "clean-to-bound", "2 preemptions was"},
    {{.bound = LAB_NO_BOUND}, LAB_NOT_FINISHED, "not-finished", "not a pass"},
    {{.bound = LAB_NO_BOUND, .counted_out = true}, LAB_NOT_FINISHED, "not-finished", "followed for 1000 of them"},
    {{.bound = LAB_NO_BOUND, .stalled = true}, LAB_NOT_FINISHED, "not-finished", "not a pass"},
    {{.window_measured = true, .window = 9, .window_of = 99}, LAB_NOT_FINISHED, "not-finished", "window shows"},
    {{WHOLE, .failures = 1}, LAB_OPEN, "open", "it fails"},
    {{WHOLE, .failures = 1, .window_measured = true, .window = 2652, .window_of = 7431},
     LAB_OPEN,
     "open",
     "in 2652 of 7431 instructions"},
    {{WHOLE, .failures = 1, .window_measured = true, .window = 60, .window_of = 200}, LAB_OPEN, "open", "in 60 of 200"},
    {{.failures = 1, .window_measured = true, .window = 330, .window_of = 8372},
     LAB_NARROWED,
     "narrowed",
     "only inside a small window: in 330 of 8372 instructions"},
    {{.failures = 1, .window_measured = true, .window_of = 8372}, LAB_NARROWED, "narrowed", "not by one switch alone"},
};

static void verdicts(void **state)
{
    char claim[LAB_CLAIM_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lab_verdict verdict = lab_judge(&rows[i].evidence);
        assert_int_equal(verdict, rows[i].verdict);
        assert_string_equal(lab_verdict_name(verdict), rows[i].name);
        assert_int_equal(lab_verdict_is_pass(verdict), i < 5);
        assert_non_null(strstr(lab_verdict_claim(&rows[i].evidence, claim), rows[i].claim));
    }
}

static void limits(void **state)
{
    char text[LAB_CLAIM_SIZE];
    lab_evidence any = {WHOLE}, some = {WHOLE, .max_stall = 20000};
    (void)state;
    assert_non_null(strstr(lab_verdict_limit(&any, 1, text), "any time"));
    assert_non_null(strstr(lab_verdict_limit(&some, 1, text), "longer than 20 us"));
    assert_null(lab_verdict_limit(&any, 3, text));
    any.ticked_out = true;
    assert_non_null(strstr(lab_verdict_limit(&any, 3, text), "64 times in a row"));
    assert_null(lab_verdict_limit(&any, 4, text));
}

static void times(void **state)
{
    char text[LAB_TIME_SIZE];
    (void)state;
    assert_string_equal(lab_time_text(0, text), "0 ns");
    assert_string_equal(lab_time_text(999, text), "999 ns");
    assert_string_equal(lab_time_text(1500, text), "1.5 us");
    assert_string_equal(lab_time_text(3000000000u, text), "3 s");
    assert_string_equal(lab_time_text(2999999, text), "3 ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts), cmocka_unit_test(limits), cmocka_unit_test(times)};

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
