/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_test.c - the real kernel on the real machine, with tests of its own in place of the session (client.c). Each
 * test runs under a fixed schedule and under random ones; what it prints and how it ends is compared.
 *
 *   unit_kernel [TEST [SEED]]     runs one, and prints every step's thread on standard error
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../arch.h"

#define SEEDS 100u
#define STEPS 20000

typedef struct {
    char text[4096];
    size_t size;
    uint64_t random;
} run;

static void on_print(void *context, uint32_t thread, const char *text, size_t size)
{
    run *r = context;
    (void)thread;
    if (size < sizeof r->text - r->size) {
        memcpy(r->text + r->size, text, size);
        r->size += size;
        r->text[r->size] = 0;
    }
}

/* What was shared becomes a place to stop at in the next run. */
#define SHARED 4096u
typedef struct {
    uint64_t object[SHARED];
    size_t count;
} shared_set;

static bool one_step(void *context, const machine_step *step)
{
    shared_set *shared = context;
    for (size_t i = 0; i < step->access_count && shared->count < SHARED; i++) {
        shared->object[shared->count++] = step->accesses[i].object;
    }
    return false;
}

/* Seed 0: the lowest thread that can run. Others: any that can run; an expiry now and then. */
static uint32_t choose(run *r, const uint32_t *ready, size_t ready_count, const uint32_t *timed, size_t timed_count)
{
    if (r->random == 0) {
        return ready_count ? ready[0] : timed[0];
    }
    r->random = r->random * 6364136223846793005ull + 1442695040888963407ull;
    uint32_t pick = (uint32_t)(r->random >> 33);
    if (ready_count && (!timed_count || pick % 16)) {
        return ready[(pick / 16) % ready_count];
    }
    return timed[(pick / 16) % timed_count];
}

static image *add(machine *m, const char *directory, const char *name)
{
    char path[512];
    image *img = NULL;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(image_read_file(path, &img), IMAGE_OK);
    assert_int_equal(machine_add_image(m, img, true), MACHINE_OK);
    return img;
}

static const char *directory(const char *variable)
{
    const char *value = getenv(variable);
    if (!value) {
        fail_msg("%s is not set", variable);
    }
    return value;
}

static void end_text(run *r, machine *m)
{
    machine_end end;
    machine_ending(m, &end);
    size_t left = sizeof r->text - r->size;
    if (end.kind == MACHINE_STOPPED) {
        snprintf(r->text + r->size, left, "stop %x %" PRIx64 " %" PRIx64 " %" PRIx64, end.stop.code,
                 end.stop.parameter[0], end.stop.parameter[1], end.stop.parameter[2]);
    } else if (end.kind != MACHINE_SHUT_DOWN) {
        snprintf(r->text + r->size, left, "end %d %s", (int)end.kind, machine_error(m));
    }
}

static void print_threads(machine *m)
{
    for (uint32_t i = 1; i < MACHINE_THREADS; i++) {
        machine_thread info;
        if (machine_thread_info(m, i, &info) == MACHINE_OK && info.state != MACHINE_THREAD_NONE) {
            fprintf(stderr, "thread %u state %d at %" PRIx64 " waits for %" PRIx64 "\n", i, (int)info.state, info.pc,
                    info.wait_object);
        }
    }
}

/* One machine, booted for one test. */
typedef struct {
    machine *m;
    machine_mark booted;
    image *images[2];
    run r;
    shared_set shared;
} bench;

static void boot(bench *b, const char *test, const char *os)
{
    char options[128];
    memset(b, 0, sizeof *b);
    b->m = machine_create(test_arch());
    b->images[0] = add(b->m, directory("AIRLOCK_NT"), "ntoskrnl.exe");
    b->images[1] = add(b->m, directory("AIRLOCK_KERNEL_TEST"), "session.exe");
    machine_set_printer(b->m, on_print, &b->r);
    snprintf(options, sizeof options, "/OS=%s /TEST=%s", os, test);
    machine_status status = machine_boot(b->m, options);
    if (status != MACHINE_OK) {
        fail_msg("boot: %s %s %s", machine_status_text(status), machine_error(b->m), b->r.text);
    }
    b->booted = machine_save(b->m);
}

static void shut(bench *b)
{
    machine_destroy(b->m);
    image_close(b->images[0]);
    image_close(b->images[1]);
}

