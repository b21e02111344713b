/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rounds.c - an exploration of the lab: round after round, until nothing new is learnt of what threads share and where
 * they race (src/machine/shadow.c). A whole round is divided into tasks for several processes, whose results a file may
 * keep.
 */
#include "checkpoint.h"
#include "lab_internal.h"
#include "schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASK_EXECUTIONS = 256 }; /* of an exploration's tasks: some hundredths of a second each */

/* After so many executions a round ends if it has learnt something. Most of what there is to learn shows in few; whole
 * explorations are for the rest. */
static const uint64_t sizes[] = {4, 16, 64};
enum { WHOLE = sizeof sizes / sizeof sizes[0] };

typedef struct {
    lab *l;
    const explore_options *wanted;
    uint64_t *races; /* objects that are no points yet, once each per round */
    size_t count, capacity;
    size_t settled;        /* so many of them are known whatever a task sees */
    size_t size;           /* of the round: index in sizes, WHOLE */
    uint64_t news_at;      /* executions of this whole round when it was seen to have learnt something, 0 */
    uint32_t whole_rounds; /* begun */
    bool whole;            /* this round is */
    bool given_up;         /* it was, for another one */
    bool stopped;          /* the caller's budget has ended */
} round_state;

static bool forward_progress(void *context, const explore_progress *now)
{
    round_state *r = context;
    r->stopped = r->wanted->progress && !r->wanted->progress(r->wanted->context, now);
    return !r->stopped;
}

static void forward_trace(void *context, uint64_t number)
{
    const round_state *r = context;
    r->wanted->trace(r->wanted->context, number);
}

