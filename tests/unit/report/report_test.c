/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports of runs made by hand, against golden files; the tables; the progress line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "arena.h"
#include "bugchecks.h"
#include "golden.h"
#include "json.h"
#include "ntstatus.h"
#include "print.h"
#include "progress.h"
#include "sample.h"
#include "text.h"

/* Text --------------------------------------------------------------------------------------------------------------- */

static char *text_of(const report_run *run, const report_style *style)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    report_text(out, run, style);
    fclose(out);
    return text;
}

static void check_text(const char *name, report_run run, report_style style)
{
    char *text = text_of(&run, &style);
    assert_golden(name, text);
    free(text);
}

static void crash_as_text(void **state)
{
    (void)state;
    check_text("crash.txt", sample_crash(), (report_style){0});
}

static void crash_verbose(void **state)
{
    (void)state;
    check_text("crash-verbose.txt", sample_crash(), (report_style){.verbose = true});
}

static void crash_on_x86(void **state)
{
    (void)state;
    report_run run = sample_crash();
    run.driver.machine = "x86";
    check_text("crash-x86.txt", run, (report_style){0});
}

static void crash_in_colour(void **state)
{
    (void)state;
    check_text("crash-colour.txt", sample_crash(), (report_style){.colour = true});
}

static void hang_as_text(void **state)
{
    (void)state;
    check_text("hang.txt", sample_hang(), (report_style){0});
}

static void hang_verbose(void **state)
{
    (void)state;
    check_text("hang-verbose.txt", sample_hang(), (report_style){.verbose = true});
}

static void clean_as_text(void **state)
{
    (void)state;
    check_text("clean.txt", sample_clean(), (report_style){0});
}

static void budget_as_text(void **state)
{
    (void)state;
    check_text("budget.txt", sample_budget(), (report_style){0});
}

static void quiet_is_one_line(void **state)
{
    (void)state;
    report_run runs[] = {sample_crash(), sample_clean(), sample_budget()};
    for (size_t i = 0; i < 3; i++) {
        char *text = text_of(&runs[i], &(report_style){.quiet = true});
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        free(text);
    }
    check_text("quiet.txt", sample_crash(), (report_style){.quiet = true});
}

/* Nothing but `seconds` may differ between two runs, and no text shows that. */
static void time_is_not_in_the_text(void **state)
{
    (void)state;
    report_run slow = sample_crash(), fast = sample_crash();
    slow.seconds = 1000;
    char *a = text_of(&slow, &(report_style){.verbose = true}), *b = text_of(&fast, &(report_style){.verbose = true});
    assert_string_equal(a, b);
    free(a);
    free(b);
}

static void lines_fit(void **state)
{
    (void)state;
    report_run runs[] = {sample_crash(), sample_hang(), sample_clean(), sample_budget()};
    for (size_t i = 0; i < 4; i++) {
        char *text = text_of(&runs[i], &(report_style){.verbose = true});
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            if (strlen(line) > PRINT_WIDTH && !strstr(line, "THREAD ") && !strstr(line, "TrapFrame"))
                fail_msg("%zu columns: %s", strlen(line), line);
        free(text);
    }
}

static void empty_run_prints(void **state)
{
    (void)state;
    report_run run = {0};
    report_failure failure = {0};
    run.failures = &failure;
    run.failure_count = 1;
    char *text = text_of(&run, &(report_style){.verbose = true});
    assert_null(strstr(text, "(null)"));
    free(text);
}

static char *replay_text(const report_replay *replay)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    report_text_replay(out, replay, &(report_style){0});
    fclose(out);
    return text;
}

static void replay_as_text(void **state)
{
    (void)state;
    report_run run = sample_crash();
    report_replay replay = {&run, "a1.03f1.2b", true, NULL, &run.failures[0], 57, 2620, "93b885adfe0da089", NULL};
    char *text = replay_text(&replay);
    assert_golden("replay.txt", text);
    free(text);
}

static void misfit_replay_is_explained(void **state)
{
    (void)state;
    report_run run = sample_crash();
    report_replay replay = {.run = &run, .schedule = "a1.9", .mismatch = "step 3 is of a thread that waits"};
    char *text = replay_text(&replay);
    assert_string_equal(text, "NOT REPLAYED: step 3 is of a thread that waits\n");
    free(text);
}

/* JSON --------------------------------------------------------------------------------------------------------------- */

static char *json_of(const report_run *run)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_json(out, run));
    fclose(out);
    return text;
}

static void crash_as_json(void **state)
{
    (void)state;
    report_run run = sample_crash();
    char *text = json_of(&run);
    assert_golden("crash.json", text);
    free(text);
}

