/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench.c - explore_bench [NAME]: executions a second of the explorer alone, on synthetic programs (those whose names begin
 * so). */
#define _POSIX_C_SOURCE 200809L
#include "programs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *wanted = "";

/* Of this process: other load on the machine does not count. */
static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Explored so many times: what is too short for the clock is measured often. */
static void measure_often(const char *name, synthetic *s, uint32_t bound, unsigned times)
{
    explore_program p = synthetic_program(s);
    explore_options o = {.bound = bound, .max_executions = 1000000};
    explore_report r = {0};
    double begin = seconds(), took;

    if (strncmp(name, wanted, strlen(wanted)) != 0) {
        synthetic_free(s);
        return;
    }
    for (unsigned i = 0; i < times; i++) {
        explore_report_free(&r);
        synthetic_start(s);
        if (explore_run(&p, &o, &r) != EXPLORE_OK)
            printf("failed: ");
    }
    took = (seconds() - begin) / times;
    printf("%-28s %10llu %8llu %9llu %12.6f %12.0f %8.1f%s\n", name, (unsigned long long)r.total.executions,
           (unsigned long long)r.total.blocked, (unsigned long long)r.total.steps, took,
           (double)r.total.executions / took, 1e9 * took / (double)r.total.steps, r.complete ? "" : " (not complete)");
    explore_report_free(&r);
    synthetic_free(s);
}

static void measure(const char *name, synthetic *s, uint32_t bound) { measure_often(name, s, bound, 1); }

static void readers(int n)
{
    synthetic s;
    char name[32];

    program_readers(&s, n);
    snprintf(name, sizeof(name), "readers(%d)", n);
    measure(name, &s, EXPLORE_UNBOUNDED);
}

static void race(const char *name, bool last, bool waits)
{
    synthetic s;

    program_race(&s, 8, last, waits);
    measure_often(name, &s, EXPLORE_UNBOUNDED, 1000);
}

static void two_counters(uint32_t bound)
{
    static synthetic_op code[2][20];
    synthetic s;

    synthetic_init(&s);
    for (int t = 0; t < 2; t++) {
        for (int i = 0; i < 10; i++)
            code[t][i] = (synthetic_op){.kind = SYN_ADD, .b = 1};
        code[t][10] = (synthetic_op){.kind = SYN_END};
        synthetic_thread(&s, code[t]);
    }
    measure(bound == EXPLORE_UNBOUNDED ? "two counters" : "two counters, bounded", &s, bound);
}

static void locks(int threads, int rounds)
{
    static synthetic_op code[8][64];
    synthetic s;

    synthetic_init(&s);
    for (int t = 0; t < threads; t++) {
        int n = 0;
        for (int i = 0; i < rounds; i++) {
            code[t][n++] = (synthetic_op){.kind = SYN_READ, .a = 10 + t};
            code[t][n++] = (synthetic_op){.kind = SYN_LOCK};
            code[t][n++] = (synthetic_op){.kind = SYN_ADD, .a = 1, .b = 1};
            code[t][n++] = (synthetic_op){.kind = SYN_UNLOCK};
        }
        code[t][n] = (synthetic_op){.kind = SYN_END};
        synthetic_thread(&s, code[t]);
    }
    measure(threads == 3 ? "locks, 3 threads" : "locks, 4 threads", &s, EXPLORE_UNBOUNDED);
}

/* Long: 12 threads that work for themselves, two that fight. */
static void lab(uint32_t bound)
{
    static synthetic_op code[14][120];
    synthetic s;

    synthetic_init(&s);
    for (int t = 0; t < 14; t++) {
        int n = 0;
        for (int i = 0; i < 40; i++) {
            code[t][n++] = (synthetic_op){.kind = SYN_READ, .a = 10 + t};
            code[t][n++] = (synthetic_op){.kind = SYN_WRITE, .a = 10 + t, .b = i};
            if (t < 2 && i % 8 == 0)
                code[t][n++] = (synthetic_op){.kind = SYN_ADD, .b = 1};
        }
        code[t][n] = (synthetic_op){.kind = SYN_END};
        synthetic_thread(&s, code[t]);
    }
    measure(bound == EXPLORE_UNBOUNDED ? "long" : "long, bounded", &s, bound);
}

int main(int argc, char **argv)
{
    wanted = argc > 1 ? argv[1] : wanted;
    printf("%-28s %10s %8s %9s %12s %12s %8s\n", "program", "executions", "blocked", "steps", "seconds", "executions/s",
           "ns/step");
    race("race, registers first", false, false);
    race("race, registers last", true, false);
    race("race, unloader waits", false, true);
    readers(14);
    readers(18);
    two_counters(EXPLORE_UNBOUNDED);
    two_counters(2);
    two_counters(6);
    locks(3, 3);
    locks(4, 2);
    lab(EXPLORE_UNBOUNDED);
    lab(2);
    return 0;
}
