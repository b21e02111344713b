/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program.c - a machine, as the explorer sees it: threads, steps, footprints, endings. */
#include "ending.h"
#include "lab_internal.h"

#include <stdlib.h>

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

/* Of the wait at which the thread stands, nanoseconds. The thread that serves timers computes what is left from a clock
 * that stands still, so that its timeouts may come at any time. */
static uint64_t timeout_of(machine *m, uint32_t thread)
{
    machine_thread info;
    machine_thread_info(m, thread, &info);
    return info.idle || info.due < machine_clock(m) ? 0 : (info.due - machine_clock(m)) * LAB_CLOCK_NANOSECONDS;
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
    };
    if (step->outcome == MACHINE_BLOCKED) {
        out.timeout = timeout_of(to->l->m, step->thread);
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

static uint64_t program_content(void *self, uint64_t object)
{
    uint32_t word = 0;
    machine_read(((lab *)self)->m, object, &word, sizeof word);
    return word;
}

static uint64_t program_initial(void *self, uint64_t object)
{
    lab *l = self;
    return machine_word_at(l->m, l->start, object);
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
    };
}

/* Rounds ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    lab *l;
    const explore_options *wanted;
    uint64_t *races; /* objects, once each per round */
    size_t count, capacity;
    bool stopped; /* the caller's budget has ended */
} round_state;

static bool forward_progress(void *context, const explore_progress *now)
{
    round_state *r = context;
    r->stopped = r->wanted->progress && !r->wanted->progress(r->wanted->context, now);
    return !r->stopped;
}

static void note_race(void *context, uint64_t object)
{
    round_state *r = context;
    for (size_t i = r->count; i-- > 0;) {
        if (r->races[i] == object) {
            return;
        }
    }
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 256;
        uint64_t *grown = realloc(r->races, capacity * sizeof *grown);
        if (!grown) {
            return;
        }
        r->races = grown;
        r->capacity = capacity;
    }
    r->races[r->count++] = object;
}

/* What the round found counts from now on; 0: it found nothing new. */
static size_t learn(round_state *r)
{
    size_t found = machine_share_discovered(r->l->m);
    r->l->shared_words += found;
    for (size_t i = 0; i < r->count; i++) {
        bool fresh = machine_make_point(r->l->m, r->races[i]);
        found += fresh;
        r->l->point_words += fresh;
    }
    r->count = 0;
    return found;
}

static lab_status status_of(explore_status status)
{
    return status == EXPLORE_OK ? LAB_OK : status == EXPLORE_NO_MEMORY ? LAB_NO_MEMORY : LAB_BROKEN;
}

static lab_status explore_once(round_state *r, uint64_t max_executions, explore_report *report)
{
    explore_program program = lab_program(r->l);
    explore_options options = *r->wanted;
    options.context = r;
    options.progress = forward_progress;
    options.race = note_race;
    if (!options.max_executions || options.max_executions > max_executions) {
        options.max_executions = max_executions;
    }
    lab_rewind(r->l);
    explore_status status = explore_run(&program, &options, report);
    lab_rewind(r->l);
    return status_of(status);
}

lab_status lab_explore(lab *l, const explore_options *options, explore_report *report)
{
    /* Most of what there is to learn shows in few executions; whole explorations are for the rest. */
    static const uint64_t sizes[] = {4, 16, 64, 256, 1024, 4096, UINT64_MAX};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    round_state r = {.l = l, .wanted = options};
    lab_status status;
    for (size_t size = 0;;) {
        status = explore_once(&r, sizes[size], report);
        if (status != LAB_OK) {
            break;
        }
        bool whole = report->complete || size == SIZES - 1;
        bool budget = options->max_executions && report->total.executions >= options->max_executions;
        if (!report->complete && (r.stopped || budget)) {
            break; /* what was found stays found; what was learnt is for a next call, so that decisions keep their meaning */
        }
        size_t found = learn(&r);
        if (found == 0 && whole) {
            break;
        }
        size += found == 0;
        explore_report_free(report);
    }
    free(r.races);
    return status;
}

lab_status lab_random(lab *l, const explore_random_options *options, explore_walks *walks)
{
    explore_program program = lab_program(l);
    lab_rewind(l);
    explore_status status = explore_random(&program, options, walks);
    lab_rewind(l);
    return status_of(status);
}

lab_status lab_critical(lab *l, const explore_decision *schedule, size_t length, explore_critical *out)
{
    explore_program program = lab_program(l);
    lab_rewind(l);
    explore_status status = explore_find_critical(&program, schedule, length, out);
    lab_rewind(l);
    return status_of(status);
}
