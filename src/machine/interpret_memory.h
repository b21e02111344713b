/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret_memory.h - interpret.c's accesses to memory and registers. Each operation first reaches for all that it will
 * access, which changes nothing; what cannot be reached so (a fault, two pages, a full journal, a watched word) is left to
 * Unicorn. What follows from an access comes last, so that the compiler has nothing to keep meanwhile: see done().
 */
#ifndef AIRLOCK_MACHINE_INTERPRET_MEMORY_H
#define AIRLOCK_MACHINE_INTERPRET_MEMORY_H

#include "code.h"

/* The bytes of an address, 8 or 4: handlers_x86.c. */
#ifndef WORD
#define WORD 8
#endif
/* What handlers consist of: each has its own, for its size. */
#define ALWAYS static inline __attribute__((always_inline))

static inline uint64_t wrapped(uint64_t address) { return WORD == 8 ? address : (uint32_t)address; }

typedef struct {
    window *w;
    uint64_t offset; /* in the window */
    uint8_t *host;   /* NULL: out of reach */
    uint32_t size;
    uint8_t bits;
    bool near; /* only host and size are known, and nothing follows from accesses */
} place;

static inline bool has_room(const machine *m, uint8_t need)
{
    return !(need & PAGE_W) || m->journal_size < m->journal_room;
}

/* Who watches a word is told before it is accessed, where operations tell behind. */
static inline bool is_watched(const window *w, uint64_t offset, uint32_t size)
{
    for (uint64_t index = offset >> 2; index <= (offset + size - 1) >> 2; index++) {
        if (w->shadow[index] & SHADOW_WATCHED) {
            return true;
        }
    }
    return false;
}

ALWAYS place reach(machine *m, uint64_t address, uint32_t size, uint8_t need)
{
    enum { SHIFT = WORD == 8 ? X64_WINDOW_SHIFT : X86_WINDOW_SHIFT };
    window *w = m->window_at[address >> SHIFT & 255];
    place p = {w, address - w->base, NULL, size, 0, false};
    if (LIKELY(p.offset < w->size)) {
        p.bits = w->page[p.offset >> PAGE_SHIFT];
        bool whole = LIKELY((p.bits & (need | PAGE_PARTIAL)) == need) ||
                     ((p.bits & need) == need && !outside_block(w, p.offset >> PAGE_SHIFT, p.offset, size));
        bool told_first = UNLIKELY(m->tells_first) && is_watched(w, p.offset, size);
        p.host = LIKELY(whole && has_room(m, need) && (p.offset & (PAGE_BYTES - 1)) <= PAGE_BYTES - size && !told_first)
                     ? w->host + p.offset
                     : NULL;
    }
    return p;
}

/* The shadows of the granules that an access touches: of two, if it is of 8 bytes. */
ALWAYS uint32_t shadows_of(const uint16_t *shadow, uint32_t size)
{
    uint32_t two;
    if (size != 8) {
        return *shadow;
    }
    memcpy(&two, shadow, sizeof two);
    return two;
}

/* For each of these. */
ALWAYS uint32_t of_each(uint32_t bits, uint32_t size) { return size == 8 ? bits * TWO_GRANULES : bits; }

/* It touches no others. */
ALWAYS bool is_aligned(uint64_t offset, uint32_t size)
{
    return size >= 4 ? (offset & 3) == 0 : (offset & 3) <= 4 - size;
}

/* Shadows of granules that the running thread has touched before in this way, and nothing is to be told of. */
ALWAYS bool is_own(const machine *m, uint32_t shadows, uint32_t size, bool writes, uint32_t matters)
{
    uint32_t written = of_each(writes ? SHADOW_WRITTEN : 0, size);
    return ((shadows ^ (m->mine | written)) & (of_each(SHADOW_THREAD | SHADOW_TOLD, size) | written) & matters) == 0;
}

/* What lies on the running thread's own stack needs no looking up, see near_room. Host NULL: it lies elsewhere, or more
 * follows from an access. */
ALWAYS place reach_near(machine *m, uint64_t address, uint32_t size, uint8_t need)
{
    uint64_t at = address - m->near_base;
    bool near = at < m->near_room && is_aligned(at, size) &&
                is_own(m, shadows_of(m->near_shadow + (at >> 2), size), size, need & PAGE_W, m->near_matters) &&
                has_room(m, need);
    return (place){.host = LIKELY(near) ? m->near_host + at : NULL, .size = size, .near = true};
}

static inline uint64_t address_of(const machine *m, const operation *op)
{
    uint64_t address = m->r[op->base] + (m->r[op->index] << op->scale) + op->displacement;
    return wrapped(address);
}

static inline place operand(machine *m, const operation *op, uint8_t need)
{
    return reach(m, address_of(m, op), op->size, need);
}

static inline uint64_t fetch(const uint8_t *host, uint32_t size)
{
    uint64_t quad;
    uint32_t dword;
    uint16_t word;
    switch (size) {
    case 8: memcpy(&quad, host, 8); return quad;
    case 4: memcpy(&dword, host, 4); return dword;
    case 2: memcpy(&word, host, 2); return word;
    default: return *host;
    }
}

