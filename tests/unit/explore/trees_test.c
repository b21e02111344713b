/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trees_test.c - wakeup trees: equal footprints are kept and passed on once, and damaged bytes are refused. */
#include "synthetic.h"
#include "task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static explorer *fresh(void)
{
    explorer *x = calloc(1, sizeof(*x));
    uint16_t t;

    assert_non_null(x);
    x->stride = 16;
    x->set_words = 1;
    x->wakeup_free = NONE;
    for (uint32_t number = 1; number <= 3; number++)
        assert_true(thread_dense(x, number, &t));
    return x;
}

static void discard(explorer *x)
{
    footprints_free(x);
    free(x->wakeups);
    free(x->branch.dictionary.bytes);
    free(x->branch.steps.bytes);
    free(x->dictionary);
    free(x->objects);
    free(x->slots);
    free(x);
}

/* Thread t writes an object and reads another. */
static uint32_t enter(explorer *x, uint16_t t, uint64_t key)
{
    uint32_t *to = footprints_room(x, 2);

    assert_non_null(to);
    to[0] = object_find(x, key) << 1 | 1u;
    to[1] = object_find(x, 1000) << 1;
    return footprints_enter(x, (footprint){.thread = t, .known = true, .count = 2});
}

static void kept_once(void **state)
{
    explorer *x = fresh();
    uint32_t unknown = footprints_unknown(x, 0);

    (void)state;
    for (int again = 0; again < 3; again++) {
        for (uint32_t i = 0; i < 200; i++)
            assert_int_equal(enter(x, (uint16_t)(i % 2), i / 2), 1 + i);
        assert_int_equal(footprints_unknown(x, 0), unknown);
    }
    assert_int_equal(x->footprints.count, 201);
    assert_int_equal(x->footprints.access_count, 400);
    footprints_forget(x);
    assert_int_equal(enter(x, 1, 7), 0);
    assert_int_equal(footprints_unknown(x, 0), 1);
    discard(x);
}

static uint32_t add(explorer *x, uint32_t footprint, uint32_t child, uint32_t next)
{
    uint32_t w = wakeup_fresh(x, footprint);

    assert_int_not_equal(w, NONE);
    x->wakeups[w].child = child;
    x->wakeups[w].next = next;
    return w;
}

/* a -> (b -> a -> c, c), then d. */
static uint32_t sample(explorer *x)
{
    uint32_t a = enter(x, 0, 1), b = enter(x, 1, 2), c = enter(x, 2, 1), d = footprints_unknown(x, 1);
    uint32_t chain = add(x, b, add(x, a, add(x, c, NONE, NONE), NONE), add(x, c, NONE, NONE));

    return add(x, a, chain, add(x, d, NONE, NONE));
}

static wire_out written(explorer *x, uint32_t tree)
{
    wire_out out = {0};

    tree_put(x, &out, tree);
    assert_false(out.failed);
    return out;
}

static bool reads(const uint8_t *bytes, size_t size)
{
    explorer *x = fresh();
    wire_in in = {.bytes = bytes, .size = size};
    uint32_t tree = NONE;
    bool fine = tree_get(x, &in, &tree);

    discard(x);
    return fine;
}

static void read_again(void **state)
{
    explorer *x = fresh(), *y = fresh();
    wire_out out = written(x, sample(x)), again;
    wire_in in = wire_from(&out);
    uint32_t tree = NONE;

    (void)state;
    assert_true(tree_get(y, &in, &tree));
    assert_int_equal(in.at, in.size);
    assert_int_equal(y->wakeup_count, 6);
    assert_int_equal(y->footprints.count, 4);
    again = written(y, tree);
    assert_int_equal(again.size, out.size);
    assert_memory_equal(again.bytes, out.bytes, out.size);
    free(again.bytes);
    free(out.bytes);
    discard(x);
    discard(y);
}

static void damaged(void **state)
{
    explorer *x = fresh();
    wire_out out = written(x, sample(x));

    (void)state;
    for (size_t size = 0; size < out.size; size++) {
        uint8_t *part = malloc(size ? size : 1); /* so that reading beyond is seen */
        assert_non_null(part);
        memcpy(part, out.bytes, size);
        assert_false(reads(part, size));
        free(part);
    }
    for (size_t i = 0; i < out.size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            out.bytes[i] ^= (uint8_t)(1u << bit);
            (void)reads(out.bytes, out.size); /* what it says may be another tree */
            out.bytes[i] ^= (uint8_t)(1u << bit);
        }
    }
    free(out.bytes);
    discard(x);
}

static wire_out begun(uint32_t footprints)
{
    wire_out out = {0};

    wire_put32(&out, 1);
    wire_put_leb(&out, footprints);
    for (uint32_t number = 1; number <= footprints; number++)
        footprint_put_unknown(&out, number);
    return out;
}

static bool accepted(wire_out *out)
{
    wire_in in = {.bytes = out->bytes + 4, .size = out->size - 4};
    bool fine = reads(out->bytes, out->size);

    assert_int_equal(branch_skip(&in), fine);
    free(out->bytes);
    return fine;
}

static void put_step(wire_out *out, uint32_t place, uint32_t children)
{
    wire_put_leb(out, place);
    wire_put_leb(out, children);
}

static void refused(void **state)
{
    wire_out fine = begun(2), unused = begun(2), early = begun(2), beyond = begun(1), missing = begun(1);

    (void)state;
    put_step(&fine, 0, 1);
    put_step(&fine, 1, 0);
    assert_true(accepted(&fine));
    put_step(&unused, 0, 0);
    assert_false(accepted(&unused));
    put_step(&early, 1, 1);
    put_step(&early, 0, 0);
    assert_false(accepted(&early));
    put_step(&beyond, 0, 1);
    put_step(&beyond, 1, 0);
    assert_false(accepted(&beyond));
    put_step(&missing, 0, 2);
    put_step(&missing, 0, 0);
    assert_false(accepted(&missing));
}

