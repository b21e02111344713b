/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * properties_test.c - a log that is cut, or whose lines are moved, may lose its finding, and never gains another one: what
 * is recognised in it is recognised, of the same driver, in the whole log too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "logs.h"

#define SAVED SAVED_IN "/triage-property.log" /* the log that failed */
enum { SHUFFLES = 40, MOVES = 200, BYTE_CUTS = 120 };

static a_log logs[LOGS_MOST];
static size_t log_count;

/* A generator of our own: the same numbers everywhere. */
static uint32_t seed;
static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 8) * below) >> 24);
}

static bool is_recognised(const triage_finding *f) { return f->confidence >= TRIAGE_MEDIUM && f->rule < TRIAGE_LEFT; }

static bool same_driver(const char *a, const char *b) { return a == b || (a && b && !strcasecmp(a, b)); }

/* CE and D4 say by themselves that a driver is gone: what is left of an image that went under DriverEntry, without its
 * stack. */
static bool is_weaker(const triage *whole, triage_rule rule, triage_rule of)
{
    const triage_log *log = triage_model(whole);
    return rule == TRIAGE_GONE && of == TRIAGE_RACE && log->bugcheck_count &&
           (log->bugchecks[0].code == 0xCE || log->bugchecks[0].code == 0xD4);
}

/* A loss of the name is no wrong answer. */
static bool is_among(const triage *whole, const triage_finding *f, const triage_finding *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_recognised(&all[i]) && (all[i].rule == f->rule || is_weaker(whole, f->rule, all[i].rule)) &&
            (!f->driver || same_driver(all[i].driver, f->driver)))
            return true;
    return false;
}

static void save(const char *text, size_t size)
{
    FILE *out = fopen(SAVED, "wb");
    if (out) {
        fwrite(text, 1, size, out);
        fclose(out);
    }
}

static void check(const a_log *log, const triage *whole, const char *text, size_t size, const char *what, size_t number)
{
    const triage_finding *found, *all;
    triage *t = logs_judge(text, size);
    size_t count = triage_findings(t, &found), of = triage_findings(whole, &all);
    for (size_t i = 0; i < count; i++)
        if (is_recognised(&found[i]) && !is_among(whole, &found[i], all, of)) {
            save(text, size);
            fail_msg("%s, %s %zu: %s, driver %s; the log is in " SAVED "", log->name, what, number,
                     triage_rule_name(found[i].rule), found[i].driver ? found[i].driver : "?");
        }
    triage_destroy(t);
}

/* The log's lines in the order of `order`, `count` of them. */
static size_t put_together(const a_log *log, const size_t *order, size_t count, char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(text + size, log->lines[order[i]].at, log->lines[order[i]].length);
        size += log->lines[order[i]].length;
        if (size && text[size - 1] != '\n')
            text[size++] = '\n';
    }
    return size;
}

static void in_order(size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
}

typedef void (*changer)(const a_log *log, const triage *whole, char *text, size_t *order);

static void each_log(changer change)
{
    size_t order[LINES_OF_LOG];
    assert_true(log_count > 30);
    for (size_t i = 0; i < log_count; i++) {
        char *text = malloc(logs[i].size + LINES_OF_LOG);
        triage *whole = logs_judge(logs[i].text, logs[i].size);
        seed = 1;
        change(&logs[i], whole, text, order);
        triage_destroy(whole);
        free(text);
    }
}

static void cut_lines(const a_log *log, const triage *whole, char *text, size_t *order)
{
    (void)text;
    (void)order;
    for (size_t i = 0; i < log->line_count; i++) {
        size_t at = (size_t)(log->lines[i].at - log->text);
        check(log, whole, log->text, at, "the end cut before line", i + 1);
        check(log, whole, log->text + at, log->size - at, "the beginning cut before line", i + 1);
    }
}

static void cut_bytes(const a_log *log, const triage *whole, char *text, size_t *order)
{
    (void)text;
    (void)order;
    for (size_t i = 0; i < BYTE_CUTS; i++) {
        size_t from = draw((uint32_t)log->size), to = from + draw((uint32_t)(log->size - from) + 1);
        check(log, whole, log->text, from, "the end cut at byte", from);
        check(log, whole, log->text + from, log->size - from, "the beginning cut at byte", from);
        check(log, whole, log->text + from, to - from, "both ends cut, from byte", from);
    }
}