static void json_keeps_the_schema(void **state)
{
    (void)state;
    static const char *const promised[] = {"schema",   "driver",   "os",         "scenario", "verdict",
                                           "complete", "bound",    "executions", "points",   "seconds",
                                           "window",   "failures", "data_races", NULL};
    report_run none = {0}, runs[] = {sample_crash(), sample_hang(), sample_clean(), sample_budget(), none};
    for (size_t i = 0; i < 5; i++) {
        char *text = json_of(&runs[i]);
        json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(root);
        for (size_t k = 0; promised[k]; k++)
            assert_non_null(json_object_get(root, promised[k]));
        json_decref(root);
        free(text);
    }
}

static void json_numbers_survive(void **state)
{
    (void)state;
    report_run run = sample_budget();
    char *text = json_of(&run);
    json_t *root = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(root, "seed")), "0xffffffffffffffff");
    assert_string_equal(json_string_value(json_object_get(root, "bound")), "unbounded");
    json_decref(root);
    free(text);
}

static void replay_as_json(void **state)
{
    (void)state;
    report_run run = sample_crash();
    report_replay replay = {&run, "a1.03f1.2b", true, NULL, &run.failures[1], 57, 2620, "93b885adfe0da089", NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_json_replay(out, &replay));
    fclose(out);
    assert_golden("replay.json", text);
    free(text);
}

static void full_disk_is_noticed(void **state)
{
    (void)state;
    report_run run = sample_crash();
    report_replay small = {.schedule = "a1.9"}; /* fits the buffer: only flushing tells */
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    assert_false(report_json(out, &run));
    fclose(out);
    out = fopen("/dev/full", "w");
    assert_non_null(out);
    assert_false(report_json_replay(out, &small));
    fclose(out);
}

/* Tables ------------------------------------------------------------------------------------------------------------- */

static void status_names(void **state)
{
    (void)state;
    char text[REPORT_NTSTATUS_SIZE];
    assert_string_equal(report_ntstatus_text(0, text), "0x00000000 (STATUS_SUCCESS)");
    assert_string_equal(report_ntstatus_text(0xC0000005, text), "0xC0000005 (STATUS_ACCESS_VIOLATION)");
    assert_string_equal(report_ntstatus_text(0xC01C0010, text), "0xC01C0010 (STATUS_FLT_DO_NOT_DETACH)");
    assert_string_equal(report_ntstatus_text(0xC0FFEE00, text), "0xC0FFEE00 (error)");
}

#define X(value, name) value,
static const uint32_t statuses[] = {
#include "ntstatus.inc"
};
#undef X

static void status_table_ascends(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof statuses / sizeof *statuses; i++)
        assert_true(statuses[i - 1] < statuses[i]);
}

static void argument_is(uint32_t code, const uint64_t args[4], size_t index, const char *want)
{
    char text[REPORT_ARGUMENT_SIZE];
    assert_string_equal(report_bugcheck_argument(code, args, index, text), want);
}

static void bugcheck_arguments(void **state)
{
    (void)state;
    argument_is(0x7E, (uint64_t[]){0xffffffffc0000005, 0, 0, 0}, 0,
                "the exception code that was not handled: STATUS_ACCESS_VIOLATION");
    argument_is(0xCE, (uint64_t[]){0, 0x10, 0, 0}, 1, "what was tried: execute");
    argument_is(0xD1, (uint64_t[]){0, 2, 0, 0}, 1, "IRQL: DISPATCH_LEVEL");
    argument_is(0xC2, (uint64_t[]){7, 0, 0, 0}, 0, "type of violation: pool was freed that is free already");
    argument_is(0xC2, (uint64_t[]){7, 0, 0, 0}, 3, "block being freed");
    argument_is(0xC4, (uint64_t[]){0x62, 0, 0, 0}, 2, "reserved");
    argument_is(0x7F, (uint64_t[]){8, 0, 0, 0}, 0, "trap number: double fault");
    argument_is(0xBAD, (uint64_t[]){0, 0, 0, 0}, 0, "reserved");
}

static void bugcheck_names(void **state)
{
    (void)state;
    assert_string_equal(report_bugcheck_name(0x7E), "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED");
    assert_string_equal(report_bugcheck_name(0x1000007E), "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M");
    assert_string_equal(report_bugcheck_name(0xBAD), "BUGCHECK");
    assert_null(report_bugcheck_explanation(0xBAD));
}

static void arena_copies(void **state)
{
    (void)state;
    report_arena *arena = report_arena_create();
    assert_null(report_arena_copy(arena, NULL));
    assert_string_equal(report_arena_copy(arena, "isolate"), "isolate");
    assert_string_equal(report_arena_printf(arena, "%s+0x%x", "isolate", 0x1724), "isolate+0x1724");
    report_arena_destroy(arena);
}