static bool chain_reads(uint32_t length)
{
    wire_out out = begun(1);
    bool fine;

    while (length--)
        put_step(&out, 0, length > 0);
    fine = reads(out.bytes, out.size);
    free(out.bytes);
    return fine;
}

static void deep(void **state)
{
    (void)state;
    assert_true(chain_reads(TASK_DEEPEST_TREE));
    assert_false(chain_reads(TASK_DEEPEST_TREE + 1));
}

enum { READERS = 8 };

/*
 * Readers race with the steps of a writer, each for a word of its own, and a thread with nothing to do with them takes
 * `busy` equal steps in between: they are in every branch.
 */
static void race(synthetic *s, int readers, int busy)
{
    static synthetic_op writer[READERS + 1], other[64], reader[READERS][2];

    synthetic_init(s);
    for (int i = 0; i < readers; i++) {
        writer[i] = (synthetic_op){.kind = SYN_WRITE, .a = i, .b = 1};
        reader[i][0] = (synthetic_op){.kind = SYN_READ, .a = i, .b = 0};
        reader[i][1] = (synthetic_op){.kind = SYN_END};
    }
    writer[readers] = (synthetic_op){.kind = SYN_END};
    for (int i = 0; i < busy; i++)
        other[i] = (synthetic_op){.kind = SYN_WRITE, .a = READERS, .b = 1};
    other[busy] = (synthetic_op){.kind = SYN_END};
    synthetic_thread(s, writer);
    synthetic_thread(s, other);
    for (int i = 0; i < readers; i++)
        synthetic_thread(s, reader[i]);
}

static explore_status explore(synthetic *s, const explore_options *o, uint64_t *executions)
{
    explore_program p = synthetic_program(s);
    explore_report r;
    explore_status status;

    synthetic_start(s);
    status = explore_run(&p, o, &r);
    *executions = r.total.executions;
    assert_true(status == EXPLORE_OK || !r.complete);
    explore_report_free(&r);
    return status;
}

static void measure(void *context, uint64_t task, const void *bytes, size_t size)
{
    size_t *largest = context;

    (void)task;
    (void)bytes;
    *largest = size > *largest ? size : *largest;
}

static size_t largest_result(int busy)
{
    size_t largest = 0;
    explore_options o = {.bound = EXPLORE_UNBOUNDED, .task_executions = 1, .remember = measure, .context = &largest};
    uint64_t executions;
    synthetic s;

    race(&s, READERS, busy);
    assert_int_equal(explore(&s, &o, &executions), EXPLORE_OK);
    assert_int_equal(executions, 1 << READERS);
    synthetic_free(&s);
    return largest;
}

/* A step more in a branch takes less than its footprint. */
static void passed_on_once(void **state)
{
    enum { FEW = 10, MANY = 60, FOOTPRINT = 16 };
    size_t few = largest_result(FEW), many = largest_result(MANY);

    (void)state;
    assert_true(few > READERS * FEW);
    assert_in_range(many - few, 1, READERS * (MANY - FEW) * FOOTPRINT / 2);
}

/* Results as they are remembered. */
enum { TASKS = 64 };

typedef struct {
    uint64_t task[TASKS];
    wire_out result[TASKS];
    size_t count, damaged; /* the one that is told differently */
    size_t size, at;       /* so: cut off, and with this byte changed */
    uint8_t change;
} memory;

static void keep(void *context, uint64_t task, const void *bytes, size_t size)
{
    memory *m = context;

    if (m->count == TASKS)
        return;
    m->task[m->count] = task;
    wire_put(&m->result[m->count++], bytes, size);
}

static void *tell(void *context, uint64_t task, size_t *size)
{
    const memory *m = context;
    uint8_t *bytes;

    if (task != m->task[m->damaged])
        return NULL;
    bytes = malloc(m->size ? m->size : 1);
    assert_non_null(bytes);
    memcpy(bytes, m->result[m->damaged].bytes, m->size);
    if (m->at < m->size)
        bytes[m->at] ^= m->change;
    *size = m->size;
    return bytes;
}

static explore_status explore_damaged(synthetic *s, memory *m)
{
    explore_options o = {.bound = EXPLORE_UNBOUNDED, .task_executions = 2, .recall = tell, .context = m};
    uint64_t executions;

    return explore(s, &o, &executions);
}

/* What is cut off is refused; what is changed may be another result, or one that does not fit. */
static void damaged_results(void **state)
{
    memory m = {0};
    explore_options o = {.bound = EXPLORE_UNBOUNDED, .task_executions = 2, .remember = keep, .context = &m};
    uint64_t executions;
    synthetic s;

    (void)state;
    race(&s, 3, 3);
    assert_int_equal(explore(&s, &o, &executions), EXPLORE_OK);
    assert_true(m.count > 2);
    for (m.damaged = 0; m.damaged < m.count; m.damaged++) {
        size_t whole = m.result[m.damaged].size;
        for (m.size = m.at = 0; m.size < whole; m.size++, m.at++)
            assert_int_equal(explore_damaged(&s, &m), EXPLORE_PROGRAM_FAILED);
        for (m.at = 0; m.at < whole; m.at++) {
            m.change = (uint8_t)(1u << m.at % 8);
            (void)explore_damaged(&s, &m);
        }
        free(m.result[m.damaged].bytes);
    }
    synthetic_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kept_once),      cmocka_unit_test(read_again),
                                       cmocka_unit_test(damaged),        cmocka_unit_test(refused),
                                       cmocka_unit_test(deep),           cmocka_unit_test(passed_on_once),
                                       cmocka_unit_test(damaged_results)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
