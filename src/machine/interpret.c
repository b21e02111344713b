/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret.c - executes the instructions that x64 kernel code is mostly made of; Unicorn executes the others, one at a
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

#include "interpret_alu.h"
#include "interpret_memory.h"
#include "interpret_vector.h"

struct code {
    uint16_t index[PAGE_BYTES]; /* in operations, + 1 */
    operation *operations;
    uint16_t count, capacity;
    window *home;
    uint64_t page; /* in the window */
    struct code *next;
};

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
    window *w = window_of(m, pc);
    uint64_t page = w ? (pc - w->base) >> PAGE_SHIFT : 0;
    if (!w || !interpret_can(w->page[page])) {
        return NULL;
    }
    return w->code[page] ? w->code[page] : code_new(m, w, page);
}

static const operation *code_decode(struct code *c, uint64_t pc)
{
    if (c->count == c->capacity) {
        c->capacity = (uint16_t)(c->capacity ? 2 * c->capacity : 64);
        operation *grown = realloc(c->operations, c->capacity * sizeof *grown);
        if (!grown) {
            abort();
        }
        c->operations = grown;
    }
    uint64_t offset = pc - c->home->base;
    operation op = operation_decode(c->home->host + offset, PAGE_BYTES - (offset & (PAGE_BYTES - 1)), pc);
    if ((c->home->page[c->page] & PAGE_SPECIAL) && op.kind == OP_ALONE) {
        op.kind = OP_SPECIAL;
    }
    c->operations[c->count] = op;
    c->index[offset & (PAGE_BYTES - 1)] = ++c->count;
    return &c->operations[c->count - 1];
}

static inline const operation *operation_at(struct code *c, uint64_t pc)
{
    uint32_t index = c->index[pc & (PAGE_BYTES - 1)];
    return LIKELY(index != 0) ? &c->operations[index - 1] : code_decode(c, pc);
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

/* Operations: false, nothing done: for Unicorn ----------------------------------------------------------------------- */

static inline bool op_load(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return false;
    }
    put(m, op->to, op->size, load(m, &p));
    return true;
}

static inline bool op_store(machine *m, const operation *op, uint64_t value)
{
    place p = operand(m, op, PAGE_W);
    if (!p.host) {
        return false;
    }
    store(m, &p, value);
    return true;
}

static inline uint64_t extended(const operation *op, uint64_t value)
{
    return op->sign ? sign_extended(value, op->what * 8u) : value & mask_of(op->what);
}

static inline bool op_extend_load(machine *m, const operation *op)
{
    place p = reach(m, address_of(m, op), op->what, PAGE_R);
    if (!p.host) {
        return false;
    }
    put(m, op->to, op->size, extended(op, load(m, &p)));
    return true;
}

static inline bool push(machine *m, uint64_t value)
{
    place p = reach(m, m->r[SP] - 8, 8, PAGE_W);
    if (!p.host) {
        return false;
    }
    store_of_size(m, &p, 8, value);
    m->r[SP] -= 8;
    return true;
}

/* Pushes what memory holds. */
static inline bool op_push_memory(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R), top = reach(m, m->r[SP] - 8, 8, PAGE_W);
    if (!p.host || !top.host) {
        return false;
    }
    uint64_t value = load(m, &p);
    store(m, &top, value);
    m->r[SP] -= 8;
    return true;
}

static inline bool op_pop(machine *m, const operation *op)
{
    place p = reach(m, m->r[SP], 8, PAGE_R);
    if (!p.host) {
        return false;
    }
    uint64_t value = load_of_size(m, &p, 8);
    m->r[SP] += 8;
    m->r[op->to] = value;
    return true;
}

static inline bool transfer(uint64_t *next, uint64_t target)
{
    *next = target;
    return true;
}

static inline bool op_call_memory(machine *m, const operation *op, uint64_t *next)
{
    place p = operand(m, op, PAGE_R), top = reach(m, m->r[SP] - 8, 8, PAGE_W);
    if (!p.host || !top.host) {
        return false;
    }
    uint64_t target = load(m, &p);
    store(m, &top, *next);
    m->r[SP] -= 8;
    return transfer(next, target);
}

static inline bool op_call(machine *m, uint64_t target, uint64_t *next)
{
    return push(m, *next) && transfer(next, target);
}

static inline bool op_return(machine *m, const operation *op, uint64_t *next)
{
    place p = reach(m, m->r[SP], 8, PAGE_R);
    if (!p.host) {
        return false;
    }
    *next = load_of_size(m, &p, 8);
    m->r[SP] += 8 + op->immediate;
    return true;
}

static inline bool op_jump_memory(machine *m, const operation *op, uint64_t *next)
{
    place p = operand(m, op, PAGE_R);
    return p.host && transfer(next, load(m, &p));
}

