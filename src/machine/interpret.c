/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret.c - executes the instructions that kernel code is mostly made of; Unicorn executes the others, one at a
 * time, and all faults.
 *
 *   interpret ── an operation ──> next        no hook, no lock, no translation: registers, memory and flags are the
 *       │  ^                                  machine's own, so that a store, a stop or a switch of threads costs what it
 *       │  └── handed back ──┐                does on the host (Unicorn 2.0.1: 125 ns a store)
 *       └── not known ──> Unicorn
 *
 * Both tell sharing.c and the journal of the same accesses, in the same order, and stop at the same points: what is run by
 * which is not visible in any result. tests/machine compares them.
 *
 * Code is decoded once for each page, if the page cannot be written.
 */
#include <stdlib.h>

#include "core.h"
#include "operation.h"

struct code {
    uint16_t index[PAGE_BYTES]; /* in operations, + 1 */
    operation *operations;
    uint16_t count, capacity;
    window *home;
    uint64_t page; /* in the window */
    struct code *next;
};

enum { NOWHERE = 0xffff }; /* `at` behind the last operation */

bool interpret_can(uint8_t bits) { return (bits & (PAGE_X | PAGE_W | PAGE_PARTIAL)) == PAGE_X; }

/* Decoded code -------------------------------------------------------------------------------------------------------- */

static struct code *code_new(machine *m, window *w, uint64_t page)
{
    struct code *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    c->home = w;
    c->page = page;
    c->next = m->codes;
    m->codes = c;
    w->code[page] = c;
    return c;
}

static struct code *code_of(machine *m, uint64_t pc)
{
    window *w = m->flat ? window_of(m, pc) : NULL;
    uint64_t page = w ? (pc - w->base) >> PAGE_SHIFT : 0;
    if (!w || !interpret_can(w->page[page])) {
        return NULL;
    }
    return w->code[page] ? w->code[page] : code_new(m, w, page);
}

static const operation *code_decode(const machine *m, struct code *c, uint64_t pc)
{
    if (c->count + 1 >= c->capacity) {
        c->capacity = (uint16_t)(c->capacity ? 2 * c->capacity : 64);
        operation *grown = realloc(c->operations, c->capacity * sizeof *grown);
        if (!grown) {
            abort();
        }
        c->operations = grown;
    }
    uint64_t offset = pc - c->home->base;
    operation op =
        operation_decode(m->arch->word, c->home->host + offset, PAGE_BYTES - (offset & (PAGE_BYTES - 1)), pc);
    if ((c->home->page[c->page] & PAGE_SPECIAL) && op.kind == OP_ALONE) {
        op.kind = OP_SPECIAL;
    }
    op.run = m->arch->operation(&op);
    op.at = offset & (PAGE_BYTES - 1);
    c->operations[c->count] = op;
    c->operations[c->count + 1].at = NOWHERE;
    c->index[offset & (PAGE_BYTES - 1)] = ++c->count;
    return &c->operations[c->count - 1];
}

/* Mostly the one behind that which was executed before. */
static inline const operation *operation_at(const machine *m, struct code *c, const operation *before, uint64_t pc)
{
    if (LIKELY(before[1].at == (pc & (PAGE_BYTES - 1)))) {
        return before + 1;
    }
    uint32_t index = c->index[pc & (PAGE_BYTES - 1)];
    return LIKELY(index != 0) ? &c->operations[index - 1] : code_decode(m, c, pc);
}

void interpret_forget(machine *m, uint64_t address, uint64_t size)
{
    for (struct code **at = &m->codes; *at;) {
        struct code *c = *at;
        uint64_t begin = c->home->base + (c->page << PAGE_SHIFT);
        if (begin - (address & ~(uint64_t)(PAGE_BYTES - 1)) >= PAGE_UP(size)) {
            at = &c->next;
            continue;
        }
        c->home->code[c->page] = NULL;
        *at = c->next;
        free(c->operations);
        free(c);
    }
    m->code_page = ~0ull;
}

void interpret_free(machine *m) { interpret_forget(m, 0, ~(uint64_t)(2 * PAGE_BYTES - 1)); }

/* The instruction at `pc` is emulated by special.c; false: it is an ordinary one. */
static bool hand_to_special(machine *m, const struct code *c, uint64_t pc)
{
    if (!special_is(m, c->home->host + (pc - c->home->base))) {
        return false;
    }
    m->special = true;
    m->count++;
    return true;
}

bool interpret(machine *m, uint64_t pc)
{
    static const operation nothing[2] = {[1] = {.at = NOWHERE}};
    struct code *c = NULL;
    const operation *op = nothing;
    m->code_page = ~0ull;
    for (;;) {
        if (UNLIKELY(m->count >= m->limit || pc >> PAGE_SHIFT != m->code_page)) {
            m->rip = pc;
            if (!run_slow_path(m, pc, 0)) {
                return false;
            }
            c = code_of(m, pc);
            op = nothing;
        }
        if (UNLIKELY(!c || (m->f.word & FLAG_T))) {
            m->rip = pc;
            return true;
        }
        op = operation_at(m, c, op, pc);
        m->pc = pc;
        m->count++;
        uint64_t next = op->run(m, op, pc + op->length);
        if (UNLIKELY(next == NOT_DONE)) {
            m->count--;
            m->rip = pc;
            return op->kind != OP_SPECIAL || !hand_to_special(m, c, pc);
        }
        pc = next;
        if (UNLIKELY(m->trap >= 0)) {
            m->rip = pc;
            return false;
        }
    }
}