static inline void set_bytes(uint8_t *host, uint32_t size, uint64_t value)
{
    switch (size) {
    case 8: memcpy(host, &value, 8); break;
    case 4: memcpy(host, &(uint32_t){(uint32_t)value}, 4); break;
    case 2: memcpy(host, &(uint16_t){(uint16_t)value}, 2); break;
    default: *host = (uint8_t)value; break;
    }
}

/* Handlers end in the next one's call, which has to be a jump, or they would pile up on the host's stack. */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define CALLS_ARE_JUMPS true
#else
#define CALLS_ARE_JUMPS false
#endif

/* The last thing that a handler does: execute what lies behind, as its own end, or let interpret.c find what comes next. */
ALWAYS uint64_t go_on(machine *m, const operation *op, uint64_t next)
{
    const operation *following = op + 1;
    if (CALLS_ARE_JUMPS && LIKELY(m->count < m->limit && following->at == next)) {
        m->pc = next;
        m->count++;
        return following->run(m, following, next + following->length);
    }
    return next;
}

/* The same, where control goes elsewhere: mostly on the same page. */
ALWAYS uint64_t go_to(machine *m, const operation *op, uint64_t next)
{
    if (CALLS_ARE_JUMPS && LIKELY(m->count < m->limit && (next ^ op->at) < PAGE_BYTES)) {
        const struct code *c = m->code;
        uint32_t index = c->index[next & (PAGE_BYTES - 1)];
        if (LIKELY(index != 0)) {
            op = &c->operations[index - 1];
            m->pc = next;
            m->count++;
            return op->run(m, op, next + op->length);
        }
    }
    return next;
}

/* Does nothing follow from it, but that something was written? sharing.c asks more exactly. */
ALWAYS bool is_known(const machine *m, const place *p, bool writes)
{
    const uint32_t told = of_each(SHADOW_TOLD, p->size), several = of_each(SHADOW_MULTI, p->size);
    uint32_t shadows = shadows_of(p->w->shadow + (p->offset >> 2), p->size);
    if (UNLIKELY(!is_aligned(p->offset, p->size))) {
        return false;
    }
    if (UNLIKELY(p->bits & (PAGE_STACK | PAGE_DRIVER)) &&
        ((p->bits & PAGE_DRIVER) || p->offset - m->own_stack >= STACK_SLOT)) {
        return false;
    }
    return is_own(m, shadows, p->size, writes, ~0u) || (!writes && (shadows & (several | told)) == several);
}

/* The running thread's own stack is nobody else's, but where others were seen. */
ALWAYS bool is_private(const machine *m, const place *p)
{
    return (p->bits & (PAGE_STACK | PAGE_SHARED)) == PAGE_STACK && p->offset - m->own_stack < STACK_SLOT;
}

/* What follows from an access, as the last thing that a handler does. */
ALWAYS uint64_t done(machine *m, const operation *op, const place *p, uint32_t accesses, uint64_t next)
{
    const bool writes = accesses & WRITES;
    if (p->near) {
        m->wrote |= writes && m->near_shared;
        return go_on(m, op, next);
    }
    if (LIKELY(is_known(m, p, writes))) {
        m->wrote |= writes;
        return go_on(m, op, next);
    }
    return is_private(m, p) && m->near_room ? go_on(m, op, next)
                                            : sharing_watch(m, p->w, p->offset, p->size | accesses, next);
}

/* In the middle of an operation. */
static inline uint64_t load(machine *m, const place *p)
{
    if (!p->near) {
        sharing_watch(m, p->w, p->offset, p->size | READS, 0);
    }
    return fetch(p->host, p->size);
}

ALWAYS void set_journaled(machine *m, const place *p, uint64_t value)
{
    journal_add(m, p->host);
    set_bytes(p->host, p->size, value);
    if (!p->near && UNLIKELY(m->soft_count != 0)) { /* code is never on a stack */
        soft_written(m, p->w->base + p->offset, p->size);
    }
}

/* `accesses`: READS too, if what was there has only been fetched. */
ALWAYS uint64_t store(machine *m, const operation *op, const place *p, uint64_t value, uint32_t accesses, uint64_t next)
{
    set_journaled(m, p, value);
    return done(m, op, p, accesses, next);
}

/* In the middle of an operation. */
static inline void store_part(machine *m, const place *p, uint64_t value)
{
    set_journaled(m, p, value);
    if (p->near) {
        m->wrote |= m->near_shared;
    } else {
        sharing_watch(m, p->w, p->offset, p->size | WRITES, 0);
    }
}

static inline uint64_t mask_of(uint32_t size) { return ~0ull >> (64 - 8 * size); }

/* `at`: see REGISTER_BYTES. */
static inline uint64_t get(const machine *m, uint32_t at, uint32_t size)
{
    return fetch((const uint8_t *)m->r + at, size);
}

/* As instructions do: 4 bytes clear the upper half, fewer leave the rest as it is. */
static inline void put(machine *m, uint32_t at, uint32_t size, uint64_t value)
{
    uint8_t *to = (uint8_t *)m->r + at;
    switch (size) {
    case 8: memcpy(to, &value, 8); break;
    case 4: memcpy(to, &(uint64_t){(uint32_t)value}, 8); break;
    default: set_bytes(to, size, value); break;
    }
}

#endif
