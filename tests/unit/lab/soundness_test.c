/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soundness_test.c - a complete exploration against random walks without any reduction. Walks that may switch threads
 * at every access to shared memory: the failures that they meet, the exploration has found. Walks that switch where it
 * does: those that pass are each equivalent to an execution that it ran.
 *
 * soundness_test DIRECTORY [WALKS]: the directory of the drivers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ending.h"
#include "lab.h"

static const char *directory;
static unsigned walks = 120;

typedef struct {
    const char *driver;
    lab_os os;
    lab_load load;
    lab_unload unload;
} trial;

static const trial trials[] = {
    {"isolate-threads.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_FLTMC},
    {"isolate.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_FLTMC},
    {"isolate.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_NT},
    {"isolate.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_SC},
    {"isolate.sys", LAB_WIN8, LAB_LOAD_SC, LAB_UNLOAD_FLTMC},
    {"fault-f1-uninitialised.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_FLTMC},
    {"fixed-f1-uninitialised.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_FLTMC},
    {"fault-f2-freed-in-use.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_FLTMC},
    {"fixed-f2-freed-in-use.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_FLTMC},
    {"fault-f3-late-thread.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
    {"fixed-f3-late-thread.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
    {"fault-f4-thread-tail.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_SC},
    {"fixed-f4-thread-tail.sys", LAB_WIN7, LAB_LOAD_SC, LAB_UNLOAD_SC},
    {"fault-f5-device-walk.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
    {"fixed-f5-device-walk.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
    {"fixed-deadlock.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
    {"fixed-double-free.sys", LAB_WIN7, LAB_LOAD_NT, LAB_UNLOAD_NT},
};

static bool found(const explore_report *report, uint64_t failure)
{
    for (size_t i = 0; i < report->failure_count; i++) {
        if (report->failures[i].result.failure == failure) {
            return true;
        }
    }
    return false;
}

/* Numbers of executions, as explore_options.trace tells them. */
typedef struct {
    uint64_t *numbers;
    size_t count, room;
} trace_set;

static void add_trace(void *context, uint64_t number)
{
    trace_set *s = context;
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 1024;
        s->numbers = realloc(s->numbers, s->room * sizeof *s->numbers);
        assert_non_null(s->numbers);
    }
    s->numbers[s->count++] = number;
}

static int by_number(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void sort_traces(trace_set *s)
{
    size_t kept = 0;
    qsort(s->numbers, s->count, sizeof *s->numbers, by_number);
    for (size_t i = 0; i < s->count; i++) {
        if (!kept || s->numbers[kept - 1] != s->numbers[i]) {
            s->numbers[kept++] = s->numbers[i];
        }
    }
    s->count = kept;
}

/* Returns how many walks passed. */
static unsigned compare_traces(lab *l, const trial *t)
{
    trace_set explored = {0}, met = {0};
    explore_options options = {.bound = EXPLORE_UNBOUNDED, .trace = add_trace, .context = &explored};
    explore_report report;
    assert_int_equal(lab_explore(l, &options, &report), LAB_OK);
    sort_traces(&explored);
    options.context = &met;
    assert_int_equal(lab_walk_randomly(l, &options, 1, walks), LAB_OK);
    for (size_t i = 0; i < met.count; i++) {
        if (!explored.count ||
            !bsearch(&met.numbers[i], explored.numbers, explored.count, sizeof(uint64_t), by_number)) {
            fail_msg("%s: walk %zu is equivalent to none of %zu executions", t->driver, i, explored.count);
        }
    }
    unsigned passed = (unsigned)met.count;
    explore_report_free(&report);
    free(explored.numbers);
    free(met.numbers);
    return passed;
}

static void one_trial(const trial *t)
{
    char path[512], error[256] = "";
    image *driver;
    lab *l;
    lab_scenario scenario;
    explore_options options = {.bound = EXPLORE_UNBOUNDED};
    explore_report report;
    unsigned failing = 0;
    snprintf(path, sizeof path, "%s/%s", directory, t->driver);
    assert_int_equal(image_read_file(path, &driver), IMAGE_OK);
    lab_scenario_defaults(&scenario, driver);
    scenario.os = t->os;
    scenario.load = t->load;
    scenario.unload = t->unload;
    assert_int_equal(lab_create(&scenario, &l, error), LAB_OK);
    assert_int_equal(lab_explore(l, &options, &report), LAB_OK);
    assert_true(report.complete);
    unsigned passed = compare_traces(l, t);
    machine_make_all_points(lab_machine(l));
    for (uint32_t depth = 0; depth < 5; depth += 4) {
        explore_random_options random = {.depth = depth, .seed = 1, .max_walks = walks / 2};
        explore_walks met;
        assert_int_equal(lab_random(l, &random, &met), LAB_OK);
        for (size_t i = 0; i < met.report.failure_count; i++) {
            if (!found(&report, met.report.failures[i].result.failure)) {
                fail_msg("%s: walks of depth %u: the exploration did not find failure %lx", t->driver, depth,
                         met.report.failures[i].result.failure);
            }
        }
        failing += (unsigned)met.report.total.failing;
        explore_walks_free(&met);
    }
    print_message("%-30s %s %s %s: %zu failures, %u of %u walks failed; %u passed\n", t->driver, lab_os_name(t->os),
                  lab_load_name(t->load), lab_unload_name(t->unload), report.failure_count, failing, walks, passed);
    explore_report_free(&report);
    lab_destroy(l);
    image_close(driver);
}

static void test_walks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        one_trial(&trials[i]);
    }
}

int main(int argc, char **argv)
{
    directory = argc > 1 ? argv[1] : getenv("DRIVERS");
    walks = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : walks;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_walks)};
    return directory ? cmocka_run_group_tests_name("soundness", tests, NULL, NULL) : 2;
}
