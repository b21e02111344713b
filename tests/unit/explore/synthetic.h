/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * synthetic.h - small programs to explore: threads of a few instructions over shared words. Each instruction that
 * touches a word is a step; local ones belong to the step before them.
 *
 *     static const synthetic_op writer[] = {{SYN_WRITE, 0, 1}, {SYN_END}};
 *     static const synthetic_op reader[] = {{SYN_READ, 0, 0}, {SYN_FAIL_IF, 0, 0, 7}, {SYN_END}};
 *     synthetic s;
 *     synthetic_init(&s);
 *     synthetic_thread(&s, writer);
 *     synthetic_thread(&s, reader);
 *     explore_program p = synthetic_program(&s);
 */
#ifndef AIRLOCK_SYNTHETIC_H
#define AIRLOCK_SYNTHETIC_H

#include "explore.h"

#define SYNTHETIC_WORDS     96
#define SYNTHETIC_THREADS   40
#define SYNTHETIC_REGISTERS 4

typedef enum {
    SYN_END,           /* the thread ends */
    SYN_READ,          /* (x, r) r = word x */
    SYN_WRITE,         /* (x, n) word x = n */
    SYN_STORE,         /* (x, r) word x = r */
    SYN_ADD,           /* (x, n) word x += n */
    SYN_INDEX,         /* (x, r, r2) r2 = word[x + r] */
    SYN_SWAP,          /* (x, n, r) r = word x, word x = n */
    SYN_CAS,           /* (x, old, new) if word x == old, word x = new; register 3 = success; else a read */
    SYN_LOCK,          /* (x) wait until word x == 0, then word x = 1 */
    SYN_UNLOCK,        /* (x) word x = 0 */
    SYN_WAIT,          /* (x, n) wait until word x == n */
    SYN_WAIT_BOTH,     /* (x, y) wait until both words are 0 */
    SYN_TIMED,         /* (x, r, t) wait until word x != 0: r = 1, or until a timeout, after t ns: r = 0 */
    SYN_CHOOSE,        /* (n, r) r = 0 .. n-1 */
    SYN_SPAWN,         /* (t) thread t begins */
    SYN_SET,           /* local: (r, n) */
    SYN_INC,           /* local: (r, n) r += n */
    SYN_JUMP,          /* local: (to) */
    SYN_JUMP_IF,       /* local: (r, n, to) if r == n */
    SYN_FAIL_IF,       /* local: (r, n, failure) if r == n the execution ends */
    SYN_LAST,          /* () wait until no other thread is ready */
    SYN_FAIL_IF_LOCKED /* (x, failure) step: reads word x; if it is 1 the execution ends */
} synthetic_kind;

typedef struct {
    synthetic_kind kind;
    int a, b, c;
} synthetic_op;

typedef struct {
    int32_t word[SYNTHETIC_WORDS];
    struct {
        int32_t reg[SYNTHETIC_REGISTERS];
        int16_t pc;
        bool alive;
    } thread[SYNTHETIC_THREADS];
    uint64_t failure;
} synthetic_state;

typedef struct {
    const synthetic_op *code[SYNTHETIC_THREADS];
    bool hidden[SYNTHETIC_THREADS]; /* begins by SYN_SPAWN only */
    size_t threads, words_used;
    synthetic_state now;
    synthetic_state *marks;
    size_t mark_count, mark_room;
    explore_access accesses[4];
    bool deadlock_fails; /* a thread that waits for ever is failure 999 */
    bool knows;          /* tells what waits wait for, and contents */
    uint64_t steps, saves, restores;
    uint64_t cost; /* instructions of each step, 0 = 1 */
} synthetic;

void synthetic_init(synthetic *s);
void synthetic_free(synthetic *s);
size_t synthetic_thread(synthetic *s, const synthetic_op *code);
size_t synthetic_hidden(synthetic *s, const synthetic_op *code);
void synthetic_start(synthetic *s);          /* to the initial state; threads take their first local instructions */
uint64_t synthetic_hash(const synthetic *s); /* of words and registers */
explore_program synthetic_program(synthetic *s);

#endif
