/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret_memory.h - interpret.c's accesses to memory and registers. Each operation first reaches for all that it will
 * access, which changes nothing; what cannot be reached so (a fault, two pages, a full journal) is left to Unicorn. What
 * follows from an access comes last, so that the compiler has nothing to keep meanwhile: see done().
 */
#ifndef AIRLOCK_MACHINE_INTERPRET_MEMORY_H
#define AIRLOCK_MACHINE_INTERPRET_MEMORY_H

#include "core.h"
#include "operation.h"

/* The bytes of an address, 8 or 4: handlers_x86.c. */
#ifndef WORD
#define WORD 8
#endif
static inline uint64_t wrapped(uint64_t address) { return WORD == 8 ? address : (uint32_t)address; }

typedef struct {
    window *w;
    uint64_t offset; /* in the window */
    uint8_t *host;   /* NULL: out of reach */
    uint32_t size;
    uint8_t bits;
} place;

static inline place reach(machine *m, uint64_t address, uint32_t size, uint8_t need)
{
    enum { SHIFT = WORD == 8 ? X64_WINDOW_SHIFT : X86_WINDOW_SHIFT };
    window *w = &m->windows[m->window_at[address >> SHIFT & 255]];
    place p = {w, address - w->base, NULL, size, 0};
    if (LIKELY(p.offset < w->size)) {
        p.bits = w->page[p.offset >> PAGE_SHIFT];
        bool whole = (p.bits & (need | PAGE_PARTIAL)) == need ||
                     ((p.bits & need) == need && !outside_block(w, p.offset >> PAGE_SHIFT, p.offset, size));
        bool room = !(need & PAGE_W) || m->journal_size < m->journal_room;
        p.host =
            LIKELY(whole && room && (p.offset & (PAGE_BYTES - 1)) <= PAGE_BYTES - size) ? w->host + p.offset : NULL;
    }
    return p;
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

/* The last thing that an operation does which has accessed `p`, and at once what it returns: `next`. */
static inline uint64_t done(machine *m, const place *p, uint32_t accesses, uint64_t next)
{
    return access_is_private(m, p->offset, p->bits) ? next
                                                    : sharing_watch(m, p->w, p->offset, p->size | accesses, next);
}

/* In the middle of an operation. */
static inline uint64_t load(machine *m, const place *p)
{
    done(m, p, READS, 0);
    return fetch(p->host, p->size);
}

/* `accesses`: READS too, if what was there has only been fetched. */
static inline uint64_t store(machine *m, const place *p, uint64_t value, uint32_t accesses, uint64_t next)
{
    journal_add(m, p->host);
    set_bytes(p->host, p->size, value);
    if (UNLIKELY(m->soft_count != 0)) {
        soft_written(m, p->w->base + p->offset, p->size);
    }
    return done(m, p, accesses, next);
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
