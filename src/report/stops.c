/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stops.c - a schedule switches where the lab can, often inside the miniature NT, whose offsets are not Windows'. So
 * each place is exchanged for those near it that are in the driver's code, or in Windows where it can be found; and each choice of places is tried, until one leads to the same failure.
 */
#include "stops.h"

#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MOST 4u
#define TRACE_MOST      (1u << 20) /* instructions of one thread */

/* Where the schedule takes a thread away although it could go on. */
typedef struct {
    lab_freeze freeze;
    size_t kept; /* deviations before it */
    uint64_t pc;
    lab_role role;
    lab_stack stack;
} preemption;

typedef struct {
    lab *l;
    const lab_schedule *schedule;
    preemption *found;
    size_t count, rows, last_row; /* of all rows: the one of the last preemption */
} preemption_list;

static size_t deviation_at(const lab_schedule *schedule, const lab_row *row)
{
    size_t i = 0;
    while (i < schedule->count &&
           (schedule->deviations[i].from != row->thread || schedule->deviations[i].count != row->last)) {
        i++;
    }
    return i;
}

static void on_row(void *context, const lab_row *row)
{
    preemption_list *list = context;
    size_t deviation = deviation_at(list->schedule, row);
    list->rows++;
    if (!row->preempted || deviation == list->schedule->count) {
        return;
    }
    if (list->count < STOPS_MOST) {
        preemption *p = &list->found[list->count];
        p->freeze = (lab_freeze){row->thread, row->last, list->schedule->deviations[deviation].to};
        p->kept = deviation;
        p->pc = row->end_pc;
        lab_walk(list->l, row->thread, &p->stack);
        p->role = row->thread == lab_load_client(list->l)     ? LAB_ROLE_LOAD
                  : row->thread == lab_unload_client(list->l) ? LAB_ROLE_UNLOAD
                                                              : lab_stack_role(&p->stack);
    }
    list->count++;
    list->last_row = list->rows;
}

/* Trace ------------------------------------------------------------------------------------------------------------- */

/* The instructions of one thread: pcs[i] is executed when it has executed base + i. */
typedef struct {
    uint32_t thread;
    uint64_t base;
    uint64_t *pcs;
    size_t count;
} thread_trace;

static void on_instruction(void *context, uint32_t thread, uint64_t pc)
{
    thread_trace *t = context;
    if (thread == t->thread && t->count < TRACE_MOST) {
        t->pcs[t->count++] = pc;
    }
}

/* What the thread does when the freezes before are in force, and no other. */
static lab_status trace_thread(lab *l, const lab_schedule *schedule, size_t kept, const lab_freeze *before,
                               size_t count, thread_trace *t)
{
    machine_thread info = {0};
    lab_frozen end;
    lab_rewind(l);
    machine_thread_info(lab_machine(l), t->thread, &info);
    t->base = info.state == MACHINE_THREAD_NONE ? 0 : info.instructions;
    t->count = 0;
    machine_set_tracer(lab_machine(l), on_instruction, t);
    lab_status status = lab_freeze_run(l, schedule, kept, before, count, &end);
    machine_set_tracer(lab_machine(l), NULL, NULL);
    return status;
}

/* Candidates -------------------------------------------------------------------------------------------------------- */

static bool in_driver(lab *l, uint64_t pc)
{
    const machine_module *module = machine_module_at(lab_machine(l), pc);
    return module && !module->trusted;
}

/* Offset of the function around the frame's pc, from the image's own symbols; 0 = not known. */
static uint32_t function_start(const unwind_frame *frame)
{
    const image_symbol *symbols;
    size_t upto =
        frame->img && image_symbols(frame->img, &symbols) ? image_symbol_index(frame->img, frame->rva + 1ull) : 0;
    return upto ? symbols[upto - 1].rva : 0;
}

/* Functions of the load and the unload that are in Windows' public symbols, and that nothing else passes through. */
static bool is_windows_too(const unwind_frame *frame)
{
    static const char *const names[] = {"IopReadyDeviceObjects", "IopDeleteDriver", "FltpDoUnloadFilter"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(lab_function(frame), names[i])) {
            return true;
        }
    }
    return false;
}

static void add_candidate(lab *l, const preemption *p, const thread_trace *t, size_t at, stop_kind kind,
                          stop_place *list, size_t *count)
{
    stop_place *place = &list[*count];
    if (*count == CANDIDATES_MOST || at >= t->count) {
        return;
    }
    *place = (stop_place){.kind = kind, .freeze = p->freeze, .role = p->role, .pc = t->pcs[at]};
    place->freeze.count = t->base + at;
    place->frame = capture_frame_of(l, place->pc);
    for (size_t i = 0; i <= at; i++) {
        place->pass += t->pcs[i] == place->pc;
    }
    const uint8_t *view = place->frame.img ? image_view(place->frame.img) : NULL;
    if (view && place->frame.rva + sizeof place->bytes <= image_size(place->frame.img)) {
        memcpy(place->bytes, view + place->frame.rva, sizeof place->bytes);
    }
    (*count)++;
}

/* The first place in the trace from `from` on, or the last before it (`back`), for which `wanted` holds. */
static size_t find_pc(const thread_trace *t, size_t from, bool back, uint64_t pc)
{
    size_t i = from;
    while (i < t->count && t->pcs[i] != pc) {
        i = back ? i - 1 : i + 1; /* below 0: beyond the end */
    }
    return i;
}

static size_t last_in_driver(lab *l, const thread_trace *t, size_t from)
{
    size_t i = from;
    while (i < t->count && !in_driver(l, t->pcs[i])) {
        i--;
    }
    return i;
}

