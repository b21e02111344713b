/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soundness_test.c - a complete exploration against random walks that may switch threads at every access to shared
 * memory, without any reduction: what a walk meets, the exploration has found.
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

/* A generator of our own, so that the walks are the same everywhere. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

/*
 * Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): threads have random priorities, the highest one
 * that can runs; at a few random steps the running one falls behind all others.
 */
enum { CHANGES = 3 };
typedef struct {
    uint64_t random;
    uint32_t steps, change[CHANGES];
    uint32_t priority[MACHINE_THREADS]; /* 0 = not drawn yet */
} walk;

static bool go_on(void *context, const machine_step *step)
{
    walk *w = context;
    w->steps++;
    for (uint32_t i = 0; i < CHANGES; i++) {
        if (w->steps == w->change[i]) {
            w->priority[step->thread] = 1 + CHANGES - i;
            return false;
        }
    }
    return step->outcome == MACHINE_RAN;
}

static uint32_t highest(walk *w, const uint32_t *threads, size_t count)
{
    uint32_t best = threads[0];
    for (size_t i = 0; i < count; i++) {
        if (!w->priority[threads[i]]) {
            w->priority[threads[i]] = 16 + next_random(&w->random) % 4096;
        }
        best = w->priority[threads[i]] > w->priority[best] ? threads[i] : best;
    }
    return best;
}

static void walk_once(lab *l, uint64_t seed, uint32_t length, lab_ending *ending)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    static walk w;
    memset(&w, 0, sizeof w);
    w.random = seed * 0x9e3779b97f4a7c15ull;
    for (uint32_t i = 0; i < CHANGES; i++) {
        w.change[i] = next_random(&w.random) % length;
    }
    lab_rewind(l);
    for (;;) {
        size_t r, t;
        machine_enabled(lab_machine(l), ready, &r, timed, &t);
        if (r + t == 0) {
            break;
        }
        bool expire = r == 0 || (t && next_random(&w.random) % 64 == 0);
        uint32_t thread = expire ? timed[next_random(&w.random) % t] : highest(&w, ready, r);
        assert_int_equal(machine_run(lab_machine(l), thread, 0, go_on, &w), MACHINE_OK);
    }
    lab_classify(l, ending);
}

static bool found(const explore_report *report, uint64_t failure)
{
    for (size_t i = 0; i < report->failure_count; i++) {
        if (report->failures[i].result.failure == failure) {
            return true;
        }
    }
    return false;
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
    machine_make_all_points(lab_machine(l));
    for (unsigned seed = 1; seed <= walks; seed++) {
        lab_ending ending;
        walk_once(l, seed, 700, &ending);
        failing += ending.kind != LAB_PASSED;
        if (ending.kind != LAB_PASSED && !found(&report, ending.failure)) {
            fail_msg("%s: walk %u: %s, stop code %x at %lx: the exploration did not find it", t->driver, seed,
                     ending.class_name, ending.stop.code, ending.pc);
        }
    }
    print_message("%-30s %s %s %s: %zu failures, %u of %u walks failed\n", t->driver, lab_os_name(t->os),
                  lab_load_name(t->load), lab_unload_name(t->unload), report.failure_count, failing, walks);
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
