/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab_bench FILE.sys - what exploration costs on this driver (Windows 7, sc start, fltmc unload), as ratios of measurements
 * that one run makes. bench/README.md says what each line means.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "lab_internal.h"

#define SAMPLE       1000u /* executions explored to compare intervals between snapshots */
#define NO_SNAPSHOTS UINT32_MAX
#define REPLAYED     (UINT32_MAX - 1) /* not even where schedules branch */

static void row(const char *what, const char *value, const char *aim) { printf("%-62s %12s  %s\n", what, value, aim); }

static void row_number(const char *what, double value, int digits, const char *aim)
{
    char text[32];
    snprintf(text, sizeof text, "%.*f", digits, value);
    row(what, text, aim);
}

static void fail(const char *what)
{
    fprintf(stderr, "lab_bench: %s\n", what);
    exit(1);
}

static image *open_driver(const char *path)
{
    static unsigned char bytes[16u << 20];
    image *driver = NULL;
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file) {
        fclose(file);
    }
    if (image_open("isolate.sys", bytes, size, &driver) != IMAGE_OK) {
        fail("cannot read the driver");
    }
    return driver;
}

static lab *open_lab(const image *driver)
{
    lab_scenario scenario;
    lab *l = NULL;
    char error[256] = "";
    lab_scenario_defaults(&scenario, driver);
    if (lab_create(&scenario, &l, error) != LAB_OK) {
        fail(error);
    }
    return l;
}

/* All rounds, as `airlock explore` makes them: the points are known afterwards. */
static double explore_all(lab *l)
{
    explore_options options = {.bound = EXPLORE_UNBOUNDED};
    explore_report report;
    double start = bench_cpu();
    if (lab_explore(l, &options, &report) != LAB_OK) {
        fail(lab_error(l));
    }
    explore_report_free(&report);
    return bench_cpu() - start;
}

/* One exploration with the points known so far. */
static double explore_once(lab *l, uint32_t interval, uint64_t most, explore_progress *total)
{
    lab_rewind(l);
    explore_program program = interval == REPLAYED ? bench_replayed(l) : lab_program(l);
    explore_options options = {.bound = EXPLORE_UNBOUNDED, .mark_interval = interval, .max_executions = most};
    explore_report report;
    double start = bench_cpu();
    if (explore_run(&program, &options, &report) != EXPLORE_OK) {
        fail(lab_error(l));
    }
    double took = bench_cpu() - start;
    *total = report.total;
    explore_report_free(&report);
    lab_rewind(l);
    return took;
}

/* The same, its time the median of three. */
static double explore_often(lab *l, uint32_t interval, uint64_t most, explore_progress *total)
{
    double times[3];
    for (size_t i = 0; i < 3; i++) {
        times[i] = explore_once(l, interval, most, total);
    }
    return bench_median(times, 3);
}

static void snapshots(lab *l)
{
    static const struct {
        uint32_t interval;
        const char *name;
    } kinds[] = {{1, "a snapshot at every step"},
                 {16, "a snapshot every 16 steps"},
                 {64, "a snapshot every 64 steps"},
                 {NO_SNAPSHOTS, "snapshots at the start and where schedules branch"},
                 {REPLAYED, "no snapshots, from the start each time"}};
    explore_progress total;
    char name[96];
    double usual = explore_often(l, 0, SAMPLE, &total);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(name, sizeof name, "time with %s / usual time", kinds[i].name);
        row_number(name, explore_often(l, kinds[i].interval, SAMPLE, &total) / usual, 2, "");
    }
}

static void costs(const bench_straight *bare, const bench_straight *asked, const explore_progress *total, double took)
{
    double executions = (double)total->executions, all = executions + (double)total->blocked;
    row_number("guest instructions of one execution", (double)bare->instructions, 0, "");
    row_number("points asked about in one execution", (double)asked->points, 0, "");
    row_number("straight executions per second, without points", 1 / bare->seconds, 0, "");
    row_number("executions", executions, 0, "");
    row_number("redundant executions, given up on the way", (double)total->blocked, 0, "");
    row_number("executions per second and core", executions / took, 0, "20000 or more");
    row_number("executions and redundant ones per second and core", all / took, 0, "");
    row_number("new steps / steps of all executions run from the start",
               (double)total->steps / (all * (double)asked->points), 3, "");
    row_number("cost of asking at points / straight execution", asked->seconds / bare->seconds, 2, "");
    row_number("cost of an execution / straight execution", took / executions / bare->seconds, 2, "under 3");
    row_number("cost of an execution or a redundant one / straight execution", took / all / bare->seconds, 2, "");
}

static void memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    row_number("most memory, MiB", (double)usage.ru_maxrss / 1024, 0, "under 300");
}

int main(int argc, char **argv)
{
    explore_progress total;
    if (argc != 2) {
        fail("usage: lab_bench FILE.sys");
    }
    image *driver = open_driver(argv[1]);
    lab *l = open_lab(driver);
    double all_rounds = explore_all(l);
    lab *fresh = open_lab(driver);
    bench_straight bare = bench_run_straight(fresh), asked = bench_run_straight(l);
    double took = explore_often(l, 0, 0, &total);
    costs(&bare, &asked, &total, took);
    row_number("time of all rounds / time of the last", all_rounds / took, 2, "");
    snapshots(l);
    memory();
    lab_destroy(fresh);
    lab_destroy(l);
    image_close(driver);
    return 0;
}
