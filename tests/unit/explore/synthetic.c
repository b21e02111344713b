/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synthetic.c - runs small programs, step by step. */
#include "synthetic.h"

#include <stdlib.h>
#include <string.h>

enum { SPAWNED = 1000 }; /* in place of a word: that a thread was spawned */

void synthetic_init(synthetic *s)
{
    memset(s, 0, sizeof(*s));
    s->knows = true;
}

void synthetic_free(synthetic *s) { free(s->marks); }

size_t synthetic_thread(synthetic *s, const synthetic_op *code)
{
    s->code[s->threads] = code;
    return s->threads++;
}

size_t synthetic_hidden(synthetic *s, const synthetic_op *code)
{
    s->hidden[s->threads] = true;
    return synthetic_thread(s, code);
}

static const synthetic_op *next_of(const synthetic *s, size_t t) { return &s->code[t][s->now.thread[t].pc]; }

/* Local instructions up to the next one that is a step. */
static void run_local(synthetic *s, size_t t)
{
    for (;;) {
        const synthetic_op *op = next_of(s, t);
        int32_t *reg = s->now.thread[t].reg;
        int16_t to = (int16_t)(s->now.thread[t].pc + 1);
        switch (op->kind) {
        case SYN_SET: reg[op->a] = op->b; break;
        case SYN_INC: reg[op->a] += op->b; break;
        case SYN_JUMP: to = (int16_t)op->a; break;
        case SYN_JUMP_IF: to = reg[op->a] == op->b ? (int16_t)op->c : to; break;
        case SYN_FAIL_IF:
            if (reg[op->a] == op->b) {
                s->now.failure = (uint64_t)op->c;
                return;
            }
            break;
        default: return;
        }
        s->now.thread[t].pc = to;
    }
}

void synthetic_start(synthetic *s)
{
    memset(&s->now, 0, sizeof(s->now));
    s->mark_count = 0;
    for (size_t t = 0; t < s->threads; t++) {
        s->now.thread[t].alive = !s->hidden[t];
        run_local(s, t);
    }
}

static size_t touch(synthetic *s, size_t n, int x, bool write)
{
    s->accesses[n] = (explore_access){.object = 0x1000u + 4u * (uint64_t)x, .write = write};
    return n + 1;
}

static size_t take(synthetic *s, size_t t, uint32_t choice)
{
    const synthetic_op *op = next_of(s, t);
    int32_t *reg = s->now.thread[t].reg, *word = s->now.word;
    size_t n = 0;

    s->now.thread[t].pc++;
    switch (op->kind) {
    case SYN_READ:
        reg[op->b] = word[op->a];
        n = touch(s, n, op->a, false);
        break;
    case SYN_WRITE:
        word[op->a] = op->b;
        n = touch(s, n, op->a, true);
        break;
    case SYN_STORE:
        word[op->a] = reg[op->b];
        n = touch(s, n, op->a, true);
        break;
    case SYN_ADD:
        word[op->a] += op->b;
        n = touch(s, n, op->a, true);
        break;
    case SYN_INDEX:
        n = touch(s, n, op->a + reg[op->b], false);
        reg[op->c] = word[op->a + reg[op->b]];
        break;
    case SYN_SWAP:
        reg[op->c] = word[op->a];
        word[op->a] = op->b;
        n = touch(s, n, op->a, true);
        break;
    case SYN_CAS:
        reg[3] = word[op->a] == op->b;
        n = touch(s, n, op->a, reg[3]);
        if (reg[3])
            word[op->a] = op->c;
        break;
    case SYN_LOCK:
        word[op->a] = 1;
        n = touch(s, n, op->a, true);
        break;
    case SYN_UNLOCK:
        word[op->a] = 0;
        n = touch(s, n, op->a, true);
        break;
    case SYN_WAIT: n = touch(s, n, op->a, false); break;
    case SYN_WAIT_BOTH: n = touch(s, touch(s, n, op->a, false), op->b, false); break;
    case SYN_TIMED:
        reg[op->b] = word[op->a] != 0;
        n = touch(s, n, op->a, false);
        break;
    case SYN_CHOOSE: reg[op->b] = (int32_t)choice; break;
    case SYN_SPAWN:
        s->now.thread[op->a].alive = true;
        n = touch(s, n, SPAWNED + op->a, true);
        break;
    case SYN_LAST: s->accesses[n++] = (explore_access){.object = EXPLORE_ALL, .write = true}; break;
    case SYN_FAIL_IF_LOCKED:
        n = touch(s, n, op->a, false);
        if (word[op->a] == 1)
            s->now.failure = (uint64_t)op->b;
        break;
    default: abort();
    }
    if (!s->now.failure)
        run_local(s, t);
    return n;
}

static bool waits(const synthetic_op *op)
{
    return op->kind == SYN_LOCK || op->kind == SYN_WAIT || op->kind == SYN_WAIT_BOTH || op->kind == SYN_TIMED ||
           op->kind == SYN_LAST;
}

static bool holds(const synthetic *s, const synthetic_op *op)
{
    switch (op->kind) {
    case SYN_LOCK: return s->now.word[op->a] == 0;
    case SYN_WAIT: return s->now.word[op->a] == op->b;
    case SYN_WAIT_BOTH: return s->now.word[op->a] == 0 && s->now.word[op->b] == 0;
    case SYN_TIMED: return s->now.word[op->a] != 0;
    default: return true;
    }
}

