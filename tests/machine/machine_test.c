/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine_test.c - the machine under a small system image of its own (kernel.c), without any NT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "machine.h"

enum { FIRST = 2, SECOND = 3 }; /* thread numbers: the boot thread is 1 */

typedef struct {
    image *kernel;
    machine *m;
    machine_step steps[256];
    size_t step_count;
} fixture;

static const char *kernel_path;
static bool is_x64;

static fixture boot(const char *test)
{
    fixture f = {0};
    assert_int_equal(image_read_file(kernel_path, &f.kernel), IMAGE_OK);
    is_x64 = image_arch(f.kernel) == IMAGE_X64;
    f.m = machine_create(is_x64 ? MACHINE_X64 : MACHINE_X86);
    assert_non_null(f.m);
    assert_int_equal(machine_add_image(f.m, f.kernel, true), MACHINE_OK);
    machine_status status = machine_boot(f.m, test);
    if (status != MACHINE_OK) {
        fail_msg("boot: %s: %s", machine_status_text(status), machine_error(f.m));
    }
    return f;
}

static void end(fixture *f)
{
    machine_destroy(f->m);
    image_close(f->kernel);
}

static bool keep_going(void *context, const machine_step *step)
{
    fixture *f = context;
    if (f->step_count < 256) {
        f->steps[f->step_count++] = *step;
    }
    return true;
}

static bool one_step(void *context, const machine_step *step)
{
    keep_going(context, step);
    return false;
}

static uint64_t symbol(fixture *f, const char *name)
{
    machine_module modules[4];
    assert_true(machine_modules(f->m, modules, 4) >= 1);
    return modules[0].base + image_find_export(f->kernel, name)->rva;
}

static uint64_t result(fixture *f, unsigned index)
{
    uint64_t value = 0;
    machine_read(f->m, symbol(f, "Result") + 8 * index, &value, 8);
    return value;
}

static uint32_t shared(fixture *f, unsigned index)
{
    uint32_t value = 0;
    machine_read(f->m, symbol(f, "Shared") + 4 * index, &value, 4);
    return value;
}

static void run_all(fixture *f, uint32_t thread)
{
    assert_int_equal(machine_run(f->m, thread, 0, keep_going, f), MACHINE_OK);
}

/* A fault is precise: registers as before the instruction, the address and the place exact. */
static void fault(const char *test, uint64_t vector, int64_t address_less_block, uint64_t error)
{
    fixture f = boot(test);
    run_all(&f, FIRST);
    assert_int_equal(result(&f, 0), vector);
    if (vector == 14) {
        uint64_t block = address_less_block < 0 ? 0 : result(&f, 6) >> 8 & 0x00ffffffffffffffull;
        (void)block;
        assert_int_equal(result(&f, 3), error);
    }
    end(&f);
}

static void test_faults(void **state)
{
    (void)state;
    fault("null", 14, -1, 0);
    if (is_x64) {
        fault("non-canonical", 13, -1, 0);
    }
    fault("use-after-free", 14, 0, 0);
    fault("write-after-free", 14, 0, 2);
    fault("overrun", 14, 24, 2);
    fault("underrun", 14, -1, 2);
    fault("invalid", 6, -1, 0);
    fault("divide", 0, -1, 0);
    fault("fetch", 14, -1, 16);
    fault("code", 14, -1, 3);
    fixture f = boot("in-bounds");
    run_all(&f, FIRST);
    assert_int_equal(result(&f, 0), 0);
    assert_int_equal(result(&f, 5), 7);
    end(&f);
}

static void test_fault_is_precise(void **state)
{
    (void)state;
    fixture f = boot("null");
    run_all(&f, FIRST);
    assert_int_equal(result(&f, 2), 8);      /* the address */
    assert_int_equal(result(&f, 5), 0x1111); /* RAX was not loaded */
    end(&f);
}

static void test_free_twice(void **state)
{
    (void)state;
    fixture f = boot("double-free");
    run_all(&f, FIRST);
    assert_int_equal(result(&f, 6) & 0xff, HV_FREE_OK);
    assert_int_equal(result(&f, 7), HV_FREE_TWICE);
    end(&f);
    f = boot("bad-free");
    run_all(&f, FIRST);
    assert_int_equal(result(&f, 6) & 0xff, HV_FREE_BAD_ADDRESS);
    assert_int_equal(result(&f, 7), HV_FREE_BAD_ADDRESS);
    end(&f);
}

static void test_instructions(void **state)
{
    (void)state;
    uint64_t ticks[2];
    for (int i = 0; i < 2; i++) {
        fixture f = boot("instructions");
        run_all(&f, FIRST);
        assert_int_equal(result(&f, 0), 2);
        assert_int_equal(result(&f, 2), 0xffffffff);
        ticks[i] = result(&f, 1);
        end(&f);
    }
    assert_int_equal(ticks[0], ticks[1]);
}

