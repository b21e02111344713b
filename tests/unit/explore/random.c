/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.c - thousands of random small programs: reduced exploration against every interleaving.
 *
 *     explore_random [FIRST_SEED [COUNT]]
 */
#include "brute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LENGTH = 16 };

static uint64_t first_seed = 1, seeds = 600;

typedef enum { PLAIN, LOCKS, WAITS, FAILURES, EVERYTHING, FLAVOURS } flavour;

static uint32_t rnd(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static synthetic_op random_op(uint64_t *seed, flavour f, int words)
{
    int x = (int)rnd(seed, (uint32_t)words), r = (int)rnd(seed, 2), n = (int)rnd(seed, 2);

    switch (rnd(seed, 12)) {
    case 0:
    case 1: return (synthetic_op){.kind = SYN_READ, .a = x, .b = r};
    case 2:
    case 3: return (synthetic_op){.kind = SYN_WRITE, .a = x, .b = n};
    case 4: return (synthetic_op){.kind = SYN_ADD, .a = x, .b = 1};
    case 5: return (synthetic_op){.kind = SYN_STORE, .a = x, .b = r};
    case 6: return (synthetic_op){.kind = SYN_CAS, .a = x, .b = n, .c = 1 - n};
    case 7:
        if (f == WAITS || f == EVERYTHING)
            return (synthetic_op){.kind = SYN_WAIT, .a = x, .b = n};
        return (synthetic_op){.kind = SYN_SWAP, .a = x, .b = n, .c = r};
    case 8:
        if (f == WAITS || f == EVERYTHING)
            return (synthetic_op){.kind = SYN_WAIT_BOTH, .a = x, .b = (x + 1) % words};
        return (synthetic_op){.kind = SYN_INDEX, .a = 0, .b = r, .c = 1};
    case 9:
        if (f == WAITS || f == EVERYTHING)
            return (synthetic_op){.kind = SYN_TIMED, .a = x, .b = r};
        return (synthetic_op){.kind = SYN_WRITE, .a = x, .b = n};
    case 10:
        if (f == FAILURES || f == EVERYTHING)
            return (synthetic_op){.kind = SYN_FAIL_IF, .a = r, .b = 1 + n, .c = 1 + (int)rnd(seed, 5)};
        return (synthetic_op){.kind = SYN_READ, .a = x, .b = r};
    default:
        if (f == EVERYTHING)
            return (synthetic_op){.kind = SYN_CHOOSE, .a = 2, .b = r};
        return (synthetic_op){.kind = SYN_READ, .a = x, .b = r};
    }
}

static void random_thread(uint64_t *seed, flavour f, synthetic_op *c, int words)
{
    int length = 1 + (int)rnd(seed, 4), n = 0;
    bool locks = f == LOCKS || f == EVERYTHING;

    for (int i = 0; i < length; i++) {
        int lock = words + (int)rnd(seed, 2);
        if (locks && rnd(seed, 3) == 0) {
            c[n++] = (synthetic_op){.kind = SYN_LOCK, .a = lock};
            if (rnd(seed, 2))
                c[n++] = random_op(seed, f, words);
            if (rnd(seed, 4) == 0 && n < 8) {
                c[n++] = (synthetic_op){.kind = SYN_LOCK, .a = words * 2 + 1 - lock};
                c[n++] = (synthetic_op){.kind = SYN_UNLOCK, .a = words * 2 + 1 - lock};
            }
            c[n++] = (synthetic_op){.kind = SYN_UNLOCK, .a = lock};
        } else {
            c[n++] = random_op(seed, f, words);
        }
        if (rnd(seed, 6) == 0)
            c[n++] =
                (synthetic_op){.kind = SYN_JUMP_IF, .a = 0, .b = (int)rnd(seed, 2), .c = 0}; /* to the end: below */
    }
    c[n] = (synthetic_op){.kind = SYN_END};
    for (int i = 0; i < n; i++) {
        if (c[i].kind == SYN_JUMP_IF)
            c[i].c = n;
    }
}

static void random_program(uint64_t seed, flavour f, synthetic *s, synthetic_op code[4][LENGTH * 2])
{
    uint64_t state = seed * 2654435761u + (uint64_t)f;
    int words = 1 + (int)(rnd(&state, 3)), threads = 2 + (int)rnd(&state, 3) / 2;

    synthetic_init(s);
    s->deadlock_fails = true;
    s->knows = rnd(&state, 4) != 0;
    for (int t = 0; t < threads; t++) {
        random_thread(&state, f, code[t], words);
        synthetic_thread(s, code[t]);
    }
    if (f == EVERYTHING && rnd(&state, 2)) { /* one more looks at the end of all others */
        code[3][0] = (synthetic_op){.kind = SYN_LAST};
        code[3][1] = (synthetic_op){.kind = SYN_READ, .a = 0, .b = 1};
        code[3][2] = (synthetic_op){.kind = SYN_FAIL_IF, .a = 1, .b = 1, .c = 6};
        code[3][3] = (synthetic_op){.kind = SYN_WRITE, .a = 0, .b = 0};
        code[3][4] = (synthetic_op){.kind = SYN_END};
        synthetic_thread(s, code[3]);
    } else if (rnd(&state, 4) == 0) { /* the first thread makes one more */
        random_thread(&state, f, code[3], words);
        synthetic_hidden(s, code[3]);
        for (int i = LENGTH; i > 0; i--) {
            code[0][i] = code[0][i - 1];
            if (code[0][i].kind == SYN_JUMP_IF)
                code[0][i].c++;
        }
        code[0][0] = (synthetic_op){.kind = SYN_SPAWN, .a = threads};
    }
}

/* Polls word 0, gives up after some timeouts; does one thing if it has, another in any case. */
static void patient_thread(uint64_t *seed, synthetic_op *c, int words)
{
    enum { COUNT = 2, GIVEN_UP = 5 };
    int n = GIVEN_UP;

    c[0] = (synthetic_op){.kind = SYN_TIMED, .a = 0, .b = 0};
    c[2] = (synthetic_op){.kind = SYN_INC, .a = COUNT, .b = 1};
    c[3] = (synthetic_op){.kind = SYN_JUMP_IF, .a = COUNT, .b = 3 + (int)rnd(seed, 3), .c = GIVEN_UP};
    c[4] = (synthetic_op){.kind = SYN_JUMP, .a = 0};
    for (int i = (int)rnd(seed, 3); i >= 0; i--)
        c[n++] = random_op(seed, FAILURES, words);
    c[1] = (synthetic_op){.kind = SYN_JUMP_IF, .a = 0, .b = 1, .c = n};
    c[n++] = (synthetic_op){.kind = SYN_SET, .a = COUNT, .b = 0};
    c[n++] = random_op(seed, FAILURES, words);
    c[n] = (synthetic_op){.kind = SYN_END};
}

static synthetic *current;
static number_set finals;

static void finished(void *context, const explore_result *result)
{
    (void)context;
    if (!result->failure)
        number_set_add(&finals, synthetic_hash(current));
}

static void print_program(const synthetic *s)
{
    static const char *const name[] = {"END",     "READ",    "WRITE", "STORE",         "ADD",  "INDEX",
                                       "SWAP",    "CAS",     "LOCK",  "UNLOCK",        "WAIT", "WAIT_BOTH",
                                       "TIMED",   "CHOOSE",  "SPAWN", "SET",           "INC",  "JUMP",
                                       "JUMP_IF", "FAIL_IF", "LAST",  "FAIL_IF_LOCKED"};

    for (size_t t = 0; t < s->threads; t++) {
        printf("  thread %zu%s:", t + 1, s->hidden[t] ? " (spawned)" : "");
        for (const synthetic_op *op = s->code[t]; op->kind != SYN_END; op++)
            printf(" %s(%d,%d,%d)", name[op->kind], op->a, op->b, op->c);
        printf("\n");
    }
}

static void print_schedule(const explore_decision *schedule, size_t length, uint32_t preemptions)
{
    printf("%u preemptions:", preemptions);
    for (size_t i = 0; i < length; i++)
        printf(" %u", schedule[i].thread);
    printf("\n");
}

static void explain(uint64_t seed, flavour f, uint32_t bound, const brute *b, const explore_report *r)
{
    printf("seed %llu flavour %d bound %d: ", (unsigned long long)seed, (int)f, (int)bound);
    printf("every interleaving: %llu executions, %zu traces, %zu finals, %zu failures; ",
           (unsigned long long)b->executions, b->traces.count, b->finals.count, b->failures.count);
    printf("reduced: %llu executions, %llu blocked, %zu finals, %zu failures\n",
           (unsigned long long)r->total.executions, (unsigned long long)r->total.blocked, finals.count,
           r->failure_count);
    print_program(current);
}

/* Each failure's best schedule is the best of all interleavings. */
static bool same_best(const brute *b, const explore_report *r, uint32_t bound)
{
    for (size_t i = 0; i < b->best_count; i++) {
        const brute_best *best = &b->best[i];
        const explore_failure *f = r->failures;
        while (f->result.failure != best->failure)
            f++;
        bool same = f->preemptions == best->preemptions && f->length == best->length && f->minimal &&
                    !memcmp(f->schedule, best->schedule, f->length * sizeof(*f->schedule));
        if (!same) {
            printf("failure %llu: ", (unsigned long long)f->result.failure);
            print_schedule(best->schedule, best->length, best->preemptions);
            print_schedule(f->schedule, f->length, f->preemptions);
        }
        if (!same && (bound == EXPLORE_UNBOUNDED || f->preemptions != best->preemptions))
            return false;
    }
    return true;
}

/* Fills `finals` too. */
static explore_report explore_all(synthetic *s, const explore_options *o, number_set *failures)
{
    explore_program p = synthetic_program(s);
    explore_report r;

    synthetic_start(s);
    finals.count = 0;
    assert_int_equal(explore_run(&p, o, &r), EXPLORE_OK);
    assert_true(r.complete);
    for (size_t i = 0; i < r.failure_count; i++)
        number_set_add(failures, r.failures[i].result.failure);
    number_set_sort(failures);
    number_set_sort(&finals);
    return r;
}

static void compare(uint64_t seed, flavour f, uint32_t bound, uint32_t interval)
{
    static synthetic_op code[4][LENGTH * 2];
    synthetic s;
    brute b = {.limit = 30000};
    explore_report r;
    explore_options o = {.bound = bound, .finished = finished, .mark_interval = interval, .task_executions = seed % 4};
    number_set failures = {0};
    bool same;

    random_program(seed, f, &s, code);
    current = &s;
    brute_run(&b, &s, bound);
    if (!b.too_many) {
        r = explore_all(&s, &o, &failures);
        same = number_set_equal(&finals, &b.finals) && number_set_equal(&failures, &b.failures);
        if (bound == EXPLORE_UNBOUNDED && f != FAILURES && f != EVERYTHING)
            same = same && r.total.executions == b.traces.count;
        same = same && same_best(&b, &r, bound);
        if (!same)
            explain(seed, f, bound, &b, &r);
        assert_true(same);
        explore_report_free(&r);
    }
    brute_free(&b);
    number_set_free(&failures);
    synthetic_free(&s);
}

static void unbounded(void **state)
{
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++)
        compare(seed, *(flavour *)*state, EXPLORE_UNBOUNDED, 1 + (uint32_t)seed % 7);
}

