/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison made by hand: table, JSON and picture against golden files; bars; workers are tests/cli's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "compare.h"
#include "golden.h"

#define SECOND UINT64_C(1000000000)
#define NONE   "...................................................................................................."

static const report_switch switches[] = {{"filter-link", "last", "first", ""}, {"unload-lock", "none", "none", ""}};

static const compare_row rows[] = {
    {"isolate.sys",
     NULL,
     "win7",
     "sc",
     "fltmc",
     {LAB_OPEN, true, 9220, true, 2652, 7431,
      "..............................................................#####################################.", 0, 0}},
    {"isolate.sys", NULL, "win8", "sc", "fltmc", {LAB_CLOSED, true, 12, true, 0, 7431, NONE, COMPARE_UNKNOWN, 0}},
    {"isolate-event-delay.sys",
     NULL,
     "win7",
     "sc",
     "fltmc",
     {LAB_CLOSED_BY_TIMING, true, 1234567, true, 0, 7431, NONE, 3 * SECOND, 3 * SECOND}},
    {"isolate-event-delay.sys",
     NULL,
     "win8",
     "sc",
     "fltmc",
     {LAB_NOT_FINISHED, false, 7, false, 0, 0, "", COMPARE_UNKNOWN, COMPARE_UNKNOWN}},
    {"isolate-device-flag.sys",
     NULL,
     "win7",
     "sc",
     "fltmc",
     {LAB_NARROWED, false, 99, true, 1, 7431,
      ".................................................................................................#..", 0,
      SECOND / 100}},
    {"<a&b>.sys", "gate.sys", "win7", "sc", "nt", {LAB_CLEAN_TO_BOUND, true, 3, true, 0, 9, NONE, COMPARE_UNKNOWN, 0}},
};
#define ROWS (sizeof rows / sizeof *rows)

static const compare_matrix sample = {switches, 2, rows, ROWS};

/* Text of `sample` by one of the three ways, malloc'ed. */
static char *text_by(bool (*write)(FILE *out, const compare_matrix *matrix))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(write(out, &sample));
    fclose(out);
    return text;
}

static bool write_table(FILE *out, const compare_matrix *matrix)
{
    compare_text(out, matrix, &(report_style){0});
    return true;
}

static void check(const char *name, bool (*write)(FILE *out, const compare_matrix *matrix))
{
    char *text = text_by(write);
    assert_golden(name, text);
    free(text);
}

static void as_table(void **state)
{
    (void)state;
    check("compare.txt", write_table);
}

static void as_json(void **state)
{
    (void)state;
    check("compare.json", compare_json);
}

static void as_picture(void **state)
{
    (void)state;
    check("compare.svg", compare_svg);
}

static void assert_keys(const json_t *object, const char *const *keys, size_t count)
{
    assert_int_equal(json_object_size(object), count);
    for (size_t i = 0; i < count; i++)
        if (!json_object_get(object, keys[i]))
            fail_msg("no key '%s'", keys[i]);
}

/* The schema is a promise: exactly these keys, of these types. */
static void json_keeps_the_schema(void **state)
{
    static const char *const keys[] = {"driver",   "os",         "load",   "unload", "model",  "verdict",
                                       "complete", "executions", "window", "stall",  "latency"};
    static const char *const root_keys[] = {"schema", "rows"};
    (void)state;
    char *text = text_by(compare_json);
    json_t *root = json_loads(text, 0, NULL);
    assert_keys(root, root_keys, 2);
    assert_string_equal(json_string_value(json_object_get(root, "schema")), "airlock.compare/1");
    json_t *list = json_object_get(root, "rows");
    assert_int_equal(json_array_size(list), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        const json_t *row = json_array_get(list, i);
        assert_keys(row, keys, sizeof keys / sizeof *keys);
        assert_true(json_is_string(json_object_get(row, "verdict")) &&
                    json_is_boolean(json_object_get(row, "complete")));
        assert_true(json_is_integer(json_object_get(row, "executions")) &&
                    json_is_object(json_object_get(row, "model")));
        assert_true(json_is_integer(json_object_get(row, "window")) == rows[i].result.window_measured);
        assert_true(json_is_real(json_object_get(row, "stall")) == (rows[i].result.stall != COMPARE_UNKNOWN));
    }
    json_decref(root);
    free(text);
}

/* Three columns wide, and narrower than one: neither gets lost. */
static void bars(void **state)
{
    static const report_segment segments[] = {
        {300, false, NULL}, {30, true, NULL}, {569, false, NULL}, {1, true, NULL}, {100, false, NULL}};
    char bar[COMPARE_COLUMNS + 1];
    (void)state;
    compare_bar(segments, 5, 1000, bar);
    assert_int_equal(strlen(bar), COMPARE_COLUMNS);
    for (size_t i = 0; i < COMPARE_COLUMNS; i++)
        assert_int_equal(bar[i], (i >= 30 && i < 33) || i == 89 ? '#' : '.');
    compare_bar(segments, 0, 0, bar);
    assert_string_equal(bar, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_table),   cmocka_unit_test(as_json),
        cmocka_unit_test(as_picture), cmocka_unit_test(json_keeps_the_schema),
        cmocka_unit_test(bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