/* Wrapping ----------------------------------------------------------------------------------------------------------- */

static void lines_break_at_spaces(void **state)
{
    (void)state;
    const char *next;
    assert_int_equal(print_break("one two three", 8, &next), 7);
    assert_string_equal(next, "three");
    assert_int_equal(print_break("exact one", 9, &next), 9);
    assert_null(next);
    assert_int_equal(print_break("one", 8, &next), 3);
    assert_null(next);
    assert_int_equal(print_break("onetwothree", 4, &next), 4);
    assert_string_equal(next, "wothree");
    assert_int_equal(print_break("a\nb", 8, &next), 1);
    assert_string_equal(next, "b");
}

/* Progress ----------------------------------------------------------------------------------------------------------- */

static double hand_clock(void *context) { return *(double *)context; }

/* Two phases of 12 s, an update every second. */
static char *progress_of(bool terminal)
{
    char *text = NULL;
    size_t size = 0;
    double clock = 0;
    FILE *out = open_memstream(&text, &size);
    report_progress *progress = report_progress_create(out, terminal, hand_clock, &clock);
    for (uint32_t bound = 0; bound < 2; bound++)
        for (unsigned second = 0; second < 12; second++, clock++)
            report_progress_update(progress, &(report_progress_now){.phase = "bound",
                                                                    .bound = bound,
                                                                    .bounded = true,
                                                                    .executions = second * UINT64_C(9500),
                                                                    .estimate = bound ? 200000 : 0,
                                                                    .failures = bound});
    report_progress_destroy(progress);
    fclose(out);
    return text;
}

static void progress_piped(void **state)
{
    (void)state;
    char *text = progress_of(false);
    assert_golden("progress.txt", text);
    free(text);
}

static void progress_on_a_terminal(void **state)
{
    (void)state;
    char *text = progress_of(true), *line = text;
    unsigned refreshed = 0;
    assert_int_equal(text[0], '\r');
    while ((line = strchr(line, '\r'))) {
        char *end = strstr(++line, "\033[K");
        assert_non_null(end);
        assert_true(end - line <= 100);
        refreshed++;
    }
    assert_true(refreshed >= 20);
    free(text);
}

static void progress_never_exceeds_its_line(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    double clock = 0;
    FILE *out = open_memstream(&text, &size);
    report_progress *progress = report_progress_create(out, false, hand_clock, &clock);
    report_progress_update(progress, &(report_progress_now){.phase = "a phase whose name is long indeed",
                                                            .bound = REPORT_UNBOUNDED,
                                                            .bounded = true,
                                                            .executions = UINT64_MAX,
                                                            .failures = UINT64_MAX});
    clock = 1e6;
    report_progress_destroy(progress);
    fclose(out);
    assert_int_equal(strlen(text), 101);
    free(text);
}

static void progress_may_be_silent(void **state)
{
    (void)state;
    assert_null(report_progress_create(NULL, true, NULL, NULL));
    report_progress_update(NULL, &(report_progress_now){0});
    report_progress_destroy(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(crash_as_text),
        cmocka_unit_test(crash_verbose),
        cmocka_unit_test(crash_on_x86),
        cmocka_unit_test(crash_in_colour),
        cmocka_unit_test(hang_as_text),
        cmocka_unit_test(hang_verbose),
        cmocka_unit_test(clean_as_text),
        cmocka_unit_test(budget_as_text),
        cmocka_unit_test(quiet_is_one_line),
        cmocka_unit_test(time_is_not_in_the_text),
        cmocka_unit_test(lines_fit),
        cmocka_unit_test(empty_run_prints),
        cmocka_unit_test(replay_as_text),
        cmocka_unit_test(misfit_replay_is_explained),
        cmocka_unit_test(crash_as_json),
        cmocka_unit_test(json_keeps_the_schema),
        cmocka_unit_test(json_numbers_survive),
        cmocka_unit_test(replay_as_json),
        cmocka_unit_test(full_disk_is_noticed),
        cmocka_unit_test(status_names),
        cmocka_unit_test(status_table_ascends),
        cmocka_unit_test(bugcheck_arguments),
        cmocka_unit_test(bugcheck_names),
        cmocka_unit_test(arena_copies),
        cmocka_unit_test(lines_break_at_spaces),
        cmocka_unit_test(progress_piped),
        cmocka_unit_test(progress_on_a_terminal),
        cmocka_unit_test(progress_may_be_silent),
        cmocka_unit_test(progress_never_exceeds_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
