/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait.c - where threads park: waits on guest words, choices, spinning loops; and who can run.
 *
 * A thread that reaches HV_WAIT ends its step there, whether or not the condition holds: the wait itself is its next step,
 * one atomic section that reads the condition's words. So a step is the same in every order of execution.
 */
#include "core.h"

/* Aligned, so that it lies on one page. */
static condition_place place_of(const machine *m, uint64_t address)
{
    static const uint8_t nothing[sizeof(uint64_t)]; /* nothing there can be read */
    const window *w = window_of((machine *)m, address);
    uint64_t offset = w ? address - w->base : 0;
    return w ? (condition_place){w->host + offset, w->page + (offset >> PAGE_SHIFT)}
             : (condition_place){nothing, nothing};
}

/* 0 where nothing can be read. */
static inline uint64_t load_word(condition_place place, uint32_t size)
{
    uint64_t value;
    memcpy(&value, place.word, sizeof value); /* there is room behind every window */
    return *place.page & PAGE_R ? value & ~0ull >> (64 - 8 * size) : 0;
}

static int64_t sign_extend(uint64_t value, uint32_t size)
{
    unsigned shift = 64 - 8 * size;
    return (int64_t)(value << shift) >> shift;
}

static inline bool condition_holds(const struct hv_condition *c, condition_place place)
{
    uint64_t word = load_word(place, c->size);
    switch (c->compare) {
    case HV_EQ: return word == c->value;
    case HV_NE: return word != c->value;
    case HV_GT: return sign_extend(word, c->size) > (int64_t)c->value;
    case HV_AND_ZERO: return (word & c->value) == 0;
    default: return (word & c->value) != 0;
    }
}

static inline bool wait_holds(const thread *t)
{
    bool all = t->wait_flags & HV_WAIT_ALL;
    if (t->wait_flags & HV_WAIT_LAST) {
        return false;
    }
    for (uint32_t i = 0; i < t->condition_count; i++) {
        if (condition_holds(&t->condition[i], t->place[i]) != all) {
            return !all;
        }
    }
    return all;
}

static uint64_t others_writes(const machine *m, const thread *t) { return m->v.shared_writes - t->own_writes; }

/* Of one that exists and is not gone. */
static inline machine_thread_state live_state(const machine *m, const thread *t)
{
    if ((t->park != PARK_WAIT && t->park != PARK_SPIN) || wait_holds(t)) {
        return MACHINE_THREAD_READY;
    }
    if (!(t->wait_flags & HV_WAIT_TIMED)) {
        return MACHINE_THREAD_BLOCKED;
    }
    uint32_t most = t->wait_flags & HV_WAIT_IDLE ? MACHINE_TICKS : FRUITLESS_POLLS;
    bool in_vain = UNLIKELY(t->fruitless >= most) && others_writes(m, t) == t->others_writes;
    return in_vain ? MACHINE_THREAD_BLOCKED : MACHINE_THREAD_TIMED;
}

machine_thread_state wait_state(const machine *m, const thread *t)
{
    return !t->exists ? MACHINE_THREAD_NONE : t->gone ? MACHINE_THREAD_GONE : live_state(m, t);
}

static void park(machine *m, thread *t, park_kind kind)
{
    CHANGE(m, t->park, (uint8_t)kind);
    machine_pend(m, PEND_PARK);
}

static bool read_request(machine *m, uint64_t request, struct hv_wait *wait, struct hv_condition *conditions)
{
    size_t header = offsetof(struct hv_wait, condition);
    const uint8_t *at = memory_host(m, request, header, PAGE_R);
    if (!at) {
        return false;
    }
    memcpy(wait, at, header);
    if (wait->count > WAIT_CONDITIONS) {
        return false;
    }
    size_t bytes = wait->count * sizeof *conditions;
    at = memory_host(m, request + header, bytes, PAGE_R);
    if (!at) {
        return false;
    }
    memcpy(conditions, at, bytes);
    for (uint32_t i = 0; i < wait->count; i++) {
        uint32_t size = conditions[i].size;
        bool aligned = size && size <= 8 && !(size & (size - 1)) && !(conditions[i].address & (size - 1));
        if (!aligned || conditions[i].compare > HV_AND_NONZERO) {
            return false;
        }
    }
    return true;
}

static bool words_make_points(machine *m, const struct hv_condition *conditions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (sharing_makes_point(m, conditions[i].address, conditions[i].size)) {
            return true;
        }
    }
    return false;
}

/* Reading the condition is part of the section. */
static void enter_section(machine *m, const struct hv_condition *conditions, uint32_t count)
{
    m->atomic_depth = 1;
    m->unit = (uint32_t)m->count;
    for (uint32_t i = 0; i < count; i++) {
        sharing_range(m, conditions[i].address, conditions[i].size, false);
    }
}

static void set_conditions(machine *m, thread *t, const struct hv_condition *conditions, uint32_t count)
{
    journal_bytes(m, t->condition, count * sizeof conditions[0]);
    journal_bytes(m, t->place, count * sizeof t->place[0]);
    memcpy(t->condition, conditions, count * sizeof conditions[0]);
    for (uint32_t i = 0; i < count; i++) {
        t->place[i] = place_of(m, conditions[i].address);
    }
}