/* Where DriverEntry returns to, if the thread has been in it before `at`; else beyond the end. */
static size_t return_of_entry(lab *l, const thread_trace *t, size_t at)
{
    size_t last = last_in_driver(l, t, at);
    const machine_module *module = last < t->count ? machine_module_at(lab_machine(l), t->pcs[last]) : NULL;
    bool entered = module && find_pc(t, last, true, module->base + image_entry(module->img)) < t->count;
    return entered ? last + 1 : t->count;
}

/* Where the trace is at the preemption: by its number if that is the same place, else the first time at that place. */
static size_t position(const preemption *p, const thread_trace *t)
{
    size_t at = (size_t)(p->freeze.count - t->base);
    return at < t->count && t->pcs[at] == p->pc ? at : find_pc(t, 0, false, p->pc);
}

static size_t find_candidates(lab *l, const preemption *p, const thread_trace *t, stop_place *list)
{
    size_t count = 0, at = position(p, t), driver = lab_driver_frame(l, &p->stack);
    if (at >= t->count) {
        return 0;
    }
    if (in_driver(l, p->pc)) {
        add_candidate(l, p, t, at, STOP_EXACT, list, &count);
        return count;
    }
    if (driver < p->stack.count) {
        add_candidate(l, p, t, find_pc(t, at, false, p->stack.frames[driver].pc), STOP_AFTER, list, &count);
        add_candidate(l, p, t, last_in_driver(l, t, at), STOP_BEFORE, list, &count);
    } else if (p->stack.count) {
        if (is_windows_too(&p->stack.frames[0])) {
            uint64_t entry = p->pc - p->stack.frames[0].rva + function_start(&p->stack.frames[0]);
            add_candidate(l, p, t, find_pc(t, at, true, entry), STOP_ENTRY, list, &count);
        }
        if (p->role == LAB_ROLE_LOAD) {
            add_candidate(l, p, t, return_of_entry(l, t, at), STOP_RETURN, list, &count);
        }
        add_candidate(l, p, t, last_in_driver(l, t, at), STOP_LEFT, list, &count);
    }
    for (size_t i = 0; i < count; i++) {
        list[i].inside = p->stack.frames[driver < p->stack.count && driver ? driver - 1 : 0];
    }
    return count;
}

/* Trying ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    lab *l;
    const lab_schedule *schedule;
    const preemption *preemptions;
    size_t count;
    uint64_t *pcs; /* room for one trace at each depth */
    stop_plan *plan;
    unsigned best; /* 0 none, 1 the same class of failure, 2 the same failure */
} search;

static unsigned likeness(const lab_ending *wanted, const lab_ending *got)
{
    if (got->kind == LAB_PASSED) {
        return 0;
    }
    return got->failure == wanted->failure ? 2
                                           : got->kind == wanted->kind && !strcmp(got->class_name, wanted->class_name);
}

static lab_status try_stops(search *s, const stop_place *stops)
{
    lab_freeze freezes[STOPS_MOST];
    lab_frozen end;
    for (size_t i = 0; i < s->count; i++) {
        freezes[i] = stops[i].freeze;
    }
    lab_status status = lab_freeze_run(s->l, s->schedule, s->preemptions[0].kept, freezes, s->count, &end);
    unsigned like = status == LAB_OK && end.reached == s->count ? likeness(&s->plan->wanted, &end.ending) : 0;
    if (like > s->best) {
        s->best = like;
        s->plan->count = s->count;
        s->plan->ending = end;
        memcpy(s->plan->stops, stops, s->count * sizeof *stops);
    }
    return status;
}

/* All choices of places for the preemptions from `depth` on, with those chosen before. */
static lab_status search_from(search *s, size_t depth, stop_place *chosen)
{
    stop_place candidates[CANDIDATES_MOST];
    lab_freeze before[STOPS_MOST];
    thread_trace t = {.thread = s->preemptions[depth].freeze.thread, .pcs = s->pcs};
    for (size_t i = 0; i < depth; i++) {
        before[i] = chosen[i].freeze;
    }
    lab_status status = trace_thread(s->l, s->schedule, s->preemptions[0].kept, before, depth, &t);
    size_t count = status == LAB_OK ? find_candidates(s->l, &s->preemptions[depth], &t, candidates) : 0;
    for (size_t i = 0; i < count && status == LAB_OK && s->best < 2; i++) {
        chosen[depth] = candidates[i];
        status = depth + 1 < s->count ? search_from(s, depth + 1, chosen) : try_stops(s, chosen);
    }
    return status;
}

lab_status stops_find(lab *l, const lab_schedule *schedule, stop_plan *out)
{
    static preemption found[STOPS_MOST];
    preemption_list list = {.l = l, .schedule = schedule, .found = found};
    stop_place chosen[STOPS_MOST];
    memset(out, 0, sizeof *out);
    lab_status status = lab_schedule_run(l, schedule, on_row, &list);
    if (status != LAB_OK) {
        return status;
    }
    lab_classify(l, &out->wanted);
    out->preemptions = list.count - (list.count && list.last_row == list.rows); /* after the last, nothing runs */
    if (out->wanted.kind == LAB_PASSED || !out->preemptions || out->preemptions > STOPS_MOST) {
        return LAB_OK;
    }
    search s = {.l = l, .schedule = schedule, .preemptions = found, .count = out->preemptions, .plan = out};
    s.pcs = malloc(TRACE_MOST * sizeof *s.pcs);
    status = s.pcs ? search_from(&s, 0, chosen) : LAB_NO_MEMORY;
    free(s.pcs);
    return status;
}