static void note_race(void *context, uint64_t object)
{
    round_state *r = context;
    if (machine_is_point(r->l->m, object)) {
        return;
    }
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

static void note_meeting(void *context, const explore_meeting *meeting)
{
    meetings_note(((round_state *)context)->l, meeting);
}

static uint8_t *append(uint8_t *to, const void *bytes, size_t size)
{
    if (size) {
        memcpy(to, bytes, size);
    }
    return to + size;
}

/* What is known now is no task's. */
static void settle(round_state *r)
{
    r->settled = r->count;
    meetings_settle(&r->l->meetings);
    machine_sharing_settle(r->l->m);
}

/* What a task has learnt, as bytes: how many races and data races, these, what the machine saw. It is forgotten: what the
 * next one learns here is the same as it would be elsewhere. */
static void *take_learnt(void *context, size_t *size)
{
    round_state *r = context;
    meetings *met = &r->l->meetings;
    uint64_t counts[2] = {r->count - r->settled, met->count - met->settled};
    size_t shared, races = counts[0] * sizeof *r->races, meeting = counts[1] * sizeof *met->all;
    void *seen = machine_sharing_take(r->l->m, &shared);
    uint8_t *bytes = seen ? malloc(sizeof counts + races + meeting + shared) : NULL;
    *size = 0;
    if (bytes) {
        *size = sizeof counts + races + meeting + shared;
        uint8_t *at = append(bytes, counts, sizeof counts);
        at = append(at, r->races + r->settled, races);
        at = append(at, met->all + met->settled, meeting);
        append(at, seen, shared);
    }
    r->count = r->settled;
    meetings_forget(met);
    free(seen);
    return bytes;
}

static void give_learnt(void *context, const void *bytes, size_t size)
{
    round_state *r = context;
    uint64_t counts[2], object;
    lab_meeting meeting;
    if (size < sizeof counts) {
        return;
    }
    memcpy(counts, bytes, sizeof counts);
    size_t at = sizeof counts;
    for (; counts[0] && at + sizeof object <= size; counts[0]--, at += sizeof object) {
        memcpy(&object, (const uint8_t *)bytes + at, sizeof object);
        note_race(r, object);
    }
    for (; counts[1] && at + sizeof meeting <= size; counts[1]--, at += sizeof meeting) {
        memcpy(&meeting, (const uint8_t *)bytes + at, sizeof meeting);
        meetings_add(&r->l->meetings, &meeting);
    }
    machine_sharing_give(r->l->m, (const uint8_t *)bytes + at, size - at);
    settle(r);
}

static void *recall_task(void *context, uint64_t task, size_t *size)
{
    round_state *r = context;
    return checkpoint_recall(r->l->checkpoint, r->whole_rounds, task, size);
}

static void remember_task(void *context, uint64_t task, const void *bytes, size_t size)
{
    round_state *r = context;
    checkpoint_remember(r->l->checkpoint, r->whole_rounds, task, bytes, size);
}

static bool has_learnt(const round_state *r) { return r->count > 0 || machine_has_discovered(r->l->m); }

/* A small round goes on as the next larger one if it has learnt nothing; before a whole one it ends, because that one is
 * divided from its beginning. */
static bool is_small_enough(round_state *r, uint64_t executions)
{
    while (r->size < WHOLE && executions >= sizes[r->size]) {
        if (has_learnt(r)) {
            return true;
        }
        r->size++;
    }
    return r->size == WHOLE;
}

/* A whole round that has learnt something will be made again: it only goes on for a quarter more, to find what is near. */
static bool is_whole_enough(round_state *r, uint64_t executions)
{
    if (!r->news_at && has_learnt(r)) {
        r->news_at = executions;
    }
    return r->news_at && executions - r->news_at >= r->news_at / 4;
}

static bool is_enough(void *context, uint64_t executions)
{
    round_state *r = context;
    r->given_up = r->whole ? is_whole_enough(r, executions) : is_small_enough(r, executions);
    return r->given_up;
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
    r->count = r->settled = 0;
    return found;
}

static lab_status status_of(explore_status status)
{
    return status == EXPLORE_OK ? LAB_OK : status == EXPLORE_NO_MEMORY ? LAB_NO_MEMORY : LAB_BROKEN;
}

static lab_status explore_once(round_state *r, explore_report *report)
{
    explore_program program = lab_program(r->l);
    explore_options options = *r->wanted;
    options.context = r;
    options.progress = forward_progress;
    options.race = note_race;
    options.meet = note_meeting;
    options.trace = r->wanted->trace ? forward_trace : NULL;
    options.enough = is_enough;
    r->whole = r->size == WHOLE;
    r->given_up = false;
    r->news_at = 0;
    if (r->whole) {
        r->whole_rounds++;
        settle(r);
        options.task_executions = TASK_EXECUTIONS;
        options.take = take_learnt;
        options.give = give_learnt;
        options.recall = r->l->checkpoint ? recall_task : NULL;
        options.remember = r->l->checkpoint ? remember_task : NULL;
    }
    lab_rewind(r->l);
    explore_status status = explore_run(&program, &options, report);
    lab_rewind(r->l);
    return status_of(status);
}

lab_status lab_explore(lab *l, const explore_options *options, explore_report *report)
{
    round_state r = {.l = l, .wanted = options};
    lab_status status;
    for (;;) {
        status = explore_once(&r, report);
        if (status != LAB_OK) {
            break;
        }
        bool budget = options->max_executions && report->total.executions >= options->max_executions;
        if (!report->complete && (r.stopped || budget)) {
            break; /* what was found stays found; what was learnt is for a next call, so that decisions keep their meaning */
        }
        if (learn(&r) == 0 && !r.given_up) {
            break;
        }
        explore_report_free(report);
    }
    free(r.races);
    return status;
}

lab_status lab_walk_randomly(lab *l, const explore_options *options, uint64_t seed, uint64_t walks)
{
    explore_program program = lab_program(l);
    lab_rewind(l);
    explore_status status = explore_walk(&program, options, seed, walks);
    lab_rewind(l);
    return status_of(status);
}

lab_status lab_random(lab *l, const explore_random_options *options, explore_walks *walks)
{
    explore_program program = lab_program(l);
    lab_rewind(l);
    explore_status status = explore_random(&program, options, walks);
    lab_rewind(l);
    return status_of(status);
}

/* A variable of the driver tells more than that its image is mapped, and that more than what the system keeps. */
static int rank_object(void *self, uint64_t object)
{
    machine *m = ((lab *)self)->m;
    const machine_module *module = machine_module_at(m, object);
    return module && !module->trusted ? 2 : machine_object_image(m, object) ? 1 : 0;
}

lab_status lab_critical(lab *l, const explore_decision *schedule, size_t length, const uint64_t *objects, size_t count,
                        explore_critical *out)
{
    explore_question question = {.rank = rank_object, .objects = objects, .count = count};
    explore_program program = lab_program(l);
    lab_rewind(l);
    explore_status status = explore_find_critical(&program, schedule, length, &question, out);
    lab_rewind(l);
    return status_of(status);
}

lab_status lab_checkpoint(lab *l, const explore_options *options, const char *path)
{
    char identity[1024], error[256];
    lab_schedule nothing;
    lab_schedule_begin(l, &nothing);
    char *text = lab_schedule_text(&nothing);
    lab_schedule_free(&nothing);
    if (!text) {
        return LAB_NO_MEMORY;
    }
    snprintf(identity, sizeof identity, "%s stall %llu %d budget %llu", text, (unsigned long long)options->max_stall,
             options->find_stall, (unsigned long long)l->scenario.budget);
    free(text);
    checkpoint_close(l->checkpoint);
    l->checkpoint = checkpoint_open(path, identity, error);
    return l->checkpoint ? LAB_OK : lab_fail(l, LAB_BAD_SCENARIO, "%s", error);
}