static size_t ready(fixture *f, uint32_t *first)
{
    uint32_t r[MACHINE_THREADS], t[MACHINE_THREADS];
    size_t rc, tc;
    machine_enabled(f->m, r, &rc, t, &tc);
    *first = rc ? r[0] : 0;
    return rc;
}

/* What the explorer does when it sees races: from now on accesses to these words end steps. */
static size_t share(fixture *f)
{
    size_t found = machine_share_discovered(f->m);
    for (unsigned i = 0; i < 16; i++) {
        machine_make_point(f->m, symbol(f, "Shared") + 4 * i);
    }
    machine_make_point(f->m, symbol(f, "Lock"));
    return found;
}

/* One run of each order tells what is shared; then the increment has a point between its read and its write. */
static void learn(fixture *f)
{
    for (int order = 0; order < 2; order++) {
        machine_mark mark = machine_save(f->m);
        run_all(f, order ? SECOND : FIRST);
        run_all(f, order ? FIRST : SECOND);
        machine_restore(f->m, mark);
        machine_drop(f->m, mark);
    }
    share(f);
    f->step_count = 0;
}

/* What a watch told, and what the word held at that moment. */
typedef struct {
    fixture *f;
    machine_watched told[8];
    uint32_t before[8];
    uint64_t stack[8];
    size_t count;
} watcher;

static void on_watched(void *context, const machine_watched *access)
{
    watcher *w = context;
    machine_registers registers;
    assert_true(w->count < 8);
    assert_int_equal(machine_thread_registers(w->f->m, access->thread, &registers), MACHINE_OK);
    assert_int_equal(registers.rip, access->pc);
    w->stack[w->count] = registers.rsp;
    w->before[w->count] = shared(w->f, 0);
    w->told[w->count++] = *access;
}

/* Each access to the word, before it is made, by whom, and no others; the registers are the running thread's. */
static void test_watch(void **state)
{
    (void)state;
    fixture f = boot("race");
    watcher w = {.f = &f};
    machine_set_watch(f.m, symbol(&f, "Shared"), on_watched, &w);
    run_all(&f, FIRST);
    run_all(&f, SECOND);
    machine_set_watch(f.m, 0, NULL, NULL);
    assert_int_equal(w.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(w.told[i].thread, i < 2 ? FIRST : SECOND);
        assert_int_equal(w.told[i].write, i % 2);
        assert_int_equal(w.told[i].address, symbol(&f, "Shared"));
        assert_int_equal(w.told[i].size, 4);
        assert_false(w.told[i].absent);
        assert_int_equal(w.before[i], i / 2);
        assert_int_equal(machine_stack_owner(f.m, w.stack[i]), w.told[i].thread);
    }
    assert_true(w.told[0].count < w.told[1].count);
    assert_int_equal(shared(&f, 0), 2);
    end(&f);
}

/* A step that an access of its own ended says by which instruction; one that a lock's section ended does not. */
static void test_site(void **state)
{
    (void)state;
    fixture f = boot("race");
    learn(&f);
    run_all(&f, FIRST);
    size_t sites = 0;
    for (size_t i = 0; i < f.step_count; i++) {
        sites += f.steps[i].site != 0;
        assert_true(!f.steps[i].site || f.steps[i].site < f.steps[i].end_pc);
    }
    assert_int_equal(sites, 2);
    end(&f);
    f = boot("locked");
    learn(&f);
    run_all(&f, FIRST); /* to the wait, then through it */
    run_all(&f, FIRST);
    assert_true(f.step_count > 2);
    assert_int_equal(f.steps[0].outcome, MACHINE_BLOCKED);
    assert_int_equal(f.steps[0].site, 0);
    assert_int_equal(f.steps[1].site, 0);
    end(&f);
}

typedef struct {
    uint64_t object;
    size_t accesses, writes; /* steps with an access to it */
} counter;

static bool count_accesses(void *context, const machine_step *step)
{
    counter *c = context;
    for (size_t i = 0; i < step->access_count; i++) {
        c->accesses += step->accesses[i].object == c->object;
        c->writes += step->accesses[i].object == c->object && step->accesses[i].write;
    }
    return step->outcome == MACHINE_RAN;
}

static counter count_steps(fixture *f, uint32_t thread, uint64_t object)
{
    counter c = {.object = object};
    machine_mark mark = machine_save(f->m);
    assert_int_equal(machine_run(f->m, thread, 0, count_accesses, &c), MACHINE_OK);
    machine_restore(f->m, mark);
    machine_drop(f->m, mark);
    return c;
}