static void drop_lines(const a_log *log, const triage *whole, char *text, size_t *order)
{
    for (size_t i = 0; i < log->line_count; i++) {
        in_order(order, log->line_count);
        memmove(order + i, order + i + 1, (log->line_count - i - 1) * sizeof *order);
        check(log, whole, text, put_together(log, order, log->line_count - 1, text), "without line", i + 1);
    }
}

static void shuffle(const a_log *log, const triage *whole, char *text, size_t *order)
{
    for (size_t i = 0; i < SHUFFLES; i++) {
        in_order(order, log->line_count);
        for (size_t k = log->line_count; k > 1; k--) {
            size_t other = draw((uint32_t)k), kept = order[k - 1];
            order[k - 1] = order[other];
            order[other] = kept;
        }
        check(log, whole, text, put_together(log, order, log->line_count, text), "shuffle", i);
    }
}

/* A block of lines goes elsewhere, as when a text is pasted in pieces. */
static void move_blocks(const a_log *log, const triage *whole, char *text, size_t *order)
{
    uint32_t count = (uint32_t)log->line_count;
    for (size_t i = 0; i < MOVES && count > 2; i++) {
        uint32_t from = draw(count), length = 1 + draw(count - from), left = count - length, to = draw(left + 1);
        size_t n = 0;
        for (uint32_t k = 0; k <= left; k++) {
            for (uint32_t b = 0; k == to && b < length; b++)
                order[n++] = from + b;
            if (k < left)
                order[n++] = k < from ? k : k + length;
        }
        check(log, whole, text, put_together(log, order, n, text), "move", i);
    }
}

static void backwards(const a_log *log, const triage *whole, char *text, size_t *order)
{
    for (size_t i = 0; i < log->line_count; i++)
        order[i] = log->line_count - 1 - i;
    check(log, whole, text, put_together(log, order, log->line_count, text), "backwards", 0);
}

static void any_cut_between_lines(void **state) { (void)state, each_log(cut_lines); }
static void any_cut_in_a_line(void **state) { (void)state, each_log(cut_bytes); }
static void any_line_lost(void **state) { (void)state, each_log(drop_lines); }
static void any_order_of_lines(void **state) { (void)state, each_log(shuffle); }
static void any_block_moved(void **state) { (void)state, each_log(move_blocks); }
static void from_end_to_beginning(void **state) { (void)state, each_log(backwards); }

/* A whole log twice is that log; two logs are what both are. */
static void logs_after_one_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < log_count; i++)
        for (size_t k = 0; k < log_count; k += 7) {
            triage *t = triage_create();
            const triage_finding *found;
            triage_begin(t, "first");
            triage_feed(t, logs[i].text, logs[i].size);
            triage_begin(t, "second");
            triage_feed(t, logs[k].text, logs[k].size);
            triage_finish(t);
            triage *a = logs_judge(logs[i].text, logs[i].size), *b = logs_judge(logs[k].text, logs[k].size);
            if (triage_recognised(t) != (triage_recognised(a) || triage_recognised(b)))
                fail_msg("%s and %s: %d, each: %d, %d", logs[i].name, logs[k].name, triage_recognised(t),
                         triage_recognised(a), triage_recognised(b));
            assert_true(triage_findings(t, &found) <= 64);
            triage_destroy(a);
            triage_destroy(b);
            triage_destroy(t);
        }
}

/* However the bytes come, the findings are the same. */
static void pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < log_count; i++)
        for (size_t piece = 1; piece < 8; piece += 2) {
            triage *whole = logs_judge(logs[i].text, logs[i].size), *t = triage_create();
            const triage_finding *a, *b;
            triage_begin(t, "log");
            for (size_t at = 0; at < logs[i].size; at += piece)
                triage_feed(t, logs[i].text + at, at + piece < logs[i].size ? piece : logs[i].size - at);
            triage_finish(t);
            assert_int_equal(triage_findings(t, &a), triage_findings(whole, &b));
            assert_int_equal(triage_model(t)->lines, triage_model(whole)->lines);
            if (triage_findings(t, &a) && triage_findings(whole, &b))
                assert_string_equal(a->title, b->title);
            triage_destroy(t);
            triage_destroy(whole);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_between_lines),  cmocka_unit_test(any_cut_in_a_line),
        cmocka_unit_test(any_line_lost),          cmocka_unit_test(any_order_of_lines),
        cmocka_unit_test(any_block_moved),        cmocka_unit_test(from_end_to_beginning),
        cmocka_unit_test(logs_after_one_another), cmocka_unit_test(pieces_of_any_size),
    };
    log_count = logs_read(LOGS, logs);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    logs_free(logs, log_count);
    return failed;
}