static void bounded(void **state)
{
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        for (uint32_t bound = 0; bound <= 2; bound++)
            compare(seed, *(flavour *)*state, bound, 1 + (uint32_t)seed % 7);
    }
}

/* How often a thread looks before it sees a change is not told apart, all else is. */
static void patience(void **state)
{
    static synthetic_op code[3][LENGTH * 2];

    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        uint64_t draw = seed * 2654435761u;
        synthetic s;
        brute b = {.limit = 100000};
        explore_report r;
        explore_options o = {.bound = EXPLORE_UNBOUNDED, .finished = finished, .task_executions = seed % 4};
        number_set failures = {0};
        synthetic_init(&s);
        s.knows = rnd(&draw, 4) != 0;
        patient_thread(&draw, code[0], 2);
        synthetic_thread(&s, code[0]);
        for (int t = 1; t < 3; t++) {
            random_thread(&draw, FAILURES, code[t], 2);
            synthetic_thread(&s, code[t]);
        }
        current = &s;
        brute_run(&b, &s, EXPLORE_UNBOUNDED);
        if (!b.too_many) {
            r = explore_all(&s, &o, &failures);
            if (!number_set_equal(&finals, &b.finals) || !number_set_equal(&failures, &b.failures)) {
                explain(seed, FLAVOURS, EXPLORE_UNBOUNDED, &b, &r);
                fail();
            }
            explore_report_free(&r);
        }
        brute_free(&b);
        number_set_free(&failures);
        synthetic_free(&s);
    }
}

int main(int argc, char **argv)
{
    static flavour f[FLAVOURS] = {PLAIN, LOCKS, WAITS, FAILURES, EVERYTHING};
    const struct CMUnitTest tests[] = {
        {"unbounded, plain", unbounded, NULL, NULL, &f[0]},
        {"unbounded, locks", unbounded, NULL, NULL, &f[1]},
        {"unbounded, waits", unbounded, NULL, NULL, &f[2]},
        {"unbounded, failures", unbounded, NULL, NULL, &f[3]},
        {"unbounded, everything", unbounded, NULL, NULL, &f[4]},
        {"bounded, plain", bounded, NULL, NULL, &f[0]},
        {"bounded, locks", bounded, NULL, NULL, &f[1]},
        {"bounded, waits", bounded, NULL, NULL, &f[2]},
        {"bounded, failures", bounded, NULL, NULL, &f[3]},
        {"bounded, everything", bounded, NULL, NULL, &f[4]},
        cmocka_unit_test(patience),
    };
    int failed;

    if (argc > 1)
        first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        seeds = strtoull(argv[2], NULL, 10);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    number_set_free(&finals);
    return failed;
}