/* A word of a thread's stack that another one has accessed is in the footprints of both; its neighbour is in none. */
static void test_stack_is_lent(void **state)
{
    (void)state;
    fixture f = boot("lent");
    for (int round = 0; round < 2; round++) {
        machine_mark mark = machine_save(f.m);
        run_all(&f, FIRST);
        uint64_t lent = result(&f, 6);
        counter second = count_steps(&f, SECOND, lent);
        run_all(&f, SECOND);
        counter first = count_steps(&f, FIRST, lent), kept = count_steps(&f, FIRST, lent + 4);
        run_all(&f, FIRST);
        assert_int_equal(shared(&f, 2), 8);
        machine_restore(f.m, mark);
        machine_drop(f.m, mark);
        assert_int_equal(second.writes, round);
        assert_int_equal(first.writes, round);
        assert_int_equal(kept.accesses, 0);
        assert_int_equal(machine_share_discovered(f.m) > 0, round == 0);
    }
    end(&f);
}

static void run_both(fixture *f)
{
    machine_mark mark = machine_save(f->m);
    run_all(f, FIRST);
    run_all(f, SECOND);
    machine_restore(f->m, mark);
    machine_drop(f->m, mark);
    f->step_count = 0;
}

/* What is taken is forgotten, so that the same run tells the same again; what is given and settled is not. */
static void test_sharing_is_taken(void **state)
{
    (void)state;
    fixture f = boot("race");
    void *taken[2];
    size_t size[2], again;
    machine_sharing_settle(f.m);
    for (int i = 0; i < 2; i++) {
        run_both(&f);
        assert_true(machine_has_discovered(f.m));
        taken[i] = machine_sharing_take(f.m, &size[i]);
        assert_non_null(taken[i]);
        assert_false(machine_has_discovered(f.m));
    }
    assert_true(size[0] > 0);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(taken[0], taken[1], size[0]);
    machine_sharing_give(f.m, taken[0], size[0]);
    machine_sharing_settle(f.m);
    assert_true(machine_has_discovered(f.m));
    run_both(&f);
    free(machine_sharing_take(f.m, &again));
    assert_int_equal(again, 0);
    assert_true(machine_has_discovered(f.m));
    assert_true(machine_share_discovered(f.m) > 0);
    free(taken[0]);
    free(taken[1]);
    end(&f);
}

static void test_race_and_snapshots(void **state)
{
    (void)state;
    fixture f = boot("race");
    learn(&f);
    assert_int_equal(shared(&f, 0), 0);
    machine_mark start = machine_save(f.m);
    machine_run(f.m, FIRST, 0, one_step, &f); /* reads 0 */
    assert_int_equal(f.steps[0].access_count, 1);
    assert_false(f.steps[0].accesses[0].write);
    machine_mark middle = machine_save(f.m);
    run_all(&f, SECOND);
    assert_int_equal(shared(&f, 0), 1);
    run_all(&f, FIRST);
    assert_int_equal(shared(&f, 0), 1); /* lost update */
    machine_restore(f.m, middle);
    run_all(&f, FIRST);
    run_all(&f, SECOND);
    assert_int_equal(shared(&f, 0), 2);
    machine_restore(f.m, start);
    assert_int_equal(shared(&f, 0), 0);
    end(&f);
}

/* A thread that stands between a comparison and its branch finds its own flags again, whatever others did meanwhile. */
static void test_flags_are_kept(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        fixture f = boot("flags");
        learn(&f);
        machine_mark start = machine_save(f.m);
        machine_run(f.m, FIRST, 0, one_step, &f); /* stands behind the comparison */
        machine_mark middle = machine_save(f.m);
        run_all(&f, SECOND);
        if (order) {
            machine_restore(f.m, middle);
        }
        run_all(&f, FIRST);
        assert_int_equal(result(&f, 0), 1);
        assert_int_equal(result(&f, 1), 0);
        machine_restore(f.m, start);
        end(&f);
    }
}

/* Each thread keeps its own processor block, whoever ran in between, and finds it again when it reloads the segment. */
static void test_blocks_are_kept(void **state)
{
    (void)state;
    fixture f = boot("block");
    learn(&f);
    machine_mark start = machine_save(f.m);
    for (int i = 0; i < 12; i++) {
        machine_run(f.m, i & 1 ? SECOND : FIRST, 0, one_step, &f);
    }
    for (unsigned i = 0; i < 2; i++) {
        machine_thread info;
        machine_thread_info(f.m, FIRST + i, &info);
        assert_int_equal(info.state, MACHINE_THREAD_GONE);
        assert_int_equal(result(&f, i), info.block);
        assert_int_equal(result(&f, 2 + i), info.block);
    }
    assert_int_not_equal(result(&f, 0), result(&f, 1));
    machine_restore(f.m, start);
    run_all(&f, SECOND);
    run_all(&f, FIRST);
    assert_int_not_equal(result(&f, 0), result(&f, 1));
    end(&f);
}

