/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.c - snapshots. An undo log of 8-byte words instead of copies of pages: a step of an exploration changes a few
 * words, so that going back costs what was written since, not what exists.
 *
 *   journal   | w w w | w w | w w w w |        registers of threads: slots, appended at each stop
 *             ^       ^     ^
 *            mark 0  mark 1 mark 2             restore(1): play words back to mark 1, cut the slots there
 *
 * A slot below the newest mark's count is never overwritten, so that the marks keep their registers.
 */
#include "core.h"

#include <stdlib.h>

void journal_grow(machine *m)
{
    enum { OF_AN_INSTRUCTION = 4 }; /* an operation of interpret.c adds fewer */
    m->journal = list_grow(m->journal, &m->journal_capacity, (size_t)1 << 16, sizeof *m->journal);
    size_t room = m->journal_capacity < JOURNAL_MOST ? m->journal_capacity : JOURNAL_MOST;
    m->journal_room = room - OF_AN_INSTRUCTION;
}

void journal_bytes(machine *m, void *at, size_t size)
{
    for (size_t done = 0; done < size; done += 8) {
        journal_word(m, (uint8_t *)at + done);
    }
}

machine_mark machine_save(machine *m)
{
    if (m->snapshot_count == m->snapshot_capacity) {
        m->snapshots = list_grow(m->snapshots, &m->snapshot_capacity, 64, sizeof *m->snapshots);
    }
    bool running = m->current != 0;
    if (running) { /* called by a visitor: the processor stands at the point */
        thread *t = &m->threads[m->current];
        CHANGE(m, t->pc, m->pc);
        CHANGE(m, t->instructions, m->count);
        context_store(m);
    }
    m->snapshots[m->snapshot_count] = (snapshot){m->journal_size, m->context_count, running};
    return m->snapshot_count++;
}

void machine_restore(machine *m, machine_mark mark)
{
    const snapshot *s = &m->snapshots[mark];
    while (m->journal_size > s->journal) {
        const journal_entry *entry = &m->journal[--m->journal_size];
        memcpy(entry->at, &entry->old, 8);
    }
    m->context_count = s->contexts;
    m->snapshot_count = mark + 1;
    m->cpu_thread = 0;
    m->soft_stale = m->soft_count != 0;
    m->write_count = ~0ull;
    m->near_room = 0;
    interpret_know_again(m);
    look_again(m);
}

uint32_t machine_word_at(const machine *m, machine_mark mark, uint64_t address)
{
    const uint8_t *now = memory_host((machine *)m, address, 4, 0);
    uint8_t word[4] = {0};
    unsigned missing = now ? 15 : 0;
    for (size_t i = m->snapshots[mark].journal; i < m->journal_size && missing; i++) {
        ptrdiff_t offset = now - (const uint8_t *)m->journal[i].at;
        for (ptrdiff_t b = 0; b < 4 && offset > -4 && offset < 8; b++) {
            if ((missing & 1u << b) && offset + b >= 0 && offset + b < 8) {
                memcpy(word + b, (const uint8_t *)&m->journal[i].old + offset + b, 1);
                missing &= ~(1u << b);
            }
        }
    }
    for (unsigned b = 0; b < 4; b++) {
        if (missing & 1u << b) {
            word[b] = now[b];
        }
    }
    uint32_t value;
    memcpy(&value, word, sizeof value);
    return value;
}

void machine_drop(machine *m, machine_mark mark) { m->snapshot_count = mark; }