static void execute(bench *b, uint64_t seed, bool loud)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    size_t ready_count, timed_count;

    machine_restore(b->m, b->booted);
    memset(&b->r, 0, sizeof b->r);
    b->r.random = seed;
    b->shared.count = 0;
    for (int i = 0; i < STEPS; i++) {
        machine_enabled(b->m, ready, &ready_count, timed, &timed_count);
        if (ready_count + timed_count == 0) {
            break;
        }
        uint32_t thread = choose(&b->r, ready, ready_count, timed, timed_count);
        if (loud) {
            machine_thread info;
            machine_thread_info(b->m, thread, &info);
            fprintf(stderr, "%u %" PRIx64 "\n", thread, info.pc);
        }
        if (machine_run(b->m, thread, 0, one_step, &b->shared) != MACHINE_OK) {
            break;
        }
    }
    if (loud) {
        print_threads(b->m);
    }
    end_text(&b->r, b->m);
    machine_restore(b->m, b->booted);
    machine_share_discovered(b->m);
    for (size_t i = 0; i < b->shared.count; i++) {
        machine_make_point(b->m, b->shared.object[i]);
    }
}

typedef struct {
    const char *name, *want; /* what it prints, or how "stop code argument ..." begins */
} expectation;

static const expectation expectations[] = {
    {"Boot", "ok\n"},
    {"Events", "ok\n"},
    {"Pulse", "ok\n"},
    {"Semaphore", "ok\n"},
    {"Mutex", "ok\n"},
    {"WaitAll", "ok\n"},
    {"WaitAny", "ok\n"},
    {"Timeouts", "ok\n"},
    {"Threads", "ok\n"},
    {"Timer", "ok\n"},
    {"PeriodicTimer", "ok\n"},
    {"Dpc", "ok\n"},
    {"FlushDpcs", "ok\n"},
    {"SpinLock", "ok\n"},
    {"Queue", "ok\n"},
    {"FastMutex", "ok\n"},
    {"Resource", "ok\n"},
    {"Rundown", "ok\n"},
    {"PushLock", "ok\n"},
    {"WorkItems", "ok\n"},
    {"Pool", "ok\n"},
    {"Lookaside", "ok\n"},
    {"SList", "ok\n"},
    {"Callback", "ok\n"},
    {"Routine", "ok\n"},
    {"Mdl", "ok\n"},
    {"DoubleFree", "stop c2 7 "},
    {"WrongTag", "stop c2 a "},
    {"ZeroEvent", "stop a 0 2 1"},
    {"FreedEvent", "stop cc "},
    {"WorkerTerminates", "stop e9 "},
    {"WorkerIrql", "stop e1 "},
};

static void check(const expectation *expected, const char *os, uint64_t seeds)
{
    static bench b;
    boot(&b, expected->name, os);
    for (uint64_t seed = 0; seed <= seeds; seed++) {
        execute(&b, seed, false);
        if (strncmp(b.r.text, expected->want, strlen(expected->want)) != 0 ||
            (strncmp(expected->want, "stop", 4) != 0 && strcmp(b.r.text, expected->want) != 0)) {
            fail_msg("unit_kernel %s %" PRIu64 " (%s)\nwant: %s\ngot:  %s", expected->name, seed, os, expected->want,
                     b.r.text);
        }
    }
    shut(&b);
}

static void each_test_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        check(&expectations[i], "win7", SEEDS);
    }
}

static void versions_differ(void **state)
{
    static const expectation xp = {"Version", "5.1.2600\nok\n"}, xp64 = {"Version", "5.2.3790\nok\n"},
                             win8 = {"Version", "6.2.9200\nok\n"}, routine = {"Routine", "ok\n"};
    (void)state;
    check(test_arch() == MACHINE_X86 ? &xp : &xp64, "xp", 0);
    check(&win8, "win8", 0);
    check(&routine, "xp", 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_test_holds), cmocka_unit_test(versions_differ)};
    if (argc > 1) { /* as the test would: the seeds before it decide what is shared */
        static bench b;
        uint64_t last = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
        boot(&b, argv[1], "win7");
        for (uint64_t seed = 0; seed <= last; seed++) {
            execute(&b, seed, seed == last);
        }
        printf("%s\n", b.r.text);
        shut(&b);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