static inline bool op_leave(machine *m)
{
    enum { BP = 5 };
    place p = reach(m, m->r[BP], 8, PAGE_R);
    if (!p.host) {
        return false;
    }
    m->r[SP] = m->r[BP] + 8;
    m->r[BP] = load(m, &p);
    return true;
}

/* With a register as the destination. */
static inline void alu_register(machine *m, const operation *op, uint64_t b)
{
    uint64_t result = alu(m, op->what, op->size, get(m, op->to, op->size), b);
    if (!keeps_result(op->what)) {
        put(m, op->to, op->size, result);
    }
}

static inline bool op_alu_load(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return false;
    }
    alu_register(m, op, load(m, &p));
    return true;
}

static inline bool op_alu_memory(machine *m, const operation *op, uint64_t b)
{
    bool reads = keeps_result(op->what);
    place p = operand(m, op, reads ? PAGE_R : PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    uint64_t result = alu(m, op->what, op->size, load(m, &p), b);
    if (!reads) {
        store(m, &p, result);
    }
    return true;
}

static inline bool op_unary_memory(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    store(m, &p, unary(m, op->what, op->size, load(m, &p)));
    return true;
}

static inline bool op_multiply(machine *m, const operation *op, uint64_t a, uint64_t b)
{
    put(m, op->to, op->size, multiply(m, op->size, a, b));
    return true;
}

static inline bool op_multiply_load(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R);
    return p.host && op_multiply(m, op, get(m, op->to, op->size), load(m, &p));
}

/* The destination is written either way: 4 bytes clear the upper half. */
static inline void conditional(machine *m, const operation *op, uint64_t value)
{
    put(m, op->to, op->size, flags_hold(&m->f, op->what) ? value : m->r[op->to]);
}

static inline bool op_conditional_load(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R);
    if (!p.host) {
        return false;
    }
    conditional(m, op, load(m, &p));
    return true;
}

static inline bool op_exchange_add(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    uint64_t old = load(m, &p);
    store(m, &p, alu(m, ALU_ADD, op->size, old, get(m, op->from, op->size)));
    put(m, op->from, op->size, old);
    return true;
}

static inline bool op_exchange(machine *m, const operation *op)
{
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    uint64_t old = load(m, &p);
    store(m, &p, m->r[op->from]);
    put(m, op->from, op->size, old);
    return true;
}

