/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.c - virtual time: it stands still while anything can run and moves when a wait times out. Guest words can follow
 * it, in a page that every image may read (drivers read the time inline, without a call) or in the system image.
 */
#include "core.h"

enum { PARTS = 3 };

static void store(machine *m, const clock_word *word)
{
    uint64_t now = word->base + m->v.clock / word->divisor;
    uint32_t parts[PARTS] = {(uint32_t)now, (uint32_t)(now >> 32), (uint32_t)(now >> 32)};
    uint8_t *at = memory_host(m, word->address, sizeof parts, PAGE_R);
    if (at) {
        journal_bytes(m, at, sizeof parts);
        memcpy(at, parts, sizeof parts);
    }
}

void clock_set(machine *m, uint64_t now)
{
    CHANGE(m, m->v.clock, now);
    for (uint32_t i = 0; i < m->v.clock_count; i++) {
        store(m, &m->v.clocks[i]);
    }
}

bool clock_follow(machine *m, uint64_t address, uint64_t base, uint64_t divisor)
{
    clock_word word = {address, base, divisor};
    window *w = window_of(m, address);
    bool allowed = w == &m->windows[WINDOW_CLOCK] || w == &m->windows[WINDOW_SYSTEM];
    if (m->v.clock_count == CLOCK_WORDS || divisor == 0 || !allowed) {
        return false;
    }
    CHANGE(m, m->v.clocks[m->v.clock_count], word);
    CHANGE(m, m->v.clock_count, m->v.clock_count + 1);
    store(m, &word);
    for (uint32_t i = 0; i < PARTS; i++) {
        w->shadow[(address - w->base) / 4 + i] |= SHADOW_WATCHED;
    }
    return true;
}

void clock_was_read(machine *m)
{
    thread *t = &m->threads[m->current];
    CHANGE(m, t->clock_reads, t->clock_reads + 1);
}

void clock_jump(machine *m, uint64_t milliseconds)
{
    enum { UNITS = 10000 }; /* of virtual time in a millisecond */
    CHANGE(m, m->v.clock_jump, milliseconds * UNITS);
    m->tells_first = true;
}

/* Who reads by halves reads the upper one first, and again at the end. */
void clock_looked_at(machine *m, uint64_t address, uint64_t size)
{
    clock_was_read(m);
    m->saw_clock = true;
    for (uint32_t i = 0; m->v.clock_jump && i < m->v.clock_count; i++) {
        uint64_t part = address - m->v.clocks[i].address;
        if (part == sizeof(uint32_t) || (part == 0 && size == sizeof(uint64_t))) {
            clock_set(m, m->v.clock + m->v.clock_jump);
            return;
        }
    }
}

bool clock_is_word(const machine *m, uint64_t address)
{
    for (uint32_t i = 0; i < m->v.clock_count; i++) {
        if (address - m->v.clocks[i].address < PARTS * sizeof(uint32_t)) {
            return true;
        }
    }
    return false;
}