bool wait_begin(machine *m, uint64_t request)
{
    struct hv_wait wait;
    struct hv_condition conditions[WAIT_CONDITIONS];
    thread *t = &m->threads[m->current];
    if (m->atomic_depth > 1 || !read_request(m, request, &wait, conditions)) {
        machine_fail(m, "hypercall: bad wait at %016lx (section depth %u)", m->pc, m->atomic_depth);
        return false;
    }
    /* Words on which no race was ever seen: no other order of steps can matter. */
    bool pass = m->recording && !m->raced && !words_make_points(m, conditions, wait.count);
    journal_bytes(m, &t->choices, offsetof(thread, condition) - offsetof(thread, choices));
    t->wait_flags = wait.flags;
    t->condition_count = wait.count;
    t->wait_object = wait.object;
    t->due = m->v.clock + wait.timeout;
    set_conditions(m, t, conditions, wait.count);
    m->atomic_depth = 0;
    if (pass && wait_holds(t)) {
        enter_section(m, conditions, wait.count);
        return false;
    }
    if (wait.flags & HV_WAIT_LAST) {
        CHANGE(m, m->v.last_waiting, m->current);
        for (uint32_t i = 0; i < m->v.live_count; i++) {
            CHANGE(m, m->threads[m->v.live[i]].expiries, 0);
        }
    }
    park(m, t, PARK_WAIT);
    return true;
}

void wait_spin(machine *m, uint64_t object)
{
    thread *t = &m->threads[m->current];
    CHANGE(m, t->spin_count, 0);
    CHANGE(m, t->wait_flags, HV_WAIT_TIMED);
    CHANGE(m, t->condition_count, 1);
    CHANGE(m, t->wait_object, object);
    CHANGE(m, t->due, m->v.clock);
    struct hv_condition word = {object, load_word(place_of(m, object), 4), 4, HV_NE};
    set_conditions(m, t, &word, 1);
    park(m, t, PARK_SPIN);
}

static void expire(machine *m, thread *t)
{
    uint64_t others = others_writes(m, t);
    bool in_vain = others == t->others_writes;
    CHANGE(m, t->fruitless, in_vain ? t->fruitless + 1 : 0);
    CHANGE(m, t->others_writes, others);
    CHANGE(m, t->expiries, t->expiries + 1);
    if (t->due > m->v.clock) {
        clock_set(m, t->due);
    }
}

static void resume_wait(machine *m, thread *t, bool spin)
{
    bool holds = wait_holds(t), last = t->wait_flags & HV_WAIT_LAST;
    if (!holds && !last) {
        expire(m, t);
    }
    if (last) {
        CHANGE(m, m->v.last_waiting, 0);
        step_add(m, MACHINE_EVERYTHING, true);
    }
    enter_section(m, t->condition, t->condition_count);
    if (spin) {
        m->atomic_depth = 0;
    } else {
        hypercall_result(m, holds || last ? HV_WAIT_DONE : HV_WAIT_TIMEOUT);
    }
}

void wait_resume(machine *m, uint32_t number, uint32_t choice)
{
    thread *t = &m->threads[number];
    park_kind kind = (park_kind)t->park;
    if (kind == PARK_NONE) {
        return;
    }
    CHANGE(m, t->park, PARK_NONE);
    if (kind == PARK_WAIT || kind == PARK_SPIN) {
        resume_wait(m, t, kind == PARK_SPIN);
    } else if (kind == PARK_CHOICE) {
        hypercall_result(m, choice < t->choices ? choice : 0);
    }
}

/* Who can run ------------------------------------------------------------------------------------------------------- */

static bool timed_out_enough(const machine *m, const uint32_t *timed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (m->threads[timed[i]].expiries < LAST_EXPIRIES) {
            return false;
        }
    }
    return true;
}

void machine_enabled(machine *m, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count)
{
    size_t r = 0, w = 0;
    if (m->v.end.kind != MACHINE_RUNNING) {
        *ready_count = *timed_count = 0;
        return;
    }
    for (uint32_t i = 0; i < m->v.live_count; i++) {
        switch (live_state(m, &m->threads[m->v.live[i]])) {
        case MACHINE_THREAD_READY: ready[r++] = m->v.live[i]; break;
        case MACHINE_THREAD_TIMED: timed[w++] = m->v.live[i]; break;
        default: break;
        }
    }
    if (r == 0 && m->v.last_waiting && timed_out_enough(m, timed, w)) {
        ready[r++] = m->v.last_waiting;
        w = 0;
    }
    *ready_count = r;
    *timed_count = w;
}

size_t machine_awaits(const machine *m, uint32_t number, struct hv_condition *conditions, size_t capacity, bool *any)
{
    const thread *t = number < MACHINE_THREADS ? &m->threads[number] : NULL;
    if (!t || !t->exists || t->gone || t->park != PARK_WAIT || (t->wait_flags & HV_WAIT_TIMED)) {
        return 0;
    }
    for (uint32_t i = 0; i < t->condition_count && i < capacity; i++) {
        conditions[i] = t->condition[i];
    }
    *any = !(t->wait_flags & HV_WAIT_ALL);
    return t->condition_count;
}