/* Memory is written in any case, as processors do. */
static inline bool op_compare_exchange(machine *m, const operation *op)
{
    enum { AX = 0 };
    place p = operand(m, op, PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    uint64_t old = load(m, &p), wanted = get(m, AX, op->size);
    store(m, &p, old == wanted ? m->r[op->from] : old);
    alu(m, ALU_CMP, op->size, wanted, old);
    if (old != wanted) {
        put(m, AX, op->size, old);
    }
    return true;
}

static inline bool op_bit(machine *m, const operation *op)
{
    uint64_t changed = bit(m, op->what, op->size, m->r[op->to], op->immediate);
    if (op->what != BIT_TEST) {
        put(m, op->to, op->size, changed);
    }
    return true;
}

static inline bool op_bit_memory(machine *m, const operation *op)
{
    bool reads = op->what == BIT_TEST;
    place p = operand(m, op, reads ? PAGE_R : PAGE_R | PAGE_W);
    if (!p.host) {
        return false;
    }
    uint64_t changed = bit(m, op->what, op->size, load(m, &p), op->immediate);
    if (!reads) {
        store(m, &p, changed);
    }
    return true;
}

static inline bool op_sign_extend_a(machine *m, const operation *op)
{
    put(m, 0, op->size, sign_extended(m->r[0], op->size * 4u));
    return true;
}

static inline bool op_sign_of_a(machine *m, const operation *op)
{
    enum { DX = 2 };
    put(m, DX, op->size, (uint64_t)((int64_t)sign_extended(m->r[0], op->size * 8u) >> 63));
    return true;
}

static inline bool op_put(machine *m, const operation *op, uint64_t value)
{
    put(m, op->to, op->size, value);
    return true;
}

static inline bool op_hypercall(machine *m)
{
    hypercall(m);
    return true;
}

static inline bool execute(machine *m, const operation *op, uint64_t *next)
{
    uint32_t size = op->size;
    uint64_t small = op->immediate & (size ? mask_of(size < 8 ? size : 8) : 0);
    switch ((operation_kind)op->kind) {
    case OP_NOP: return true;
    case OP_MOVE: return op_put(m, op, m->r[op->from]);
    case OP_MOVE_IMMEDIATE: return op_put(m, op, op->immediate);
    case OP_LOAD: return op_load(m, op);
    case OP_STORE: return op_store(m, op, m->r[op->from]);
    case OP_STORE_IMMEDIATE: return op_store(m, op, op->immediate);
    case OP_EXTEND: return op_put(m, op, extended(op, m->r[op->from]));
    case OP_EXTEND_LOAD: return op_extend_load(m, op);
    case OP_LEA: return op_put(m, op, m->r[op->base] + (m->r[op->index] << op->scale) + op->displacement);
    case OP_PUSH: return push(m, m->r[op->to]);
    case OP_PUSH_IMMEDIATE: return push(m, op->immediate);
    case OP_PUSH_MEMORY: return op_push_memory(m, op);
    case OP_POP: return op_pop(m, op);
    case OP_CALL: return op_call(m, op->immediate, next);
    case OP_CALL_REGISTER: return op_call(m, m->r[op->to], next);
    case OP_CALL_MEMORY: return op_call_memory(m, op, next);
    case OP_RETURN: return op_return(m, op, next);
    case OP_JUMP: return transfer(next, op->immediate);
    case OP_JUMP_REGISTER: return transfer(next, m->r[op->to]);
    case OP_JUMP_MEMORY: return op_jump_memory(m, op, next);
    case OP_BRANCH: *next = flags_hold(&m->f, op->what) ? op->immediate : *next; return true;
    case OP_ALU: alu_register(m, op, get(m, op->from, size)); return true;
    case OP_ALU_IMMEDIATE: alu_register(m, op, small); return true;
    case OP_ALU_LOAD: return op_alu_load(m, op);
    case OP_ALU_MEMORY: return op_alu_memory(m, op, get(m, op->from, size));
    case OP_ALU_MEMORY_IMMEDIATE: return op_alu_memory(m, op, small);
    case OP_UNARY: return op_put(m, op, unary(m, op->what, size, get(m, op->to, size)));
    case OP_UNARY_MEMORY: return op_unary_memory(m, op);
    case OP_SHIFT:
        return op_put(m, op, shift(m, op->what, size, get(m, op->to, size), op->by_register ? m->r[1] : op->immediate));
    case OP_MULTIPLY: return op_multiply(m, op, m->r[op->from], op->immediate);
    case OP_MULTIPLY_REGISTER: return op_multiply(m, op, m->r[op->to], m->r[op->from]);
    case OP_MULTIPLY_LOAD: return op_multiply_load(m, op);
    case OP_SET: return op_put(m, op, flags_hold(&m->f, op->what));
    case OP_SET_MEMORY: return op_store(m, op, flags_hold(&m->f, op->what));
    case OP_CONDITIONAL: conditional(m, op, m->r[op->from]); return true;
    case OP_CONDITIONAL_LOAD: return op_conditional_load(m, op);
    case OP_EXCHANGE_ADD: return op_exchange_add(m, op);
    case OP_COMPARE_EXCHANGE: return op_compare_exchange(m, op);
    case OP_EXCHANGE: return op_exchange(m, op);
    case OP_SIGN_EXTEND_A: return op_sign_extend_a(m, op);
    case OP_SIGN_OF_A: return op_sign_of_a(m, op);
    case OP_BIT: return op_bit(m, op);
    case OP_BIT_MEMORY: return op_bit_memory(m, op);
    case OP_HYPERCALL: return op_hypercall(m);
    case OP_LEAVE: return op_leave(m);
    case OP_CLEAR_DIRECTION: m->f.word &= ~(uint32_t)FLAG_D; return true;
    case OP_VECTOR_LOAD: return vector_load(m, op);
    case OP_VECTOR_STORE: return vector_store(m, op);
    case OP_VECTOR_MOVE: return vector_move(m, op);
    case OP_VECTOR_FROM: return vector_from(m, op);
    case OP_VECTOR_TO: return vector_to(m, op);
    case OP_VECTOR_LOGIC: return vector_logic(m, op);
    case OP_VECTOR_LOAD_HIGH: return vector_load_high(m, op);
    case OP_VECTOR_STORE_HIGH: return vector_store_high(m, op);
    case OP_VECTOR_UNPACK: return vector_unpack(m, op);
    case OP_VECTOR_SHUFFLE: return vector_shuffle(m, op);
    case OP_ALONE:
    case OP_SPECIAL: break;
    }
    return false;
}

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
    struct code *c = NULL;
    m->code_page = ~0ull;
    for (;;) {
        if (UNLIKELY(m->count >= m->limit || pc >> PAGE_SHIFT != m->code_page)) {
            m->rip = pc;
            if (!run_slow_path(m, pc, 0)) {
                return false;
            }
            c = code_of(m, pc);
        }
        if (UNLIKELY(!c || (m->f.word & FLAG_T))) {
            m->rip = pc;
            return true;
        }
        const operation *op = operation_at(c, pc);
        uint64_t next = pc + op->length;
        m->pc = pc;
        m->count++;
        if (UNLIKELY(!execute(m, op, &next))) {
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