static void program_enabled(void *self, uint32_t *ready, size_t *ready_count, uint32_t *timed, size_t *timed_count)
{
    synthetic *s = self;
    size_t last = 0;

    *ready_count = *timed_count = 0;
    for (size_t t = 0; t < s->threads; t++) {
        const synthetic_op *op = next_of(s, t);
        if (!s->now.thread[t].alive || op->kind == SYN_END)
            continue;
        if (op->kind == SYN_LAST)
            last = t + 1;
        else if (holds(s, op))
            ready[(*ready_count)++] = (uint32_t)t + 1;
        else if (op->kind == SYN_TIMED)
            timed[(*timed_count)++] = (uint32_t)t + 1;
    }
    if (last && *ready_count == 0)
        ready[(*ready_count)++] = (uint32_t)last;
}

static uint32_t program_choices(void *self, uint32_t thread)
{
    synthetic *s = self;
    const synthetic_op *op = next_of(s, thread - 1);

    return op->kind == SYN_CHOOSE ? (uint32_t)op->a : 0;
}

static bool program_run(void *self, uint32_t thread, uint32_t choice, explore_visitor visit, void *context)
{
    synthetic *s = self;
    explore_step step = {.thread = thread, .accesses = s->accesses, .instructions = s->cost ? s->cost : 1};

    do {
        const synthetic_op *op;
        step.access_count = take(s, thread - 1, choice);
        op = next_of(s, thread - 1);
        step.outcome = s->now.failure        ? EXPLORE_OVER
                       : op->kind == SYN_END ? EXPLORE_ENDED
                       : waits(op)           ? EXPLORE_BLOCKED
                                             : EXPLORE_RAN;
        step.choices = program_choices(s, thread);
        step.timeout = op->kind == SYN_TIMED ? (uint64_t)op->c : 0;
        step.place = (uint64_t)s->now.thread[thread - 1].pc + 1;
        choice = 0;
        s->steps++;
    } while (visit(context, &step) && step.outcome == EXPLORE_RAN);
    return true;
}

static uint32_t program_save(void *self)
{
    synthetic *s = self;

    if (s->mark_count == s->mark_room) {
        s->mark_room = s->mark_room ? s->mark_room * 2 : 64;
        s->marks = realloc(s->marks, s->mark_room * sizeof(*s->marks));
        if (!s->marks)
            abort();
    }
    s->saves++;
    s->marks[s->mark_count] = s->now;
    return (uint32_t)s->mark_count++;
}

static void program_restore(void *self, uint32_t mark)
{
    synthetic *s = self;

    s->restores++;
    s->mark_count = (size_t)mark + 1;
    s->now = s->marks[mark];
}

static void program_drop(void *self, uint32_t mark) { ((synthetic *)self)->mark_count = mark; }

static explore_result program_result(void *self)
{
    synthetic *s = self;
    explore_result r = {.failure = s->now.failure};

    for (size_t t = 0; t < s->threads && s->deadlock_fails && !r.failure; t++) {
        if (s->now.thread[t].alive && next_of(s, t)->kind != SYN_END)
            r = (explore_result){.failure = 999, .moment = 0, .hang = true};
    }
    return r;
}

static size_t program_awaits(void *self, uint32_t thread, explore_condition *c, size_t capacity)
{
    synthetic *s = self;
    const synthetic_op *op;

    (void)capacity;
    if (thread > s->threads || !s->now.thread[thread - 1].alive)
        return 0;
    op = next_of(s, thread - 1);
    if (!waits(op) || op->kind == SYN_TIMED)
        return 0;
    c[0] = (explore_condition){.object = 0x1000u + 4u * (uint64_t)op->a, .bytes = 4, .compare = EXPLORE_EQ};
    if (op->kind == SYN_LAST)
        c[0].object = EXPLORE_ALL;
    if (op->kind == SYN_WAIT)
        c[0].value = (uint64_t)op->b;
    if (op->kind != SYN_WAIT_BOTH)
        return 1;
    c[1] = c[0];
    c[1].object = 0x1000u + 4u * (uint64_t)op->b;
    return 2;
}

/* A word, or whether a thread was spawned. */
static uint64_t content_in(const synthetic_state *state, uint64_t object)
{
    uint64_t x = (object - 0x1000u) / 4u;

    return x < SYNTHETIC_WORDS ? (uint32_t)state->word[x] : state->thread[x - SPAWNED].alive;
}

static uint64_t program_content(void *self, uint64_t object) { return content_in(&((synthetic *)self)->now, object); }

static uint64_t program_initial(void *self, uint64_t object)
{
    return content_in(&((synthetic *)self)->marks[0], object);
}

static uint64_t program_own_state(void *self, uint32_t thread)
{
    synthetic *s = self;
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t r = 0; r < SYNTHETIC_REGISTERS; r++)
        h = (h ^ (uint32_t)s->now.thread[thread - 1].reg[r]) * UINT64_C(1099511628211);
    return h;
}

uint64_t synthetic_hash(const synthetic *s)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < SYNTHETIC_WORDS; i++)
        h = (h ^ (uint32_t)s->now.word[i]) * UINT64_C(1099511628211);
    for (size_t t = 0; t < s->threads; t++) {
        for (size_t r = 0; r < SYNTHETIC_REGISTERS; r++)
            h = (h ^ (uint32_t)s->now.thread[t].reg[r]) * UINT64_C(1099511628211);
        h = (h ^ (uint16_t)s->now.thread[t].pc) * UINT64_C(1099511628211);
    }
    return h;
}

explore_program synthetic_program(synthetic *s)
{
    return (explore_program){.self = s,
                             .enabled = program_enabled,
                             .run = program_run,
                             .choices = program_choices,
                             .save = program_save,
                             .restore = program_restore,
                             .drop = program_drop,
                             .result = program_result,
                             .awaits = s->knows ? program_awaits : NULL,
                             .content = s->knows ? program_content : NULL,
                             .initial = s->knows ? program_initial : NULL,
                             .own_state = program_own_state};
}
