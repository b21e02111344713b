/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore.h"
#include "options.h"
#include "suggest.h"

static const cli_verb explore = {
    .name = "explore", .usage = "", .text = "", .takes = CLI_TAKES_SCENARIO | CLI_TAKES_SEARCH | CLI_TAKES_OUTPUT};
static const cli_verb replay = {.name = "replay",
                                .usage = "",
                                .text = "",
                                .takes = CLI_TAKES_SCENARIO | CLI_TAKES_OUTPUT | CLI_TAKES_TRACE | CLI_TAKES_SCHEDULE};

#define WORDS 32

/* Parses "a b c" as the arguments of a verb. The texts in *options point into a buffer that the next call reuses. */
static bool parse(const cli_verb *verb, const char *line, cli_options *options, cli_exit *status)
{
    static char copy[512];
    char *words[WORDS] = {(char *)(uintptr_t)verb->name};
    int count = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && count < WORDS - 1; word = strtok(NULL, " "))
        words[count++] = word;
    return cli_parse(verb, count, words, options, status);
}

static cli_options parsed(const cli_verb *verb, const char *line)
{
    cli_options options;
    cli_exit status;
    if (!parse(verb, line, &options, &status))
        fail_msg("refused: %s", line);
    return options;
}

static void refused(const cli_verb *verb, const char *line)
{
    cli_options options;
    cli_exit status;
    if (parse(verb, line, &options, &status))
        fail_msg("taken: %s", line);
    assert_int_equal(status, CLI_USAGE);
}

static void defaults(void **state)
{
    (void)state;
    cli_options options = parsed(&explore, "isolate.sys");
    assert_string_equal(options.file, "isolate.sys");
    assert_int_equal(options.scenario.os, LAB_WIN7);
    assert_int_equal(options.scenario.load, LAB_LOAD_SC);
    assert_int_equal(options.scenario.unload, LAB_UNLOAD_FLTMC);
    assert_int_equal(options.bound, CLI_BOUND_DEFAULT);
    assert_int_equal(options.seed, 1);
    assert_int_equal(options.jobs, 0);
    assert_null(options.json);
    assert_false(options.os_given || options.load_given || options.unload_given || options.quiet || options.verbose);
}

static void every_option(void **state)
{
    (void)state;
    cli_options options = parsed(&explore, "--os xp --load nt a.sys --unload=sc --bound 0 --seed 0x10 -j2 --json - -q "
                                           "--max-executions 9 --max-time 5m");
    assert_string_equal(options.file, "a.sys");
    assert_int_equal(options.scenario.os, LAB_XP);
    assert_int_equal(options.scenario.load, LAB_LOAD_NT);
    assert_int_equal(options.scenario.unload, LAB_UNLOAD_SC);
    assert_true(options.os_given && options.load_given && options.unload_given && options.quiet);
    assert_int_equal(options.bound, 0);
    assert_int_equal(options.seed, 16);
    assert_int_equal(options.jobs, 2);
    assert_string_equal(options.json, "-");
    assert_int_equal(options.max_executions, 9);
    assert_true(options.max_seconds > 299 && options.max_seconds < 301);
}

static void no_bound(void **state)
{
    (void)state;
    assert_int_equal(parsed(&explore, "a.sys --bound none").bound, EXPLORE_UNBOUNDED);
}

static void replay_takes_a_schedule(void **state)
{
    (void)state;
    cli_options options = parsed(&replay, "a.sys a1.03 --trace -v");
    assert_string_equal(options.schedule, "a1.03");
    assert_true(options.trace && options.verbose);
    refused(&replay, "a.sys");
    refused(&replay, "a.sys a1.03 more");
    refused(&replay, "a.sys a1.03 --bound 2");
}

/* Every switch takes each of its choices, and nothing else. */
static void every_model_switch(void **state)
{
    (void)state;
    for (size_t i = 0; i < lab_switch_count; i++) {
        char line[128];
        for (int choice = 0; choice < 2; choice++) {
            char value[32];
            snprintf(line, sizeof line, "a.sys --model %s=%s", lab_switches[i].name,
                     lab_switch_value(i, (uint8_t)choice, value, sizeof value));
            assert_int_equal(parsed(&explore, line).scenario.model[i], choice);
        }
        snprintf(line, sizeof line, "a.sys --model %s=nonsense", lab_switches[i].name);
        refused(&explore, line);
    }
}

static void wrong_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "a.sys b.sys",
        "a.sys --os win9",
        "a.sys --os",
        "a.sys --load fltmc",
        "a.sys --unload none",
        "a.sys --bound -1",
        "a.sys --bound 1001",
        "a.sys --bound two",
        "a.sys --bound 2x",
        "a.sys --seed 18446744073709551616",
        "a.sys -j 0",
        "a.sys -j 257",
        "a.sys -j",
        "a.sys -v -q",
        "a.sys --json=",
        "a.sys --model",
        "a.sys --model filter-link",
        "a.sys --model filter=first",
        "a.sys --max-time 0",
        "a.sys --max-time 5x",
        "a.sys --max-time inf",
        "a.sys --max-time 9999999h",
        "a.sys --max-executions 0",
        "a.sys --verbose=3",
        "a.sys --nonsense",
        "a.sys -z",
        "a.sys --trace",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        refused(&explore, lines[i]);
}

static void help_is_no_error(void **state)
{
    (void)state;
    cli_options options;
    cli_exit status = CLI_INTERNAL;
    assert_false(parse(&explore, "--help", &options, &status));
    assert_int_equal(status, CLI_CLEAN);
    assert_false(parse(&explore, "--help-model", &options, &status));
    assert_int_equal(status, CLI_CLEAN);
}

static void suggestions(void **state)
{
    (void)state;
    static const char *const words[] = {"explore", "replay", "probe"};
    assert_string_equal(cli_suggest("explor", words, 3), "explore");
    assert_string_equal(cli_suggest("Replya", words, 3), "replay");
    assert_string_equal(cli_suggest("EXPLORE", words, 3), "explore");
    assert_string_equal(cli_suggest("pro", words, 3), "probe");
    assert_null(cli_suggest("xyzzy", words, 3));
    assert_null(cli_suggest("", words, 3));
    assert_null(cli_suggest("a word that is far too long to be the wrong spelling of anything here", words, 3));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),    cmocka_unit_test(every_option),
        cmocka_unit_test(no_bound),    cmocka_unit_test(replay_takes_a_schedule),
        cmocka_unit_test(wrong_lines), cmocka_unit_test(every_model_switch),
        cmocka_unit_test(suggestions), cmocka_unit_test(help_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
