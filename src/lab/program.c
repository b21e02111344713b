/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program.c - a machine, as the explorer sees it: threads, steps, footprints, endings. */
#include "ending.h"
#include "lab_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A machine's step is an explorer's step: accesses are passed on as they are. */
_Static_assert(sizeof(machine_access) == sizeof(explore_access), "accesses differ");
_Static_assert(offsetof(machine_access, object) == offsetof(explore_access, object), "accesses differ");
_Static_assert(offsetof(machine_access, early) == offsetof(explore_access, early), "accesses differ");
_Static_assert(offsetof(machine_access, absent) == offsetof(explore_access, absent), "accesses differ");
_Static_assert(MACHINE_EVERYTHING == EXPLORE_ALL, "accesses differ");
_Static_assert(offsetof(machine_access, write) == offsetof(explore_access, write), "accesses differ");

#define LAB_CLOCK_NANOSECONDS 100u /* of a unit of virtual time */

typedef struct {
    lab *l;
    explore_visitor visit;
    void *context;
} forward;

/* The wait at which the thread stands. The thread that serves timers computes what is left from a clock that stands still,
 * so that its timeouts may come at any time. */
static void describe_wait(machine *m, explore_step *step)
{
    machine_thread info;
    machine_thread_info(m, step->thread, &info);
    bool now = info.idle || info.due < machine_clock(m);
    step->timeout = now ? 0 : (info.due - machine_clock(m)) * LAB_CLOCK_NANOSECONDS;
    step->held = info.held;
    step->serves = info.idle;
}

static bool forward_step(void *context, const machine_step *step)
{
    static const explore_outcome outcomes[] = {[MACHINE_RAN] = EXPLORE_RAN,
                                               [MACHINE_BLOCKED] = EXPLORE_BLOCKED,
                                               [MACHINE_EXITED] = EXPLORE_ENDED,
                                               [MACHINE_OVER] = EXPLORE_OVER};
    const forward *to = context;
    explore_step out = {
        .thread = step->thread,
        .outcome = outcomes[step->outcome],
        .choices = step->choices,
        .instructions = step->instructions,
        .accesses = (const explore_access *)step->accesses,
        .access_count = step->access_count,
        .place = step->end_pc,
        .site = step->site,
        .saw_clock = step->saw_clock,
    };
    if (step->outcome == MACHINE_BLOCKED) {
        describe_wait(to->l->m, &out);
    }
    return to->visit(to->context, &out);
}

static void program_enabled(void *self, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count)
{
    machine_enabled(((lab *)self)->m, ready, ready_count, timed, timed_count);
}

static bool program_run(void *self, uint32_t thread, uint32_t choice, explore_visitor visit, void *context)
{
    lab *l = self;
    forward to = {l, visit, context};
    machine_status status = machine_run(l->m, thread, choice, forward_step, &to);
    if (status != MACHINE_OK) {
        l->broken = true;
        lab_fail(l, LAB_BROKEN, "%s: %s", machine_status_text(status), machine_error(l->m));
        return false;
    }
    return true;
}

static uint32_t program_choices(void *self, uint32_t thread) { return machine_choices(((lab *)self)->m, thread); }

static uint32_t program_save(void *self) { return machine_save(((lab *)self)->m); }
static void program_restore(void *self, uint32_t mark) { machine_restore(((lab *)self)->m, mark); }
static void program_drop(void *self, uint32_t mark) { machine_drop(((lab *)self)->m, mark); }

static explore_result program_result(void *self)
{
    lab_ending ending;
    lab_classify(self, &ending);
    bool hang = ending.kind == LAB_DEADLOCK || ending.hang;
    return (explore_result){ending.failure, ending.moment, hang};
}

/* A word of 8 bytes covers two objects. */
static size_t add_condition(explore_condition *out, size_t count, size_t capacity, const struct hv_condition *c,
                            bool any)
{
    static const explore_compare compares[] = {[HV_EQ] = EXPLORE_EQ,
                                               [HV_NE] = EXPLORE_NE,
                                               [HV_GT] = EXPLORE_GT,
                                               [HV_AND_ZERO] = EXPLORE_AND_ZERO,
                                               [HV_AND_NONZERO] = EXPLORE_AND_NONZERO};
    explore_condition low = {.object = c->address & ~3ull,
                             .value = c->value,
                             .shift = (uint8_t)((c->address & 3) * 8),
                             .bytes = (uint8_t)c->size,
                             .compare = (uint8_t)compares[c->compare],
                             .any = any};
    explore_condition high = {.object = low.object + 4, .bytes = 4, .compare = EXPLORE_HIGH, .any = any};
    size_t words = c->size > 4 ? 2 : 1;
    if (count + words <= capacity) {
        out[count] = low;
        if (words == 2) {
            out[count + 1] = high;
        }
    }
    return count + words;
}

static size_t program_awaits(void *self, uint32_t thread, explore_condition *conditions, size_t capacity)
{
    lab *l = self;
    struct hv_condition words[64];
    bool any;
    if (machine_waits_last(l->m, thread)) {
        if (capacity) {
            conditions[0] = (explore_condition){.object = EXPLORE_ALL, .bytes = 4, .compare = EXPLORE_UNKNOWN};
        }
        return 1;
    }
    size_t total = machine_awaits(l->m, thread, words, 64, &any), count = 0;
    for (size_t i = 0; i < total && i < 64; i++) {
        count = add_condition(conditions, count, capacity, &words[i], any);
    }
    return count;
}

static uint64_t program_content(void *self, uint64_t object) { return machine_word(((lab *)self)->m, object); }

static uint64_t program_initial(void *self, uint64_t object)
{
    lab *l = self;
    return machine_word_at(l->m, l->start, object);
}

static uint64_t program_own_state(void *self, uint32_t thread)
{
    (void)thread; /* it is the running one */
    return machine_own_state(((lab *)self)->m);
}

explore_program lab_program(lab *l)
{
    return (explore_program){
        .self = l,
        .enabled = program_enabled,
        .run = program_run,
        .choices = program_choices,
        .save = program_save,
        .restore = program_restore,
        .drop = program_drop,
        .result = program_result,
        .awaits = program_awaits,
        .content = program_content,
        .initial = program_initial,
        .own_state = program_own_state,
    };
}
