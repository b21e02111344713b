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
 * Code is decoded once for each page, if the page cannot be written. A handler ends by jumping to the next one's (go_on,
 * go_to), as long as that lies on the same page and nothing is pending; else it returns here with the place to go on at.
 */
#include <stdlib.h>

#include "code.h"

#define NOWHERE UINT64_MAX /* `at` behind the last operation */

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

/* How many bytes of code there are from `offset` of its window on: an instruction may reach into the next page. */
static uint64_t code_bytes(const window *w, uint64_t offset)
{
    enum { LONGEST = 15 };
    uint64_t rest = PAGE_BYTES - (offset & (PAGE_BYTES - 1)), page = offset >> PAGE_SHIFT;
    bool more = rest < LONGEST && page + 1 < w->size >> PAGE_SHIFT && interpret_can(w->page[page + 1]);
    return more ? LONGEST : rest;
}

/* For instructions on two pages, the second of which may not be code any more. */
static uint64_t run_divided(machine *m, const operation *op, uint64_t next)
{
    const window *w = window_of(m, next - 1);
    bool whole = w && interpret_can(w->page[(next - 1 - w->base) >> PAGE_SHIFT]);
    return whole ? m->arch->operation(op)(m, op, next) : NOT_DONE;
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
    uint64_t offset = pc - c->home->base, at = offset & (PAGE_BYTES - 1);
    operation op = operation_decode(m->arch->word, c->home->host + offset, code_bytes(c->home, offset), pc);
    if ((c->home->page[c->page] & PAGE_SPECIAL) && op.kind == OP_ALONE) {
        op.kind = OP_SPECIAL;
    }
    op.run = at + op.length > PAGE_BYTES ? run_divided : m->arch->operation(&op);
    op.at = pc;
    c->operations[c->count] = op;
    c->operations[c->count + 1].at = NOWHERE;
    c->index[at] = ++c->count;
    return &c->operations[c->count - 1];
}

static inline const operation *operation_at(const machine *m, struct code *c, uint64_t pc)
{
    uint32_t index = c->index[pc & (PAGE_BYTES - 1)];
    return LIKELY(index != 0) ? &c->operations[index - 1] : code_decode(m, c, pc);
}

static struct code *code_know(machine *m, uint64_t pc)
{
    const window *w = window_of(m, pc);
    uint64_t page = w ? (pc - w->base) >> PAGE_SHIFT : 0, number = pc >> PAGE_SHIFT;
    if (!w || !interpret_can(w->page[page]) || (w->page[page] & PAGE_DRIVER) || !w->code[page]) {
        return NULL;
    }
    m->known[number & (KNOWN_PAGES - 1)].page = number;
    m->known[number & (KNOWN_PAGES - 1)].code = w->code[page];
    return w->code[page];
}

/*
 * The code at `pc`, on another page than before, if nothing has to be looked after there: neither page is a driver's, and
 * the other one has been executed before. NULL: run_slow_path knows.
 */
static inline struct code *code_known(machine *m, uint64_t pc)
{
    uint64_t number = pc >> PAGE_SHIFT, slot = number & (KNOWN_PAGES - 1);
    if (m->in_driver) {
        return NULL;
    }
    return LIKELY(m->known[slot].page == number) ? m->known[slot].code : code_know(m, pc);
}

void interpret_know_again(machine *m) { memset(m->known, 0, sizeof m->known); }

void interpret_forget(machine *m, uint64_t address, uint64_t size)
{
    for (struct code **at = &m->codes; *at;) {
        struct code *c = *at;
        uint64_t begin = c->home->base + (c->page << PAGE_SHIFT);
        uint64_t first =
            (address & ~(uint64_t)(PAGE_BYTES - 1)) - PAGE_BYTES; /* its last instruction may reach there */
        if (begin - first >= PAGE_UP(size) + PAGE_BYTES) {
            at = &c->next;
            continue;
        }
        c->home->code[c->page] = NULL;
        *at = c->next;
        free(c->operations);
        free(c);
    }
    interpret_know_again(m);
    look_again(m);
}

void interpret_free(machine *m) { interpret_forget(m, PAGE_BYTES, ~(uint64_t)(3 * PAGE_BYTES - 1)); }

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

/* The slow path comes first, if there is a reason for it. Returns the code that holds `pc`; NULL: stop here, and
 * `*unicorns` says whether the instruction is Unicorn's. */
static struct code *code_enter(machine *m, uint64_t pc, bool *unicorns)
{
    struct code *c = m->count < m->limit ? code_known(m, pc) : NULL;
    if (c) {
        m->code_page = pc >> PAGE_SHIFT;
        return c;
    }
    m->rip = pc;
    *unicorns = run_slow_path(m, pc, 0);
    bool ours = *unicorns && !(m->f.word & FLAG_T);
    return ours ? code_of(m, pc) : NULL;
}

bool interpret(machine *m, uint64_t pc)
{
    bool unicorns = false;
    look_again(m);
    for (;;) {
        if (m->count >= m->limit || pc >> PAGE_SHIFT != m->code_page) {
            m->code = code_enter(m, pc, &unicorns);
            if (!m->code) {
                return unicorns;
            }
        }
        struct code *c = m->code;
        const operation *op = operation_at(m, c, pc);
        m->pc = pc;
        m->count++;
        uint64_t next = op->run(m, op, pc + op->length); /* and those behind it */
        if (UNLIKELY(next == NOT_DONE)) {
            m->count--;
            m->rip = m->pc;
            return operation_at(m, c, m->pc)->kind != OP_SPECIAL || !hand_to_special(m, c, m->pc);
        }
        pc = next;
    }
}