/* Whatever bytes are executed: it ends, and the machine can be rewound. */
static void test_garbage(void **state)
{
    (void)state;
    enum { SEEDS = 100 };
    for (int seed = 0; seed < SEEDS; seed++) {
        char name[32];
        snprintf(name, sizeof name, "garbage%d", seed);
        fixture f = boot(name);
        machine_set_budget(f.m, 20000);
        machine_mark start = machine_save(f.m);
        for (int again = 0; again < 2; again++) {
            machine_end ending;
            machine_run(f.m, FIRST, 0, keep_going, &f);
            machine_ending(f.m, &ending);
            assert_true(ending.kind == MACHINE_RUNNING || ending.thread == FIRST);
            machine_restore(f.m, start);
        }
        end(&f);
    }
}

static void test_no_hypercalls_for_others(void **state)
{
    (void)state;
    fixture f = boot("disguised");
    machine_end ending;
    run_all(&f, FIRST);
    machine_ending(f.m, &ending);
    assert_int_equal(ending.kind, MACHINE_RUNNING);
    assert_int_equal(result(&f, 0), 6);
    end(&f);
}

static void test_lock_blocks(void **state)
{
    (void)state;
    fixture f = boot("locked");
    uint32_t first;
    learn(&f);
    do {
        machine_run(f.m, FIRST, 0, one_step, &f);
    } while (shared(&f, 0) == 0);
    machine_run(f.m, SECOND, 0, keep_going, &f); /* up to the lock */
    machine_thread info;
    machine_thread_info(f.m, SECOND, &info);
    assert_int_equal(info.state, MACHINE_THREAD_BLOCKED);
    assert_int_equal(ready(&f, &first), 1);
    run_all(&f, FIRST);
    machine_thread_info(f.m, SECOND, &info);
    assert_int_equal(info.state, MACHINE_THREAD_READY);
    run_all(&f, SECOND);
    assert_int_equal(shared(&f, 0), 2);
    end(&f);
}

static void test_spinning_is_a_wait(void **state)
{
    (void)state;
    fixture f = boot("spin");
    machine_mark start = machine_save(f.m);
    run_all(&f, SECOND);
    run_all(&f, FIRST);
    machine_restore(f.m, start);
    assert_true(share(&f) > 0);
    run_all(&f, FIRST);
    machine_thread info;
    machine_thread_info(f.m, FIRST, &info);
    assert_true(info.spinning);
    run_all(&f, SECOND);
    run_all(&f, FIRST);
    assert_int_equal(shared(&f, 2), 5);
    end(&f);
}

static void test_choice(void **state)
{
    (void)state;
    fixture f = boot("choose");
    machine_run(f.m, FIRST, 0, keep_going, &f);
    machine_thread info;
    machine_thread_info(f.m, FIRST, &info);
    assert_int_equal(info.choices, 3);
    machine_run(f.m, FIRST, 2, keep_going, &f);
    assert_int_equal(shared(&f, 3), 2);
    end(&f);
}

static void test_budget_and_run_to(void **state)
{
    (void)state;
    fixture f = boot("loop");
    machine_step step;
    machine_thread info;
    machine_run_to(f.m, FIRST, 0, 5000, &step);
    machine_thread_info(f.m, FIRST, &info);
    assert_int_equal(info.instructions, 5000);
    machine_set_budget(f.m, 20000);
    run_all(&f, FIRST);
    machine_end ending;
    machine_ending(f.m, &ending);
    assert_int_equal(ending.kind, MACHINE_BUDGET);
    uint64_t pcs[8];
    assert_int_equal(machine_recent(f.m, pcs, 8), 8);
    end(&f);
}

int main(int argc, char **argv)
{
    kernel_path = argc > 1 ? argv[1] : getenv("AIRLOCK_TEST_KERNEL");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_fault_is_precise),
        cmocka_unit_test(test_free_twice),
        cmocka_unit_test(test_instructions),
        cmocka_unit_test(test_stack_is_lent),
        cmocka_unit_test(test_sharing_is_taken),
        cmocka_unit_test(test_race_and_snapshots),
        cmocka_unit_test(test_flags_are_kept),
        cmocka_unit_test(test_blocks_are_kept),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_no_hypercalls_for_others),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_site),
        cmocka_unit_test(test_lock_blocks),
        cmocka_unit_test(test_spinning_is_a_wait),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_budget_and_run_to),
    };
    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
