/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which races the explorer tells of: those that a switch inside a step is missing for, and those that are data races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore.h"

enum { PHASE = 1, LOCK, ACCESSES = 4, TOLD = 64 };

/* Two threads of one step each. */
typedef struct {
    explore_access accesses[ACCESSES];
    size_t count;
    uint64_t site;
} only_step;

typedef struct {
    const only_step *steps[2];
    bool done[2];
    bool saved[8][2];
    uint32_t marks;
    uint64_t races[TOLD];
    size_t race_count;
    explore_meeting meetings[TOLD];
    size_t meeting_count;
} world;

static void enabled(void *self, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count)
{
    const world *w = self;
    (void)timed;
    *ready_count = *timed_count = 0;
    for (uint32_t i = 0; i < 2; i++) {
        if (!w->done[i])
            ready[(*ready_count)++] = i + 1;
    }
}

static bool run(void *self, uint32_t thread, uint32_t choice, explore_visitor visit, void *context)
{
    world *w = self;
    const only_step *s = w->steps[thread - 1];
    explore_step step = {.thread = thread,
                         .outcome = EXPLORE_ENDED,
                         .instructions = 1,
                         .accesses = s->accesses,
                         .access_count = s->count,
                         .site = s->site};
    (void)choice;
    w->done[thread - 1] = true;
    visit(context, &step);
    return true;
}

static uint32_t choices(void *self, uint32_t thread)
{
    (void)self, (void)thread;
    return 0;
}

static uint32_t save(void *self)
{
    world *w = self;
    memcpy(w->saved[w->marks], w->done, sizeof w->done);
    return w->marks++;
}

static void restore(void *self, uint32_t mark)
{
    world *w = self;
    memcpy(w->done, w->saved[mark], sizeof w->done);
    w->marks = mark + 1;
}

static void drop(void *self, uint32_t mark) { ((world *)self)->marks = mark; }

static explore_result result(void *self)
{
    (void)self;
    return (explore_result){0};
}

static void on_race(void *context, uint64_t object)
{
    world *w = context;
    assert_true(w->race_count < TOLD);
    w->races[w->race_count++] = object;
}

static void on_meeting(void *context, const explore_meeting *meeting)
{
    world *w = context;
    assert_true(w->meeting_count < TOLD);
    w->meetings[w->meeting_count++] = *meeting;
}

static void explore_both(world *w, const only_step *first, const only_step *second)
{
    explore_program program = {.self = w,
                               .enabled = enabled,
                               .run = run,
                               .choices = choices,
                               .save = save,
                               .restore = restore,
                               .drop = drop,
                               .result = result};
    explore_options options = {.bound = EXPLORE_UNBOUNDED, .race = on_race, .meet = on_meeting, .context = w};
    explore_report report;
    *w = (world){.steps = {first, second}};
    assert_int_equal(explore_run(&program, &options, &report), EXPLORE_OK);
    assert_true(report.complete);
    explore_report_free(&report);
}

static bool told(const world *w, uint64_t object)
{
    for (size_t i = 0; i < w->race_count; i++) {
        if (w->races[i] == object)
            return true;
    }
    return false;
}

#define ACCESS(number, kind, time, ends)                                                       \
    {                                                                                          \
        .object = (number), .write = (kind), .early = !(ends), .first = (time), .last = (time) \
    }

/* Both touch the phase, then the lock: the phase can be had in one order, the lock in the other. */
static void crossing(void **state)
{
    static const only_step writer = {{ACCESS(PHASE, true, 1, false), ACCESS(LOCK, true, 2, true)}, 2, 0};
    static const only_step reader = {{ACCESS(PHASE, false, 1, false), ACCESS(LOCK, true, 2, true)}, 2, 0};
    world w;
    (void)state;
    explore_both(&w, &writer, &reader);
    assert_true(told(&w, PHASE));
    assert_false(told(&w, LOCK));
}

/* One after the other in opposite orders: whoever is second at the lock is second at the phase. */
static void ordered_through(void **state)
{
    static const only_step releases = {{ACCESS(PHASE, true, 1, false), ACCESS(LOCK, true, 2, true)}, 2, 0};
    static const only_step acquires = {{ACCESS(LOCK, true, 1, true), ACCESS(PHASE, false, 1, true)}, 2, 0};
    static const only_step alone = {{ACCESS(LOCK, true, 1, true)}, 1, 0};
    world w;
    (void)state;
    explore_both(&w, &releases, &alone);
    assert_int_equal(w.race_count, 0);
    explore_both(&w, &releases, &acquires);
    assert_true(told(&w, PHASE)); /* when the other one comes first it could come between the two */
}

/* What ended both steps, and synchronises nothing, is a data race; in either order. */
static void meeting(void **state)
{
    static const only_step writes = {{ACCESS(LOCK, true, 1, false), ACCESS(PHASE, true, 2, true)}, 2, 0x10};
    static const only_step reads = {{ACCESS(PHASE, false, 1, true)}, 1, 0x20};
    world w;
    (void)state;
    explore_both(&w, &writes, &reads);
    assert_int_equal(w.meeting_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const explore_meeting *m = &w.meetings[i];
        const explore_meeter *writer = m->first.thread == 1 ? &m->first : &m->second;
        assert_int_equal(m->object, PHASE);
        assert_int_equal(writer->site, 0x10);
        assert_true(writer->write);
        assert_int_equal(m->first.site + m->second.site, 0x30);
        assert_int_equal(m->first.thread + m->second.thread, 3);
    }
    assert_int_not_equal(w.meetings[0].first.thread, w.meetings[1].first.thread);
}

/* One of the two synchronises; or the access is not what ended the step; or both read. */
static void no_meeting(void **state)
{
    static const only_step writes = {{ACCESS(PHASE, true, 1, true)}, 1, 0x10};
    static const only_step reads = {{ACCESS(PHASE, false, 1, true)}, 1, 0x20};
    static const only_step locked = {{ACCESS(PHASE, false, 1, true)}, 1, 0};
    static const only_step early = {{ACCESS(PHASE, false, 1, false), ACCESS(LOCK, true, 2, true)}, 2, 0x20};
    world w;
    (void)state;
    explore_both(&w, &writes, &locked);
    assert_int_equal(w.meeting_count, 0);
    explore_both(&w, &writes, &early);
    assert_int_equal(w.meeting_count, 0);
    explore_both(&w, &reads, &reads);
    assert_int_equal(w.meeting_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(crossing), cmocka_unit_test(ordered_through),
                                       cmocka_unit_test(meeting), cmocka_unit_test(no_meeting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
